"""Values that a user gives to findings: what each kind must hold, and how that is written into plain fields."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from clew.errors import BadOption
from clew.evidence.finding import Finding
from clew.evidence.study import Study
from clew.posts import Account, Post
from clew.threads import weave

__all__ = ["FIELDS", "completed", "filled", "told"]

#: The fields that say what is meant, by kind; the first of each has to be filled in, but of claims.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "person": ("name",),
    "organisation": ("name",),
    "account": ("handle",),
    "place": ("name", "country", "lat", "lon"),
    "date": ("from", "to"),
    "figure": ("amount", "unit", "of"),
    "source": ("publisher", "url"),
    "claim": ("speaker", "cited", "negated"),
    "relation": ("subject", "relation", "object", "negated"),
}
_UNKNOWN: Mapping[str, Mapping[str, Any]] = {
    "account": {"platform": "unknown"},
    "place": {"type": "site", "form": "said by the user"},
    "figure": {"unit": "count"},
    "source": {"type": "other", "url": None, "shown": "", "domain": None, "publisher": None},
    "claim": {"parts": [], "hedges": [], "negated": False, "source": "none"},
    "relation": {"negated": False},
}
_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


def completed(kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value of a kind with all that those who read it rely on; what is not said is not known.

    Raises:
        ValueError: It lacks something, or something in it is of another type.
    """
    whole = {**_UNKNOWN.get(kind, {}), **value}
    wrong = [name for name, is_right in _NEEDED[kind].items() if not is_right(whole.get(name))]
    if wrong:
        raise ValueError(f"the value of a {kind} lacks {wrong[0]!r}, or has it in another form")
    return whole


def filled(kind: str, fields: Mapping[str, str], post: Post, quote: str) -> dict[str, Any]:
    """Return the value that the fields of a form say.

    Raises:
        BadOption: A field that is needed is empty, or one can't be understood.
        MissingLibrary: A place is looked up, and what knows places is not installed.
    """
    given = {name: " ".join(fields.get(name, "").split()) for name in FIELDS[kind]}
    first = FIELDS[kind][0]
    if kind != "claim" and not given[first]:
        raise BadOption(f"say the {first} of this {kind}.")
    return completed(kind, _MAKERS[kind](given, post, quote))


