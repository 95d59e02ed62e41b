"""STIX 2.1: accounts and links as observables, people, organisations and places as objects, claims as notes.

Identifiers are made from what they name and times are those of the posts, so the same input gives the same bundle.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from clew.evidence.finding import Finding
from clew.evidence.forms.told import Told, entity_key, made
from clew.posts import Account, Post

__all__ = ["SUFFIX", "write"]

SUFFIX = ".stix.json"
#: The namespace that STIX 2.1 prescribes for identifiers of observables.
_OBSERVABLES = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write(told: Iterable[Told]) -> Iterator[str]:
    """Yield one bundle, an object at a time and each of them once."""
    held = list(told)
    own = made(
        "bundle", *(one.thread.id for one in held), *(finding.method for one in held for finding in one.findings[:1])
    )
    yield f'{{"type":"bundle","id":"bundle--{own}","objects":['
    seen: set[str] = set()
    before = ""
    for one in held:
        for item in _objects(one):
            if item["id"] not in seen:
                seen.add(item["id"])
                yield f"{before}\n{json.dumps(item, ensure_ascii=False)}"
                before = ","
    yield "\n]}\n"


def _objects(one: Told) -> Iterator[dict[str, Any]]:
    by_post: dict[str, list[Finding]] = {}
    for finding in one.findings:
        by_post.setdefault(finding.post, []).append(finding)
    for findings in by_post.values():
        post = one.post(findings[0])
        author = _account(post.platform, post.author)
        seen = [author, *_observables(post, findings)]
        yield from seen
        observed = _observed(post, list(dict.fromkeys(item["id"] for item in seen)))
        yield observed
        for finding in findings:
            yield from _object(post, finding, observed["id"])


def _observables(post: Post, findings: list[Finding]) -> Iterator[dict[str, Any]]:
    for finding in findings:
        if finding.kind == "account":
            yield _account(post.platform, Account(handle=finding.value["handle"], id=finding.value.get("id")))
        elif finding.kind == "source" and finding.value.get("url"):
            yield _observable("url", value=finding.value["url"])


def _account(platform: str, account: Account) -> dict[str, Any]:
    return _observable(
        "user-account",
        account_type=platform,
        user_id=account.id or account.handle,
        account_login=account.handle,
        display_name=account.name,
    )


#: The properties that make the identifier, by type (STIX 2.1, chapter 6).
_CONTRIBUTING = {"url": ("value",), "user-account": ("account_type", "user_id", "account_login")}


def _observable(kind: str, **properties: str | None) -> dict[str, Any]:
    held = {name: value for name, value in properties.items() if value}
    named = {name: held[name] for name in _CONTRIBUTING[kind] if name in held}
    own = uuid.uuid5(_OBSERVABLES, json.dumps(named, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{own}", **held}


def _observed(post: Post, refs: list[str]) -> dict[str, Any]:
    when = _instant(post)
    return _made("observed-data", post, "post", post.platform, post.id) | {
        "first_observed": when,
        "last_observed": when,
        "number_observed": 1,
        "object_refs": refs,
    }


def _object(post: Post, finding: Finding, observed: str) -> Iterator[dict[str, Any]]:
    value = finding.value
    if finding.kind in ("person", "organisation"):
        kind = "individual" if finding.kind == "person" else "organization"
        yield _made("identity", post, entity_key(finding.kind, value["name"])) | {
            "name": value["name"],
            "identity_class": kind,
        }
    elif finding.kind == "place" and (value.get("country") or value.get("lat") is not None):
        where = {"country": value.get("country"), "latitude": value.get("lat"), "longitude": value.get("lon")}
        place = _made("location", post, entity_key("place", f"{value['name']} {value.get('country')}"))
        yield place | {"name": value["name"], **{name: held for name, held in where.items() if held is not None}}
    elif finding.kind in ("claim", "figure", "date", "relation"):
        told = json.dumps(
            {"kind": finding.kind, "value": value, "why": finding.why, "method": finding.method}, ensure_ascii=False
        )
        yield _made("note", post, finding.post, finding.kind, str(finding.start), finding.method) | {
            "abstract": finding.quote,
            "content": told,
            "confidence": round(finding.certainty * 100),
            "object_refs": [observed],
        }


def _made(kind: str, post: Post, *words: str) -> dict[str, Any]:
    when = _instant(post)
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{made(kind, *words)}",
        "created": when,
        "modified": when,
    }


def _instant(post: Post) -> str:
    return (post.time or _EPOCH).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
