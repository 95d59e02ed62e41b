"""Jobs: what takes long and changes the archive, one after the other, told as it happens."""

from __future__ import annotations

import logging
import queue
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from clew.errors import ClewError

__all__ = ["Job", "Jobs", "News", "Tell", "Work"]

_LOG = logging.getLogger(__name__)
KEPT = 200
"""Jobs that are remembered."""
WAITING = 50
"""Jobs that may wait."""
MOST = 2_000
"""Lines of news that a job keeps."""

Kind: TypeAlias = Literal["begun", "asking", "asked", "told", "good", "bad", "progress", "link"]


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened."""

    kind: Kind
    says: str
    href: str | None = None
    """Where the reader can see it."""


Tell: TypeAlias = Callable[[News], None]
Work: TypeAlias = Callable[[Tell], None]


@dataclass(slots=True)
class Job:
    """Something that is done, or will be."""

    id: str
    title: str
    back: str
    """The address of what it is about."""
    state: Literal["waiting", "running", "done", "failed"] = "waiting"
    news: list[News] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed")

    def tell(self, one: News) -> None:
        """Add news; progress takes the place of the progress before it."""
        if one.kind == "progress" and self.news and self.news[-1].kind == "progress":
            self.news[-1] = one
        elif len(self.news) < MOST:
            self.news.append(one)


class Jobs:
    """A line of jobs and the one thread that does them."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Job] = OrderedDict()
        self._line: queue.Queue[tuple[Job, Work] | None] = queue.Queue(WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self, title: str, back: str, work: Work) -> Job | None:
        """Return a new job that will be done in its turn; None where too many wait."""
        job = Job(id=secrets.token_urlsafe(12), title=title, back=back)
        try:
            self._line.put_nowait((job, work))
        except queue.Full:
            return None
        with self._lock:
            self._held[job.id] = job
            over = [one.id for one in self._held.values() if one.is_over]
            for old in over[: max(0, len(self._held) - KEPT)]:
                del self._held[old]
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="clew-jobs", daemon=True)
                self._thread.start()
        return job

    def get(self, name: str) -> Job | None:
        """Return a job by its id; None where there is none, or not any more."""
        return self._held.get(name)

    def end(self, seconds: float) -> None:
        """Do nothing more after the job that is being done, and wait for that a while."""
        if self._thread is not None:
            while not self._line.empty():
                self._line.get_nowait()
            self._line.put(None)
            self._thread.join(seconds)

    def _run(self) -> None:
        while (one := self._line.get()) is not None:
            job, work = one
            job.state = "running"
            try:
                work(_paced(job.tell))
                job.state = "done"
            except ClewError as error:
                job.tell(News("bad", str(error)))
                job.state = "failed"
            except Exception:
                _LOG.exception("a job failed: %s", job.title)
                job.tell(News("bad", "something went wrong that clew did not foresee; its log tells more"))
                job.state = "failed"


def _paced(tell: Tell) -> Tell:
    """Return a way to tell that passes progress on twice a second at most."""
    last = 0.0

    def told(one: News) -> None:
        nonlocal last
        if one.kind == "progress":
            now = time.monotonic()
            if now - last < 0.5:
                return
            last = now
        tell(one)

    return told
