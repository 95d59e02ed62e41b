"""Links, mentions and tags in plain text that comes without them, by the rules of X's own text library.

Unrolled pages, notes and CSV dumps hold bare text. What X would have made a link, a mention or a tag is found here as
its library `twitter-text` 3.1 finds it (`python -m benchmarks.twitter_text` compares the two), and in three points
more is found: links that a page shows in shortened form (`ft.com/content/f36a55…`) reach to their dots, addresses in
other alphabets count without `https://` as well (`пример.рф/…`), and the top-level domains are today's.

All spans are in code points. Every function takes time in proportion to the text's length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from clew.texts import is_cut
from clew.tlds import TLDS

__all__ = ["Found", "Parts", "find_cashtags", "find_links", "find_mentions", "find_parts", "find_tags"]


class Found(NamedTuple):
    """A stretch of a text."""

    start: int
    """Its first code point."""
    end: int
    """One past its last."""
    word: str
    """A link as it is shown, a handle without @, a tag without # or $."""

    @property
    def cut(self) -> bool:
        """True for a link that is shown in shortened form."""
        return is_cut(self.word)


class Parts(NamedTuple):
    """All that is found in a text; no two of them overlap."""

    links: list[Found]
    mentions: list[Found]
    tags: list[Found]
    cashtags: list[Found]


def find_parts(text: str) -> Parts:
    """Return what X would show as links, mentions and tags; of two that overlap, the one that starts first.

    >>> [mention.word for mention in find_parts("@ana on medium.com/@ben").mentions]
    ['ana']
    """
    named = list(_named(text)) if "@" in text or "＠" in text else []
    found: list[tuple[Found, int]] = [(item, 0) for item in find_links(text)]
    found += [(item, 1) for item, _ in named]
    if "#" in text or "＃" in text:
        found += [(item, 2) for item in _tagged(text)]
    if "$" in text:
        found += [(item, 3) for item in find_cashtags(text)]
    parts = Parts([], [], [], [])
    if not found:
        return parts
    lists = {item for item, is_list in named if is_list}
    end = 0
    for item, kind in sorted(found, key=lambda pair: (pair[0].start, pair[1])):
        if item.start >= end:
            end = item.end
            if item not in lists:
                parts[kind].append(item)
    return parts


# --- mentions and tags ------------------------------------------------------------------------------------------------

#: Latin letters with marks, as X counts them.
_LATIN = "À-ÖØ-öø-ɏɓɔɖɗəɛɣɨɯɲʉʋʻ\u0300-\u036fḀ-ỿ"
#: The spaces of JavaScript, and two more that X's library counts as such.
_SPACE = "\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_BLANK = _SPACE + "\x85\u180e"

_MENTION = re.compile(
    rf"""
    (?: (?<![A-Za-z0-9_!\#$%&*@＠])                                 # not behind a word, nor in a run of signs
      | (?<![A-Za-z0-9_+~.-][Rr][Tt]) (?<=[Rr][Tt]) )               # but straight behind RT
    [@＠] (?P<handle> [A-Za-z0-9_]{{1,20}}+ )
    (?P<list> /[A-Za-z][A-Za-z0-9_-]{{0,24}}+ )?+
    (?! [@＠{_LATIN}] | :// )
    """,
    re.VERBOSE,
)
_CASHTAG = re.compile(
    rf"(?:(?<=[{_BLANK}])(?<!\ufeff)|^)\$(?P<tag>[A-Za-z]{{1,6}}(?:[._][A-Za-z]{{1,2}})?)(?=$|[{_SPACE}!#-/:-@[-_{{-~])"
)
_SIGN = re.compile(r"[#＃]")
#: What may stand in a hashtag beside letters, marks and digits: joiners, and points and dashes of several scripts.
_IN_TAGS = frozenset("_\u200c\u200d·゠・〃〜～゛゜་༌\ua67e\u05be\u05f3\u05f4")
_VARIANTS = "\ufe0e\ufe0f"


def find_mentions(text: str) -> list[Found]:
    """Return the accounts that the text names, in its order, those in the path of a link as well.

    >>> find_mentions("by @ana and ben@example.org")
    [Found(start=3, end=7, word='ana')]
    """
    return [item for item, is_list in _named(text) if not is_list]


