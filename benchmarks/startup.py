"""How long clew takes to start, against Python alone: `python -m benchmarks.startup`.

Each command runs in a new process, RUNS times in turn; the table shows medians, their ratio to `python -c pass`, and
which of the heavy libraries were loaded.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
RUNS = 15
HEAVY = ("rich", "selectolax", "yaml", "warcio", "pyarrow", "numpy", "cryptography", "hypothesis")
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "python -c 'import click, msgspec'": ["-c", "import click, msgspec"],
    "clew --help": ["-m", "clew", "--help"],
    "clew formats": ["-m", "clew", "formats"],
    "clew read examples/thread.txt": ["-m", "clew", "read", str(ROOT / "examples" / "thread.txt")],
}


def seconds(arguments: list[str]) -> float:
    """Return how long one run took, from start to end of the process."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - begun


def loaded(arguments: list[str]) -> list[str]:
    """Return which of the heavy libraries a run imports."""
    done = subprocess.run([sys.executable, "-X", "importtime", *arguments], check=True, capture_output=True, text=True)
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    return [name for name in HEAVY if name in names]


def main() -> None:
    """Print the table."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, arguments in COMMANDS.items():
            times[name].append(seconds(arguments))
    floor = statistics.median(times["python -c pass"])
    print(f"{'command':36} {'median':>8} {'ratio':>7}  heavy libraries loaded")
    for name, measured in times.items():
        median = statistics.median(measured)
        heavy = ", ".join(loaded(COMMANDS[name])) or "none"
        print(f"{name:36} {median * 1000:6.0f}ms {median / floor:6.1f}x  {heavy}")


if __name__ == "__main__":
    main()
