"""Traces: the things that a post does and that others may do as well, and actions from posts."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np

from clew import addresses
from clew.compare.actions import SECOND, Actions, Names, ordered
from clew.compare.nearness import families
from clew.errors import BadOption
from clew.extract import find_parts
from clew.posts import Account, Item, Post

__all__ = ["TRACES", "content_name", "gather", "normal"]

_BLANK = re.compile(r"\s+")
_ADDRESS = re.compile(r"https?://\S+")
_NAMED = re.compile(r"@[\w.]+")
#: Query fields by which senders follow their links; the page is the same without.
_FOLLOWERS = re.compile(r"^(utm_\w+|fbclid|gclid|igshid|ref_src|ref_url|mc_[ce]id|s|t)$")
_OWN_PAGES = frozenset({"x.com", "twitter.com", "t.co"})


def normal(text: str) -> str:
    """Return a text without what copies differ in: addresses, names of accounts, case, signs, spaces.

    >>> normal("RT @ana: Look HERE,  https://example.org/x now!")
    'rt look here now'
    """
    plain = _NAMED.sub(" ", _ADDRESS.sub(" ", unicodedata.normalize("NFKC", text).casefold()))
    kept = "".join(sign if sign.isalnum() or unicodedata.category(sign)[0] in "MS" else " " for sign in plain)
    return _BLANK.sub(" ", kept).strip()


def _links(post: Post) -> Iterator[str]:
    for address in _addresses(post):
        parts = urlsplit(address)
        query = [(name, value) for name, value in parse_qsl(parts.query) if not _FOLLOWERS.match(name)]
        host = (parts.hostname or "").removeprefix("www.")
        yield f"{host}{parts.path.rstrip('/')}{'?' + urlencode(query) if query else ''}"


def _domains(post: Post) -> Iterator[str]:
    for address in _addresses(post):
        host = addresses.domain(address)
        if host and host not in _OWN_PAGES:
            yield host


def _addresses(post: Post) -> Iterator[str]:
    """Yield the full addresses of a post's links; shortened ones would join what does not belong together."""
    if post.links:
        found = [link.url for link in post.links if link.url]
    else:
        found = [link.word for link in find_parts(post.text).links if not link.cut]
    for url in found:
        address = url if "://" in url else f"https://{url}"
        try:
            urlsplit(address)
        except ValueError:
            continue
        yield address


def _tags(post: Post) -> list[str]:
    found = [tag.tag for tag in post.tags] or [tag.word for tag in find_parts(post.text).tags]
    return [unicodedata.normalize("NFKC", tag).casefold() for tag in found]


def _sequence(post: Post) -> list[str]:
    tags = _tags(post)
    return [" ".join(tags)] if len(tags) > 1 else []


def _mentions(post: Post) -> list[str]:
    found = [name.id or name.handle for name in post.mentions]
    return [name.casefold() for name in found or [name.word for name in find_parts(post.text).mentions]]


def _text(post: Post) -> list[str]:
    return [post.text.strip()] if len(post.text.split()) > 2 and post.reposts is None else []


def _normal(post: Post) -> list[str]:
    plain = normal(post.text) if post.reposts is None else ""
    return [plain] if len(plain) >= 20 else []


def _media(post: Post) -> list[str]:
    return [item.url for item in post.media if item.url]


_Maker: TypeAlias = Callable[[Post], Iterable[str]]

#: What a post does, by the name of the trace. `near` is made of `text` once all texts are known.
TRACES: dict[str, _Maker] = {
    "repost": lambda post: [post.reposts] if post.reposts else [],
    "link": _links,
    "domain": _domains,
    "tag": _tags,
    "tags": _sequence,
    "reply": lambda post: [post.reply_to] if post.reply_to else [],
    "quote": lambda post: [post.quotes] if post.quotes else [],
    "text": _text,
    "normal": _normal,
    "near": _normal,
    "media": _media,
    "mention": _mentions,
}


