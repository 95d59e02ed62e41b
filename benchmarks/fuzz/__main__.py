"""`python -m benchmarks.fuzz --source NAME --minutes 10`; without --source every target in turn, sharing the time."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.fuzz.minimise import minimised
from benchmarks.fuzz.targets import CASES, NAMES, target
from benchmarks.fuzz.watch import faulty

ROOT = Path(__file__).parents[2]
GROWTH = 96 * 1024
"""Kilobytes by which the memory may grow from the first fifth of a run to its end: the fuzzer keeps inputs, too."""


def main() -> int:
    """Fuzz, print a line per target and the findings; return 1 where there are any."""
    options = _options()
    names = options.source or list(NAMES)
    found = 0
    print(f"{'target':20} {'rounds':>10} {'a second':>9} {'memory, from':>13} {'to (MB)':>8}  findings")
    for name in names:
        with tempfile.TemporaryDirectory(prefix="clew-fuzz-") as folder:
            faults = _fuzz(name, options.minutes * 60 / len(names), Path(folder), options.seed)
            print(_row(name, Path(folder), faults), flush=True)
            for fault, data in faults.items():
                print(f"    {fault}: {_save(name, fault, data, options.into)}", flush=True)
            found += len(faults)
    return 1 if found else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--source", action="append", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--minutes", type=float, default=10.0, help="for all targets together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--into", type=Path, help="folder for the findings; without it they go beside the cases")
    return parser.parse_args()


def _fuzz(name: str, seconds: float, folder: Path, seed: int) -> dict[str, bytes]:
    """Return what went wrong, with a small input for each; a run that ends before its time is begun again."""
    stop = time.monotonic() + seconds
    while (left := stop - time.monotonic()) > 1:
        command = [sys.executable, "-m", "benchmarks.fuzz.run", name, str(left), str(folder), str(seed)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        seed += 1
        if done.returncode and not list(folder.glob("crash-*")):
            sys.stderr.write(done.stderr.decode("utf-8", "replace")[-3000:])
            break
    faults = {path.read_text(): path.with_suffix(".input").read_bytes() for path in folder.glob("*.fault")}
    own = target(name)
    small = {
        fault: minimised(data, lambda piece, fault=fault: faulty(own, piece) == fault)  # type: ignore[misc]
        for fault, data in faults.items()
    }
    crashes = {f"the process ended: {path.name}": path.read_bytes() for path in folder.glob("crash-*")}
    if growth := _growth(_memory(folder)):
        print(f"{name}: memory grew by {growth // 1024} MB", file=sys.stderr)
    return {**small, **crashes}


def _memory(folder: Path) -> list[int]:
    runs = [json.loads(path.read_text()) for path in folder.glob("run-*.json")]
    return max((run["memory"] for run in runs), key=len, default=[])


def _growth(memory: list[int]) -> int:
    early = memory[len(memory) // 5] if len(memory) > 10 else 0
    return memory[-1] - early if early and memory[-1] - early > GROWTH else 0


def _row(name: str, folder: Path, faults: dict[str, bytes]) -> str:
    runs = [json.loads(path.read_text()) for path in folder.glob("run-*.json")]
    rounds, seconds = sum(run["rounds"] for run in runs), sum(run["seconds"] for run in runs)
    memory = _memory(folder)
    early = memory[len(memory) // 5] // 1024 if memory else 0
    late = memory[-1] // 1024 if memory else 0
    return (
        f"{name:20} {rounds:>10,} {rounds / max(seconds, 0.1):>9,.0f} {early:>13,} {late:>8,}  {len(faults) or 'none'}"
    )


def _save(name: str, fault: str, data: bytes, into: Path | None) -> Path:
    """Return the file that now holds the input of a finding; it is renamed by its point once that is understood."""
    own = target(name)
    folder = into or (CASES / name if (CASES / name).is_dir() else ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    word = "".join(letter if letter.isalnum() else "-" for letter in fault.lower())[:60].strip("-")
    path = folder / f"found-{name}-{word}{own.suffix(data)}"
    path.write_bytes(own.bare(data))
    if into is not None:
        path.with_name(f"{path.name}.raw").write_bytes(data)
    return path


if __name__ == "__main__":
    sys.exit(main())
