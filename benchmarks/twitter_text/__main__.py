"""Prints how far Clew agrees with twitter-text, on texts made up and on real ones, and where and why it does not.

    python -m benchmarks.twitter_text [FILE.jsonl or FILE.txt ...]

A JSON Lines file gives the `text` of each line, any other file its lines.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.twitter_text.compare import Comparison, compare
from benchmarks.twitter_text.made import texts
from benchmarks.twitter_text.peer import MISSING, is_there

MADE = 20_000


def main(paths: Sequence[str]) -> int:
    """Print a table and the disagreements; return 1 where the peer is not installed."""
    if not is_there():
        print(MISSING, file=sys.stderr)
        return 1
    collections = {"made up": list(texts(MADE))}
    for path in paths:
        collections[Path(path).name] = list(dict.fromkeys(_read(Path(path))))
    table = Table("texts", "kind", "count", "same", "same but for\nwhat is meant", "peer's", "precision", "recall")
    reasons: dict[tuple[str, str], list[str]] = {}
    for name, members in collections.items():
        for comparison in compare(members):
            table.add_row(name, *_row(comparison))
            for reason, example in comparison.differences:
                reasons.setdefault((comparison.kind, reason), []).append(example)
    console = Console(width=120)
    console.print(table)
    for (kind, reason), examples in sorted(reasons.items()):
        console.print(f"{kind}, {reason}: {len(examples)}, such as", highlight=False, markup=False)
        for example, count in Counter(examples).most_common(5):
            console.print(f"    {example}  ({count})", highlight=False, markup=False)
    return 0


def _row(found: Comparison) -> tuple[str, ...]:
    shares = (found.same / found.texts, found.same_but_meant / found.texts)
    return (
        found.kind,
        f"{found.texts:,}",
        *(f"{share:.3%}" for share in shares),
        f"{found.peers:,}",
        f"{found.shared / found.ours:.3%}" if found.ours else "-",
        f"{found.shared / found.peers:.3%}" if found.peers else "-",
    )


def _read(path: Path) -> list[str]:
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    return [json.loads(line)["text"] for line in lines] if path.suffix == ".jsonl" else lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
