"""Holes and how they are filled: holes -> routes -> captures -> the archive.

Nothing that was not found is called deleted; it stays a hole, with what was tried and what would help.
"""

from clew.refresh.events import Asked as Asked
from clew.refresh.events import Asking as Asking
from clew.refresh.events import Begun as Begun
from clew.refresh.events import Ended as Ended
from clew.refresh.events import Event as Event
from clew.refresh.events import Hole as Hole
from clew.refresh.events import Told as Told
from clew.refresh.events import Tried as Tried
from clew.refresh.events import to_json as to_json
from clew.refresh.fill import Refresher as Refresher
from clew.refresh.holes import holes as holes
from clew.refresh.holes import holes_in as holes_in

__all__ = [
    "Asked",
    "Asking",
    "Begun",
    "Ended",
    "Event",
    "Hole",
    "Refresher",
    "Told",
    "Tried",
    "holes",
    "holes_in",
    "to_json",
]
