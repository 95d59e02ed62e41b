"""X's own text library, run by Node on many texts at once."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

__all__ = ["KINDS", "MISSING", "Spans", "ask", "is_there"]

HERE = Path(__file__).parent
KINDS = ("links", "mentions", "tags", "cashtags", "whole")
MISSING = "twitter-text is not installed: (cd benchmarks/twitter_text && npm ci --ignore-scripts)"

#: Kind of entity -> where it stands in the text, in code points.
Spans = dict[str, list[tuple[int, int]]]


def is_there() -> bool:
    """Say whether Node and the package are installed."""
    return shutil.which("node") is not None and (HERE / "node_modules" / "twitter-text").is_dir()


def ask(texts: Sequence[str]) -> list[Spans]:
    """Return what twitter-text finds in each text; `whole` holds what is left where kinds overlap."""
    asked = "".join(json.dumps(text) + "\n" for text in texts)
    command = ["node", str(HERE / "peer.js")]
    answer = subprocess.run(command, input=asked, capture_output=True, text=True, encoding="utf-8", check=True)
    return [
        {kind: [(start, end) for start, end in spans] for kind, spans in json.loads(line).items()}
        for line in answer.stdout.splitlines()
    ]