def _named(text: str) -> Iterator[tuple[Found, bool]]:
    """Yield each account or list (`@ana/friends`) that is named, and whether it is a list."""
    for found in _MENTION.finditer(text):
        yield Found(found.start(), found.end(), found["handle"]), found["list"] is not None


def find_tags(text: str) -> list[Found]:
    """Return the hashtags of the text, in its order; those in links are none.

    >>> find_tags("#1 reason for #PaxSinica, see x.com/#top")
    [Found(start=14, end=24, word='PaxSinica')]
    """
    tags = list(_tagged(text))
    if not tags:
        return []
    taken: list[Found] = []
    for item in sorted(chain(tags, find_links(text))):
        if not taken or item.start >= taken[-1].end:
            taken.append(item)
    return sorted(set(taken).intersection(tags))


def _tagged(text: str) -> Iterator[Found]:
    for found in _SIGN.finditer(text):
        start = found.start()
        if start and (text[start - 1] == "&" or (_goes_in_a_tag(text[start - 1]) and text[start - 1] not in _VARIANTS)):
            continue
        if text[start + 1 : start + 2] in ("\ufe0f", "\u20e3"):
            continue
        end = start + 1
        while end < len(text) and _goes_in_a_tag(text[end]):
            end += 1
        word = text[start + 1 : end]
        if not text.startswith(("#", "＃", "://"), end) and any(_is_letter(character) for character in word):
            yield Found(start, end, word)


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM"


def _goes_in_a_tag(character: str) -> bool:
    return _is_letter(character) or character in _IN_TAGS or unicodedata.category(character) == "Nd"


def find_cashtags(text: str) -> list[Found]:
    """Return the cashtags of the text, in its order.

    >>> [tag.word for tag in find_cashtags("$TSLA and $BRK.B, not $5")]
    ['TSLA', 'BRK.B']
    """
    return [Found(found.start(), found.end(), found["tag"]) for found in _CASHTAG.finditer(text)]


# --- links ------------------------------------------------------------------------------------------------------------
#
# Every link has a dot in its host. So the text is looked through for dots; around each stands a run of what hosts are
# made of; the run is split into labels; and in the labels the longest chain is taken that ends in a top-level domain.

#: What hosts are made of, dots included: all but white space, marks of direction, and most signs of ASCII.
_RUN = re.compile(rf"[^{_BLANK}!#-,/:-@[-^{{-~\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]+")
_ASCII = re.compile(rf"[-.A-Za-z0-9{_LATIN}]+")
#: Hosts of the alphabets that part words by spaces, so that it can be told where a host begins.
_ALPHABETIC = re.compile(r"(?:[^\W\u2e80-\U0010ffff]|[.-])+")
#: Domains that are no words and so make a host without a path.
_NO_WORDS = frozenset({"бел", "рф", "срб", "укр"})

_WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_NOT_BEFORE = _WORD | set("@＠#＃$\ufeff\ufffe\uffff")
_NOT_AFTER = _WORD | set("@+-")
_LONGEST = max(map(len, TLDS))
_PUNYCODE = re.compile(r"xn--[-0-9a-z]+", re.ASCII | re.IGNORECASE)

_IN_PATH = rf"!#-'*-;=@-\[\]_a-z|~–{_LATIN}Ѐ-ӿ"
_PIECE = re.compile(rf"[{_IN_PATH}]++")
_PARENS = re.compile(rf"\((?:[{_IN_PATH}]+|[{_IN_PATH}]*\([{_IN_PATH}]+\)[{_IN_PATH}]*)\)")
_PATH_END = re.compile(rf"[#+\-/-9=A-Z_a-z{_LATIN}Ѐ-ӿ]")
_QUERY = re.compile(r"\?[!#-;=?-\[\]_a-z|~]*+")
_QUERY_END = re.compile(r"[#&\-/-9=A-Z_a-z]")
_PORT = re.compile(r":[0-9]+")
#: Dots that end a shortened link, behind what a link can't end with.
_DOTS = re.compile(rf"(?:[!$%&'*,.:;?@\[\]|~–]*?|[!$%&'*,.:;?@\[\]|~–]*\([{_IN_PATH}]*?)(?:…|\.\.\.)")
_TCO = re.compile(
    r"https?://t\.co/(?P<key>[a-z0-9]+)(?:\?[!#-;=?-\[\]_a-z|~]*[#&\-/-9=A-Z_a-z])?", re.ASCII | re.IGNORECASE
)
_TCO_KEY = 10
"""How many characters t.co's keys have had since 2012."""
_MAX_LABEL = 63
_MAX_LINK = 4096


