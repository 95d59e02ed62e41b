"""What a batch of rows says as arrays: who, what, which parent, and what may join a post to others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.corpus import columns, keys
from clew.corpus.columns import Reading
from clew.corpus.keys import Keys
from clew.posts import Notice

__all__ = [
    "FREE",
    "HANDLE_ONLY",
    "NOTICED",
    "NUMBERED",
    "ODD",
    "UPHILL",
    "WIDE",
    "Marks",
    "NoticeKeys",
    "may_bear_a_number",
    "of",
]

NUMBERED = 1
"""Its text may bear a number."""
FREE = 2
"""Its source names no parents, so that threads are inferred."""
ODD = 4
"""Its parent, if it is absent, may be its author's own."""
HANDLE_ONLY = 8
"""Its author's permanent id is not told."""
UPHILL = 16
"""Its parent's id is not known to be lower than its own, so that it may lie on a circle."""
WIDE = 32
"""It must be looked at in any case: it has other wordings, or no id."""
NOTICED = 64
"""A notice concerns it."""

Flags = npt.NDArray[np.uint8]
Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Marks:
    """By row of a batch; keys are NONE where nothing is told."""

    id: Keys
    parent: Keys
    quote: Keys
    author: Keys
    """The permanent id, else the handle, else what the author's posts are held together by, else the post itself."""
    handle: Keys
    """The handle of an author whose id is told too."""
    flags: Flags
    version_rows: npt.NDArray[np.int64]
    versions: Keys
    """Ids of other wordings, each with its row."""


@dataclass(frozen=True, slots=True)
class NoticeKeys:
    """What notices are about, as columns to look into."""

    posts: pa.Array
    conversations: pa.Array
    authors: pa.Array
    captures: pa.Array

    @classmethod
    def of(cls, notices: Sequence[Notice]) -> NoticeKeys | None:
        """Return what the notices are about; None where there are none."""
        if not notices:
            return None
        accounts = [notice.author for notice in notices if notice.author]
        return cls(
            posts=_words(word for notice in notices for word in (notice.post, notice.reply_to)),
            conversations=_words(notice.conversation for notice in notices),
            authors=_words(word for account in accounts for word in (account.id, account.handle)),
            captures=_words(notice.origin.capture for notice in notices),
        )


def _words(words: object) -> pa.Array:
    return pa.array(sorted({word for word in words if word}), pa.string())  # type: ignore[attr-defined]


#: What text must hold for `numbering.marks` to find something: a digit near its start or near its end.
_START = (
    r"(?i)^(?:\s|[@＠]\w+\s|[^\p{L}\p{N}\s]|thread|тред|ветка|hilo|fil)*"
    r"(?:\p{L}{1,12}(?:\s\p{L}{2,12})?)?[^\p{L}\p{N}]{0,6}[\p{Nd}\x{2460}-\x{2473}\x{1F51F}]"
)
_END = (
    r"(?i)[\p{Nd}\x{20E3}\x{1F51F}]\s?(?:[/／]\s?)?[nx？хX∞_]{0,2}[^\p{L}\p{N}]*"
    r"(?:(?:https?://\S+|pic\.twitter\.com/\S+|(?:[\w\-]+\.)+[a-z]{2,}(?:/\S*)?|\[(?:gif|image|video|link)\])"
    r"[^\p{L}\p{N}]*)*$"
)


def may_bear_a_number(text: pa.Array) -> pa.Array:
    """Return where text may have marks as `numbering.marks` finds them; false is certain."""
    start = pc.match_substring_regex(text, _START)
    return pc.fill_null(pc.or_(start, pc.match_substring_regex(text, _END)), False)


def of(batch: pa.RecordBatch, reading: Reading, notices: NoticeKeys | None = None) -> Marks:
    """Return the marks of a batch."""
    salt = keys.of_platforms(columns.column(batch, "platform"), reading.platform)
    own = _keys(batch, "id", salt)
    parent, reposts = _keys(batch, "reply_to", salt), _keys(batch, "reposts", salt)
    author, handle, handle_only = _authors(batch, own, salt)
    version_rows, versions = _versions(batch, salt)
    free = (parent == keys.NONE) & (reposts == keys.NONE) & ~_stated(batch, reading)
    replies = parent != keys.NONE
    flags = np.zeros(len(own), np.uint8)
    flags[_numbered(batch)] |= NUMBERED
    flags[free] |= FREE
    flags[replies & _odd(batch)] |= ODD
    flags[handle_only] |= HANDLE_ONLY
    flags[replies & _uphill(batch)] |= UPHILL
    flags[own == keys.NONE] |= WIDE
    flags[version_rows] |= WIDE
    if notices is not None:
        flags[_noticed(batch, notices)] |= NOTICED
    return Marks(
        id=own,
        parent=parent,
        quote=_keys(batch, "quotes", salt),
        author=author,
        handle=handle,
        flags=flags,
        version_rows=version_rows,
        versions=versions,
    )


def _keys(batch: pa.RecordBatch, name: str, salt: Keys | np.uint64) -> Keys:
    values = columns.column(batch, name)
    return np.zeros(batch.num_rows, np.uint64) if values is None else keys.column(values, salt)


