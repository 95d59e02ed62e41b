"""A stream in the shape of Jetstream, fed by the firehoses of PDSes: python -m tests.services.jetstream PORT PDS...

The Jetstream server itself is in no package index. What it documents is kept to: `requireHello` and `options_update`,
`wantedDids`, `cursor` (events from there on are sent again), a `time_us` that only grows. `KEEP` events are remembered.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from clew import atproto
from tests.services.running import free_port, is_open, running, until

__all__ = ["jetstream"]

KEEP = 100_000
Event = dict[str, Any]


@contextlib.contextmanager
def jetstream(pds: str | Sequence[str], folder: Path, port: int | None = None) -> Iterator[str]:
    """Give the address of a stream of one or several servers of accounts that runs within the block."""
    port = port or free_port()
    command: list[str | Path] = [sys.executable, "-m", "tests.services.jetstream", str(port)]
    command += [pds] if isinstance(pds, str) else pds
    root = Path(__file__).parents[2]
    with running(command, folder=folder, env={"PYTHONPATH": str(root)}):
        until(lambda: is_open(port), 30, "the stream")
        yield f"ws://127.0.0.1:{port}"


class Bridge:
    """Events, and who listens."""

    def __init__(self) -> None:
        self.log: deque[Event] = deque(maxlen=KEEP)
        self.listeners: dict[asyncio.Queue[Event], frozenset[str]] = {}
        self._last = 0

    def send(self, event: Event) -> None:
        self._last = max(time.time_ns() // 1000, self._last + 1)
        event = {"did": event.pop("did"), "time_us": self._last, **event}
        self.log.append(event)
        for queue, dids in self.listeners.items():
            if not dids or event["did"] in dids:
                queue.put_nowait(event)

    async def pump(self, pds: str) -> None:
        """Take the firehose in, from its beginning."""
        import websockets

        url = f"{pds.replace('http', 'ws', 1)}/xrpc/com.atproto.sync.subscribeRepos?cursor=0"
        async with websockets.connect(url, max_size=None, proxy=None) as socket:
            async for frame in socket:
                assert isinstance(frame, bytes)
                for event in events(frame):
                    self.send(event)

    async def serve(self, socket: Any) -> None:
        """Send one listener what it wants."""
        import websockets

        asked = parse_qs(urlsplit(socket.request.path).query)
        dids = frozenset(asked.get("wantedDids", []))
        with contextlib.suppress(websockets.ConnectionClosed):
            if asked.get("requireHello") == ["true"]:
                hello = json.loads(await socket.recv())
                assert hello["type"] == "options_update"
                dids = frozenset(hello["payload"]["wantedDids"])
            queue: asyncio.Queue[Event] = asyncio.Queue()
            self.listeners[queue] = dids
            try:
                start = int(asked.get("cursor", ["0"])[0])
                for event in list(self.log) if start else []:
                    if event["time_us"] >= start and (not dids or event["did"] in dids):
                        await socket.send(json.dumps(event))
                sent = self.log[-1]["time_us"] if self.log and start else 0
                while True:
                    event = await queue.get()
                    if event["time_us"] > sent:
                        await socket.send(json.dumps(event, ensure_ascii=False))
            finally:
                del self.listeners[queue]


def events(frame: bytes) -> Iterator[Event]:
    """Yield what a frame of the firehose says, as Jetstream says it."""
    head, at = atproto._item(frame, 0, 0)
    body, _ = atproto._item(frame, at, 0)
    kind = head.get("t")
    if kind == "#commit":
        car = io.BytesIO(body["blocks"])
        atproto.roots(car, "a frame")
        blocks = {str(block.cid): block.data for block in atproto.blocks(car, "a frame")}
        for op in body["ops"]:
            collection, _, key = op["path"].partition("/")
            commit = {"rev": body["rev"], "operation": op["action"], "collection": collection, "rkey": key}
            if op.get("cid") is not None:
                commit["record"] = atproto.to_json(atproto.decoded(blocks[str(op["cid"])]))
                commit["cid"] = str(op["cid"])
            yield {"did": body["repo"], "kind": "commit", "commit": commit}
    elif kind in ("#identity", "#account"):
        yield {"did": body["did"], "kind": kind[1:], kind[1:]: atproto.to_json(body)}


async def main(port: int, *pdses: str) -> None:
    import websockets

    bridge = Bridge()
    async with websockets.serve(bridge.serve, "127.0.0.1", port):
        await asyncio.gather(*map(bridge.pump, pdses))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), *sys.argv[2:]))
