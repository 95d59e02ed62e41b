"""What the API offers, as OpenAPI 3.1 says it."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

__all__ = ["DESCRIPTION"]

Value = dict[str, Any]


def _text(*, null: bool = False) -> Value:
    return {"type": ["string", "null"] if null else "string"}


def _number(*, null: bool = False) -> Value:
    return {"type": ["integer", "null"] if null else "integer"}


def _object(**fields: Value) -> Value:
    return {"type": "object", "required": list(fields), "properties": fields}


def _page(items: Value) -> Value:
    return _object(items={"type": "array", "items": items}, after=_text(null=True))


def _parameter(name: str, says: str, schema: Value, where: str = "query") -> Value:
    return {"name": name, "in": where, "required": where == "path", "description": says, "schema": schema}


def _answer(says: str, schema: Value, *others: int) -> Value:
    media = "application/json"
    answers: Value = {
        "200": {"description": says, "content": {media: {"schema": schema}}, "headers": {"ETag": {"schema": _text()}}},
        "304": {"description": "Nothing changed since the answer whose ETag was given in If-None-Match."},
        "429": _PROBLEM | {"description": "Too many requests."},
    }
    for status in others:
        answers[str(status)] = _PROBLEM
    return answers


_PROBLEM: Value = {
    "description": "What is amiss (RFC 9457).",
    "content": {"application/problem+json": {"schema": _object(status=_number(), title=_text())}},
}
_AFTER = _parameter("after", "Where the page begins: what `after` said on the one before.", _text())
_SIZE = _parameter("size", "Rows on the page.", {"type": "integer", "minimum": 1, "maximum": 200, "default": 30})
_THREAD = _object(
    id=_text(),
    platform=_text(),
    author=_text(),
    title=_text(),
    first=_text(null=True),
    last=_text(null=True),
    language=_text(null=True),
    posts=_number(),
    gaps=_number(),
    verdict=_text(),
    expected=_number(null=True),
    opening=_text(),
    href=_text(),
    page=_text(),
)
_AUTHOR = _object(
    platform=_text(),
    id=_text(null=True),
    handle=_text(null=True),
    name=_text(null=True),
    threads=_number(),
    page=_text(),
)
_CAPTURE = _object(digest=_text(), name=_text(), size=_number(), kept_at=_text(), records=_number(), problems=_number())
_HOLE = _object(
    thread=_text(),
    title=_text(),
    author=_text(),
    count=_number(null=True),
    state=_text(),
    certainty=_text(),
    says=_text(),
)
_HIT = _object(thread=_text(), post=_text(), author=_text(), time=_text(null=True), snippet=_text(), title=_text())


def _get(name: str, says: str, parameters: list[Value], answers: Value) -> Value:
    return {"get": {"operationId": name, "summary": says, "parameters": parameters, "responses": answers}}


DESCRIPTION: Value = {
    "openapi": "3.1.0",
    "info": {
        "title": "Clew",
        "version": version("clew"),
        "description": "Threads of an archive, with what is missing from them and how that is known.",
        "license": {"name": "MIT", "identifier": "MIT"},
    },
    "servers": [{"url": "/"}],
    "paths": {
        "/api/threads": _get(
            "threads", "Threads, newest first.", [_AFTER, _SIZE], _answer("A page of threads.", _page(_THREAD), 422)
        ),
        "/api/threads/{id}": _get(
            "thread",
            "A thread as clew/thread/1.",
            [_parameter("id", "Platform, colon, id of the first post.", _text() | {"minLength": 1}, "path")],
            _answer("The thread.", {"type": "object", "required": ["schema", "id", "entries", "completeness"]}, 404),
        ),
        "/api/authors": _get(
            "authors", "Authors, by their handles.", [_AFTER, _SIZE], _answer("A page of authors.", _page(_AUTHOR), 422)
        ),
        "/api/captures": _get(
            "captures", "What was added, latest first.", [_AFTER, _SIZE], _answer("A page.", _page(_CAPTURE), 422)
        ),
        "/api/holes": _get(
            "holes",
            "What is missing.",
            [
                _parameter(
                    "certainty", "How certain.", {"type": "string", "enum": ["proven", "likely", "possible", "cut"]}
                ),
                _AFTER,
                _SIZE,
            ],
            _answer("A page of gaps.", _page(_HOLE), 422),
        ),
        "/api/search": _get(
            "search",
            "Posts that answer a query in the language of `clew find`.",
            [
                _parameter("q", "The query.", {"type": "string", "minLength": 1, "maxLength": 1000})
                | {"required": True},
                _parameter("sort", "The order.", {"type": "string", "enum": ["best", "new", "old"], "default": "best"}),
                _parameter("page", "The page.", {"type": "integer", "minimum": 1, "maximum": 300, "default": 1}),
            ],
            _answer(
                "A page of hits.",
                _object(total=_number(), waiting=_number(), items={"type": "array", "items": _HIT}),
                422,
                503,
            ),
        ),
    },
}