def find_links(text: str) -> list[Found]:
    """Return the links of the text as they are shown, in its order; addresses of mail are none.

    >>> [link.word for link in find_links("See ft.com/content/f36a55… (and https://example.org/a_(b)).")]
    ['ft.com/content/f36a55…', 'https://example.org/a_(b)']
    >>> find_links("See ft.com/content/f36a55…")[0].cut
    True
    """
    return [Found(start, end, text[start:end]) for start, end in _links(text)]


def _links(text: str) -> Iterator[tuple[int, int]]:
    used = at = 0
    while (dot := text.find(".", at)) >= 0:
        if text[dot + 1 : dot + 2] in ("", " ", "\n"):
            at = dot + 1
            continue
        after_space = max(text.rfind(" ", at, dot) + 1, at)
        run = next(run for run in _RUN.finditer(text, after_space) if run.end() > dot)
        at = run.end()
        if at <= used:
            continue
        for begin, end in _hosts(text, run.start(), run.end(), used):
            scheme = _scheme(text, begin, used) if begin == run.start() else None
            path, has_path = _tail_end(text, end)
            if scheme is not None:
                links = list(_with_scheme(text, scheme, begin, end, path))
            elif begin and text[begin - 1] in "-_./":
                links = []
            else:
                links = list(_without_scheme(text, begin, end, path if has_path else end))
            yield from links
            used = max(path, links[-1][1] - 1 if links else 0)


def _with_scheme(text: str, start: int, begin: int, end: int, path: int) -> Iterator[tuple[int, int]]:
    """Yield the link, if it is one, whose host is text[begin:end] and whose path or query ends at `path`."""
    if not _fits(text, start, begin, end, path):
        return
    short = _TCO.match(text, start)
    if short is None:
        yield start, _dots_end(text, end, path)
    elif len(short["key"]) <= 40:
        yield start, short.end() if len(short["key"]) >= _TCO_KEY else _dots_end(text, end, short.end())


def _without_scheme(text: str, begin: int, end: int, path: int) -> Iterator[tuple[int, int]]:
    """Yield the links in the host text[begin:end]: what of it is ASCII, since no space parts it from Chinese words."""
    hosts = [host for run in _ASCII.finditer(text, begin, end) if (host := _ascii_host(text, *run.span(), end))]
    if not hosts and _is_alphabetic(text, begin, end) and (path > end or _top(text, begin, end) in _NO_WORDS):
        hosts = [(begin, end)]
    for start, stop in hosts:
        close = path if stop == end else stop
        if _fits(text, start, start, stop, close):
            yield start, _dots_end(text, stop, close)


def _ascii_host(text: str, start: int, end: int, limit: int) -> tuple[int, int] | None:
    """Return the host in a run of ASCII labels, whose top-level domain may be followed or made by other characters."""
    labels = [(a, limit if b == end else b) for a, b in _labels(text, start, end)]
    first = 0 if labels[0][1] > labels[0][0] and text[start] != "." else 1
    for a, b in reversed(labels[first + 1 :]):
        if (stop := _top_end(text, a, b)) is not None:
            return labels[first][0], stop
    return None


def _is_alphabetic(text: str, begin: int, end: int) -> bool:
    apart = not text[max(0, begin - 1) : begin].isalnum() and not text[end : end + 1].isalnum()
    return apart and _ALPHABETIC.fullmatch(text, begin, end) is not None


def _top(text: str, begin: int, end: int) -> str:
    return text[text.rfind(".", begin, end) + 1 : end]


def _fits(text: str, start: int, begin: int, end: int, path: int) -> bool:
    """Say whether the lengths of the link and of its host's labels are allowed."""
    return path - start <= _MAX_LINK and all(b - a <= _MAX_LABEL for a, b in _labels(text, begin, end))


