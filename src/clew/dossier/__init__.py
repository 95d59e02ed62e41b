"""Dossiers: threads, posts, passages and searches about one matter, with notes, and what can be computed from them."""

from __future__ import annotations

from clew.dossier.collection import Dossier as Dossier
from clew.dossier.collection import Item as Item
from clew.dossier.gathered import Gathered as Gathered
from clew.dossier.gathered import gathered as gathered
from clew.dossier.shelf import Shelf as Shelf

__all__ = ["Dossier", "Gathered", "Item", "Shelf", "gathered"]
