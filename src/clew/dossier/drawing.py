"""What all plots share."""

from __future__ import annotations

from collections.abc import Sequence

from clew.publish.html import escape

__all__ = ["WIDE", "alone", "svg"]

WIDE = 760


def svg(wide: int, high: int, label: str, parts: Sequence[str]) -> str:
    """Return a drawing with the words that tell what it shows."""
    inner = "\n".join(parts)
    return f'<svg viewBox="0 0 {wide} {high}" role="img" aria-label="{escape(label)}">\n{inner}\n</svg>'


_STYLE = (
    "svg{background:#f4f3ef}text{font-family:sans-serif;font-size:11px;fill:#1d1d1f}"
    ".on{font-size:9px;fill:#6a6a6f;text-anchor:middle}.tick{stroke:#d9d6cf}.axis,.edge{stroke:#6a6a6f}"
    ".negated{stroke-dasharray:4 4}path{fill:#6a6a6f}path.edge{fill:none}.posted,.node{fill:#4477aa}"
    ".mentioned,.place{fill:#cc6677;fill-opacity:.8}.country{fill-opacity:.35;stroke:#cc6677}"
    ".land{fill:#cfcfcd}.border{fill:none;stroke:#ffffff;stroke-width:1.4}"
)


def alone(drawing: str) -> str:
    """Return a drawing as a file of its own: with its name space, its size, and the colours that a page gives it."""
    opening, end, rest = drawing.partition(">")
    wide, high = opening.split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split(" ")
    sized = opening.replace("<svg ", f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" ', 1)
    return f"{sized}{end}<style>{_STYLE}</style>{rest}"
