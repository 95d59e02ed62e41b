"""Our join beside a plain numpy join, coordination-network-toolkit and CooRTweet: `python -m benchmarks.compare`.

Each run is a process of its own, one after the other. The toolkit runs where TOOLKIT_PYTHON names the Python of an
environment with requirements-compare.txt in it; CooRTweet where Rscript is at hand and the package is installed or
COORTWEET names a checkout of its sources.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import page
from benchmarks.compare import made
from clew.compare import tables
from clew.compare.actions import Actions, selected

HERE = Path(__file__).parent
SAMPLES = HERE.parents[2] / "shared/samples/coordination"
TOOLKIT = os.environ.get("TOOLKIT_PYTHON")
NAMES = {
    "ours": "clew",
    "plain": "plain numpy join",
    "toolkit": "coordination-network-toolkit",
    "coortweet": "CooRTweet",
}


def main() -> None:
    """Print the table, and with --write put it into docs/compare.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--export", action="store_true", help="let the toolkit export the million to GraphML (15 GB)")
    parser.add_argument("--ten", action="store_true", help="ask our own join for ten million actions, too")
    parser.add_argument("--write", action="store_true", help="put the table into docs/compare.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = list(_rows_of(Path(folder), export=given.export, ten=given.ten))
    text = page.table(HEAD, found)
    print(text)
    if given.write:
        words = ["python", "-m", "benchmarks.compare", *sys.argv[1:]]
        page.write(page.ROOT / "docs" / "compare.md", "join", shlex.join(words), text)


HEAD = ("data", "window", "tool", "join, s", "reading, s", "edges", "peak, MB")


def _rows_of(folder: Path, *, export: bool, ten: bool) -> Iterator[list[str]]:
    million, millions = folder / "million.parquet", folder / "millions.parquet"
    made.write(million)
    if ten:
        made.write(millions, 10 * made.ACTIONS, 100_000)
    for name, path, column, windows, peers in (
        ("reposts of 2021", SAMPLES / "russian_coord_tweets.parquet", "object_id", ("60", "3600"), 2),
        ("German elections, links", SAMPLES / "german_elections.parquet", "url_id", ("30",), 2),
        ("made million", million, "object_id", ("10", "60"), 1),
        ("made ten million", millions, "object_id", ("10",), 0),
    ):
        if not path.exists():
            continue
        columns = {"object": column, "content": "post_id" if column == "url_id" else "content_id"}
        actions = tables.read(str(path), columns)
        for window in windows:
            for tool, got in _runs(path, actions, column, window, peers, folder, export):
                edges = got["edges"] // (2 if tool == "toolkit" else 1)
                figures = (f"{got['seconds']:.2f}", f"{got['reading']:.1f}", f"{edges:,}", f"{got['megabytes']:,.0f}")
                yield [name, f"{window} s", NAMES[tool], *figures]
                if "export" in got:
                    yield [name, f"{window} s", "its export", f"{got['export']:.1f}", "", "", ""]


def _runs(
    path: Path, actions: Actions, column: str, window: str, peers: int, folder: Path, export: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what each tool that is at hand took; `peers` is how many of the two others can be waited for."""
    for tool in ("plain", "ours") if peers else ("ours",):
        yield tool, _ran([sys.executable, "-m", "benchmarks.compare.job", tool, str(path), column, window])
    if TOOLKIT and peers:
        source = folder / "toolkit.csv"
        _toolkit_table(actions, source)
        more = [str(folder / "out.graphml")] if export and peers == 1 else []
        yield "toolkit", _ran([TOOLKIT, str(HERE / "toolkit_job.py"), str(source), window, *more])
    if peers > 1 and (script := shutil.which("Rscript")):
        source = folder / "coortweet.csv"
        _coortweet_table(actions, source)
        try:
            yield "coortweet", _ran([script, str(HERE / "coortweet.R"), str(source), window])
        except subprocess.CalledProcessError as error:
            print(f"(CooRTweet did not run: {error.stderr.strip().splitlines()[-1]})", file=sys.stderr)


def _ran(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _rows(actions: Actions) -> Iterator[tuple[str, str, str, int]]:
    yield from zip(
        actions.objects.take(actions.object),
        actions.accounts.take(actions.account),
        actions.contents.take(actions.content),
        (actions.time // 1000).tolist(),
        strict=True,
    )


def _toolkit_table(actions: Actions, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow("message_id user_id username repost_id reply_id message timestamp urls".split())
        for object_, account, content, time in _rows(selected(actions, actions.leads)):
            writer.writerow([content, account, account, object_, "", "", time, ""])


def _coortweet_table(actions: Actions, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["object_id", "account_id", "content_id", "timestamp_share"])
        writer.writerows(_rows(actions))


if __name__ == "__main__":
    main()
