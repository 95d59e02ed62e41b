"""What published documents are checked with; a test whose tool is missing is skipped and says how to get it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import pytest

NODE = Path(__file__).parent / "node" / "node_modules"
NU = NODE / "vnu-jar/build/dist/vnu.jar"
AXE = NODE / "axe-core/axe.min.js"
CHROMIUM = shutil.which("chromium") or ""
EPUBCHECK = Path("/usr/share/java/epubcheck.jar")

_Test = TypeVar("_Test", bound=Callable[..., Any])


def needs(*tools: str) -> Callable[[_Test], _Test]:
    """Skip a test where one of its tools is missing."""
    missing = [tool for tool in tools if not _PRESENT[tool]()]
    reason = "; ".join(f"{tool} is missing: {_BRING[tool]}" for tool in missing)
    return pytest.mark.skipif(bool(missing), reason=reason)


def _library(name: str) -> Callable[[], bool]:
    return lambda: find_spec(name) is not None


_PRESENT: dict[str, Callable[[], bool]] = {
    "epubcheck": lambda: EPUBCHECK.is_file() and shutil.which("java") is not None,
    "nu": lambda: NU.is_file() and shutil.which("java") is not None,
    "axe": AXE.is_file,
    "chromium": lambda: bool(CHROMIUM) and find_spec("playwright") is not None,
    "poppler": lambda: shutil.which("pdftotext") is not None,
    **{name: _library(name) for name in ("typst", "citeproc", "rispy", "pybtex", "pyld", "feedparser", "lxml")},
}
_BRING = {
    "epubcheck": "apt-get install epubcheck",
    "nu": "make services (and Java 11 or newer)",
    "axe": "make services",
    "chromium": "apt-get install chromium, pip install playwright",
    "poppler": "apt-get install poppler-utils",
    **{name: f"pip install {name}" for name in ("typst", "citeproc", "rispy", "pybtex", "pyld", "feedparser", "lxml")},
}


def complaints_about_book(path: Path) -> list[str]:
    """Return what epubcheck says of a book, down to usage hints about errors and warnings."""
    report = path.with_suffix(".report")
    subprocess.run(["java", "-jar", EPUBCHECK, path, "--json", report], capture_output=True, check=False)
    messages = json.loads(report.read_text(encoding="utf-8"))["messages"]
    return [f"{one['severity']} {one['ID']}: {one['message']} {one['locations'][:1]}" for one in messages]


#: What the Nu checker holds against the words of posts, which are shown as they were written; and a slip of its own,
#: for it takes pictures inside a page to be blocked by every policy, even by one that allows just these (`data:`).
_MEANT = ("Normalization Form C", "blocked by “img-src” directive")


def complaints_about_page(path: Path) -> list[str]:
    """Return what the Nu checker says of a page: errors, warnings and hints."""
    return [message for _, message in complaints_about_pages([path])]


def complaints_about_pages(paths: Sequence[Path]) -> list[tuple[str, str]]:
    """Return what the Nu checker says of pages, each with the name of its file."""
    command = ["java", "-Xss8m", "-jar", str(NU), "--stdout", "--exit-zero-always", "--format", "json"]
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, check=True)
    messages = [(Path(one["url"]).name, one["message"]) for one in json.loads(done.stdout)["messages"]]
    return [one for one in messages if not any(words in one[1] for words in _MEANT)]


def text_of_pdf(path: Path) -> str:
    """Return a PDF's text in the order in which it is written."""
    done = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True)
    return done.stdout.decode()


def fonts_of_pdf(path: Path) -> list[list[str]]:
    """Return pdffonts' rows, cut into columns from the right: emb, sub, uni, object, ID."""
    done = subprocess.run(["pdffonts", path], capture_output=True, check=True, text=True)
    return [line.rsplit(maxsplit=5)[1:4] for line in done.stdout.splitlines()[2:]]
