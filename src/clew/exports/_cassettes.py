"""VCR cassettes in YAML (vcrpy, vcr for R and Ruby)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from clew.exports._listed import Exchange, Listed, from_base64, saved_body, within
from clew.exports._streams import shared

__all__ = ["Cassette"]

_DEEPEST = 60
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""What means nothing where it stands without quotation marks."""


class Cassette(Listed):
    """A VCR cassette in YAML."""

    def __init__(self, name: str, stream: BinaryIO) -> None:
        super().__init__(name, stream)
        self._bodies = tempfile.TemporaryFile()

    def close(self) -> None:
        self._bodies.close()
        super().close()

    def _exchanges(self) -> list[Exchange]:
        from yaml import YAMLError  # type: ignore[import-untyped]

        found: list[Exchange] = []
        self._stream.seek(0)
        try:
            for exchange in _yaml_exchanges(self._stream):
                body, encoding = saved_body(exchange)
                url = _text(within(exchange, "request", "uri")) or _text(within(exchange, "request", "url"))
                found.append(Exchange(self._bodies.tell(), len(body), url, encoding))
                self._bodies.write(body)
        except (YAMLError, ValueError) as error:
            self._break_off(" ".join(str(error).split())[:80], len(found))
        return found

    def _body(self, path: str, exchange: Exchange) -> tuple[BinaryIO, str]:
        return shared(cast("BinaryIO", self._bodies), exchange.start, exchange.size), exchange.encoding


def _yaml_exchanges(stream: BinaryIO) -> Iterator[object]:
    """Yield what stands in the list of exchanges, each as plain values, all scalars as text or bytes."""
    import yaml

    events = yaml.parse(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    anchors: dict[str, object] = {}
    for event in events:
        if isinstance(event, yaml.MappingStartEvent):
            break
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            return
        key = _built(event, events, anchors)
        value = next(events)
        if key not in ("interactions", "http_interactions") or not isinstance(value, yaml.SequenceStartEvent):
            _built(value, events, anchors)
            continue
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            yield _built(item, events, anchors)


def _built(event: Any, events: Iterator[Any], anchors: dict[str, object], depth: int = 0) -> object:
    """Return the value that begins with an event."""
    import yaml

    if depth > _DEEPEST:
        raise ValueError("values are nested too deep")
    if isinstance(event, yaml.AliasEvent):
        return anchors.get(event.anchor)
    value: Any
    if isinstance(event, yaml.SequenceStartEvent):
        value = []
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            value.append(_built(item, events, anchors, depth + 1))
    elif isinstance(event, yaml.MappingStartEvent):
        value = {}
        while not isinstance(item := next(events), yaml.MappingEndEvent):
            key = _built(item, events, anchors, depth + 1)
            value[key if isinstance(key, str) else repr(key)] = _built(next(events), events, anchors, depth + 1)
    else:
        value = _scalar(event)
    if event.anchor is not None:
        anchors[event.anchor] = value
    return value


def _scalar(event: Any) -> str | bytes | None:
    if event.implicit[0] and event.value in _NULLS:
        return None
    if (event.tag or "").endswith("binary"):
        return from_base64(event.value)
    return str(event.value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
