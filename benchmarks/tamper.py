"""Damaged and forged archives, packages and WARC files, and what three programs say of them.

    python -m benchmarks.tamper [--write]

Every case of tests/damaged is made once and given to `clew verify`, to `warcio check` (the WARC files in it) and to
`wacz validate` (packages). What is whole is given to them too: whoever finds fault with that finds nothing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tests.damaged.corpus import CASES, Case, Ground, damaged, ground

from benchmarks.page import ROOT, table, write
from clew import keeping
from clew.archive.any_file import verified_file

PROGRAMS = ROOT / ".services/web/bin"
FOUND, MISSED, APART = "found", "**not found**", "–"


def by_clew(path: Path, case: Case | None, own: Ground) -> str:
    """Return whether clew finds the damage, of what kind and where."""
    trust = own.trust if case is not None and case.noted else None
    report = keeping.verified(path, trust=trust) if path.is_dir() else verified_file(path)
    if case is None:
        return MISSED if report.sound else FOUND
    right = [one for one in report.findings if one.kind == case.kind and case.where in one.where]
    if not right:
        return MISSED
    return f"{FOUND}: {right[0].kind}{', with what was noted' if case.noted else ''}"


def by_warcio(path: Path, folder: Path, whole: frozenset[bytes] = frozenset()) -> str:
    """Return whether `warcio check` finds fault with the WARC files; not its business where they are as they were."""
    files = _warcs(path, folder)
    if {file.read_bytes() for file in files} <= whole:
        return APART
    done = subprocess.run([PROGRAMS / "warcio", "check", *files], capture_output=True, check=False)
    return FOUND if done.returncode else MISSED


def _whole(case: Case, own: Ground, folder: Path) -> frozenset[bytes]:
    """Return the bytes of the WARC files before anything was done to them."""
    names = {"archive": "archive", "wacz": "port.wacz", "warc": "web.warc.gz"}
    return frozenset(file.read_bytes() for file in _warcs(own.folder / names[case.of], folder))


def _warcs(path: Path, folder: Path) -> list[Path]:
    if path.is_dir():
        return sorted((path / "captures").glob("*.warc.gz"))
    if path.suffix != ".wacz":
        return [path]
    found = []
    try:
        with zipfile.ZipFile(path) as opened:
            for name in opened.namelist():
                if name.startswith("archive/") and name.endswith(".warc.gz"):
                    found.append(folder / name.rpartition("/")[2])
                    found[-1].write_bytes(opened.read(name))
    except Exception:
        return []
    return found


def by_wacz(path: Path) -> str:
    """Return whether `wacz validate` finds fault; that it breaks down counts as that."""
    if path.is_dir() or path.suffix != ".wacz":
        return APART
    done = subprocess.run(
        [PROGRAMS / "wacz", "validate", "-f", path], capture_output=True, check=False, timeout=120, cwd=path.parent
    )
    return MISSED if b"Validation succeeded" in done.stdout else FOUND


def rows(folder: Path, own: Ground) -> list[list[str]]:
    """Return a row for each case, and one for each thing that is whole."""
    made = []
    for number, case in enumerate(CASES):
        place = folder / str(number)
        path = damaged(case, own, place)
        verdicts = [by_clew(path, case, own), by_warcio(path, place, _whole(case, own, folder)), by_wacz(path)]
        made.append([f"{case.of}: {case.name}", *verdicts])
        print(" | ".join(made[-1]), flush=True)
    for name in ("archive", "port.wacz", "web.warc.gz"):
        path = own.folder / name
        verdicts = [by_clew(path, None, own), by_warcio(path, folder), by_wacz(path)]
        made.append(
            [f"*whole: {name}*", *("fault found" if one == FOUND else one.replace(MISSED, "sound") for one in verdicts)]
        )
    return made


def _sum(found: list[list[str]]) -> list[str]:
    cells = []
    for column in (1, 2, 3):
        own = [row[column] for row in found if not row[0].startswith("*") and row[column] != APART]
        cells.append(f"{sum(cell.startswith(FOUND) for cell in own)} of {len(own)}")
    return ["**all damaged**", *cells]


def main() -> int:
    """Print the table; with --write put it into docs/verify.md too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    for program in ("warcio", "wacz"):
        if not (PROGRAMS / program).exists():
            print(f"{PROGRAMS / program} is not there: run `make services`", file=sys.stderr)
            return 2
    with tempfile.TemporaryDirectory(prefix="clew-tamper-") as name:
        folder = Path(name)
        (folder / "ground").mkdir()
        with ground(folder / "ground") as own:
            found = rows(folder, own)
    content = table(["case", "`clew verify`", "`warcio check`", "`wacz validate`"], [*found, _sum(found)])
    print(content)
    if chosen.write:
        write(ROOT / "docs/verify.md", "tamper", "python -m benchmarks.tamper --write", content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
