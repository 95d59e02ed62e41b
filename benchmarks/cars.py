"""Repositories of Bluesky accounts as CAR files, made out of records: for tests and benchmarks. Nothing is signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clew import atproto
from clew.atproto import Cid

__all__ = ["car"]

_Entry = tuple[bytes, Cid]


def car(did: str, records: Mapping[str, Any], revision: str) -> bytes:
    """Return the repository of an account; records by their path (`app.bsky.feed.post/3k...`), in the form of JSON."""
    held: dict[Cid, bytes] = {}

    def put(value: Any) -> Cid:
        data = atproto.encoded(value)
        cid = Cid.of(data)
        held[cid] = data
        return cid

    entries = [(path.encode(), put(atproto.from_json(records[path]))) for path in sorted(records)]
    top = max((atproto.height(key) for key, _ in entries), default=0)
    nodes: dict[Cid, bytes] = {}
    root = _node(entries, top, nodes) or _store({"e": [], "l": None}, nodes)
    commit = {"did": did, "version": 3, "data": root, "rev": revision, "prev": None, "sig": bytes(64)}
    data = atproto.encoded(commit)
    head = atproto.encoded({"roots": [Cid.of(data)], "version": 1})
    blocks = {Cid.of(data): data, **nodes, **held}
    return _prefixed(head) + b"".join(_prefixed(bytes(cid) + block) for cid, block in blocks.items())


def _node(entries: Sequence[_Entry], layer: int, nodes: dict[Cid, bytes]) -> Cid | None:
    """Return the name of the tree node that holds the entries, none of which is higher than its layer."""
    if not entries:
        return None
    groups = list(_groups(entries, layer))
    left = _node(groups[0][1], layer - 1, nodes)
    listed: list[dict[str, Any]] = []
    last = b""
    for own, below in groups[1:]:
        assert own is not None
        key, value = own
        shared = atproto.common_prefix(last, key)
        listed.append({"p": shared, "k": key[shared:], "v": value, "t": _node(below, layer - 1, nodes)})
        last = key
    return _store({"e": listed, "l": left}, nodes)


def _groups(entries: Sequence[_Entry], layer: int) -> Iterator[tuple[_Entry | None, list[_Entry]]]:
    """Yield each entry of the layer with the lower ones behind it; first those before them all, with None."""
    own: _Entry | None = None
    below: list[_Entry] = []
    for entry in entries:
        if atproto.height(entry[0]) == layer:
            yield own, below
            own, below = entry, []
        else:
            below.append(entry)
    yield own, below


def _store(node: dict[str, Any], nodes: dict[Cid, bytes]) -> Cid:
    data = atproto.encoded(node)
    cid = Cid.of(data)
    nodes[cid] = data
    return cid


def _prefixed(data: bytes) -> bytes:
    """Return bytes behind their length, seven bits a byte."""
    length, size = bytearray(), len(data)
    while True:
        length.append(size & 127 | (128 if size > 127 else 0))
        size >>= 7
        if not size:
            return bytes(length) + data
