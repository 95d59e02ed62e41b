"""Bytes without some records: lines and JSON are cut where a record stands, and nothing else of them changes."""

from __future__ import annotations

import html
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any

__all__ = ["holds_words", "rewritten_file", "words_of_texts"]

_LINES = re.compile(r"lines? (\d+)(?:-(\d+))?(?: (.*))?")
_STEP = re.compile(r"""\.([^.\[]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]""")
_SPACE = re.compile(r"[ \t\r\n]*")
_SKIP = json.JSONDecoder().raw_decode
_ADDRESS = re.compile(r"\S*[/@#]\S*|[\r\n]+")
_SHORTEST = 24
"""Characters of a text that hardly stand elsewhere by chance."""
_MOST = 1000
"""So many stretches of text are looked for."""

Tree = dict[str | int, Any]
"""Steps into a JSON document; an empty one ends at what goes."""


def rewritten_file(
    path: Path, out: Path, places: Mapping[str, Sequence[str]], ids: Iterable[str], *, coarse: bool
) -> bool:
    """Write a file or zip without the records at some places, by member; says whether that can be done.

    With `coarse` a record goes with the element of the list, or the line, that it stands in. What a zip holds under a
    name that begins with one of the ids goes too: pictures of posts.
    """
    if set(places) == {path.name}:
        data = _without(path.read_bytes(), places[path.name], coarse=coarse)
        if data is not None:
            out.write_bytes(data)
        return data is not None
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        if not places.keys() <= set(old.namelist()):
            return False
        for member in old.infolist():
            if is_of(member.filename, ids):
                continue
            data = old.read(member)
            if member.filename in places:
                cut = _without(data, places[member.filename], coarse=coarse)
                if cut is None:
                    return False
                data = cut
            new.writestr(member, data, member.compress_type)
    return True


def is_of(name: str, ids: Iterable[str]) -> bool:
    """Say whether a file is named after one of some posts, as pictures in exports are."""
    stem = re.match(r"\d{8,}(?!\d)", name.rpartition("/")[2])
    return stem is not None and stem[0] in ids


def words_of_texts(texts: Iterable[str], kept: Iterable[str]) -> list[str]:
    """Return stretches of texts that stand in none of those that are kept: where they are found, a text is.

    Addresses, tags and names of accounts are left out: they stand in data about others too.
    """
    rest = "\n".join(kept)
    found: dict[str, None] = {}
    for text in texts:
        for line in map(str.strip, _ADDRESS.split(text)):
            for at in (0, max(0, (len(line) - _SHORTEST) // 2), max(0, len(line) - _SHORTEST)):
                words = line[at : at + _SHORTEST]
                if len(words) == _SHORTEST and words not in rest:
                    found[words] = None
    wanted = list(found)
    return wanted[:: -(-len(wanted) // _MOST)] if wanted else []


def holds_words(path: Path, words: Sequence[str]) -> bool:
    """Say whether a file, or a member of a zip, still holds one of some stretches of text, in any usual writing."""
    forms = {
        form.encode("utf-8", "surrogatepass")
        for text in words
        for form in (text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], html.escape(text))
    }
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as opened:
            return any(_holds(opened.read(member), forms) for member in opened.infolist())
    return _holds(path.read_bytes(), forms)


def _holds(data: bytes, forms: Iterable[bytes]) -> bool:
    return any(form in data for form in forms)


def _without(data: bytes, places: Sequence[str], *, coarse: bool) -> bytes | None:
    """Return bytes without what stands at some places; None where a place is of another kind, or is not there."""
    try:
        if all(place.startswith("$") for place in places):
            return _without_json(data.decode(), places, coarse=coarse).encode()
        return _without_lines(data, places, coarse=coarse)
    except (ValueError, KeyError, IndexError):
        return None


def _without_lines(data: bytes, places: Sequence[str], *, coarse: bool) -> bytes:
    lines = data.splitlines(keepends=True) if b"\n" not in data else re.findall(rb"[^\n]*\n|[^\n]+", data)
    inside: dict[int, list[str]] = {}
    for place in places:
        found = _LINES.fullmatch(place)
        if found is None:
            raise ValueError(place)
        for number in range(int(found[1]), int(found[2] or found[1]) + 1):
            inside.setdefault(number, []).append("" if coarse else found[3] or "")
    for number, steps in inside.items():
        line = lines[number - 1]
        if all(steps):
            paths = [step if step.startswith("$") else f"$.{step}" for step in steps]
            lines[number - 1] = _without_json(line.decode(), paths, coarse=False).encode()
        else:
            lines[number - 1] = b""
    return b"".join(lines)


def _without_json(text: str, places: Sequence[str], *, coarse: bool) -> str:
    tree: Tree = {}
    for place in places:
        _plant(tree, _steps(place, coarse=coarse))
    start = re.match(r"\s*(?:[\w.]+\s*=\s*)?", text)
    assert start is not None
    value, end = _cut(text, start.end(), tree)
    return text[: start.end()] + value + text[end:]


def _steps(place: str, *, coarse: bool) -> list[str | int]:
    steps: list[str | int] = []
    at = 1
    while at < len(place):
        found = _STEP.match(place, at)
        if found is None:
            raise ValueError(place)
        at = found.end()
        steps.append(int(found[2]) if found[2] else json.loads(f'"{found[3]}"') if found[3] is not None else found[1])
    if coarse:
        while steps and not isinstance(steps[-1], int):
            steps.pop()
    if not steps:
        raise ValueError(place)
    return steps


def _plant(tree: Tree, steps: Sequence[str | int]) -> None:
    for step in steps[:-1]:
        if step in tree and not tree[step]:
            return
        tree = tree.setdefault(step, {})
    tree[steps[-1]] = {}


def _cut(text: str, at: int, tree: Tree) -> tuple[str, int]:
    """Return the value that begins there without what the tree names, and where it ended."""
    opening = text[at]
    closing = {"[": "]", "{": "}"}[opening]
    kept: list[str] = []
    left = set(tree)
    index, end = 0, at + 1
    while True:
        start = end
        value = _after_space(text, start)
        if text[value] == closing and not index:
            break
        step: str | int = index
        if opening == "{":
            step, value = scanstring(text, value + 1, True)
            value = _after_space(text, _after_space(text, value) + 1)
        below = tree.get(step)
        left.discard(step)
        if below:
            inner, end = _cut(text, value, below)
            own = text[start:value] + inner
        else:
            _, end = _SKIP(text, value)
            own = text[start:end]
        behind = _after_space(text, end)
        if below is None or below:
            kept.append(own + text[end:behind])
        index, end = index + 1, behind + 1
        if text[behind] == closing:
            break
    if left:
        raise KeyError(*left)
    return opening + ",".join(kept) + closing, end if index else value + 1


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()
