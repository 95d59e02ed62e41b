"""What the index takes in: a document for each post, and one for each thread of two posts or more."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

import msgspec

from clew import addresses
from clew.posts import Account
from clew.search import days, languages, looks, pairs, stems, words

__all__ = ["FIELDS", "HAS", "SCOPES", "WIDTH", "Document", "Scope", "documents", "exact", "said", "url_key"]

Document = dict[str, Any]

Scope = Literal["post", "thread"]

#: The fields of what is said and of exact signs, by what is looked for.
SCOPES: dict[Scope, dict[str, str]] = {
    "post": {"words": "words", "stems": "stems", "looks": "looks", "signs": "signs"},
    "thread": {"words": "thread_words", "stems": "thread_stems", "looks": "thread_looks", "signs": "thread_signs"},
}

#: What `--by` counts, and the field that holds it.
FIELDS = {
    "author": "author",
    "month": "month",
    "domain": "domain",
    "tag": "tag",
    "language": "language",
    "place": "place",
}

WIDTH = 32
"""Bits of the place in a thread, in the number that says which post a document is; those above are of the thread."""
LONGEST = 1000
"""Code points of an exact sign; longer ones are cut."""

HAS = ("link", "media", "image", "video", "audio", "tag", "mention", "quote", "gap", "edit", "warning", "note", "alt")

_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:www\.)?")
_TAG = re.compile(r"(?<![\w&/])[#＃]([^\W_][\w\u0300-\u036f\u0900-\u0dff]*)")
_MENTION = re.compile(r"(?<![\w@/.])@([\w.]+(?:[-.@][\w.-]+)?)")


class _Link(msgspec.Struct, gc=False):
    shown: str
    url: str | None


class _Media(msgspec.Struct, gc=False):
    type: str
    alt: str | None = None


class _Tag(msgspec.Struct, gc=False):
    tag: str


class _Mention(msgspec.Struct, gc=False):
    handle: str
    id: str | None = None


class _Version(msgspec.Struct, gc=False):
    id: str


class _Entry(msgspec.Struct, gc=False):
    """What counts of an entry of `clew/thread/1`; a gap has no place of its own."""

    kind: str
    id: str = ""
    number: int | None = None
    time: datetime | None = None
    text: str = ""
    links: tuple[_Link, ...] = ()
    media: tuple[_Media, ...] = ()
    mentions: tuple[_Mention, ...] = ()
    tags: tuple[_Tag, ...] = ()
    reply_to: str | None = None
    reply_to_author: str | None = None
    conversation: str | None = None
    quotes: str | None = None
    reposts: str | None = None
    language: str | None = None
    url: str | None = None
    versions: tuple[_Version, ...] = ()
    edited: str | None = None
    warning: str | None = None
    community_note: str | None = None


class _Branch(msgspec.Struct, gc=False):
    entries: tuple[_Entry, ...]


class _Thread(msgspec.Struct, gc=False):
    id: str
    platform: str
    author: Account
    language: str | None
    entries: tuple[_Entry, ...]
    branches: tuple[_Branch, ...] = ()


_DECODER = msgspec.json.Decoder(_Thread)


def documents(number: int, record: str, common: Collection[str] = pairs.LITTLE) -> list[Document]:
    """Return what is indexed of a thread (a line of `clew/thread/1`): its posts in their order, then it as a whole.

    Of words that are common, pairs are indexed as well.
    """
    thread = _DECODER.decode(record)
    main = [entry for entry in thread.entries if entry.kind == "post"]
    aside = [entry for branch in thread.branches for entry in branch.entries if entry.kind == "post"]
    every = main + aside if aside else main
    gaps = len(thread.entries) > len(main) or any(e.kind == "gap" for b in thread.branches for e in b.entries)
    language = _language(thread, every)
    found = []
    for position, entry in enumerate(every, 1):
        place = _place(position, len(main), len(every))
        document = _post(thread, entry, language, place, common, gaps=gaps)
        document["thread"], document["which"], document["size"] = number, number << WIDTH | position, len(every)
        found.append(document)
    if len(every) > 1:
        found.append({"thread": number, "which": number << WIDTH, "size": len(every), **_whole(found)})
    return found


def said(record: str) -> Iterator[list[str]]:
    """Yield the terms of each post of a thread."""
    thread = _DECODER.decode(record)
    for entry in (*thread.entries, *(entry for branch in thread.branches for entry in branch.entries)):
        if entry.kind == "post":
            yield words.parted(_said(entry))[0]


def exact(kind: str, value: str) -> str:
    """Return the term of an exact sign: without case, without space."""
    if not value.isalnum():
        value = "_".join(value.split())
    return f"{kind}:{value.casefold()}"[:LONGEST]


def url_key(url: str) -> str:
    """Return an address as it is compared: without scheme, `www.`, and a slash at its end.

    >>> url_key("https://www.Example.org/A/")
    'example.org/a'
    """
    return _SCHEME.sub("", url.strip().casefold()).rstrip("/")


@lru_cache(maxsize=4096)
def _author(handle: str | None, identity: str | None, name: str | None) -> str:
    """Return by what an author is counted: `@handle`, else the id, else the name."""
    return f"@{handle.lower()}" if handle else identity or name or "unknown"


def _language(thread: _Thread, entries: Sequence[_Entry]) -> str | None:
    """Return the language of posts that do not state theirs."""
    if thread.language:
        return stems.primary(thread.language)
    if all(entry.language for entry in entries):
        return None
    said: list[str] = []
    for entry in entries:
        said.append(entry.text)
        if sum(map(len, said)) > languages.MOST:
            break
    return languages.guess("\n".join(said))


def _place(at: int, main: int, every: int) -> str:
    if every == 1:
        return "single"
    if at > main:
        return "branch"
    return "first" if at == 1 else "last" if at == main else "middle"


def _post(
    thread: _Thread, entry: _Entry, language: str | None, place: str, common: Collection[str], *, gaps: bool
) -> Document:
    text = _said(entry)
    folded, small = words.parted(text)
    line = " ".join(folded)
    own = stems.primary(entry.language) or language
    tags = _tags(entry) if entry.tags or "#" in entry.text or "＃" in entry.text else []
    hosts = _hosts(entry) if entry.links else []
    signs = _signs(thread, entry, own, place, tags, hosts)
    if gaps:
        signs.append("has:gap")
    document: Document = {
        "words": line,
        "signs": " ".join(signs),
        "author": _author(thread.author.handle, thread.author.id, thread.author.name),
        "place": place,
    }
    if stemmed := stems.of_words(folded, small, own):
        document["stems"] = " ".join(stemmed)
    if paired := pairs.of(folded, common):
        document["pairs"] = " ".join(paired)
    if looked := looks.line(line):
        document["looks"] = looked
    if own:
        document["language"] = own
    if tags:
        document["tag"] = tags
    if hosts:
        document["domain"] = hosts
    if entry.time:
        document["time"] = int(entry.time.timestamp())
        document["month"] = entry.time.year * 100 + entry.time.month
        document["when"] = days.terms(entry.time)
    if entry.number is not None and 0 <= entry.number < 1 << 31:
        document["number"] = entry.number
    return document


def _said(entry: _Entry) -> str:
    """Return all words of a post: the text, its warning, what its pictures show, readers' notes."""
    if not (entry.media or entry.warning or entry.community_note):
        return entry.text
    more = [media.alt for media in entry.media if media.alt]
    more += [said for said in (entry.warning, entry.community_note) if said]
    return "\n".join([entry.text, *more])


