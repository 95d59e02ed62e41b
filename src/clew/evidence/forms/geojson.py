"""Places as GeoJSON (RFC 7946); a country has no point: its geometry is null, its ISO code is in the properties."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from clew.evidence.finding import Finding
from clew.evidence.forms.told import Told, address_of

__all__ = ["SUFFIX", "write"]

SUFFIX = ".geojson"


def write(told: Iterable[Told]) -> Iterator[str]:
    """Yield a collection with a feature for each place that is found."""
    yield '{"type":"FeatureCollection","features":['
    before = ""
    for one in told:
        for finding in one.findings:
            if finding.kind == "place":
                yield f"{before}\n{json.dumps(_feature(one, finding), ensure_ascii=False)}"
                before = ","
    yield "\n]}\n"


def _feature(one: Told, finding: Finding) -> dict[str, Any]:
    value, post = finding.value, one.post(finding)
    point = None
    if value.get("lat") is not None and value.get("lon") is not None:
        point = {"type": "Point", "coordinates": [value["lon"], value["lat"]]}
    properties = {name: held for name, held in value.items() if name not in ("lat", "lon")}
    return {
        "type": "Feature",
        "geometry": point,
        "properties": {
            **properties,
            "quote": finding.quote,
            "thread": finding.thread,
            "post": finding.post,
            "url": address_of(post),
            "time": post.time.isoformat() if post.time else None,
            "certainty": finding.certainty,
            "why": finding.why,
            "method": finding.method,
        },
    }
