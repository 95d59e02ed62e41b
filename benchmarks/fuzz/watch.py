"""Runs one input after the other, and keeps what went wrong: the shortest input for each place where it did."""

from __future__ import annotations

import hashlib
import json
import resource
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from benchmarks.fuzz.targets import Target
from clew.errors import ClewError

__all__ = ["Hang", "Watch", "faulty"]

LIMIT = 6.0
"""Seconds of processor time for one input; parsers need milliseconds, a fuzzer's instruments some times as long."""
JUMP = 300 * 1024
"""Kilobytes by which one input may raise the highest memory of the process."""
EVERY = 5.0
"""Seconds between two looks at the memory."""


class Hang(BaseException):
    """An input takes too long; no `except Exception` may swallow it."""


def _ring(number: int, frame: FrameType | None) -> None:
    raise Hang


@contextmanager
def _timed() -> Iterator[None]:
    signal.signal(signal.SIGVTALRM, _ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def faulty(target: Target, data: bytes) -> str | None:
    """Return what goes wrong with an input and where, in one line; None where all goes well."""
    peak = _peak()
    try:
        with _timed():
            target.run(data)
    except ClewError:
        return None
    except (Exception, Hang) as error:
        return _told(error)
    return "memory: one input takes much" if _peak() - peak > JUMP else None


def _told(error: BaseException) -> str:
    """Return the kind of an error and the last place in clew that it came through; a hang moves, so its function."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/clew/" in frame.filename]
    at = frames[-1] if frames else None
    place = "" if at is None else f" at {at.filename.rpartition('/clew/')[2]}:{at.name}"
    line = "" if at is None or isinstance(error, Hang) else f":{at.lineno}"
    says = f" ({error})" if type(error).__name__ == "Broken" else ""
    return f"{type(error).__name__}{says}{place}{line}"


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _now() -> int:
    """Return the memory that the process holds, in kilobytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


@dataclass(slots=True)
class Watch:
    """What a run has seen so far; written down every few seconds, since a process can end at any time."""

    target: Target
    folder: Path
    begun: float = field(default_factory=time.monotonic)
    count: int = 0
    found: dict[str, int] = field(default_factory=dict)
    """What went wrong, and how long its shortest input is."""
    memory: list[int] = field(default_factory=list)
    _last: float = 0.0

    def run(self, data: bytes) -> None:
        """Feed one input."""
        self.count += 1
        fault = faulty(self.target, data)
        if fault is not None and len(data) < self.found.get(fault, 1 << 30):
            self.found[fault] = len(data)
            name = hashlib.sha256(fault.encode()).hexdigest()[:12]
            (self.folder / f"{name}.input").write_bytes(data)
            (self.folder / f"{name}.fault").write_text(fault)
        if time.monotonic() - self._last > EVERY:
            self.write()

    def write(self) -> None:
        """Write down how far it is."""
        self._last = time.monotonic()
        self.memory.append(_now())
        seen = {"rounds": self.count, "seconds": self._last - self.begun, "memory": self.memory}
        (self.folder / f"run-{int(self.begun * 1000)}.json").write_text(json.dumps(seen))