def _scheme(text: str, begin: int, used: int) -> int | None:
    """Return where `http://` or `https://` begins that ends at a place; None where none does or may."""
    for scheme in ("http://", "https://"):
        start = begin - len(scheme)
        if start >= 0 and text[start:begin].lower() == scheme and _may_begin(text, start, used):
            return start
    return None


def _may_begin(text: str, start: int, used: int) -> bool:
    return start == 0 or (start > used and text[start - 1] not in _NOT_BEFORE)


def _hosts(text: str, start: int, end: int, used: int) -> Iterator[tuple[int, int]]:
    """Yield where hosts begin and end in a run, the longest first, none before or straight behind what is used."""
    labels = list(_labels(text, start, end))
    tops = [_top_end(text, a, b) for a, b in labels]
    last = _last_tops(text, labels, tops)
    index = 0
    while index < len(labels) - 1:
        top = last[index + 1]
        begin = None if top is None else _host_begin(text, labels[index], top == index + 1, used)
        if top is None or begin is None:
            index += 1
            continue
        stop = tops[top]
        assert stop is not None
        yield begin, stop
        used = stop
        index = top


def _last_tops(text: str, labels: list[tuple[int, int]], tops: list[int | None]) -> list[int | None]:
    """Return for each label the last one that can be the top-level domain of a host that goes on with it."""
    last: list[int | None] = [None] * (len(labels) + 1)
    for index in range(len(labels) - 1, 0, -1):
        start, end = labels[index]
        beyond = last[index + 1]
        sound = start < end and text[start] not in "-_" and text[end - 1] not in "-_"
        if sound and beyond is not None and (beyond > index + 1 or "_" not in text[start:end]):
            last[index] = beyond
        elif tops[index] is not None:
            last[index] = index
    return last


def _host_begin(text: str, label: tuple[int, int], before_top: bool, used: int) -> int | None:
    """Return where in its first label a host may begin; the label before the top-level domain has no underscore."""
    start, end = label
    if start == end or text[end - 1] in "-_":
        return None
    if before_top:
        start = max(start, text.rfind("_", start, end) + 1)
    for begin in range(max(start, used), end):
        if text[begin] not in "-_" and _may_begin(text, begin, used):
            return begin
    return None


def _labels(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while (dot := text.find(".", start, end)) >= 0:
        yield start, dot
        start = dot + 1
    yield start, end


def _top_end(text: str, start: int, end: int) -> int | None:
    """Return where the top-level domain ends that a label is or begins with; None where it does with none."""
    if found := _PUNYCODE.match(text, start, end):
        return found.end()
    for stop in range(min(end, start + _LONGEST), start, -1):
        if text[stop : stop + 1] not in _NOT_AFTER and text[start:stop].lower() in TLDS:
            return stop
    return None


def _tail_end(text: str, end: int) -> tuple[int, bool]:
    """Return where port, path and query end behind a host, and whether there is a path."""
    if found := _PORT.match(text, end):
        end = found.end()
    has_path = text.startswith("/", end)
    if has_path:
        end = _path_end(text, end + 1)
    if found := _QUERY.match(text, end):
        close = _trimmed(text, end + 1, found.end(), _QUERY_END)
        end = close if close > end + 1 else end
    return end, has_path


def _path_end(text: str, start: int) -> int:
    """Return where a path ends of which only the first slash is read; parentheses belong to it where they close."""
    end = at = start
    while found := _PIECE.match(text, at) or _PARENS.match(text, at):
        if text[at] != "(":
            close = _trimmed(text, at, found.end(), _PATH_END)
            end = close if close > at else end
        elif end == at:
            end = found.end()
        at = found.end()
    return end


def _trimmed(text: str, start: int, end: int, last: re.Pattern[str]) -> int:
    while end > start and not last.match(text, end - 1):
        end -= 1
    return end


def _dots_end(text: str, host_end: int, end: int) -> int:
    """Return where the dots end that shorten a link with a path; the link's own end where there are none."""
    found = _DOTS.match(text, end) if end > host_end else None
    return found.end() if found else end
