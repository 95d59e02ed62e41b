"""What the cells of a table hold: ids whole or rounded, addresses, languages, flags."""

from __future__ import annotations

import re

from clew import addresses, fields
from clew.errors import BadRecord

__all__ = [
    "NOTHING",
    "ROUNDED",
    "address",
    "bare",
    "is_id",
    "is_nothing",
    "is_true",
    "language",
    "listed",
    "same_but_rounded",
    "whole",
]

#: Cells that hold nothing, as pandas, R, SQL and people write it.
NOTHING = frozenset("na nan none null n/a <na> nat \\n undefined -".split()) | {""}
_TRUE = frozenset("true yes y t 1 1.0 r retweet retweeted repost".split())
ROUNDED = re.compile(r"^\d{12,}0000$|^\d{16,}\.0+$|^\d[.,]?\d*[eE]\+?\d+$", re.ASCII)
_WRAPPED = re.compile(
    r"""^(?:=?"(?P<quoted>[^"]*)"|'(?P<tick>\d+)'?|x(?P<x>\d{5,})|(?P<whole>\d{1,15})\.0+)$""", re.ASCII
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[\w-]+)?", re.ASCII)


def is_nothing(cell: str) -> bool:
    return cell.strip().lower() in NOTHING


def is_true(cell: str) -> bool:
    return cell.lower() in _TRUE


def is_id(cell: str) -> bool:
    """Say whether a cell can hold a post's id: a number, an at:// uri or an address."""
    if cell.isdecimal():
        return True
    return bool(re.fullmatch(r"[\d.,eE+]+|at://\S+|https?://\S+|\S+-\d+", cell)) and any(
        sign.isdigit() for sign in cell
    )


def bare(cell: str) -> str:
    """Return an id without what keeps spreadsheets from rounding it, and without a harmless `.0`; 0 and -1 are none.

    >>> bare('="1400000000000000001"'), bare("x1400000000000000001"), bare("1234.0")
    ('1400000000000000001', '1400000000000000001', '1234')
    """
    cell = cell.strip()
    if not cell or cell in ("0", "-1"):
        return ""
    if cell.isdecimal():
        return cell
    found = _WRAPPED.match(cell)
    return next((part for part in found.groups() if part is not None), cell) if found else cell


def whole(cell: str, role: str) -> str:
    """Return the id.

    Raises:
        BadRecord: It was rounded on its way.
    """
    if re.fullmatch(r"\d{16,}\.0+|\d[.,]?\d*[eE]\+?\d+", cell, re.ASCII):
        raise BadRecord(f"the id in {role!r} is {cell}: it was rounded on its way and can't be mended")
    return fields.exact_id(cell, role)


def same_but_rounded(own: str, within: str) -> bool:
    """Say whether one id is the other after rounding: as long, and equal but for the last places."""
    digits = own.partition(".")[0] if own.replace(".", "", 1).isdecimal() else _spelled(own)
    if digits is None or len(digits) != len(within) or not (within.isascii() and within.isdecimal()):
        return False
    return digits != within and abs(int(digits) - int(within)) <= 10 ** max(len(within) - _kept(own), 3)


def _kept(own: str) -> int:
    """Return how many leading digits a rounded number still has right."""
    mantissa = re.split(r"[eE]", own)[0].replace(".", "").replace(",", "").rstrip("0")
    return min(len(mantissa) or 1, 15) if re.search(r"[eE]", own) else 15


def _spelled(own: str) -> str | None:
    """Return 1.4E+18 in full; None for anything else."""
    found = re.fullmatch(r"(\d)[.,]?(\d*)[eE]\+?(\d{1,2})", own, re.ASCII)
    return (found[1] + found[2]).ljust(int(found[3]) + 1, "0") if found else None


def address(url: str) -> addresses.Address | None:
    """Return what a post's address tells; `/@name/status/`, as some tools write it, as well."""
    url = url.strip()
    if not url.startswith(("http", "at://")):
        return None
    address = addresses.parse(url.replace("/@", "/", 1) if "/status/" in url else url)
    return address if address is not None and address.id is not None else None


def language(cell: str) -> str | None:
    """Return a language tag: the first of a list, None where the cell holds a name ("English")."""
    if cell.startswith("["):
        found = _LANGUAGE.search(cell)
        return found[0] if found else None
    first = re.split(r"[,|]", cell)[0].strip()
    return first if _LANGUAGE.fullmatch(first) else None


def listed(cell: str) -> list[str]:
    """Return the addresses in a cell: JSON, or parted by `|` or commas."""
    return re.findall(r"https?://[^\s|\"'\[\],]+(?:,(?!https?://)[^\s|\"'\[\],]+)*", cell)
