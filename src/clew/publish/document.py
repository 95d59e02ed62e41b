"""Document: a thread as readers see it, whatever it is written as; and how it is composed.

Renderers know these values and nothing of posts, platforms or gaps. Everything that is worded is worded here and in
`sentences`, so that a terminal, a note and a page say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Literal, TypeAlias

import msgspec

from clew import addresses
from clew.posts import Account, Link, Media, Origin, Post
from clew.publish.pictures import Picture
from clew.publish.sentences import (
    branch_heading,
    completeness_sentence,
    counted,
    gap_sentence,
    gap_subject,
    held_words,
    minute,
    span_words,
)
from clew.publish.standings import Told, copy_told, standing_told
from clew.standing import Memento, Standing
from clew.threads import infer
from clew.threads.thread import Branch, Entry, Gap, PostEntry, Thread

__all__ = [
    "PLATFORMS",
    "Aside",
    "Before",
    "Block",
    "Colophon",
    "Document",
    "Earlier",
    "Enclosure",
    "Head",
    "Missing",
    "Note",
    "Quoted",
    "Run",
    "Said",
    "Source",
    "Style",
    "completeness_sentence",
    "compose",
    "compose_post",
    "gap_sentence",
    "title_of",
]

PLATFORMS = {"x": "X", "bluesky": "Bluesky", "mastodon": "Mastodon", "telegram": "Telegram"}
_MEDIA = {"image": "picture", "gif": "moving picture"}
_ORDER = {
    "stated": None,
    "inferred": "The order is inferred: the source does not say which post answers which.",
    "mixed": "The order is partly inferred: the source does not say of every post which one it answers.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A footnote: a link of the text with its full address."""

    number: int
    shown: str
    """The words of the text that are the link."""
    url: str | None
    """None where the page shortened it and the full address is not known."""
    held: Standing | None = None
    """How it stands with the page; None where no archive was asked."""

    @property
    def told(self) -> tuple[Told, ...]:
        """What is said of the page below its address."""
        return tuple(standing_told(self.held)) if self.held else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of a post's text."""

    text: str
    note: Note | None = None
    """Where the stretch is a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A picture, video or file beside a post."""

    kind: str
    """What readers call it: picture, video, poll."""
    alt: str | None
    """Its description by the author."""
    url: str | None
    file: str | None
    """The member of the same export that holds it."""
    picture: Picture | None = None
    """The picture itself, where documents may show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Another wording of a post."""

    when: str | None
    """To the minute, in UTC."""
    text: str
    """What is said instead, where the source does not give it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody wrote: one post."""

    anchor: str
    """Unique in a file that holds all documents of one `compose`; lower-case letters, digits and dashes."""
    id: str
    """The platform's own."""
    label: str
    """What it is called: the author's number, else "post" and its place among those that are held; empty where
    the reader wants no numbers."""
    number: int | None
    """The author's own; None where there is none."""
    author: str | None
    """None where it is the author of the document."""
    time: datetime | None
    """Aware, UTC; made from its id where the platform does that and the source gives no time."""
    edited: datetime | None = None
    """When it was last edited; UTC."""
    new_day: bool = False
    """True where the day is another one than that of the post before, in reading order."""
    new_minute: bool = True
    """False where the time, to the minute, is that of the post before, or is not known."""
    language: str | None = None
    """BCP 47 tag as the source states it."""
    runs: tuple[Run, ...]
    """The text, whole and in order; empty for pictures alone."""
    loose: tuple[Note, ...] = ()
    """Links whose place in the text is not known."""
    media: tuple[Enclosure, ...] = ()
    quoted: Quoted | None = None
    warning: str | None = None
    """Content warning by the author."""
    earlier: tuple[Earlier, ...] = ()
    """Other wordings, oldest first."""
    marks: tuple[str, ...] = ()
    """What a reader must know of it, such as that it was deleted; whole sentences."""
    url: str | None = None
    """Its address on the platform."""
    place: str | None = None
    """Where it was read: file and place in it."""

    @property
    def text(self) -> str:
        """The text without its links marked."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """The post that another one quotes."""

    says: str
    """One clause: "quotes @bob", "quotes 3 of this thread"."""
    post: Said | None
    """None where it is not held or stands elsewhere in the document."""
    anchor: str | None = None
    """Where in the document it stands."""
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A place where a post should be."""

    says: str
    """What is missing and why that is thought, without a full stop."""
    certain: bool
    """True where it is proven."""
    subject: str = ""
    """What is missing, without why."""
    certainty: str = "possible"
    """proven | likely | possible | cut."""
    state: str = "absent"
    """Why it is not there, as far as anybody says."""
    reasons: tuple[str, ...] = ()
    """The signs on which it rests, one clause each."""
    ids: tuple[str, ...] = ()
    """The ids that are known of what is missing."""
    numbers: tuple[int, ...] = ()
    """The author's numbers that are missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A branch: posts of the thread that left its main line."""

    heading: str
    """Such as "later addition to 5, 3 days on"."""
    anchor: str | None
    """Of the post that it answers; None where that is not held."""
    blocks: tuple[Said | Missing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A post of somebody else that the thread answers, or what is known of it."""

    says: str
    """One clause: "in answer to @bob"."""
    post: Said | None
    """None where it is not held."""
    url: str | None = None


Block: TypeAlias = Said | Missing | Aside | Before


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that the thread was read from."""

    file: str
    capture: str
    """`sha256:` and the digest of the bytes as they were given."""
    memento: Memento | None = None
    """The copy in a web archive that the file is."""

    @property
    def told(self) -> Told | None:
        """What is said of that copy."""
        return copy_told(self.memento) if self.memento else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Colophon:
    """When and with what a document was made, and how it can be checked."""

    made: datetime
    """UTC."""
    says: tuple[str, ...]
    """Whole sentences, the first of which tells the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands above the posts."""

    title: str
    author: str
    """`@handle`, else the name, else "an unknown author"."""
    name: str | None
    """The display name, where the author goes by a handle."""
    platform: str | None
    """What readers call it; None where it is not known."""
    first: datetime | None
    last: datetime | None
    when: str
    """From when to when, in UTC; empty where no time is known."""
    held: str
    """Such as "13 of 14 posts"."""
    completeness: str
    """One sentence."""
    verdict: str
    """whole | nothing-known-missing | gaps | cut."""
    signals: tuple[str, ...]
    """What the verdict rests on."""
    order: str | None
    """A sentence where the order of posts is inferred."""
    left_out: tuple[str, ...] = ()
    """What the reader did not want in the document; whole sentences."""
    author_id: str | None = None
    """The platform's permanent one."""
    language: str | None
    url: str | None
    """The address of its first post."""

    @property
    def says(self) -> tuple[str, ...]:
        """What stands below the completeness: on what it rests, how the order is known, what was left out."""
        return (*self.signals, *([self.order] if self.order else []), *self.left_out)

    @property
    def facts(self) -> tuple[str, ...]:
        """Who, where, when and how many, for one line; the number is left to the sentence that begins with it."""
        held = None if self.completeness.startswith(self.held) else self.held
        return tuple(fact for fact in (self.author, self.name, self.platform, self.when, held) if fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A thread as readers see it."""

    id: str
    """The thread's: platform, colon, id of its first held post."""
    anchor: str
    """Unique as those of posts."""
    head: Head
    blocks: tuple[Block, ...]
    """In reading order."""
    notes: tuple[Note, ...]
    """The links of all blocks, numbered from 1."""
    sources: tuple[Source, ...]
    colophon: Colophon | None = None
    """None in a first look, which bears no date."""
    is_cover: bool = False
    """Whether it is about all the others, so that they are called after it."""


def title_of(documents: Sequence[Document]) -> str:
    """Return what documents are called together: after the only one, the one about the others, or their number."""
    named = [document for document in documents if document.is_cover or len(documents) == 1]
    return named[0].head.title if named else counted(len(documents), "thread")


def _no_picture(post: Post, media: Media) -> None:
    return None


def _no_standing(url: str) -> None:
    return None


def _no_copy(origin: Origin) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What a document shows, in which order, and when it was made."""

    order: Literal["reader", "time"] = "reader"
    """reader: branches stand where they are best read · time: every post in the order of time."""
    numbers: bool = True
    """Whether posts are called by their numbers, beside what the author writes."""
    replies: bool = True
    """Whether the posts of others that the thread answers are shown."""
    media: bool = True
    branches: bool = True
    made: datetime | None = None
    """The date that the document bears; None: it bears none."""
    maker: str = "clew"
    picture: Callable[[Post, Media], Picture | None] = _no_picture
    """Finds the picture that the export holds for a post's media."""
    standing: Callable[[str], Standing | None] = _no_standing
    """Says how it stands with the page that a link leads to."""
    copy: Callable[[Origin], Memento | None] = _no_copy
    """Finds the copy in a web archive that a post was read from."""


def compose(threads: Iterable[Thread], style: Style = Style()) -> list[Document]:
    """Return a document for each thread, in their order.

    Asides and corrections stand right after the post that they answer, later additions after the main line. A quoted
    post stands where it is quoted; one that belongs to the thread is only pointed to.
    """
    anchors = _Anchors()
    return [_Composer(thread, anchors, style).document() for thread in threads]


def compose_post(post: Post) -> Said:
    """Return a post on its own, with its author and a count of its own for footnotes."""
    return _said(post, _Notes(_no_standing), anchor=_slug(post.id), label=post.id, author=post.author)


class _Anchors:
    """Names for places that are unique in one file."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def make(self, prefix: str, post_id: str) -> str:
        wanted = found = f"{prefix}-{_slug(post_id)}"
        count = 1
        while found in self._taken:
            count += 1
            found = f"{wanted}-{count}"
        self._taken.add(found)
        return found


@dataclass(slots=True)
class _Notes:
    """Footnotes in the making; the same words to the same address are one."""

    standing: Callable[[str], Standing | None]
    made: dict[tuple[str, str | None], Note] = field(default_factory=dict)

    def make(self, link: Link) -> Note:
        url = None if link.cut else link.url
        known = self.made.get((link.shown, url))
        if known is None:
            held = self.standing(url) if url else None
            known = Note(number=len(self.made) + 1, shown=link.shown, url=url, held=held)
            self.made[link.shown, url] = known
        return known


class _Composer:
    """Makes one document; holds the names and footnotes that its parts share."""

    def __init__(self, thread: Thread, anchors: _Anchors, style: Style) -> None:
        self._thread = thread
        self._style = style
        self._notes = _Notes(style.standing)
        self._anchor = anchors.make("thread", thread.id.partition(":")[2])
        self._labels: dict[str, str] = {}
        self._anchors: dict[str, str] = {}
        self._quotable = {post.id: post for post in thread.quoted}
        self._before = thread.first
        self._starts = True
        self._arranged = _by_time(thread, style) if style.order == "time" else _arranged(thread, style)
        for part in self._arranged:
            for entry in part.entries if isinstance(part, Branch) else (part,):
                if isinstance(entry, PostEntry):
                    place = len(self._labels) + 1
                    self._labels[entry.post.id] = f"post {place}" if entry.number is None else str(entry.number)
                    self._anchors[entry.post.id] = anchors.make("post", entry.post.id)

    def document(self) -> Document:
        thread = self._thread
        blocks = (*self._context(), *map(self._block, self._arranged))
        return Document(
            id=thread.id,
            anchor=self._anchor,
            head=replace(_head(thread), left_out=tuple(_left_out(thread, self._style))),
            blocks=blocks,
            notes=tuple(self._notes.made.values()),
            sources=_sources(thread, self._style),
            colophon=_colophon(thread, self._style),
        )

    def _context(self) -> Iterator[Before]:
        context = self._thread.context
        if not self._style.replies:
            return
        for at, post in enumerate(context.posts):
            says = "in answer to" if at == len(context.posts) - 1 else "earlier,"
            said = self._other(post)
            yield Before(says=f"{says} {_named(post.author)}", post=said, url=said.url)
        if context.reply_to and all(post.id != context.reply_to for post in context.posts):
            whom = _person(context.reply_to_author)
            url = addresses.post_url(self._thread.platform, None, context.reply_to)
            yield Before(says=f"in answer to a post{whom} that is not held", post=None, url=url)

    def _block(self, part: Entry | Branch) -> Said | Missing | Aside:
        if isinstance(part, Branch):
            return self._aside(part)
        return self._entry(part)

    def _aside(self, branch: Branch) -> Aside:
        self._starts = True
        return Aside(
            heading=branch_heading(branch, self._labels.get(branch.after)),
            anchor=self._anchors.get(branch.after),
            blocks=tuple(map(self._entry, branch.entries)),
        )

    def _entry(self, entry: Entry) -> Said | Missing:
        if isinstance(entry, Gap):
            return Missing(
                says=gap_sentence(entry),
                certain=entry.certainty == "proven",
                subject=gap_subject(entry),
                certainty=entry.certainty,
                state=entry.state,
                reasons=tuple(reason.says for reason in entry.reasons),
                ids=entry.ids,
                numbers=entry.numbers,
            )
        return self._said(entry)

    def _said(self, entry: PostEntry) -> Said:
        post = entry.post
        numbers = self._style.numbers
        said = _said(
            post,
            self._notes,
            anchor=self._anchors[post.id],
            label=self._labels[post.id] if numbers else "",
            number=entry.number if numbers else None,
            author=None if post.author == self._thread.author else post.author,
            style=self._style,
        )
        new_day, new_minute = self._news(said.time)
        return replace(said, quoted=self._quoted(post), new_day=new_day, new_minute=new_minute)

    def _other(self, post: Post) -> Said:
        """Return a post that stands beside the thread, with who wrote it."""
        return _said(post, self._notes, anchor="", label="", author=post.author, style=self._style)

    def _news(self, time: datetime | None) -> tuple[bool, bool]:
        """Say whether day and minute are others than before, in reading order; the day in the head counts as before."""
        if time is None:
            return False, False
        before, starts = self._before or time, self._starts
        self._before, self._starts = time, False
        return _day(time) != _day(before), starts or minute(time) != minute(before)

    def _quoted(self, post: Post) -> Quoted | None:
        if post.quotes is None:
            return None
        if post.quotes in self._labels:
            says = f"quotes {self._labels[post.quotes]} of this thread"
            return Quoted(says=says, post=None, anchor=self._anchors[post.quotes])
        held = self._quotable.get(post.quotes)
        if held is None:
            url = addresses.post_url(post.platform, None, post.quotes)
            return Quoted(says="quotes a post that is not held", post=None, url=url)
        said = self._other(held)
        return Quoted(says=f"quotes {_named(held.author)}", post=said, url=said.url)


def _arranged(thread: Thread, style: Style) -> list[Entry | Branch]:
    """Return the main line with its branches in reading order.

    Asides and corrections come right after the post that they answer, those that leave them next; later additions,
    and branches from posts that are not held, come after the main line.
    """
    branches = thread.branches if style.branches else ()
    waiting: dict[str, list[Branch]] = {}
    for branch in branches:
        waiting.setdefault(branch.after, []).append(branch)
    arranged: list[Entry | Branch] = []
    later: list[Branch] = []
    for entry in thread.entries:
        arranged.append(entry)
        stack = _leaving(entry, waiting)
        while stack:
            branch = stack.pop()
            (later if branch.label == "later" else arranged).append(branch)
            stack += [after for inner in reversed(branch.entries) for after in _leaving(inner, waiting)]
    last = {id(branch) for branches in (later, *waiting.values()) for branch in branches}
    return [*arranged, *(branch for branch in branches if id(branch) in last)]


def _by_time(thread: Thread, style: Style) -> list[Entry | Branch]:
    """Return all entries in the order of time; those of a branch that follow one another stand under its heading.

    A gap, or a post without a time, stands after what stands before it in its own line.
    """
    timed: list[tuple[datetime, Entry, Branch | None]] = []
    lines: list[Thread | Branch] = [thread, *(thread.branches if style.branches else ())]
    for line in lines:
        branch = line if isinstance(line, Branch) else None
        moment = datetime.min.replace(tzinfo=UTC)
        for entry in line.entries:
            own = infer.moment(entry.post) if isinstance(entry, PostEntry) else None
            moment = max(moment, own) if own else moment
            timed.append((moment, entry, branch))
    arranged: list[Entry | Branch] = []
    for _, group in groupby(sorted(timed, key=itemgetter(0)), key=lambda one: id(one[2])):
        together = list(group)
        branch, entries = together[0][2], tuple(entry for _, entry, _ in together)
        arranged += entries if branch is None else [msgspec.structs.replace(branch, entries=entries)]
    return arranged


def _leaving(entry: Entry, waiting: dict[str, list[Branch]]) -> list[Branch]:
    """Take the branches that leave a post, last first."""
    return waiting.pop(entry.post.id, [])[::-1] if isinstance(entry, PostEntry) else []


def _said(
    post: Post,
    notes: _Notes,
    *,
    anchor: str,
    label: str,
    author: Account | None,
    number: int | None = None,
    style: Style = Style(),
) -> Said:
    runs, loose = _runs(post, notes)
    return Said(
        anchor=anchor,
        id=post.id,
        label=label,
        number=number,
        author=_named(author) if author else None,
        time=infer.moment(post),
        edited=post.edited,
        language=post.language,
        runs=runs,
        loose=loose,
        media=tuple(_enclosure(post, media, style) for media in post.media) if style.media else (),
        warning=post.warning,
        earlier=tuple(
            Earlier(when=_minute(version.time), text=version.text or "(not in the source)") for version in post.versions
        ),
        marks=tuple(_marks(post)),
        url=post.url or addresses.post_url(post.platform, post.author.handle, post.id),
        place=f"{post.origin.file}, {post.origin.place}" if post.origin else None,
    )


def _runs(post: Post, notes: _Notes) -> tuple[tuple[Run, ...], tuple[Note, ...]]:
    """Return the text with its links marked, and the links that have no place in it."""
    runs: list[Run] = []
    loose: list[Note] = []
    at = 0
    for link in sorted(post.links, key=lambda link: link.start):
        note = notes.make(link)
        if not at <= link.start < link.end or post.text[link.start : link.end] != link.shown:
            loose.append(note)
            continue
        if link.start > at:
            runs.append(Run(text=post.text[at : link.start]))
        runs.append(Run(text=link.shown, note=note))
        at = link.end
    if post.text[at:]:
        runs.append(Run(text=post.text[at:]))
    return tuple(runs), tuple(loose)


def _enclosure(post: Post, media: Media, style: Style) -> Enclosure:
    return Enclosure(
        kind=_MEDIA.get(media.type, media.type),
        alt=media.alt or None,
        url=media.url,
        file=media.file,
        picture=style.picture(post, media),
    )


def _marks(post: Post) -> Iterator[str]:
    if post.deleted:
        yield f"Deleted by its author, {minute(post.deleted)} UTC."
    if post.edited:
        yield f"Edited, {minute(post.edited)} UTC."
    if post.cut:
        yield "Its text is shortened in the source."
    if post.community_note:
        yield f"Readers added context: {post.community_note}"


def _head(thread: Thread) -> Head:
    first = next(thread.posts(), None)
    whole = thread.completeness
    return Head(
        title=thread.title,
        author=thread.author.label,
        name=thread.author.name if thread.author.handle else None,
        platform=PLATFORMS.get(thread.platform, None if thread.platform == "unknown" else thread.platform),
        first=thread.first,
        last=thread.last,
        when=span_words(thread.first, thread.last),
        held=held_words(whole.held, whole.expected),
        completeness=completeness_sentence(thread),
        verdict=whole.verdict,
        signals=tuple(reason.says for reason in whole.signals),
        order=_ORDER[thread.edges],
        language=thread.language,
        author_id=thread.author.id,
        url=(first.url or addresses.post_url(first.platform, first.author.handle, first.id)) if first else None,
    )


def _left_out(thread: Thread, style: Style) -> Iterator[str]:
    """Yield what the style leaves out of the document."""
    if not style.branches and thread.branches:
        posts = sum(isinstance(entry, PostEntry) for branch in thread.branches for entry in branch.entries)
        many = "1 branch" if len(thread.branches) == 1 else f"{len(thread.branches):,} branches"
        yield f"{many} with {counted(posts, 'post')} left out of this document."
    if not style.replies and (thread.context.reply_to or thread.context.posts):
        yield "What the thread answers is left out of this document."
    if not style.media and any(post.media for post in thread.posts()):
        yield "Pictures and other media are left out of this document."
    if style.order == "time" and thread.branches and style.branches:
        yield "The posts of all branches stand in the order of time."


def _colophon(thread: Thread, style: Style) -> Colophon | None:
    if style.made is None:
        return None
    says = [f"Made with {style.maker} on {_day(style.made)} (UTC)."]
    sources = _sources(thread, style)
    if sources:
        one = len(sources) == 1
        files = "the file that this was read from" if one else "the files that this was read from"
        digest = "its SHA-256 digest" if one else "the SHA-256 digest of each"
        says += [
            f"To check it, take {files} and compute {digest}, with sha256sum or any other tool: it must be the one "
            "given here.",
            f"The command clew read FILE --thread {thread.id} reads the same posts from it again.",
            "That proves that the words stand in that file as they are given here. It does not prove who wrote them, "
            "nor that the file itself is true.",
        ]
    return Colophon(made=style.made, says=tuple(says))


def _sources(thread: Thread, style: Style) -> tuple[Source, ...]:
    posts = (*thread.context.posts, *thread.posts(), *thread.quoted)
    found = {(post.origin.file, post.origin.capture): post.origin for post in posts if post.origin}
    return tuple(
        Source(file=file, capture=capture, memento=style.copy(origin)) for (file, capture), origin in found.items()
    )


def _named(author: Account) -> str:
    return f"{author.name} {author.label}" if author.name and author.handle else author.label


def _person(author: str | None) -> str:
    if author is None:
        return ""
    return f" by {author}" if author.isdecimal() or ":" in author else f" by @{author}"


def _minute(moment: datetime | None) -> str | None:
    return f"{minute(moment)} UTC" if moment else None


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()[:10]


def _slug(post_id: str) -> str:
    """Return the telling end of an id as lower-case letters, digits and dashes.

    >>> _slug("at://did:plc:abc/app.bsky.feed.post/3k2a"), _slug("unrolled:1f/2")
    ('3k2a', '2')
    """
    return re.sub(r"[^a-z0-9]+", "-", post_id.rstrip("/").rpartition("/")[2].lower()).strip("-") or "x"
