"""Make the pages that are made from the code: `make docs`. A test holds them to it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from clew.archive.schema import TABLES
from clew.search.grammar import OPERATORS, WRITTEN
from clew.sources import SOURCES

DOCS = Path(__file__).parent
TABLES_BEGIN, TABLES_END = "<!-- tables: make docs -->", "<!-- end of tables -->"
GRAMMAR_BEGIN, GRAMMAR_END = "<!-- grammar: make docs -->", "<!-- end of grammar -->"


INTRODUCTION = """\
Made from the sources by `make docs`. Each input is known by its content, not by its name; if two formats claim it,
clew says which, and `--from` decides. Files, folders, zips and tars are looked into alike, packed or not, and so is
saved web traffic: in HAR, WARC, WACZ and VCR cassettes every answer of a server is read as if it had been saved on
its own. What is no post is a notice or a problem, never a silent skip: posts + notices + problems = records.
""".splitlines()


def formats() -> str:
    """Return docs/formats.md: what each source says of its format."""
    lines = [
        "# What clew reads",
        "",
        *INTRODUCTION,
        "",
    ]
    for source in SOURCES:
        title = (source.__doc__ or "").strip().partition("\n")[0].rstrip(".")
        lines += [
            f"## `{source.NAME}`",
            "",
            f"{title}.",
            "",
            f"- **Known by** {source.SIGN}.",
            f"- **Holds** {_lower(source.HOLDS)}",
            f"- **Cannot hold** {_lower(source.LACKS)}",
            f"- **Other tools lose** {_lower(source.LOST)}",
            "",
        ]
    return "\n".join(lines)


def archive() -> str:
    """Return docs/archive.md with the tables of the database as the schema declares them."""
    page = (DOCS / "archive.md").read_text(encoding="utf-8")
    before, _, rest = page.partition(TABLES_BEGIN)
    _, _, after = rest.partition(TABLES_END)
    return "\n".join([f"{before}{TABLES_BEGIN}", *_tables(), f"{TABLES_END}{after}"])


def search() -> str:
    """Return docs/search.md with the query language as the parser knows it."""
    page = (DOCS / "search.md").read_text(encoding="utf-8")
    before, _, rest = page.partition(GRAMMAR_BEGIN)
    _, _, after = rest.partition(GRAMMAR_END)
    return "\n".join([f"{before}{GRAMMAR_BEGIN}", *_grammar(), f"{GRAMMAR_END}{after}"])


def _grammar() -> Iterator[str]:
    yield from ("", "| written | means | such as |", "|---|---|---|")
    for written, says, example in WRITTEN:
        yield f"| `{_cell(written)}` | {_cell(says)} | `{_cell(example)}` |"
    for one in OPERATORS:
        also = f"; also {', '.join(f'`{name}:`' for name in one.also)}" if one.also else ""
        yield f"| `{one.name}:{_cell(one.value)}` | {_cell(one.says)}{also} | `{_cell(one.example)}` |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _tables() -> Iterator[str]:
    for table in TABLES:
        yield from ("", f"### `{table.name}`", "", table.says, "", "| column | type | what it means |", "|---|---|---|")
        for column in table.columns:
            yield f"| `{column.name}` | {column.type.split()[0]} | {column.says} |"
    yield ""


def _lower(sentence: str) -> str:
    """Return a sentence to go on after a word; names and abbreviations keep their capitals."""
    first = sentence.split(None, 1)[0]
    return sentence if first[1:] != first[1:].lower() or first in KEPT else sentence[:1].lower() + sentence[1:]


KEPT = frozenset({"X", "X's", "Readwise", "Telegram", "Mastodon", "Twitter"})
PAGES = {"formats.md": formats, "archive.md": archive, "search.md": search}


def main() -> int:
    """Write every page."""
    for name, made in PAGES.items():
        (DOCS / name).write_text(made(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
