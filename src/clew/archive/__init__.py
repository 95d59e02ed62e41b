"""Threads on disk: captures, ledger, database. The only package that writes user data.

It knows nothing of formats: what reads captures is handed in (`Hand.read`).
"""

from clew.archive.archive import Archive as Archive
from clew.archive.writer import Hand as Hand
from clew.archive.writer import How as How

__all__ = ["Archive", "Hand", "How"]
