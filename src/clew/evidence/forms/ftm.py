"""FollowTheMoney entities, a line each: posts are Messages, accounts UserAccounts, what is named in them Mentions.

FollowTheMoney's own `Post` is a job that somebody holds, so it is not used.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from clew.evidence.finding import Finding
from clew.evidence.forms.told import Told, address_of, entity_key
from clew.evidence.forms.told import made as _made
from clew.posts import Post

__all__ = ["SUFFIX", "write"]

SUFFIX = ".ftm.json"
_SCHEMAS = {"person": "Person", "organisation": "Organization", "place": "Address"}


def made(*words: str) -> str:
    """Return an identifier for an entity, the same for the same words."""
    return f"clew-{_made(*words)}"


def write(told: Iterable[Told]) -> Iterator[str]:
    """Yield every entity once."""
    seen: set[str] = set()
    for one in told:
        for entity in _entities(one):
            if entity["id"] not in seen:
                seen.add(entity["id"])
                yield f"{json.dumps(entity, ensure_ascii=False)}\n"


def _entities(one: Told) -> Iterator[dict[str, Any]]:
    posts: set[str] = set()
    for finding in one.findings:
        post = one.post(finding)
        if post.id not in posts:
            posts.add(post.id)
            yield from _message(post)
        yield from _mention(post, finding)


def _message(post: Post) -> Iterator[dict[str, Any]]:
    known = post.author.handle or post.author.id
    author = _account(post.platform, known, post.author.name) if known else None
    if author:
        yield author
    yield _entity(
        "Message",
        made("message", post.platform, post.id),
        bodyText=post.text,
        date=post.time.isoformat() if post.time else None,
        sourceUrl=address_of(post),
        messageId=post.id,
        senderAccount=author["id"] if author else None,
        language=None,
    )


def _account(platform: str, handle: str, name: str | None) -> dict[str, Any]:
    return _entity(
        "UserAccount",
        made("account", platform, handle.casefold()),
        username=handle,
        service=platform,
        name=name or handle,
    )


def _mention(post: Post, finding: Finding) -> Iterator[dict[str, Any]]:
    document = made("message", post.platform, post.id)
    if finding.kind == "account":
        account = _account(post.platform, finding.value["handle"], None)
        yield account
        yield _entity(
            "Mention",
            made("mention", document, str(finding.start), finding.kind),
            document=document,
            name=finding.value["handle"],
            detectedSchema="LegalEntity",
        )
    elif finding.kind in _SCHEMAS:
        name = str(finding.value["name"])
        schema = _SCHEMAS[finding.kind]
        country = finding.value.get("country")
        resolved = _entity(schema, made(entity_key(finding.kind, name)), name=name, country=country and country.lower())
        yield resolved
        yield _entity(
            "Mention",
            made("mention", document, str(finding.start), finding.kind),
            document=document,
            name=finding.quote,
            resolved=resolved["id"] if schema != "Address" else None,
            detectedSchema=schema,
            contextCountry=country and country.lower(),
        )
    elif finding.kind == "relation" and not finding.value["negated"]:
        yield from _link(finding, document)


def _link(finding: Finding, document: str) -> Iterator[dict[str, Any]]:
    """Yield an UnknownLink for a relation of two people or organisations."""
    ends = [finding.value["subject"], finding.value["object"]]
    if all(end["kind"] in ("person", "organisation") for end in ends):
        subject, thing = (made(entity_key(end["kind"], end["name"])) for end in ends)
        yield _entity(
            "UnknownLink",
            made("link", document, str(finding.start)),
            subject=subject,
            object=thing,
            role=finding.value["relation"],
            summary=finding.quote,
            proof=document,
        )


def _entity(schema: str, own: str, **properties: str | None) -> dict[str, Any]:
    held = {name: [value] for name, value in properties.items() if value}
    return {"id": own, "schema": schema, "properties": held}
