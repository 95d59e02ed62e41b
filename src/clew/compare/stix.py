"""What was found as a STIX 2.1 bundle: accounts, groups of them, and DISARM attack patterns by their ids.

Identifiers are made from what they name, times are those of the data, so the same input gives the same bundle.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from clew.compare.actions import Actions
from clew.compare.coordinate import Coordination
from clew.compare.disarm import technique

__all__ = ["bundle"]

#: The namespace that STIX 2.1 prescribes for identifiers of observables.
_SCO = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
_OWN = uuid.uuid5(uuid.NAMESPACE_URL, "clew/compare")
_LIMIT = (
    "Accounts that do the same things within a short time more often than chance gives. That is no proof of who"
    " directs them, nor that they are inauthentic."
)


def bundle(found: Iterable[Coordination]) -> Iterator[str]:
    """Yield the bundle as JSON, an object at a time."""
    seen: set[str] = set()
    yield f'{{"type":"bundle","id":"bundle--{_made("bundle", *_names(found := list(found)))}","objects":[\n'
    first = True
    for item in _objects(found):
        if item["id"] not in seen:
            seen.add(item["id"])
            yield ("" if first else ",\n") + json.dumps(item, ensure_ascii=False, separators=(",", ":"))
            first = False
    yield "\n]}\n"


def _names(found: Iterable[Coordination]) -> Iterator[str]:
    for one in found:
        yield f"{one.settings} {one.pairs} {one.edges} {len(one.found.edges)}"


def _objects(found: Iterable[Coordination]) -> Iterator[dict[str, Any]]:
    for one in found:
        if len(one.found.edges):
            yield from _of_window(one)


def _of_window(found: Coordination) -> Iterator[dict[str, Any]]:
    actions = found.actions
    when = _instant(int(actions.time.max()))
    identity = _object("identity", when, "clew", name="clew", identity_class="system")
    yield identity
    patterns = {}
    for trace in actions.traces:
        patterns[trace] = _attack_pattern(when, technique(trace), identity["id"])
        yield patterns[trace]
    for member in found.members:
        yield _account(actions, member.account)
    for community in found.communities:
        accounts = [_account(actions, account)["id"] for account in community.accounts]
        traces = sorted({trace for member in found.members if member.account in set(community.accounts)
                         for trace, _ in member.traces})  # fmt: skip
        yield _object(
            "grouping",
            when,
            f"{found.settings.window} {' '.join(accounts)}",
            name=f"Community {community.number} within {found.settings.window:g} s",
            description=_LIMIT,
            context="suspicious-activity",
            created_by_ref=identity["id"],
            object_refs=[*accounts, *dict.fromkeys(patterns[trace]["id"] for trace in traces)],
        )


def _attack_pattern(when: str, number: str, author: str) -> dict[str, Any]:
    return _object(
        "attack-pattern",
        when,
        number,
        name=number,
        created_by_ref=author,
        external_references=[{"source_name": "DISARM", "external_id": number}],
        kill_chain_phases=[{"kill_chain_name": "disarm", "phase_name": "maximise-exposure"}],
    )


def _account(actions: Actions, account: int) -> dict[str, Any]:
    name = actions.accounts[account]
    value = json.dumps({"account_login": name}, separators=(",", ":"), ensure_ascii=False)
    return {
        "type": "user-account",
        "spec_version": "2.1",
        "id": f"user-account--{uuid.uuid5(_SCO, value)}",
        "account_login": name,
    }


def _object(kind: str, when: str, key: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{_made(kind, key)}",
        "created": when,
        "modified": when,
        **fields,
    }


def _made(*parts: str) -> uuid.UUID:
    return uuid.uuid5(_OWN, "\0".join(parts))


def _instant(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"
