"""A way that is gone in a thread of its own, so that what happens can be told as it happens."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clew.errors import ClewError, NotFetched

if TYPE_CHECKING:
    from clew.fetch import Brought, Pace, Settings
    from clew.fetch.routes import Route

__all__ = ["Errand"]


class Errand:
    """A way that is gone in a thread of its own, so that what happens can be told as it happens."""

    def __init__(self, route: Route, spool: Path, settings: Settings, pace: Pace) -> None:
        from clew.fetch import Ear
        from clew.fetch.routes import follow

        self.brought: Brought | None = None
        self.error: ClewError | None = None
        self._fault: BaseException | None = None
        self._news: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        ear = Ear(tell=self._news.put, asked=self._news.put)
        self._task = self._loop.create_task(follow(route, spool, settings, ear, pace))
        self._thread = threading.Thread(target=self._run, name="clew-errand", daemon=True)

    def __enter__(self) -> Errand:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive():
            with suppress(RuntimeError):  # it may just have ended
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()
        self._loop.close()

    def __iter__(self) -> Iterator[Any]:
        """Yield news until the way is gone to its end."""
        while (news := self._news.get()) is not None:
            yield news
        if self._fault is not None:
            raise self._fault

    def _run(self) -> None:
        try:
            self.brought = self._loop.run_until_complete(self._task)
        except NotFetched as error:
            self.error = error
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            self._fault = error
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._news.put(None)
