"""Processes that tests start: each on a free loopback port, waited for, and stopped by its own pid."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

__all__ = ["SERVICES", "free_port", "is_open", "need", "running", "until"]

HERE = Path(__file__).parent
SERVICES = HERE.parents[1] / ".services"
"""Where `make services` puts what is started."""


def need(*paths: Path | None) -> None:
    """Skip the test where something that `make services` brings is absent."""
    for path in paths:
        if path is None or not path.exists():
            pytest.skip(f"needs {path or 'PostgreSQL and Redis'}: run `make services`")


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_open(port: int) -> bool:
    """Say whether somebody listens on a port of 127.0.0.1."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def until(is_so: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: It is not so in time.
    """
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come in {seconds:g} s")
        time.sleep(0.05)


@contextlib.contextmanager
def running(
    command: Sequence[str | Path], *, folder: Path, env: Mapping[str, str] | None = None, user: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command within the block; what it says goes to `<program>.log` in the folder, and is its standard output.

    It is stopped by its pid, first politely.
    """
    name = Path(command[0]).name
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env={**os.environ, "TMPDIR": str(folder), **(env or {})},
            stdout=subprocess.PIPE,
            stderr=log,
            user=user,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
            if process.stdout:
                process.stdout.close()


def first(*names: str) -> Path | None:
    """Return the first of these programs that is there; `*` stands for any version."""
    for name in names:
        found = shutil.which(name) or next((str(path) for path in sorted(Path("/").glob(name.lstrip("/")))), None)
        if found:
            return Path(found)
    return None
