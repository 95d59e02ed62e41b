"""The words of the query language: what can be written, what it means, an example of each."""

from __future__ import annotations

from dataclasses import dataclass

from clew.search.documents import HAS

__all__ = ["NAMES", "OPERATORS", "PLATFORMS", "WRITTEN", "Operator"]

PLATFORMS = "x|bluesky|mastodon|telegram|unknown"


@dataclass(frozen=True, slots=True)
class Operator:
    """A `name:value` that narrows a search."""

    name: str
    value: str
    says: str
    example: str
    also: tuple[str, ...] = ()
    """Other names that people know it by."""


OPERATORS = (
    Operator("from", "HANDLE", "posts of an account, by its handle, permanent id or display name", "from:ana", ("by",)),
    Operator("to", "HANDLE", "posts that answer or mention an account", "to:bob", ("mentions", "mentioning")),
    Operator("since", "DATE", "posts of that day or month or year, or later; UTC", "since:2021-06", ("after",)),
    Operator("until", "DATE", "posts before that day or month or year; UTC", "until:2021-07-01", ("before",)),
    Operator("date", "FROM..TO", "posts between two dates, both included", "date:2021-06..2021-07", ("time", "on")),
    Operator("lang", "TAG", "posts in a language, by its BCP 47 tag", "lang:ru", ("language",)),
    Operator("platform", "NAME", "x, bluesky, mastodon, telegram, unknown", "platform:telegram", ("source",)),
    Operator("domain", "HOST", "posts with a link to a site or one below it", "domain:example.org", ("site",)),
    Operator("url", "ADDRESS", "the post at an address, and posts with a link to it", "url:example.org/report"),
    Operator("tag", "TAG", "posts with a hashtag; the same as #TAG", "tag:port", ("hashtag",)),
    Operator("has", "|".join(HAS), "posts, or threads, that have one", "has:link", ("filter",)),
    Operator("is", "reply|repost|first|last|branch|single", "posts by their place", "is:first"),
    Operator("id", "ID", "the post with an id, of any platform", "id:1400000000000000001"),
    Operator("thread", "ID", "the posts of a thread", "thread:x:1400000000000000001"),
    Operator("quotes", "ID", "posts that quote or repost a post", "quotes:1400000000000000001", ("quoting",)),
    Operator("re", "ID", "posts that answer a post", "re:1400000000000000001"),
    Operator("conversation", "ID", "posts of a conversation", "conversation:1400000000000000001"),
    Operator("number", "N..M", "posts by the number that their author gave them", "number:1..3"),
    Operator("size", "N..M", "posts of threads of so many posts", "size:10..", ("posts",)),
    Operator("in", "post|thread", "whether all must stand in one post (so unless said), or in one thread", "in:thread"),
)

#: What else can be written: how, what it means, an example.
WRITTEN = (
    ("word word", "both, in any order; other forms of a word too, by the language of the post", "port sold"),
    ('"words"', "these words side by side, just so", '"sold the port"'),
    ("AND", "both, as a space says", "port AND sold"),
    ("OR", "either; binds less than a space", "port OR harbour"),
    ("-word, NOT word", "without it", "port -airport"),
    ("( )", "what belongs together", "(port OR harbour) sold"),
    ("start*", "words that begin so", "harb*"),
    ("word~1, word~2", "words up to so many letters away", "harbor~1"),
    ('"words"~3', "these words with up to so many others between them", '"port company"~3'),
    ("word near:5 word", "both within so many words of each other, in either order", "port near:5 sold"),
    ("#tag", "a hashtag", "#port"),
    ("@handle", "posts that mention or answer an account", "@bob"),
    ("ADDRESS", "the post at an address, and posts with a link to it", "https://x.com/ana/status/1400000000000000001"),
    ("emoji", "itself; a flag is found by itself and by the name of its country", "🇺🇦"),
    ("*", "everything", "*"),
)

#: Every operator by its name and by its other names.
NAMES = {name: operator for operator in OPERATORS for name in (operator.name, *operator.also)}
