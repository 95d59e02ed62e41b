"""A server that speaks Mastodon's API (mastodon_mock), and a stand-in before it that behaves like the real ones."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2

from tests.services.running import SERVICES, free_port, is_open, need, running, until
from tests.services.site import Asked, Reply

__all__ = ["Mastodon", "limited", "mastodon"]

ABOVE, BELOW, DEEP = 40, 60, 20
"""What a real server gives to who is not signed in."""


@dataclass(frozen=True, slots=True)
class Mastodon:
    """A server that is running."""

    url: str
    client: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=20, trust_env=False))

    def post(self, text: str, *, by: str = "ana", to: str | None = None, **more: Any) -> str:
        """Write a post and return its id."""
        given = {"status": text, "in_reply_to_id": to, **more}
        return str(self._done("POST", "/api/v1/statuses", by, given)["id"])

    def edit(self, own: str, text: str, *, by: str = "ana") -> None:
        self._done("PUT", f"/api/v1/statuses/{own}", by, {"status": text})

    def delete(self, own: str, *, by: str = "ana") -> None:
        self._done("DELETE", f"/api/v1/statuses/{own}", by, None)

    def fault(self, path: str, count: int, **effect: Any) -> None:
        """Let the next answers under a path go wrong."""
        given = {"match": {"path": path}, "effect": effect, "count": count}
        self.client.post(f"{self.url}/api/v1/_mock/faults", json=given).raise_for_status()

    def _done(self, method: str, path: str, by: str, given: dict[str, Any] | None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer token-of-{by}"}
        answer = self.client.request(method, f"{self.url}{path}", headers=headers, json=given)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@contextlib.contextmanager
def mastodon() -> Iterator[Mastodon]:
    """Give a server with the accounts ana and bob that runs within the block; else the test is skipped."""
    program = SERVICES / "mastodon/bin/mastodon_mock"
    need(program)
    with tempfile.TemporaryDirectory(prefix="clew-mastodon-") as name, contextlib.ExitStack() as stack:
        folder, port = Path(name), free_port()
        accounts = "".join(
            f'[[seed.accounts]]\nusername = "{who}"\ndisplay_name = "{who.title()}"\naccess_token = "token-of-{who}"\n'
            for who in ("ana", "bob")
        )
        config = folder / "mock.toml"
        config.write_text(f'[database]\npath = ":memory:"\n[rate_limit]\nenabled = false\n{accounts}')
        command: list[str | Path] = [program, "serve", "--config", config, "--in-memory"]
        command += ["--host", "127.0.0.1", "--port", str(port)]
        stack.enter_context(running(command, folder=folder))
        until(lambda: is_open(port), 60, "mastodon_mock")
        found = Mastodon(f"http://127.0.0.1:{port}")
        stack.callback(found.client.close)
        yield found


def limited(answer: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
    """Return an answer that gives to who is not signed in no more of a context than real servers do."""

    def cut(asked: Asked) -> Reply:
        reply = answer(asked)
        if "/context" not in asked.path or reply.status != 200 or "authorization" in map(str.lower, asked.headers):
            return reply
        context = json.loads(reply.body)
        own = asked.path.split("/")[4]
        depth = {own: 0}
        below = []
        for status in context["descendants"]:
            depth[status["id"]] = depth.get(status["in_reply_to_id"], DEEP) + 1
            if depth[status["id"]] <= DEEP:
                below.append(status)
        given = {"ancestors": context["ancestors"][-ABOVE:], "descendants": below[:BELOW]}
        return replace(reply, body=json.dumps(given).encode())

    return cut
