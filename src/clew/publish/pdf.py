"""Documents as a tagged PDF, set by typst: a fixed page (`page.typ`) reads their words as JSON, so none is code."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from clew.errors import needing
from clew.publish import emoji
from clew.publish.document import Aside, Before, Block, Document, Enclosure, Missing, Note, Quoted, Run, Said, title_of
from clew.publish.inserted import Inserted, inserted, stand_in, with_pictures
from clew.publish.links import web_address
from clew.publish.pictures import Picture
from clew.publish.sentences import minute
from clew.publish.standings import Told
from clew.publish.wrap import is_rtl

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["NAME", "SUFFIX", "bind"]

NAME = "pdf"
SUFFIX = ".pdf"

TEXT_FONT = "Libertinus Serif"
"""Comes inside typst: Latin, Greek and Cyrillic look the same on every machine."""
EMOJI_FONTS = ("Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji", "Twitter Color Emoji")
#: Families for the scripts that it lacks, the best first; what none of them has, typst looks for in all fonts.
_FONTS = ("Noto Naskh Arabic", "Noto Sans Hebrew", "Noto Serif Devanagari", "Noto Sans Thai", "Noto Serif", "Noto Sans")
_HAN = {"zh": "SC", "zh-hans": "SC", "zh-hant": "TC", "zh-tw": "TC", "zh-hk": "HK", "ja": "JP", "ko": "KR"}
LONGEST_WORD = 40
"""Letters after which a word may be broken anywhere, since it could be wider than the page."""
LONGEST_URL = 8000
FOOTNOTES = 300
"""Links of a book that stand at the foot of their pages; of one with more they stand behind each thread, for footnotes
take typst twice the memory."""
WIDEST, TALLEST = 290, 320
"""Of a picture, in points."""
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}))?", re.IGNORECASE)
_ABSENT = re.compile(r'the text `"((?:[^"\\]|\\.)+?)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
#: What PDF text may not hold, or what would act instead of being seen.
_CONTROL = {
    **{code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A)},
    0x09: "    ",
    0x7F: "␡",
    0xFEFF: "\u2060",
    **dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "�"),
    **dict.fromkeys((0x85, 0x2028, 0x2029), "\n"),
}

Value = dict[str, Any]


def bind(documents: Sequence[Document], tell: Callable[[str], None]) -> Iterator[bytes]:
    """Yield the bytes of one PDF; fonts that are missing and pictures that cannot be shown are told.

    Raises:
        MissingLibrary: typst is not installed.
    """
    typst = _typst()
    with tempfile.TemporaryDirectory(prefix="clew-") as name:
        folder = Path(name)
        book = _Book(typst, folder, documents)
        (folder / "book.json").write_text(json.dumps(book.value(), ensure_ascii=False), encoding="utf-8")
        (folder / "page.typ").write_bytes(files("clew.publish").joinpath("page.typ").read_bytes())
        for says in (*book.fonts.absent(), *book.refused):
            tell(says)
        _compile(typst, book, folder / "book.pdf", tell)
        yield from with_pictures(folder / "book.pdf", book.inserted)


def _typst() -> ModuleType:
    with needing("PDF", "publish"):
        import typst
    return typst


def _compile(typst: ModuleType, book: _Book, out: Path, tell: Callable[[str], None]) -> None:
    """Write the PDF as PDF/UA-1 asks for; where letters have no font it is tagged as well, but promises less."""
    page, stamp = str(book.folder / "page.typ"), int(book.made.timestamp())
    try:
        typst.compile(page, str(out), font_paths=book.fonts.all, timestamp=stamp, pdf_standards="ua-1")
        return
    except typst.TypstError as error:
        absent = list(dict.fromkeys(_plain(found) for found in _ABSENT.findall(error.diagnostic)))
        if not absent:
            raise
    for says in _fonts_wanted(absent):
        tell(says)
    typst.compile(page, str(out), font_paths=book.fonts.all, timestamp=stamp)


def _plain(shown: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), shown)


def _fonts_wanted(letters: Iterable[str]) -> Iterator[str]:
    """Yield for each script which font brings the letters that would be shown as empty boxes."""
    scripts: dict[str, list[str]] = {}
    for letter in letters:
        scripts.setdefault(_script(letter[0]), []).append(letter)
    for script, own in scripts.items():
        shown = " ".join(own[:5]) + (" …" if len(own) > 5 else "")
        yield f"no font has {shown}, which are shown as empty boxes; install {_font_for(script)}"


def _script(letter: str) -> str:
    """Return the first word of a letter's name, which is its script for nearly all of them.

    >>> _script("ሰ"), _script("奥")
    ('Ethiopic', 'Cjk')
    """
    if emoji.is_emoji(letter) or "\U0001f1e6" <= letter <= "\U0001f1ff":
        return "emoji"
    return unicodedata.name(letter, "symbols").partition(" ")[0].capitalize()


def _font_for(script: str) -> str:
    if script == "emoji":
        return "Noto Color Emoji (Debian: fonts-noto-color-emoji)"
    if script in ("Cjk", "Hiragana", "Katakana", "Hangul", "Bopomofo", "Ideographic"):
        return "Noto Serif CJK (Debian: fonts-noto-cjk)"
    if script == "Arabic":
        return "Noto Naskh Arabic (Debian: fonts-noto-core)"
    return f"a Noto font for {script} (Debian: fonts-noto-core, fonts-noto-extra)"


class _Fonts:
    """The families that are there."""

    def __init__(self, typst: ModuleType) -> None:
        self.all = typst.Fonts()
        self._held = frozenset(self.all.families())
        self.emoji = [name for name in EMOJI_FONTS if name in self._held][:1]

    def text(self, language: str | None = None) -> list[str]:
        """Return the families for a text, in the order in which a letter is looked for in them."""
        tag = (language or "").lower()
        first = _HAN.get(tag) or _HAN.get(tag.partition("-")[0]) or "SC"
        han = [f"Noto Serif CJK {own}" for own in (first, "SC")]
        han += [f"Noto Sans CJK {own}" for own in (first, "SC")]
        families = dict.fromkeys((TEXT_FONT, *_FONTS, *han, *self.emoji))
        return [name for name in families if name in self._held]

    def absent(self) -> Iterator[str]:
        if not self.emoji:
            yield f"no colour font for emoji and flags; install {_font_for('emoji')}"


@cache
def _fonts(typst: ModuleType) -> _Fonts:
    """Return the fonts of this machine, which are looked for once."""
    return _Fonts(typst)


class _Book:
    """What the page reads, and the pictures beside it."""

    def __init__(self, typst: ModuleType, folder: Path, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._at_foot = sum(len(document.notes) for document in documents) <= FOOTNOTES
        self._typst = typst
        self.folder = folder
        self._pictures: dict[str, bool] = {}
        self.inserted: dict[int, Inserted] = {}
        """Pictures for which something else stands while typst sets the book, by their numbers."""
        self.fonts = _fonts(typst)
        self.refused: list[str] = []
        stamps = [document.colophon.made for document in documents if document.colophon]
        stamps = stamps or [document.head.last for document in documents if document.head.last]
        self.made = max(stamps, default=_EARLIEST).astimezone(UTC)

    def value(self) -> Value:
        heads = [document.head for document in self._documents]
        single = len(heads) == 1
        title = _inline(title_of(self._documents))
        return {
            "title": title,
            "authors": [_inline(author) for author in dict.fromkeys(head.author for head in heads)],
            "keywords": list(dict.fromkeys(head.platform for head in heads if head.platform)),
            "description": _inline(heads[0].completeness) if single else "",
            "made": [self.made.year, self.made.month, self.made.day],
            "footer": _inline(f"{heads[0].author}: {title}" if single else title)[:110],
            "fonts": self.fonts.text(),
            "emoji": self.fonts.emoji or self.fonts.text(),
            "threads": [self._thread(document) for document in self._documents],
        }

    def _thread(self, document: Document) -> Value:
        head = document.head
        facts = " · ".join([*head.facts, *([head.url] if head.url else [])])
        return {
            "title": self._line(_inline(head.title), head.language),
            "byline": self._line(_inline(facts)),
            "verdict": head.verdict,
            "completeness": self._lines(head.completeness),
            "says": [self._lines(_capital(says)) for says in head.says],
            "blocks": [self._block(block) for block in document.blocks],
            "links": [] if self._at_foot else [_entry(note) for note in document.notes],
            "sources": [
                {
                    "file": self._lines(one.file),
                    "capture": _clean(one.capture),
                    "told": [_told(one.told)] if one.told else [],
                }
                for one in document.sources
            ],
            "colophon": [self._lines(says) for says in (document.colophon.says if document.colophon else ())],
        }

    def _block(self, block: Block) -> Value:
        match block:
            case Said():
                return {"kind": "said", **self._said(block)}
            case Missing():
                return {"kind": "missing", "says": self._lines(_capital(block.says))}
            case Aside():
                blocks = [self._block(inner) for inner in block.blocks]
                return {"kind": "aside", "heading": _inline(_capital(block.heading)), "blocks": blocks}
            case Before():
                return {"kind": "before", **self._empty(), "beside": [self._other(block)]}
            case _:
                assert_never(block)

    def _empty(self) -> Value:
        return {"text": [], "media": [], "beside": [], "marks": []}

    def _said(self, said: Said) -> Value:
        beside = [self._other(said.quoted)] if said.quoted else []
        for earlier in said.earlier:
            when = f", {earlier.when}" if earlier.when else ""
            beside.append(
                {**self._empty(), "author": self._lines(f"Another wording{when}"), "text": self._lines(earlier.text)}
            )
        value: Value = {
            "label": _inline(_capital(said.label)),
            "numbered": said.number is not None,
            "text": [*self._runs(said.runs, said.language), *(self._loose(note) for note in said.loose)],
            "media": [self._enclosure(media) for media in said.media],
            "beside": beside,
            "marks": [self._lines(mark) for mark in said.marks],
        }
        if said.author:
            value["author"] = self._lines(said.author)
        if said.warning:
            value["warning"] = self._lines(f"Warning: {said.warning}")
        if said.time or said.url:
            whole = minute(said.time) if said.time else "at its source"
            value["time"] = whole if said.new_day or not said.time else whole.partition(" ")[2]
        if url := _followed(said.url):
            value["url"] = url
        return value

    def _other(self, one: Quoted | Before) -> Value:
        """Return a post by somebody else under who wrote it and when."""
        facts = [_capital(one.says)]
        facts += [f"{minute(one.post.time)} UTC"] if one.post and one.post.time else []
        facts += [one.url] if one.url else []
        held = self._said(one.post) if one.post else self._empty()
        return {**held, "author": self._lines(" · ".join(facts))}

    def _loose(self, note: Note) -> Value:
        line = self._line("link: ")
        line["runs"].append(self._linked(_inline(note.shown), note))
        return line

    def _runs(self, runs: Sequence[Run], language: str | None) -> list[Value]:
        """Return a text line by line, each with its own direction."""
        lines: list[list[tuple[str, Note | None]]] = [[]]
        for run in runs:
            first, *rest = _clean(run.text).split("\n")
            lines[-1].append((first, None if rest else run.note))
            lines += [[(part, run.note if at == len(rest) else None)] for at, part in enumerate(rest, 1)]
        return [self._typeset(line, language) for line in lines] if runs else []

    def _lines(self, text: str) -> list[Value]:
        return [self._line(line) for line in _clean(text).split("\n")]

    def _line(self, text: str, language: str | None = None) -> Value:
        return self._typeset([(text, None)], language)

    def _typeset(self, parts: Iterable[tuple[str, Note | None]], language: str | None) -> Value:
        parts = list(parts)
        runs: list[Value] = []
        for text, note in parts:
            runs += [self._linked(text, note)] if note else _stretches(text)
        line: Value = {"rtl": is_rtl("".join(text for text, _ in parts)), "runs": runs}
        found = _LANGUAGE.fullmatch(language or "")
        if found and found[1].lower() not in ("und", "zxx", "mul", "mis", "qme", "qht", "art", "in"):
            line["lang"] = found[1].lower()
            if found[1].lower() in ("zh", "ja", "ko"):
                line["fonts"] = self.fonts.text(language)
        return line

    def _linked(self, text: str, note: Note) -> Value:
        url = _followed(note.url)
        own: Value = {"t": text, **({"url": url} if url else {})}
        return own | ({"note": _entry(note)} if self._at_foot else {"mark": str(note.number)})

    def _enclosure(self, media: Enclosure) -> Value:
        where = media.url or media.file
        says = ": ".join(part for part in (_capital(media.kind), media.alt) if part)
        value: Value = {"says": self._lines(f"{says}\n{where}" if where else says)}
        if media.picture and self._holds(media.picture):
            alt = media.alt or f"{_capital(media.kind)}, not described by its author"
            width = _width(media.picture)
            height = width * media.picture.height / media.picture.width
            value |= {"picture": self._name(media.picture), "alt": _inline(alt), "width": width, "height": height}
        return value

    def _holds(self, picture: Picture) -> bool:
        """Put a picture beside the page; say whether typst can show it."""
        if picture.name not in self._pictures:
            own = inserted(picture)
            if own:
                number = len(self.inserted) + 1
                self.inserted[number] = own
                (self.folder / picture.name).with_suffix(".png").write_bytes(stand_in(number))
                self._pictures[picture.name] = True
            else:
                shutil.copyfile(picture.path, self.folder / picture.name)
                self._pictures[picture.name] = self._is_shown(picture)
        return self._pictures[picture.name]

    def _name(self, picture: Picture) -> str:
        """Return the file that typst takes for a picture."""
        return picture.name if (self.folder / picture.name).exists() else f"{Path(picture.name).stem}.png"

    def _is_shown(self, picture: Picture) -> bool:
        try:
            page = f'#set page(width: 9pt, height: 9pt, margin: 0pt)\n#image("{picture.name}", width: 9pt)'
            (self.folder / "picture.typ").write_text(page, encoding="utf-8")
            self._typst.compile(str(self.folder / "picture.typ"), font_paths=self.fonts.all)
        except self._typst.TypstError:
            self.refused.append(f"a picture is damaged and left out ({picture.digest[:19]}…)")
            return False
        return True


def _entry(note: Note) -> Value:
    """Return a link as it stands at the foot of a page, or behind the thread."""
    if note.url is None:
        says = "shortened on the page; full address not known"
        return {"mark": str(note.number), "address": says, "told": []}
    url = _followed(note.url)
    own: Value = {"mark": str(note.number), "address": _inline(note.url), "told": [_told(one) for one in note.told]}
    return own | ({"url": url} if url else {})


def _told(told: Told) -> Value:
    """Return what is said of a page or a file; its address is a link where it can be followed."""
    own: Value = {"says": _inline(told.says)}
    if told.url:
        own["address"] = _inline(told.url)
        if url := _followed(told.url):
            own["url"] = url
    return own


def _width(picture: Picture) -> float:
    """Return how wide a picture stands on the page, in points: no larger than it is, nor than its place."""
    return min(picture.width * 0.75, WIDEST, TALLEST * picture.width / picture.height)


def _stretches(text: str) -> Iterator[Value]:
    """Yield a line in stretches: emoji apart, for they have a font of their own; words wider than a page in pieces."""
    for piece, is_emoji in emoji.split(text):
        if is_emoji:
            yield {"t": piece, "emoji": True}
            continue
        for at, part in enumerate(_breakable(piece)):
            yield {"t": part, "break": True} if at else {"t": part}


def _breakable(text: str) -> list[str]:
    """Return a text in pieces between which a line may be broken: none but within words that are very long."""
    pieces = [""]
    for word in re.findall(r"\S+|\s+", text):
        if len(word) <= LONGEST_WORD:
            pieces[-1] += word
            continue
        cuts = [word[at : at + 12] for at in range(0, len(word), 12)]
        pieces[-1] += cuts[0]
        pieces += cuts[1:]
    return pieces if text else []


def _followed(url: str | None) -> str | None:
    """Return an address that a link may hold; typst takes none that is longer."""
    address = web_address(url)
    return address if address and len(address.encode()) <= LONGEST_URL else None


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL)


def _inline(text: str) -> str:
    return " ".join(_clean(text).split())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
