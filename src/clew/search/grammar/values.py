"""What the value of an operator means: names, dates, numbers, what a post has and is."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime, timedelta

from clew import addresses
from clew.errors import BadQuery
from clew.search.documents import HAS
from clew.search.grammar.nodes import Node, Range, Sign
from clew.search.grammar.pieces import Piece, put_in
from clew.search.grammar.words import address, identified

__all__ = ["meant"]

_HAS_ALSO = {"links": "link", "images": "image", "videos": "video", "replies": "", "quotes": "quote", "photo": "image"}


def meant(query: str, piece: Piece) -> Node:
    """Return what an operator means."""
    value = piece.text.strip()
    match piece.name:
        case "from" | "to":
            return Sign(piece.name, value.removeprefix("@"))
        case "since":
            return Range("time", _moment(query, piece, value)[0], None)
        case "until":
            return Range("time", None, _moment(query, piece, value)[0] - 1)
        case "date":
            return _dates(query, piece, value)
        case "number" | "size":
            return _numbers(query, piece, value)
        case "has":
            return _having(query, piece, value)
        case "is":
            return _being(query, piece, value)
        case "lang":
            return Sign("lang", value.replace("_", "-").partition("-")[0])
        case "platform":
            return Sign("platform", {"twitter": "x"}.get(value.lower(), value))
        case "domain":
            return Sign("domain", addresses.domain(value) or value)
        case "url":
            return address(value)
        case "tag":
            return Sign("tag", value.lstrip("#＃$"))
        case _:
            return identified(piece.name, value)


def _having(query: str, piece: Piece, value: str) -> Node:
    value = value.lower()
    if value == "replies":
        return Sign("is", "reply")
    value = _HAS_ALSO.get(value, value)
    if value not in HAS:
        near = difflib.get_close_matches(value, HAS, 1, 0.5)
        better = put_in(query, piece, f"has:{near[0] if near else 'link'}")
        raise BadQuery(query, piece.start, f"has: takes {', '.join(HAS)}", better)
    return Sign("has", value)


def _being(query: str, piece: Piece, value: str) -> Node:
    known = ("reply", "repost", "first", "middle", "last", "branch", "single", "quote")
    value = {"retweet": "repost", "opening": "first"}.get(value.lower(), value.lower())
    if value not in known:
        near = difflib.get_close_matches(value, known, 1, 0.5)
        better = put_in(query, piece, f"is:{near[0] if near else 'first'}")
        raise BadQuery(query, piece.start, f"is: takes {', '.join(known)}", better)
    return Sign("has", value) if value == "quote" else Sign("is", value)


_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T_ ]?(\d{1,2}):(\d{2})(?::(\d{2}))?Z?)?)?)?$")


def _moment(query: str, piece: Piece, value: str) -> tuple[int, int]:
    """Return the first and the last second that a date means.

    Raises:
        BadQuery: It is none.
    """
    found = _DATE.match(value)
    try:
        if found is None:
            raise ValueError
        year, month, day, hour, minute, second = (int(part) if part else None for part in found.groups())
        first = datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=UTC)
        if hour is not None:
            end = first + timedelta(seconds=1 if second is not None else 60)
        elif day is not None:
            end = first + timedelta(days=1)
        elif month is not None:
            end = datetime(first.year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        else:
            end = datetime(first.year + 1, 1, 1, tzinfo=UTC)
        return int(first.timestamp()), int(end.timestamp()) - 1
    except (ValueError, OverflowError) as error:
        better = put_in(query, piece, f"{piece.name}:2021-06-04")
        raise BadQuery(query, piece.start, f"{value} is no date", better) from error


def _dates(query: str, piece: Piece, value: str) -> Node:
    low, two, high = value.partition("..")
    if not two:
        return Range("time", *_moment(query, piece, value))
    if not low and not high:
        raise BadQuery(
            query, piece.start, "a range needs a start or an end", put_in(query, piece, "date:2021-06..2021-07")
        )
    first = _moment(query, piece, low)[0] if low else None
    last = _moment(query, piece, high)[1] if high else None
    return Range("time", first, last)


def _numbers(query: str, piece: Piece, value: str) -> Node:
    found = re.fullmatch(r"(\d{1,9})?\.\.(\d{1,9})?|([<>]=?)?(\d{1,9})", value, re.ASCII)
    if found is None or value == "..":
        better = put_in(query, piece, f"{piece.name}:1..10")
        raise BadQuery(query, piece.start, f"{value} is no range of numbers", better)
    low, high, sign, one = found.groups()
    if one is None:
        return Range(piece.name, int(low) if low else None, int(high) if high else None)
    number = int(one)
    bounds = {
        None: (number, number),
        ">": (number + 1, None),
        ">=": (number, None),
        "<": (None, number - 1),
        "<=": (None, number),
    }
    return Range(piece.name, *bounds[sign])
