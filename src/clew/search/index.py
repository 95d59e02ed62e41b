"""The index on disk: follows the archive change by change, and says in every commit how far it has come.

Contents and that mark are committed together, so whatever is killed when, the index is exactly the archive as of some
change, and goes on from there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from pathlib import Path

import msgspec

from clew.errors import NotWritten, needing
from clew.search import days, pairs
from clew.search import segments as segment
from clew.search.documents import SCOPES, WIDTH, said
from clew.search.workers import Given, Ready, prepared

with needing("searching", "search"):
    import tantivy
    from tantivy import (
        DocAddress,
        Document,
        Filter,
        IndexWriter,
        SchemaBuilder,
        Searcher,
        TextAnalyzerBuilder,
        Tokenizer,
    )

__all__ = ["Index", "Mark", "Parted"]

VERSION = 3
"""Of the fields and of how words are folded; an index of another version is made again."""
COMMIT = 400_000
"""Documents between two commits: what an indexing that is killed has to do again."""
MARKS = 500
"""Commits after which the marks of earlier ones are deleted; what is deleted stays in its file until that is merged."""
BATCH = 50_000
"""Documents whose threads are looked up at a time."""
HEAP = 256_000_000
"""Bytes that tantivy may hold before it writes a segment."""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """How far an index has come."""

    version: int = VERSION
    of: str
    """The name of the database that it follows."""
    change: int
    """The last change of it that is taken in."""
    thread: int = 0
    """The highest number of a thread that was ever in it."""
    removal: int = 0
    """The last removal at somebody's request when it was begun: files of an index keep words that are deleted."""
    languages: tuple[str, ...] = ()
    """Languages of which posts are in it."""
    commit: int = 0
    """How many commits there were before; marks of earlier ones stay for a while."""
    common: frozenset[str] = pairs.LITTLE
    """Words of which pairs are indexed; chosen when the index is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """The part of an index from which something is deleted."""

    segments: frozenset[str]
    threads: Sequence[int]
    """Threads of which there are, or were, documents in them."""
    marks: Sequence[int]
    """The marks in them, by their number."""


class Index:
    """An index that is open."""

    def __init__(self, path: Path, index: tantivy.Index) -> None:
        self.path = path
        self._index = index
        self.schema = index.schema
        self.mark: Mark | None = None
        """How far what is searched has come; None where the index is empty."""
        self.flags: frozenset[str] = frozenset()
        """Flags that stand in any text."""
        self._begun: tuple[str, str, int] | None = None
        self._terms: Sequence[tuple[str, int]] = ()
        self.searcher = self._seen()

    @classmethod
    def opened(cls, path: Path) -> Index | None:
        """Return the index in a folder; None where there is none, or none that can be used."""
        if not (path / "meta.json").is_file():
            return None
        try:
            return cls(path, _with_tokenizers(tantivy.Index.open(str(path))))
        except (ValueError, OSError, RuntimeError):
            return None

    @classmethod
    def made(cls, path: Path) -> Index:
        """Return an empty index, in the place of what is in the folder.

        Raises:
            NotWritten: The disk refuses.
        """
        shutil.rmtree(path, ignore_errors=True)
        try:
            path.mkdir(parents=True, exist_ok=True)
            return cls(path, _with_tokenizers(tantivy.Index(_schema(), path=str(path))))
        except (OSError, ValueError) as error:
            raise NotWritten(str(path), str(error)) from error

    def refresh(self) -> None:
        """See what was committed since."""
        self._index.reload()
        self.searcher = self._seen()

    def follow(self, changes: Iterable[Given], begun: Mark, marks: Iterable[int] = ()) -> int:
        """Take in changes of a database, in their order, after a mark; returns how many documents were written.

        The mark is that of the index; where it is of another database or change, all changes are meant, and what was
        there goes. Earlier marks may be named that go as well.

        Raises:
            NotWritten: The disk refuses, or another process writes.
        """
        fresh, written, changes = not self._goes_on(begun), 0, iter(changes)
        if fresh:
            first = list(islice(changes, pairs.MOST))
            begun = msgspec.structs.replace(begun, common=_common(first))
            changes = chain(first, changes)
        step = _Step(begun)
        with self._writing() as writer:
            # The first operation of a writer bears the number of the last commit (tantivy 0.27). A merge of committed
            # segments that begins before the next commit takes it for done, though some of them have not seen it: a
            # document that it deletes can stay. So the first one deletes nothing.
            writer.delete_documents_by_query(_term(self.schema, "mark", "nothing"))
            if fresh:
                writer.delete_all_documents()
            for number in marks:
                writer.delete_documents_by_query(_mark_numbered(self.schema, number))
            for ready in prepared(changes, begun.common):
                if ready.thread <= step.thread:
                    writer.delete_documents_by_query(_term(self.schema, "thread", ready.thread))
                for document in ready.documents:
                    writer.add_json(document)
                step.taken(ready)
                if step.pending >= COMMIT:
                    written += step.pending
                    step = _committed(writer, self.schema, step)
            written += step.pending
            _committed(writer, self.schema, step)
        self.refresh()
        return written

    def share_parted(self) -> float:
        """Return the share of documents that are in segments from which something is deleted."""
        segments = segment.listed(self.path)
        return sum(one.max_doc for one in segments if one.is_parted) / max(sum(one.max_doc for one in segments), 1)

    def parted(self) -> Parted:
        """Return what must be written anew for the files to hold nothing that is deleted."""
        threads: set[int] = set()
        marks: set[int] = set()
        segments = [(at, one) for at, one in enumerate(segment.listed(self.path)) if one.is_parted]
        for at, one in segments:
            for first in range(0, one.max_doc, BATCH):
                some = [DocAddress(at, doc) for doc in range(first, min(first + BATCH, one.max_doc))]
                values = self.searcher.fast_field_values("which", some)
                threads.update(int(which) >> WIDTH for which in values if which is not None)
                ours = [address for address, which in zip(some, values, strict=True) if which is None]
                numbers = self.searcher.fast_field_values("number", ours) if ours else []
                marks.update(int(number) for number in numbers if number is not None)
        names = frozenset(one.segment_id for _, one in segments)
        return Parted(segments=names, threads=sorted(threads), marks=sorted(marks))

    def holds_any(self, segments: Collection[str]) -> bool:
        """Say whether any of some segments is still a part of the index, or its files are there."""
        return any(one.segment_id in segments for one in segment.listed(self.path)) or any(
            next(self.path.glob(f"{one.replace('-', '')}.*"), None) for one in segments
        )

    def _goes_on(self, begun: Mark) -> bool:
        return self.mark is not None and (self.mark.of, self.mark.change) == (begun.of, begun.change)

    def beginning(self, name: str, start: str, most: int) -> Sequence[tuple[str, int]]:
        """Return terms of a field that begin so and in how many documents each is, those in most first."""
        asked = name, start, most
        if self._begun != asked:
            self._begun, self._terms = asked, self.searcher.terms_with_prefix(name, start, limit=most)
        return self._terms

    @cached_property
    def years(self) -> tuple[int, int]:
        """The first and the last year of which posts are in it; those of nothing where none says when it is of."""
        found = [int(term[1:]) for term, _ in self.searcher.terms_with_prefix("when", days.YEAR)]
        return (min(found), max(found)) if found else (2000, 1999)

    @cached_property
    def days(self) -> list[tuple[str, int]]:
        """The days of which there are documents, each as its term with how many; none where some have no time."""
        found = sorted(self.searcher.terms_with_prefix("when", days.DAY))
        whole = self.searcher.doc_freq("signs", "is:post") + self.searcher.doc_freq("thread_signs", "is:thread")
        return found if sum(count for _, count in found) == whole else []

    def _seen(self) -> Searcher:
        """Return what searches the last commit, and note how far that has come."""
        searcher = self._index.searcher()
        marks = _term(self.schema, "mark", "mark")
        found = searcher.search(marks, 1, count=False, order_by_field="number").hits
        told = searcher.doc(found[0][1]).get_first("told") if found else None
        self.mark = msgspec.json.decode(bytes(told), type=Mark) if told is not None else None
        if self.mark is not None and self.mark.version != VERSION:
            raise ValueError("an index of another version")
        letters = (chr(code) for code in range(0x1F1E6, 0x1F200))
        self.flags = frozenset(term for one in letters for term, _ in searcher.terms_with_prefix("words", one))
        self._begun = None
        for name in ("years", "days"):
            self.__dict__.pop(name, None)
        return searcher

    @contextmanager
    def _writing(self) -> Iterator[IndexWriter]:
        try:
            writer = self._index.writer(HEAP, min(os.cpu_count() or 1, 4))
        except ValueError as error:
            raise NotWritten(str(self.path), str(error)) from error
        try:
            writer.garbage_collect_files()  # an indexing that was killed may have left one that is to be written again
            yield writer
        except (ValueError, OSError) as error:
            raise NotWritten(str(self.path), str(error)) from error
        finally:
            writer.wait_merging_threads()


def _mark_numbered(schema: tantivy.Schema, number: int) -> tantivy.Query:
    numbered = tantivy.Query.range_query(schema, "number", tantivy.FieldType.Unsigned, number, number)
    parts = [(tantivy.Occur.Must, one) for one in (_term(schema, "mark", "mark"), numbered)]
    return tantivy.Query.boolean_query(parts)


def _term(schema: tantivy.Schema, field: str, value: str | int) -> tantivy.Query:
    """Return what finds a term; deleting by the term itself leaves numbers where they are (tantivy-py 0.27)."""
    return tantivy.Query.term_query(schema, field, value)


@dataclass(slots=True)
class _Step:
    """What is taken in since the last commit."""

    mark: Mark
    """Of that commit."""
    pending: int = 0
    change: int = field(init=False)
    thread: int = field(init=False)
    languages: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.change, self.thread, self.languages = self.mark.change, self.mark.thread, set(self.mark.languages)

    def taken(self, ready: Ready) -> None:
        """Note that a thread was taken in."""
        self.pending += len(ready.documents)
        self.languages.update(ready.languages)
        self.change = ready.change
        self.thread = max(self.thread, ready.thread)


def _committed(writer: IndexWriter, schema: tantivy.Schema, step: _Step) -> _Step:
    """Commit what is pending together with its mark; returns the next step. Marks before it go when they are many."""
    known = tuple(sorted(step.languages))
    mark = msgspec.structs.replace(
        step.mark, change=step.change, thread=step.thread, languages=known, commit=step.mark.commit + 1
    )
    if mark.commit % MARKS == 0:
        writer.delete_documents_by_query(_term(schema, "mark", "mark"))
    told = {"mark": "mark", "number": mark.commit, "told": msgspec.json.encode(mark)}
    writer.add_document(Document.from_dict(told, schema))
    writer.commit()
    return _Step(mark)


def _common(given: Sequence[Given]) -> frozenset[str]:
    """Return the words that are common in some threads."""
    return pairs.chosen(terms for _, _, record in given if record is not None for terms in said(record))


def _with_tokenizers(index: tantivy.Index) -> tantivy.Index:
    spaced = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.remove_long(4096)).build()
    index.register_tokenizer("spaced", spaced)
    return index


def _schema() -> tantivy.Schema:
    """Return the fields. Texts are words with a space between them already (`words.line`)."""
    builder = SchemaBuilder()
    for fields in SCOPES.values():
        builder.add_text_field(fields["words"], tokenizer_name="spaced", index_option="position")
        builder.add_text_field(fields["stems"], tokenizer_name="spaced", index_option="freq")
        builder.add_text_field(fields["looks"], tokenizer_name="spaced", index_option="freq")
        builder.add_text_field(fields["signs"], tokenizer_name="spaced", index_option="basic")
    for name in ("author", "language", "tag", "domain", "place"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("pairs", tokenizer_name="spaced", index_option="freq")
    builder.add_text_field("when", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("thread", indexed=True)
    for name in ("which", "size", "number", "month"):
        builder.add_unsigned_field(name, fast=True)
    builder.add_integer_field("time", fast=True)
    builder.add_text_field("mark", tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("told", stored=True)
    return builder.build()