@dataclass(slots=True)
class _Table:
    """Actions as they come in."""

    object: array[int] = field(default_factory=lambda: array("i"))
    account: array[int] = field(default_factory=lambda: array("i"))
    content: array[int] = field(default_factory=lambda: array("i"))
    time: array[int] = field(default_factory=lambda: array("q"))
    objects: dict[tuple[int, str], int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    contents: dict[str, int] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)


def gather(items: Iterable[Item], traces: Sequence[str], phrases: Sequence[str] = ()) -> Actions:
    """Return what posts do, by the traces that are named; a post that is given twice counts once.

    Each phrase is an object of the trace `phrase`, used by every post in whose text its words stand, as `normal` has
    them.

    Posts without a time or an author are left out and counted. Held in memory: one number for each field of an action
    and every name once.

    Raises:
        BadOption: There is no such trace.
    """
    for trace in traces:
        if trace not in TRACES:
            raise BadOption(f"no trace is called {trace!r}; there are: {', '.join(TRACES)}.")
    table = _Table()
    makers = [TRACES[trace] for trace in traces]
    if phrases:
        traces, makers = [*traces, "phrase"], [*makers, _phrased(phrases)]
    for item in items:
        if isinstance(item, Post):
            _add(table, item, makers)
    return _finished(table, traces)


def _phrased(phrases: Sequence[str]) -> _Maker:
    """Return what finds phrases in a post."""
    words = {phrase: f" {normal(phrase)} " for phrase in phrases}

    def found(post: Post) -> list[str]:
        text = f" {normal(post.text)} "
        return [phrase for phrase, plain in words.items() if plain.strip() and plain in text]

    return found


def content_name(post: Post) -> str:
    """Return what a post is called among the contents: its address where it has one, else its id."""
    return post.url or (post.id if post.platform == "x" else f"{post.platform}:{post.id}")


def _add(table: _Table, post: Post, makers: Sequence[_Maker]) -> None:
    account = _account(table, post.platform, post.author)
    if account is None or post.time is None:
        table.left["posts without a time" if account is not None else "posts without an author"] += 1
        return
    name = content_name(post)
    if name in table.contents:
        table.left["posts that were given again"] += 1
        return
    content = table.contents.setdefault(name, len(table.contents))
    time = round(post.time.timestamp() * SECOND)
    for number, maker in enumerate(makers):
        for word in dict.fromkeys(maker(post)):
            if word.strip():
                table.object.append(table.objects.setdefault((number, word), len(table.objects)))
                table.account.append(account)
                table.content.append(content)
                table.time.append(time)


def _account(table: _Table, platform: str, author: Account) -> int | None:
    """Return the code of an account: the same for the same id, or the same handle where there is no id."""
    name = author.id or author.handle
    if not name:
        return None
    key = f"{platform}:{name.casefold()}"
    if key not in table.accounts:
        table.accounts[key] = len(table.labels)
        table.labels.append(author.handle or author.name or name)
    code = table.accounts[key]
    for alias in (author.id, author.handle):
        if alias:
            table.aliases.setdefault(alias.casefold(), code)
    return code


def _finished(table: _Table, traces: Sequence[str]) -> Actions:
    names = list(table.objects)
    content = np.array(table.content, dtype=np.int32)
    leads = np.zeros(len(content), dtype=bool)
    leads[np.unique(content, return_index=True)[1]] = True
    objects = np.array(table.object, dtype=np.int32)
    if "near" in traces:
        objects = families(names, traces.index("near"))[objects]
    return ordered(
        Actions(
            object=objects,
            account=np.array(table.account, dtype=np.int32),
            content=content,
            time=np.array(table.time, dtype=np.int64),
            leads=leads,
            objects=Names.of(name for _, name in names),
            accounts=Names.of(_apart(table)),
            contents=Names.of(table.contents),
            traces=tuple(traces),
            trace_of=np.array([number for number, _ in names], dtype=np.int32),
            aliases=table.aliases,
            left=dict(table.left),
        )
    )


def _apart(table: _Table) -> list[str]:
    """Return the labels of accounts; two that are alike get their keys beside them."""
    often = Counter(table.labels)
    return [
        label if often[label] == 1 else f"{label} ({key})"
        for label, key in zip(table.labels, table.accounts, strict=True)
    ]
