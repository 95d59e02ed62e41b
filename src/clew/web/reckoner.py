"""Reckoner: answers to questions that take long, each found by a process of its own, so that pages do not wait."""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from clew.errors import ClewError

__all__ = ["Question", "Reckoned", "Reckoner", "serve"]

_LOG = logging.getLogger(__name__)
KEPT = 6
"""Answers that are remembered."""
WAITING = 4
"""Questions that may wait or be reckoned."""
FRESH = 60.0
"""Seconds for which an answer does though the archive has changed: one that always changes is looked at, too."""
LONGEST = 300.0
"""Seconds that a question may take."""


class Question(Hashable, Protocol):
    """What can be asked; it is sent to the process that answers it."""

    def reckoned(self, archive: Path) -> Any:
        """Return the answer."""


@dataclass(slots=True)
class Reckoned:
    """A question and what became of it."""

    question: Question
    mark: str
    """The state of the archive that it was asked about."""
    begun: float
    """When it was asked, on the monotonic clock."""
    answer: Any = None
    """None: not known, or not yet."""
    problem: str | None = None
    """Why there is no answer."""
    ended: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def is_fresh(self) -> bool:
        """Whether it was answered just now."""
        return time.monotonic() - self.ended < FRESH

    @property
    def seconds(self) -> int:
        """For how long it has been reckoned."""
        return int(time.monotonic() - self.begun)


class Reckoner:
    """Answers questions about an archive, one at a time."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive
        self._held: OrderedDict[Question, Reckoned] = OrderedDict()
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._hand: subprocess.Popen[bytes] | None = None
        self._closed = False

    def known(self, question: Question) -> Reckoned | None:
        """Return what is known of a question, of whatever state of the archive; None where it was not asked."""
        with self._lock:
            if question in self._held:
                self._held.move_to_end(question)
            return self._held.get(question)

    def ask(self, question: Question, mark: str) -> Reckoned | None:
        """Return what is known of a question in a state of the archive, which may be that it is being reckoned.

        None where too many are.
        """
        with self._lock:
            held = self._held.get(question)
            if held is not None and (held.mark == mark or not held.done.is_set() or held.is_fresh):
                self._held.move_to_end(question)
                return held
            if self._closed or sum(not one.done.is_set() for one in self._held.values()) >= WAITING:
                return None
            held = self._held[question] = Reckoned(question, mark, time.monotonic())
            self._held.move_to_end(question)
            over = [one for one, its in self._held.items() if its.done.is_set()]
            for old in over[: max(0, len(self._held) - KEPT)]:
                del self._held[old]
        threading.Thread(target=self._reckon, args=(held,), name="clew-reckoner", daemon=True).start()
        return held

    def end(self) -> None:
        """Answer nothing more; what is being reckoned is given up."""
        with self._lock:
            self._closed = True
            if self._hand is not None:
                self._hand.kill()

    def _reckon(self, held: Reckoned) -> None:
        try:
            with self._turn:
                held.answer, held.problem = self._answer(held.question)
        except Exception:
            _LOG.exception("a question was not answered: %s", held.question)
            held.problem = "something went wrong that clew did not foresee; its log tells more"
        finally:
            held.ended = time.monotonic()
            held.done.set()

    def _answer(self, question: Question) -> tuple[Any, str | None]:
        with self._lock:
            if self._closed:
                return None, "the server is ending"
            command = [sys.executable, "-c", f"from {__name__} import serve; serve()"]
            hand = self._hand = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            given, _ = hand.communicate(pickle.dumps((self._archive, question)), timeout=LONGEST)
        except subprocess.TimeoutExpired:
            hand.kill()
            hand.communicate()
            return None, f"this takes more than {LONGEST:.0f} seconds; ask for less, or use the command line"
        if hand.returncode or not given:
            return None, "the process that reckons it ended early; the log of the server tells more"
        answer: tuple[Any, str | None] = pickle.loads(given)
        return answer


def serve() -> None:
    """Answer the question on standard input: write the answer, or why there is none, to standard output."""
    with suppress(BrokenPipeError, KeyboardInterrupt):
        if hasattr(os, "nice"):
            os.nice(5)
        archive, question = pickle.load(sys.stdin.buffer)
        found: tuple[Any, str | None]
        try:
            found = question.reckoned(archive), None
        except ClewError as error:
            found = None, str(error)
        pickle.dump(found, sys.stdout.buffer, protocol=5)
