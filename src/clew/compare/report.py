"""A report as a tree of blocks, and the same tree as HTML and as Markdown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import TypeAlias, assert_never

__all__ = [
    "Block",
    "Bullets",
    "Figure",
    "Heading",
    "Paragraph",
    "Report",
    "Table",
    "clean",
    "html",
    "markdown",
    "number",
]

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1
    """How many columns from the left hold words; the others hold figures."""


@dataclass(frozen=True, slots=True)
class Figure:
    caption: str
    svg: str
    """A whole <svg> element with a title and a description."""


Block: TypeAlias = Heading | Paragraph | Bullets | Table | Figure


@dataclass(frozen=True, slots=True)
class Report:
    title: str
    blocks: Sequence[Block]


def clean(text: str, longest: int = 200) -> str:
    """Return words of others on one line, without what could drive a terminal or turn the text around, cut if long.

    >>> clean("a\\n\\u202eb\\x1b[0m")
    'a b[0m'
    """
    line = re.sub(r"\s+", " ", text)
    plain = "".join(sign for sign in line if unicodedata.category(sign) not in ("Cc", "Cs") and sign not in _BIDI)
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def number(value: float | int | None, digits: int = 2) -> str:
    """Return a figure as people read it; a dash for None.

    >>> number(1234567), number(0.00004), number(0.123), number(None)
    ('1 234 567', '4e-05', '0.12', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, int) or (abs(value) >= 1000 and value == int(value)):
        return f"{int(value):,}".replace(",", " ")
    if value and abs(value) < 10**-digits:
        return f"{value:.0e}"
    return f"{value:,.{digits}f}".replace(",", " ")


# HTML ----------------------------------------------------------------------------------------------------------------


def html(report: Report) -> Iterator[str]:
    """Yield the report as a page that needs nothing else: no script, no request."""
    style = files("clew.compare").joinpath("report.css").read_text(encoding="utf-8")
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_safe(report.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{_safe(report.title)}</h1>\n"
    )
    for block in report.blocks:
        yield _html(block)
    yield "</main>\n</body>\n</html>\n"


def _safe(text: str) -> str:
    return escape(clean(text, 2000))


def _html(block: Block) -> str:
    match block:
        case Heading(text):
            return f"<h2>{_safe(text)}</h2>\n"
        case Paragraph(text):
            return f"<p>{_safe(text)}</p>\n"
        case Bullets(items):
            return "<ul>\n" + "".join(f"<li>{_safe(item)}</li>\n" for item in items) + "</ul>\n"
        case Table():
            return _html_table(block)
        case Figure(caption, svg):
            return f"<figure>\n{svg}\n<figcaption>{_safe(caption)}</figcaption>\n</figure>\n"
        case _:
            assert_never(block)


def _html_table(table: Table) -> str:
    head = "".join(
        f'<th scope="col"{"" if at < table.words else " class=figure"}>{_safe(name)}</th>'
        for at, name in enumerate(table.head)
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{_safe(cell)}</th>'
            if at == 0
            else f"<td{'' if at < table.words else ' class=figure'}>{_safe(cell)}</td>"
            for at, cell in enumerate(row)
        )
        + "</tr>\n"
        for row in table.rows
    )
    return (
        f'<div class="wide" role="region" aria-label="{_safe(table.caption)}" tabindex="0">\n<table>\n'
        f"<caption>{_safe(table.caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n"
        "</table>\n</div>\n"
    )


# Markdown ------------------------------------------------------------------------------------------------------------


def markdown(report: Report) -> Iterator[str]:
    """Yield the report as Markdown; figures are left to HTML, their captions say what they show."""
    yield f"# {_escaped(report.title)}\n"
    for block in report.blocks:
        yield "\n" + _markdown(block)


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", clean(text, 2000))


def _markdown(block: Block) -> str:
    match block:
        case Heading(text):
            return f"## {_escaped(text)}\n"
        case Paragraph(text):
            return f"{_escaped(text)}\n"
        case Bullets(items):
            return "".join(f"- {_escaped(item)}\n" for item in items)
        case Table(caption, head, rows, words):
            rule = "|".join("---" if at < words else "---:" for at in range(len(head)))
            lines = [f"| {' | '.join(_escaped(cell) for cell in row)} |\n" for row in (head, *rows)]
            return f"{_escaped(caption)}\n\n{lines[0]}|{rule}|\n{''.join(lines[1:])}"
        case Figure(caption, _):
            return f"*Figure (in the HTML report): {_escaped(caption)}*\n"
        case _:
            assert_never(block)
