"""Networks and acts as SVG that is made here, and the same network as figures that a browser's canvas draws."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from clew.publish.html import escape

if TYPE_CHECKING:
    from clew.web.reckoned import Network

__all__ = ["DRAWN_EDGES", "POLICY", "Act", "acts", "figures", "picture"]

WIDTH, HEIGHT, MARGIN = 1000, 680, 14
COLOURS = 8
DRAWN_EDGES = 20_000
"""Edges in a drawing; of more, the heaviest."""
LINKED = 2_000
"""Edges that lead to their posts in the SVG; more are one line that leads nowhere."""
_STYLE = (
    "svg{color-scheme:light dark}path{fill:none;stroke:#66625a;stroke-opacity:.35}a:hover path{stroke-opacity:1;"
    "stroke-width:3}circle{stroke:#fff;stroke-width:.6}.c0{fill:#0a4f8f}.c1{fill:#b3460b}.c2{fill:#1c6339}"
    ".c3{fill:#7b2f86}.c4{fill:#6b5a00}.c5{fill:#0b6b74}.c6{fill:#8f1f3f}.c7{fill:#4d4d4d}"
    "@media(prefers-color-scheme:dark){path{stroke:#a7a298}circle{stroke:#171614}.c0{fill:#93bff2}.c1{fill:#f2a97c}"
    ".c2{fill:#86cf9f}.c3{fill:#d8a0e0}.c4{fill:#dcc867}.c5{fill:#7fd3db}.c6{fill:#f093ad}.c7{fill:#bdbdbd}}"
)
#: The policy of a drawing that is opened by itself: its own style, and nothing else.
POLICY = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def figures(network: Network) -> dict[str, Any]:
    """Return the network as figures: accounts with place, community and name; edges by the rows of their accounts."""
    found, names = network.found, network.found.actions.accounts
    community = {account: group.number for group in found.communities for account in group.accounts}
    accounts = list(network.places)
    row = {account: at for at, account in enumerate(accounts)}
    return {
        "accounts": [
            [round(network.places[account][0], 4), round(network.places[account][1], 4), community[account], name]
            for account, name in zip(accounts, names.take(accounts), strict=True)
        ],
        "edges": [[row[a], row[b], weight] for a, b, weight in _edges(network)],
    }


def picture(network: Network, query: str, title: str) -> str:
    """Return the network as a whole SVG file; its dots lead to the pages of accounts, its lines to the posts behind."""
    drawn = figures(network)
    spots = [(MARGIN + x * (WIDTH - 2 * MARGIN), MARGIN + y * (HEIGHT - 2 * MARGIN)) for x, y, *_ in drawn["accounts"]]
    names = [name for *_, name in drawn["accounts"]]
    body = [*_lines(drawn["edges"], spots, names, query)]
    radius = 4.5 if len(spots) < 200 else 3 if len(spots) < 1500 else 2
    for (x, y), (_, _, group, name) in zip(spots, drawn["accounts"], strict=True):
        dot = f'<circle class="c{(group - 1) % COLOURS}" cx="{x:.0f}" cy="{y:.0f}" r="{radius}"/>'
        body.append(f'<a href="/network/account?{query}&amp;of={_quoted(name)}"><title>{escape(name)}</title>{dot}</a>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style>{''.join(body)}</svg>"
    )


def _lines(
    edges: Sequence[Sequence[int]], spots: Sequence[tuple[float, float]], names: Sequence[str], query: str
) -> list[str]:
    paths = [f"M{spots[a][0]:.0f} {spots[a][1]:.0f}L{spots[b][0]:.0f} {spots[b][1]:.0f}" for a, b, _ in edges]
    lines = [f'<path d="{"".join(paths[LINKED:])}"/>'] if len(paths) > LINKED else []
    for path, (a, b, weight) in zip(paths[:LINKED], edges, strict=False):
        says = f"{names[a]} – {names[b]}: {weight}"
        href = f"/network/edge?{query}&amp;a={_quoted(names[a])}&amp;b={_quoted(names[b])}"
        width = min(1 + weight / 10, 4)
        lines.append(f'<a href="{href}"><title>{escape(says)}</title><path stroke-width="{width:.1f}" d="{path}"/></a>')
    return lines


def _edges(network: Network) -> list[tuple[int, int, int]]:
    """Return the edges between accounts that are drawn, the heaviest first."""
    found = network.found.found.edges
    rows = zip(found.first.tolist(), found.second.tolist(), found.weight.tolist(), strict=True)
    ranked = sorted((row for row in rows if row[0] in network.places and row[1] in network.places), key=lambda e: -e[2])
    return ranked[:DRAWN_EDGES]


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name.encode("utf-8", "replace"), safe="")


@dataclass(frozen=True, slots=True)
class Act:
    """Two posts that did the same: when each was written, and what they did."""

    first: datetime
    """Of the account on the upper line."""
    second: datetime
    says: str


def acts(found: Sequence[Act], names: tuple[str, str]) -> str:
    """Return two accounts' posts on two lines over time, those that belong together joined; empty where there are none.

    Of more than 300 pairs every second, third ... one is drawn.
    """
    if not found:
        return ""
    times = [time for act in found for time in (act.first, act.second)]
    start, end = min(times), max(times)
    length = (end - start).total_seconds() or 1.0

    def x(time: datetime) -> float:
        return 12 + 976 * (time - start).total_seconds() / length

    body = ['<path class="line" d="M0 22H1000M0 74H1000"/>']
    for act in found[:: -(-len(found) // 300)]:
        a, b = x(act.first), x(act.second)
        path = f"M{a:.1f} 14V30M{a:.1f} 30L{b:.1f} 66M{b:.1f} 66V82"
        body.append(f'<g><title>{escape(act.says)}</title><path class="act" d="{path}"/></g>')
    days = [moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M") for moment in (start, end)]
    says = f"{names[0]}, {names[1]}: {len(found)}, {days[0]} – {days[1]} UTC"
    return (
        f'<svg class="acts" viewBox="0 0 1000 96" role="img" aria-label="{escape(says)}" preserveAspectRatio="none">'
        f"{''.join(body)}</svg>"
    )