def _signs(
    thread: _Thread, entry: _Entry, language: str | None, place: str, tags: Sequence[str], hosts: Sequence[str]
) -> list[str]:
    """Return the exact signs of a post, each once or more."""
    author = thread.author
    found = [f"is:post is:{place} platform:{thread.platform}", exact("id", entry.id)]
    found.append(_from(author.handle, author.id, author.name))
    found += [exact("id", version.id) for version in entry.versions]
    if place != "single":
        found.append(exact("thread", thread.id))
    if entry.reply_to:
        found += ("is:reply", exact("re", entry.reply_to))
    if entry.reply_to_author:
        found.append(exact("to", entry.reply_to_author))
    if entry.conversation:
        found.append(exact("conversation", entry.conversation))
    if entry.quotes:
        found += ("has:quote", exact("quotes", entry.quotes))
    if entry.reposts:
        found += ("is:repost", exact("quotes", entry.reposts))
    if language:
        found.append(f"lang:{language}")
    if tags:
        found.append("has:tag")
        found += [exact("tag", tag) for tag in tags]
    if entry.mentions or "@" in entry.text:
        found += [exact("to", name) for name in _named(entry)]
    if entry.links or thread.platform != "x":
        found += _linked(thread, entry, hosts)
    if entry.media or entry.mentions or entry.edited or entry.versions or entry.warning or entry.community_note:
        found += _enclosed(entry)
    return found


