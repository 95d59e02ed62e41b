"""A thread over time as SVG: a tick for each post, marks where posts are missing, later additions below the line.

Long pauses are drawn short and named, so that a thread of an hour with an addition years later still shows its hour.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import pairwise

from clew.publish.document import Aside, Block, Missing, Said
from clew.publish.html import escape as safe
from clew.publish.sentences import delay_words, minute

__all__ = ["Mark", "marks", "timeline"]

WIDTH, HEIGHT = 1000, 56
PAUSE = 46.0
"""Width of a pause that is drawn short."""
EDGE = 8.0
MOST = 150
"""Ticks that are drawn; of more, every second, third ... one."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on the line."""

    kind: str
    """post | gap, on the main line; later | late-gap, on a branch."""
    time: datetime | None
    """None: it stands after the one before."""
    says: str
    href: str | None


def marks(blocks: Sequence[Block], href: dict[str, str]) -> list[Mark]:
    """Return what a document's blocks put on the line, in reading order; `href` gives addresses by anchor."""
    found: list[Mark] = []
    gap = 0
    for block in blocks:
        inner = block.blocks if isinstance(block, Aside) else (block,)
        for one in inner:
            if isinstance(one, Said) and one.anchor:
                when = f" · {minute(one.time)} UTC" if one.time else ""
                kind = "later" if isinstance(block, Aside) else "post"
                found.append(Mark(kind, one.time, f"{one.label}{when}", href.get(one.anchor)))
            elif isinstance(one, Missing):
                gap += 1
                kind = "late-gap" if isinstance(block, Aside) else "gap"
                found.append(Mark(kind, None, one.subject, href.get(f"gap-{gap}")))
    return found


def timeline(found: Sequence[Mark], title: str) -> str:
    """Return the drawing; empty where fewer than two posts have a time."""
    times = sorted({mark.time for mark in found if mark.time})
    if len(times) < 2:
        return ""
    places, pauses = _places(times)
    words = f"{title}: {sum(mark.time is not None for mark in found)}, {minute(times[0])} – {minute(times[-1])} UTC"
    body = [f'<path class="line" d="M{EDGE} 30H{WIDTH - EDGE}"/>']
    body += [_pause(at, says) for at, says in pauses]
    body += _drawn(found, places)
    return (
        f'<svg class="timeline" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" '
        f'preserveAspectRatio="none">{"".join(body)}</svg><p class="hidden">{safe(words)}</p>'
    )


def _places(times: Sequence[datetime]) -> tuple[dict[datetime, float], list[tuple[float, str]]]:
    """Return where each instant stands, and the long pauses with what they are called."""
    steps = [(after - before).total_seconds() for before, after in pairwise(times)]
    longest = max(8 * statistics.median(steps), sum(steps) / 4 if len(steps) < 6 else 0.0, 1.0)
    long = {at for at, step in enumerate(steps) if step > longest and len(steps) > 1}
    usable = WIDTH - 2 * EDGE - PAUSE * len(long)
    if usable < WIDTH / 4:
        long, usable = set(), WIDTH - 2 * EDGE
    total = sum(step for at, step in enumerate(steps) if at not in long) or 1.0
    places, pauses, x = {times[0]: EDGE}, [], EDGE
    for at, (step, time) in enumerate(zip(steps, times[1:], strict=True)):
        if at in long:
            pauses.append((x + PAUSE / 2, delay_words(step).removesuffix(" on")))
            x += PAUSE
        else:
            x += usable * step / total
        places[time] = x
    return places, pauses


def _pause(x: float, says: str) -> str:
    title = f"<title>{escape(says)}</title>" if says else ""
    return f'<g class="pause">{title}<path d="M{x - 9:.1f} 34l6 -8M{x - 1:.1f} 34l6 -8"/></g>'


def _drawn(found: Sequence[Mark], places: dict[datetime, float]) -> Iterator[str]:
    every = -(-len(found) // MOST)
    own = {"post": EDGE, "later": EDGE}
    for at, mark in enumerate(found):
        line = "later" if mark.kind in ("later", "late-gap") else "post"
        if mark.kind != line:
            yield _linked(mark, _gap(own[line], _next(found, at, line, places), line))
            continue
        own[line] = x = places[mark.time] if mark.time else own[line]
        if at % every == 0:
            yield _linked(mark, f'<path class="{line}" d="M{x:.1f} {"32V50" if line == "later" else "8V28"}"/>')


def _next(found: Sequence[Mark], at: int, line: str, places: dict[datetime, float]) -> float | None:
    """Return where the next post of a line stands; None where none of the next fifty marks is one."""
    return next((places[one.time] for one in found[at + 1 : at + 50] if one.time and one.kind == line), None)


def _gap(x: float, after: float | None, line: str) -> str:
    """A gap stands between the posts around it, or at the end."""
    middle = (x + after) / 2 if after is not None and after > x else x + 5
    place = f'x="{min(middle, WIDTH - 6) - 3:.1f}" y="{31 if line == "later" else 6}"'
    return f'<rect class="gap" {place} width="6" height="{20 if line == "later" else 24}" rx="2"/>'


def _linked(mark: Mark, shape: str) -> str:
    title = f"<title>{safe(mark.says)}</title>"
    return f'<a href="{safe(mark.href)}" tabindex="-1">{title}{shape}</a>' if mark.href else f"<g>{title}{shape}</g>"
