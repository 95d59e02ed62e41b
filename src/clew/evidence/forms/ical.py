"""Dates as an iCalendar (RFC 5545): an event for each date or period that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from clew.evidence.finding import Finding
from clew.evidence.forms.told import Told, address_of, made
from clew.evidence.passages import Passage
from clew.posts import Post

__all__ = ["SUFFIX", "write"]

SUFFIX = ".ics"


def write(told: Iterable[Told]) -> Iterator[str]:
    """Yield the calendar; dates that are not known or come again and again are left out."""
    yield "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//clew//evidence//EN\r\nCALSCALE:GREGORIAN\r\n"
    for one in told:
        for finding in one.findings:
            if finding.kind == "date" and finding.value["from"]:
                yield from _event(one.post(finding), finding)
    yield "END:VCALENDAR\r\n"


def _event(post: Post, finding: Finding) -> Iterator[str]:
    first = date.fromisoformat(finding.value["from"][:10])
    last = date.fromisoformat(finding.value["to"][:10])
    stamp = post.time.strftime("%Y%m%dT%H%M%SZ") if post.time else "19700101T000000Z"
    sentence = Passage(post).sentence_at(finding.start).text
    address = address_of(post)
    lines = [
        "BEGIN:VEVENT",
        f"UID:{made(finding.thread, finding.post, str(finding.start), finding.method)}@clew",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
        f"SUMMARY:{_escaped(' '.join(sentence.split()))}",
        f"DESCRIPTION:{_escaped(f'{post.author.label}: {post.text}')}",
        f"CATEGORIES:{finding.value['granularity'].upper()}",
        f"COMMENT:{_escaped(f'“{finding.quote}”: {finding.why}')}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]
    if last < date.max:
        lines.insert(4, f"DTEND;VALUE=DATE:{last + timedelta(1):%Y%m%d}")
    if address:
        lines.insert(-1, f"URL:{address}")
    for line in lines:
        yield from _folded(line)


def _escaped(text: str) -> str:
    plain = "".join(letter if letter >= " " or letter == "\n" else " " for letter in text)
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Yield a line in pieces of at most 75 bytes, as RFC 5545 has it, none of them within a character."""
    piece, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > 74:
            yield f"{piece}\r\n"
            piece, size = " ", 1
        piece, size = piece + letter, size + width
    yield f"{piece}\r\n"