def _authors(batch: pa.RecordBatch, own: Keys, salt: Keys | np.uint64) -> tuple[Keys, Keys, Truth]:
    """Return the key of each author, the handle beside an id, and where there is no id."""
    ids, handles, _ = columns.author_columns(batch)
    by_id = _stirred(None if ids is None else keys.column(ids, salt), own, "id")
    by_handle = _stirred(None if handles is None else keys.column(_folded(handles), salt), own, "handle")
    conversations = columns.column(batch, "conversation")
    by_page = _stirred(None if conversations is None else keys.column(conversations, salt), own, "page")
    handle_only = (by_id == keys.NONE) & (by_handle != keys.NONE)
    author = np.where(by_id != keys.NONE, by_id, by_handle)
    author = np.where(author != keys.NONE, author, by_page)
    author = np.where(author != keys.NONE, author, _stirred(own, own, "post"))
    return author, np.where(by_id != keys.NONE, by_handle, keys.NONE), handle_only


def _stirred(found: Keys | None, own: Keys, kind: str) -> Keys:
    """Return the keys of one kind, which never meet those of another kind."""
    if found is None:
        return np.zeros(len(own), np.uint64)
    stirred = keys.mixed(found ^ keys.name(kind))
    stirred[stirred == keys.NONE] = np.uint64(1)
    stirred[found == keys.NONE] = keys.NONE
    return stirred


def _folded(handles: pa.Array) -> pa.Array:
    """Return handles as accounts are compared by them: without @, in one case."""
    plain = pc.if_else(pc.starts_with(handles, "@"), pc.utf8_slice_codeunits(handles, 1), handles)
    if pc.all(pc.string_is_ascii(plain), skip_nulls=True).as_py() is not False:
        return pc.ascii_lower(plain)
    return pa.array([None if handle is None else handle.casefold() for handle in plain.to_pylist()], pa.string())


def _versions(batch: pa.RecordBatch, salt: Keys | np.uint64) -> tuple[npt.NDArray[np.int64], Keys]:
    values = columns.column(batch, "versions")
    if values is None or not columns.is_list(values.type):
        return np.zeros(0, np.int64), np.zeros(0, np.uint64)
    rows = pc.list_parent_indices(values).to_numpy(zero_copy_only=False).astype(np.int64)
    salts = salt[rows] if isinstance(salt, np.ndarray) else salt
    return rows, keys.column(pc.struct_field(pc.list_flatten(values), "id"), salts)


def _stated(batch: pa.RecordBatch, reading: Reading) -> Truth:
    stated = columns.column(batch, "edges_stated")
    if stated is None:
        return np.full(batch.num_rows, reading.stated)
    found: Truth = pc.fill_null(stated, reading.stated).to_numpy(zero_copy_only=False)
    return found


def _numbered(batch: pa.RecordBatch) -> Truth:
    text = columns.column(batch, "text")
    if text is None:
        return np.zeros(batch.num_rows, np.bool_)
    found: Truth = may_bear_a_number(text).to_numpy(zero_copy_only=False)
    return found


def _odd(batch: pa.RecordBatch) -> Truth:
    """Return where a post may answer its own author, as far as it says itself."""
    answered = columns.column(batch, "reply_to_author")
    if answered is None:
        return np.ones(batch.num_rows, np.bool_)
    answered = _text(answered)
    odd = pc.fill_null(pc.equal(answered, ""), True)
    ids, handles, _ = columns.author_columns(batch)
    if ids is not None:
        odd = pc.or_(odd, pc.fill_null(pc.equal(answered, _text(ids)), False))
    if handles is not None:
        odd = pc.or_(odd, pc.fill_null(pc.equal(_folded(answered), _folded(handles)), False))
    found: Truth = odd.to_numpy(zero_copy_only=False)
    return found


def _text(values: pa.Array) -> pa.Array:
    return values if pa.types.is_string(values.type) else pc.cast(values, pa.string())


def _uphill(batch: pa.RecordBatch) -> Truth:
    own, parent = columns.column(batch, "id"), columns.column(batch, "reply_to")
    if own is None or parent is None:
        return np.zeros(batch.num_rows, np.bool_)
    try:
        lower = pc.less(pc.cast(parent, pa.int64()), pc.cast(own, pa.int64()))
    except pa.ArrowInvalid:
        return np.ones(batch.num_rows, np.bool_)
    found: Truth = pc.invert(pc.fill_null(lower, False)).to_numpy(zero_copy_only=False)
    return found


def _noticed(batch: pa.RecordBatch, notices: NoticeKeys) -> Truth:
    ids, handles, _ = columns.author_columns(batch)
    origin = columns.column(batch, "origin")
    capture = pc.struct_field(origin, "capture") if origin is not None else None
    found = np.zeros(batch.num_rows, np.bool_)
    for values, about in (
        (columns.column(batch, "id"), notices.posts),
        (columns.column(batch, "reply_to"), notices.posts),
        (columns.column(batch, "conversation"), notices.conversations),
        (ids, notices.authors),
        (handles, notices.authors),
        (capture, notices.captures),
    ):
        if values is not None and len(about):
            found |= pc.is_in(_text(values), value_set=about).to_numpy(zero_copy_only=False)
    return found