def _linked(thread: _Thread, entry: _Entry, hosts: Sequence[str]) -> list[str]:
    """Return the addresses that a post has or links to, and the sites with those that they are below."""
    found = [exact("url", url_key(url)) for url in (*_own_url(thread, entry), *_urls(entry))]
    if entry.links:
        found.append("has:link")
    for host in hosts:
        parts = host.split(".")
        found += [exact("domain", ".".join(parts[at:])) for at in range(max(len(parts) - 1, 1))]
    return found


def _enclosed(entry: _Entry) -> list[str]:
    """Return what a post has besides its text."""
    found: list[str] = []
    if entry.media:
        found += ("has:media", *{f"has:{media.type}" for media in entry.media if media.type in HAS})
        if any(media.alt for media in entry.media):
            found.append("has:alt")
    if entry.mentions:
        found.append("has:mention")
    if entry.edited or entry.versions:
        found.append("has:edit")
    if entry.warning:
        found.append("has:warning")
    if entry.community_note:
        found.append("has:note")
    return found


@lru_cache(maxsize=4096)
def _from(*names: str | None) -> str:
    return " ".join(exact("from", name) for name in names if name)


def _own_url(thread: _Thread, entry: _Entry) -> list[str]:
    """Return the address of a post, where its id can't be told from that: on X it can."""
    if thread.platform == "x":
        return []
    url = entry.url or addresses.post_url(thread.platform, thread.author.handle, entry.id)
    return [url] if url else []


def _named(entry: _Entry) -> list[str]:
    """Return whom a post mentions."""
    found = [name for mention in entry.mentions for name in (mention.handle, mention.id) if name]
    return found or _MENTION.findall(entry.text)


def _urls(entry: _Entry) -> list[str]:
    return [link.url or link.shown.rstrip("….") for link in entry.links]


def _hosts(entry: _Entry) -> list[str]:
    return list(dict.fromkeys(host for url in _urls(entry) if (host := _host("/".join(url.split("/", 3)[:3])))))


@lru_cache(maxsize=8192)
def _host(url: str) -> str | None:
    """Return the site of an address without its path."""
    return addresses.domain(url)


def _tags(entry: _Entry) -> list[str]:
    """Return the tags of a post, folded, each once; those in its text where the source lists none."""
    found = [tag.tag for tag in entry.tags] or _TAG.findall(entry.text)
    return list(dict.fromkeys(words.fold(tag) for tag in found))


def _whole(posts: Sequence[Document]) -> Document:
    """Return the document of a thread: all its posts say, and every sign of any of them."""
    signs = dict.fromkeys(sign for post in posts for sign in post["signs"].split())
    del signs["is:post"]
    whole: Document = {
        "thread_words": " ".join(post["words"] for post in posts),
        "thread_signs": " ".join(["is:thread", *signs]),
    }
    for name in ("stems", "looks"):
        if said := " ".join(post[name] for post in posts if name in post):
            whole[f"thread_{name}"] = said
    first = posts[0]
    whole |= {name: first[name] for name in ("author", "language", "month", "time", "when") if name in first}
    for name in ("tag", "domain"):
        if found := list(dict.fromkeys(value for post in posts for value in post.get(name, ()))):
            whole[name] = found
    return whole
