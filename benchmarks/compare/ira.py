"""Write docs/example-ira.md: who led whom among accounts of the Internet Research Agency, August to November 2016.

`python -m benchmarks.compare.ira`. Figures and tags only; the data are not in this repository.
"""

from __future__ import annotations

import shlex
import subprocess
import sys

from benchmarks import page

DATA = page.ROOT.parent / "shared" / "samples" / "coordination" / "ira_2016-08_11_english.parquet"
PAGE = page.ROOT / "docs" / "example-ira.md"
GROUPS = ("--groups", DATA.name, "--group-columns", "author,account_category", "--trace", "tag", "--quiet")
LED = ("HashtagGamer,RightTroll", "HashtagGamer,LeftTroll", "RightTroll,LeftTroll", "LeftTroll,RightTroll")
RUNS = {
    "Beside a control": (LED, ("--control", "NewsFeed")),
    "The news feeds themselves": (("RightTroll,NewsFeed", "NewsFeed,RightTroll"), ()),
}


def main() -> int:
    """Run the command and write the page; 4 where the data are not at hand."""
    if not DATA.exists():
        print(f"{DATA.name} is not here", file=sys.stderr)
        return 4
    parts = []
    for title, (pairs, more) in RUNS.items():
        words = ["compare", DATA.name, *GROUPS, *more, *(word for pair in pairs for word in ("--pair", pair))]
        done = subprocess.run(
            [sys.executable, "-m", "clew", *words], cwd=DATA.parent, capture_output=True, text=True, check=True
        )
        body = done.stdout.replace("\n## ", "\n### ").partition("\n")[2].strip()
        parts.append(f"## {title}\n\n    clew {shlex.join(words)}\n\n{body}")
    page.write(PAGE, "ira", "python -m benchmarks.compare.ira", "\n\n".join(parts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
