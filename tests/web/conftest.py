"""An archive that is made once, served in this process, and asked through the application or a real socket."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="starlette is missing: pip install 'clew[web]'")
pytest.importorskip("tantivy", reason="tantivy is missing: pip install 'clew[search]'")
pytest.importorskip("uvicorn", reason="uvicorn is missing: pip install 'clew[web]'")

from clew import following, keeping
from clew.web.app import Settings, application
from clew.web.serving import listening, server
from tests.web.asking import Asked
from tests.web.world import build


class Served:
    """A server on a free port of this machine, in a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        self._socket = listening("127.0.0.1", 0)
        self._server = server(application(settings))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Served:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that nobody changes."""
    return build(tmp_path_factory.mktemp("web") / "port")


@pytest.fixture(scope="session")
def served(archive: Path) -> Iterator[str]:
    """The address of a server that reads it."""
    with keeping.opened(archive) as held:
        following.followed(held)
    with Served(Settings(archive=archive)) as own:
        yield own.url


@pytest.fixture(scope="session")
def asked(served: str) -> Asked:
    """Asks that server."""
    return Asked(served)