def told(kind: str, value: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a form that say a value, as far as they can."""
    own = dict(value)
    if kind == "relation":
        own |= {end: value[end]["name"] for end in ("subject", "object")}
    elif kind == "claim":
        own["speaker"] = "" if value["speaker"]["author"] else value["speaker"]["name"]
        source = value["source"]
        own["cited"] = (source["publisher"] or source["url"]) if isinstance(source, Mapping) else source
        own["cited"] = "" if own["cited"] == "none" else own["cited"]
    elif kind == "source" and value["type"] == "attribution":
        own["publisher"] = value.get("said_by")
    own["negated"] = "yes" if value.get("negated") else None
    return {name: str(own[name]) if own.get(name) is not None else "" for name in FIELDS[kind]}


# --- what a value must hold -------------------------------------------------------------------------------------------


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_name(value: object) -> bool:
    return isinstance(value, Mapping) and _is_text(value.get("name")) and _is_text(value.get("kind"))


def _is_speaker(value: object) -> bool:
    return isinstance(value, Mapping) and _is_text(value.get("name")) and isinstance(value.get("author"), bool)


def _is_cited(value: object) -> bool:
    return _is_text(value) or (isinstance(value, Mapping) and {"publisher", "url"} <= value.keys())


def _is_day(value: object) -> bool:
    return value is None or (isinstance(value, str) and bool(re.match(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?\Z", value)))


def _is_country(value: object) -> bool:
    return value is None or (isinstance(value, str) and bool(re.fullmatch("[A-Z]{2}", value)))


def _is_degree(most: int) -> Callable[[object], bool]:
    return lambda value: value is None or (_is_number(value) and abs(value) <= most)  # type: ignore[arg-type]


def _is_truth(value: object) -> bool:
    return isinstance(value, bool)


def _may_be_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_list(value: object) -> bool:
    return isinstance(value, list)


_NEEDED: Mapping[str, Mapping[str, Callable[[object], bool]]] = {
    "person": {"name": _is_text},
    "organisation": {"name": _is_text},
    "account": {"handle": _is_text, "platform": _is_text},
    "place": {
        "name": _is_text,
        "type": _is_text,
        "form": _is_text,
        "country": _is_country,
        "lat": _is_degree(90),
        "lon": _is_degree(180),
    },
    "date": {"from": _is_day, "to": _is_day, "granularity": _may_be_text},
    "figure": {"amount": _is_number, "unit": _is_text, "of": _may_be_text},
    "source": {"type": _is_text, "url": _may_be_text, "publisher": _may_be_text},
    "claim": {
        "text": _is_text,
        "parts": _is_list,
        "hedges": _is_list,
        "negated": _is_truth,
        "speaker": _is_speaker,
        "source": _is_cited,
    },
    "relation": {"relation": _is_text, "subject": _is_name, "object": _is_name, "negated": _is_truth},
}


# --- out of the fields of a form --------------------------------------------------------------------------------------


def _named(given: Mapping[str, str], post: Post, quote: str) -> dict[str, Any]:
    return {"name": given["name"]}


def _account(given: Mapping[str, str], post: Post, quote: str) -> dict[str, Any]:
    return {"handle": given["handle"].removeprefix("@") or given["handle"], "platform": post.platform}


def _place(given: Mapping[str, str], post: Post, quote: str) -> dict[str, Any]:
    """Return the place of that name, in that country where one is said, at that point where one is said."""
    country = _country(given["country"]) if given["country"] else None
    own = _known_place(given["name"], country) | {"name": given["name"]}
    if given["lat"] or given["lon"]:
        own |= {"lat": _number(given["lat"], "latitude", 90), "lon": _number(given["lon"], "longitude", 180)}
    return own


def _known_place(name: str, country: tuple[str, str] | None) -> dict[str, Any]:
    """Return what the gazetteer has of a name, of several places that in the country, else the largest."""
    from clew.evidence import where

    post = Post(platform="unknown", id="1", author=Account(handle="user"), text=name)
    found: list[Finding] = list(where.extract(Study(next(iter(weave([post]))))))
    held = [each.value for each in found if each.kind == "place" and each.end - each.start == len(name)]
    places = [place for value in held for place in (value, *value.get("candidates", ()))]
    kept = next((place for place in places if country is None or place.get("country") == country[0]), None)
    said = {"country": country[0], "country_name": country[1]} if country else {}
    return {key: one for key, one in (kept or {}).items() if key not in ("candidates", "why", "form")} | said


def _country(said: str) -> tuple[str, str]:
    from clew.errors import needing

    with needing("knowing countries", "evidence"):
        import pycountry
    try:
        found = pycountry.countries.lookup(said)
    except LookupError as error:
        raise BadOption(f"{said}: there is no such country. Write its English name, or its two letters.") from error
    return str(found.alpha_2), str(getattr(found, "common_name", found.name))


def _date(given: Mapping[str, str], post: Post, quote: str) -> dict[str, Any]:
    first, last = _day(given["from"], last=False), _day(given["to"] or given["from"], last=True)
    if last < first:
        raise BadOption(f"{given['from']} to {given['to']}: it ends before it begins.")
    return {"from": first, "to": last, "granularity": _size(first, last)}


def _size(first: str, last: str) -> str:
    """Return whether an interval is one of whole years, of whole months, or of days."""
    if first.endswith("-01-01") and last.endswith("-12-31"):
        return "year"
    year, month, day = map(int, last.split("-"))
    return "month" if first.endswith("-01") and day == calendar.monthrange(year, month)[1] else "day"


def _day(said: str, *, last: bool) -> str:
    """Return the first or last day of a year, a month or a day."""
    found = _DAY.fullmatch(said)
    try:
        if found is None:
            raise ValueError(said)
        year, month, day = (int(part) if part else None for part in found.groups())
        whole_month = month or (12 if last else 1)
        days = calendar.monthrange(int(year or 0), whole_month)[1]
        whole_day = day or (days if last else 1)
        if not (1 <= whole_day <= days and year):
            raise ValueError(said)
    except (ValueError, calendar.IllegalMonthError) as error:
        raise BadOption(f"{said}: is no date. Write it as 2026, 2026-01 or 2026-01-31.") from error
    return f"{year:04}-{whole_month:02}-{whole_day:02}"


def _figure(given: Mapping[str, str], post: Post, quote: str) -> dict[str, Any]:
    amount = _number(given["amount"], "amount")
    value: dict[str, Any] = {"amount": amount, "unit": given["unit"] or "count"}
    if given["of"]:
        value["of"] = given["of"]
    return value | ({"ratio": amount} if value["unit"] == "times" else {})


def _number(said: str, what: str, most: float = math.inf) -> int | float:
    """Return a number that is written with points for its decimals, and with spaces between thousands or not."""
    try:
        number = float(re.sub(r"(?<=\d)[ ,_](?=\d{3}(?!\d))", "", said))
    except ValueError:
        number = math.nan
    if not abs(number) <= min(most, 1e300):
        raise BadOption(f"{said}: is no {what}. Write it in digits, such as 3100000 or 2.5.")
    return int(number) if number.is_integer() else number


def _source(given: Mapping[str, str], post: Post, quote: str) -> dict[str, Any]:
    if not given["url"]:
        return {"type": "attribution", "said_by": given["publisher"]}
    if not re.match(r"https?://[^\s/]+", given["url"]):
        raise BadOption(f"{given['url']}: is no address of a page. It begins with https://")
    domain = re.sub(r"^https?://(?:www\.)?|[/?#:].*", "", given["url"])
    return {"type": "other", "publisher": given["publisher"], "url": given["url"], "shown": quote, "domain": domain}


def _claim(given: Mapping[str, str], post: Post, quote: str) -> dict[str, Any]:
    speaker = {"name": given["speaker"] or post.author.label, "author": not given["speaker"]}
    return {
        "text": quote,
        "speaker": speaker,
        "source": {"publisher": given["cited"], "url": None} if given["cited"] else "none",
        "negated": bool(given["negated"]),
    }


def _relation(given: Mapping[str, str], post: Post, quote: str) -> dict[str, Any]:
    if not given["relation"] or not given["object"]:
        raise BadOption("say who does what to whom.")
    return {
        "relation": given["relation"],
        "subject": _end(given["subject"], post),
        "verb": {"quote": given["relation"]},
        "object": _end(given["object"], post),
        "negated": bool(given["negated"]),
    }


def _end(name: str, post: Post) -> dict[str, Any]:
    """Return an end of a relation: whom or what a name names, and where it stands in the post, where it does."""
    from clew.evidence.entities import names_in

    found = names_in(name)[0]
    start = post.text.find(name)
    span = {"start": start, "end": start + len(name), "quote": name} if start >= 0 else {}
    return {"kind": "account" if name.startswith("@") else found.kind, "name": name.removeprefix("@")} | span


_MAKERS: Mapping[str, Callable[[Mapping[str, str], Post, str], dict[str, Any]]] = {
    "person": _named,
    "organisation": _named,
    "account": _account,
    "place": _place,
    "date": _date,
    "figure": _figure,
    "source": _source,
    "claim": _claim,
    "relation": _relation,
}
