"""Index made archives and search them, beside FTS5 and tantivy itself: `python -m benchmarks.search --write`.

One and ten million different posts, unless said. Archives, indexes and FTS5 tables are kept in the folder and used
again; ten million take some twenty minutes and seven gigabytes to make. Of two million posts and more, records are
indexed as they are made and not kept; what making them costs is taken off.

Times are those of the processor, in this process and its workers, so that what else the machine does is not counted.
Beside them stands what passed on the clock: warm, with the files read once and other queries asked before; and cold,
with a fresh Finder whose files were put out of memory before the first query of each kind.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import tantivy
from tantivy import Occur, Query

from benchmarks import page
from benchmarks.search import made
from clew.archive import Archive
from clew.finding import Finder
from clew.following import INDEX
from clew.search import stems
from clew.search.documents import WIDTH
from clew.search.grammar import parse
from clew.search.hits import searched
from clew.search.index import Index, Mark
from clew.search.meaning import meant_by
from clew.search.words import line

ROOT = Path(__file__).parent.parent.parent
HEAD = [
    "million posts",
    "kind of query",
    "queries",
    "clew p50",
    "p95",
    "p99",
    "p95 by the clock",
    "the same from cold files",
    "finding alone, p95",
    "tantivy, ids only, p95",
    "finding / tantivy",
    "tantivy with texts, p95",
    "clew / tantivy with texts",
    "FTS5 p95",
    "FTS5 / clew",
]
INDEXED = [
    "million posts",
    "CPU microseconds a post",
    "posts a second of two such cores",
    "by the clock",
    "segments",
    "index, bytes a post",
    "FTS5, bytes a post",
]
QUERIES = 100
LEAN = 2_000_000
"""Posts from which on records are not kept."""
BLOCK = 1 << 24
TOGETHER = "all ranked queries together"
PATIENCE = 60.0
"""Seconds that the queries of one kind may take of FTS5; it is then left at those it has done."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query for each of the three; None where it has no such kind."""

    clew: str
    fts: str | None
    words: tuple[str, ...]
    """The terms, for tantivy itself."""


def asked(archive: Archive, rng: random.Random, posts: int) -> dict[str, list[Asked]]:
    """Return queries by their kind, made of words of random posts."""
    texts = [text for (text,) in archive.connection.execute(_TEXTS, (_rows(rng, posts),))]
    words = [[word for word in line(text).split() if _is_asked_for(word)] for text in texts]
    pairs = [line(text).split() for text in texts]
    plain = [rng.choice(found) for found in words if found]
    kinds = {
        "one word": [Asked(word, f'"{word}"', (word,)) for word in plain],
        "rare word": [Asked(word, f'"{word}"', (word,)) for word in _rare(plain, words)],
        "two words": [Asked(f"{a} {b}", f'"{a}" "{b}"', (a, b)) for a, b in _two(rng, words)],
        "phrase": [Asked(f'"{a} {b}"', f'"{a} {b}"', (a, b)) for a, b in _side_by_side(rng, pairs)],
        "prefix": [Asked(f"{word[:4]}*", f"{word[:4]}*", (word[:4],)) for word in plain if word[:4].isalpha()],
        "word, language and month": [
            Asked(f"{word} lang:en date:20{rng.randrange(18, 23)}-{rng.randrange(1, 13):02d}", None, ())
            for word in plain
        ],
        "how many have a word": [Asked(word, None, ()) for word in plain],
        "word, by author": [Asked(word, None, ()) for word in plain],
        "word, by month": [Asked(word, None, ()) for word in plain],
        "word, newest first": [Asked(word, None, ()) for word in plain],
    }
    return {kind: found[:QUERIES] for kind, found in kinds.items()}


def _is_asked_for(word: str) -> bool:
    """Say whether somebody may search for a word; nobody does for parts of made links."""
    return word.isascii() and len(word) > 3 and word not in ("https", "example") and not word.isdecimal()


def _rows(rng: random.Random, posts: int) -> str:
    return str([f"x:{1_000_000_000_000_000_000 + rng.randrange(posts)}" for _ in range(QUERIES * 4)]).replace("'", '"')


def _rare(plain: Sequence[str], words: Sequence[Sequence[str]]) -> list[str]:
    """Return words that stand in none of the other posts that were drawn."""
    seen = [word for found in words for word in set(found)]
    return [word for word in plain if seen.count(word) == 1 and not word.isdecimal()]


def _two(rng: random.Random, words: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    for found in words:
        if len(set(found)) > 1:
            a, b = rng.sample(sorted(set(found)), 2)
            yield a, b


def _side_by_side(rng: random.Random, pairs: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    for found in pairs:
        if len(found) > 2:
            at = rng.randrange(len(found) - 1)
            if found[at].isascii() and found[at + 1].isascii():
                yield found[at], found[at + 1]


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds that each query took, in the order in which they were asked."""

    cpu: list[float]
    clock: list[float]


def times(runs: Sequence[Callable[[Asked], object]], queries: Sequence[Asked], patience: float = 1e9) -> list[Spent]:
    """Return what each query took of each run, for as many queries as there is patience.

    Whoever comes second finds in the processor's caches what the first has read, so each run is first as often.
    """
    spent = [Spent([], []) for _ in runs]
    until = time.perf_counter() + patience
    for number, query in enumerate(queries):
        for turn in range(len(runs)):
            one = (number + turn) % len(runs)
            start, used = time.perf_counter(), time.process_time()
            runs[one](query)
            spent[one].cpu.append((time.process_time() - used) * 1000)
            spent[one].clock.append((time.perf_counter() - start) * 1000)
        if time.perf_counter() > until:
            break
    return spent


def at(spent: Sequence[float], share: float) -> float:
    """Return the time that such a share of queries does not exceed."""
    return sorted(spent)[min(len(spent) - 1, int(len(spent) * share))]


@dataclass(frozen=True, slots=True)
class Compared:
    """What queries took of each; None where that one was not asked."""

    clew: Spent
    cold: Spent
    finding: list[float] | None
    ids: list[float] | None
    """Of tantivy alone, for the numbers of documents."""
    texts: list[float] | None
    """Of tantivy alone, then the rows of these posts."""
    fts: list[float] | None

    def row(self) -> list[str]:
        """Return the cells of a row of the table."""
        own = at(self.clew.cpu, 0.95)
        cells = [f"{len(self.clew.cpu)}", *(f"{at(self.clew.cpu, share):.1f}" for share in (0.5, 0.95, 0.99))]
        cells += [f"{at(spent.clock, 0.95):.1f}" for spent in (self.clew, self.cold)]
        if not (self.finding and self.ids and self.texts and self.fts):
            return [*cells, *[""] * 7]
        finding, ids, texts, fts = (at(spent, 0.95) for spent in (self.finding, self.ids, self.texts, self.fts))
        cells += [f"{finding:.1f}", f"{ids:.1f}", f"{finding / ids:.2f}", f"{texts:.1f}", f"{own / texts:.2f}"]
        return [*cells, f"{fts:,.1f}", f"{fts / own:,.0f}"]


def pooled(compared: Sequence[Compared]) -> Compared:
    """Return what ranked queries of all kinds took together, as many of each as FTS5 answered of all of them."""
    ranked = [one for one in compared if one.fts]
    least = min(len(one.fts or ()) for one in ranked)

    def together(of: Callable[[Compared], list[float] | None]) -> list[float]:
        return [spent for one in ranked for spent in (of(one) or [])[:least]]

    return Compared(
        Spent(together(lambda one: one.clew.cpu), together(lambda one: one.clew.clock)),
        Spent(together(lambda one: one.cold.cpu), together(lambda one: one.cold.clock)),
        together(lambda one: one.finding),
        together(lambda one: one.ids),
        together(lambda one: one.texts),
        together(lambda one: one.fts),
    )


def by_clew(finder: Finder, kind: str) -> Callable[[Asked], object]:
    """Return what runs a query as `clew find` does, from its text to hits with their words marked."""
    if " by " in kind:
        by = kind.rpartition(" ")[2]
        return lambda one: finder.count(parse(one.clew), by, 20)
    if kind.startswith("how many"):
        return lambda one: finder.total(parse(one.clew))
    if "newest" in kind:
        return lambda one: finder.find(parse(one.clew), "new")
    return lambda one: finder.find(parse(one.clew))


def finding(finder: Finder) -> Callable[[Asked], object]:
    """Return what tells which posts a query finds, as tantivy does, without reading and marking them."""
    return lambda one: searched(finder.index, parse(one.clew), "best", 20)


def by_tantivy(finder: Finder, kind: str) -> Callable[[Asked], tantivy.SearchResult] | None:
    """Return what runs the same on the same index with tantivy alone: twenty best; None where it is no search.

    For a word it looks for the word and its stems in all the languages that are stemmed, as clew does.
    """
    index = tantivy.Index.open(str(finder.index.path))
    searcher, schema = index.searcher(), index.schema
    languages = meant_by(finder.index).languages

    def word(term: str) -> Query:
        found = [Query.term_query(schema, "words", term)]
        found += [Query.term_query(schema, "stems", stem) for stem in sorted(stems.stem(term, languages))]
        return Query.boolean_query([(Occur.Should, query) for query in found])

    queries: dict[str, Callable[[tuple[str, ...]], Query]] = {
        "one word": lambda words: word(words[0]),
        "rare word": lambda words: word(words[0]),
        "two words": lambda words: Query.boolean_query([(Occur.Must, word(one)) for one in words]),
        "phrase": lambda words: Query.phrase_query(schema, "words", list(words)),
        "prefix": lambda words: Query.regex_query(schema, "words", f"{words[0]}.*"),
    }
    if kind not in queries:
        return None
    return lambda one: searcher.search(queries[kind](one.words), 20, count=False)


def with_texts(finder: Finder, ids: Callable[[Asked], tantivy.SearchResult]) -> Callable[[Asked], object]:
    """Return what finds the same and reads by one statement what `clew find` shows of each post, its text included."""
    searcher, connection = finder.index.searcher, finder.archive.connection

    def run(one: Asked) -> object:
        addresses = [address for _, address in ids(one).hits]
        numbers = [int(number or 0) for number in searcher.fast_field_values("which", addresses)]
        wanted = [(number >> WIDTH, number & ((1 << WIDTH) - 1)) for number in numbers]
        return connection.execute(_SHOWN, (json.dumps(wanted),)).fetchall()

    return run


def fts(path: Path, archive: Archive) -> sqlite3.Connection:
    """Return an FTS5 table over the same texts, without keeping them."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -262144")
    connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS said USING fts5(text, content='', tokenize='unicode61')")
    if connection.execute("SELECT count(*) FROM said_docsize").fetchone() == (0,):
        connection.execute("ATTACH ? AS held", (str(archive.path / "clew.sqlite"),))
        connection.execute("BEGIN")
        connection.execute(_FILL)
        connection.execute("COMMIT")
    return connection


@dataclass(frozen=True, slots=True)
class Indexed:
    """What indexing an archive cost."""

    posts: int
    cpu: float
    """Seconds of the processor."""
    clock: float | None
    """Seconds that passed; None where the posts were made meanwhile."""

    def row(self, finder: Finder, sizes: tuple[int, int]) -> list[str]:
        """Return a row of the table."""
        rate = f"{self.posts / self.clock:,.0f}" if self.clock else ""
        cells = [
            f"{self.posts / 1e6:g}",
            f"{self.cpu / self.posts * 1e6:.1f}",
            f"{2 * self.posts / self.cpu:,.0f}",
            rate,
        ]
        return [*cells, f"{finder.index.searcher.num_segments}", *(f"{size / self.posts:.0f}" for size in sizes)]


def measured(millions: float, folder: Path, said: dict[str, list[str]]) -> tuple[list[str], list[list[str]]]:
    """Return the row of indexing and the rows of searching of one size."""
    posts = int(millions * 1_000_000)
    place = folder / f"archive-{millions:g}"
    archive, indexed = _large(place, posts, said) if posts >= LEAN else _small(place, posts, said)
    path = folder / f"fts-{millions:g}.sqlite"
    fts(path, archive).close()
    row = indexed.row(Finder.of(archive), (_size(place / INDEX), _size(path)))
    queries, others = (asked(archive, random.Random(seed), posts) for seed in (7, 8))
    archive.close()
    print(*row, file=sys.stderr)
    cold = {kind: _cold(place, kind, these) for kind, these in queries.items()}
    with made.opened(place) as archive, closing(fts(path, archive)) as connection:
        for file in _files(place):
            with file.open("rb", buffering=0) as stream:
                while stream.read(BLOCK):
                    pass
        finder = Finder.of(archive)
        assert finder.posts() == posts
        for kind, these in others.items():
            _asked_of_clew_and_tantivy(finder, kind, these)
        compared = {kind: _compared(finder, connection, kind, these, cold[kind]) for kind, these in queries.items()}
    compared[TOGETHER] = pooled([*compared.values()])
    return row, [[f"{millions:g}", kind, *one.row()] for kind, one in compared.items()]


def _files(place: Path) -> Iterator[Path]:
    """Yield what is read of an archive when it is searched."""
    yield place / "clew.sqlite"
    yield from (path for path in (place / INDEX).iterdir() if path.is_file())


def _cold(place: Path, kind: str, queries: Sequence[Asked]) -> Spent:
    """Return what queries take where nothing of the archive is in memory before the first of them."""
    for path in _files(place):
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    with made.opened(place) as archive:
        return times([by_clew(Finder.of(archive), kind)], queries)[0]


def _small(place: Path, posts: int, said: dict[str, list[str]]) -> tuple[Archive, Indexed]:
    """Return an archive that keeps its records, and what indexing it costs now."""
    archive = made.opened(place) if place.exists() else made.archive(place, posts, said)
    start, spent = time.perf_counter(), _cpu()
    Finder.of(archive, anew=True)
    return archive, Indexed(posts, _cpu() - spent, time.perf_counter() - start)


def _large(place: Path, posts: int, said: dict[str, list[str]]) -> tuple[Archive, Indexed]:
    """Return an archive that keeps no records, and what indexing them cost when they were made."""
    noted = place / "indexed.json"
    if not noted.exists() or Index.opened(place / INDEX) is None:
        shutil.rmtree(place, ignore_errors=True)
        spent, making = _cpu(), _Making()

        def taken(name: str, rows: Iterator[made.Row]) -> None:
            Index.made(place / INDEX).follow(making.of(rows), Mark(of=name, change=0))

        made.archive(place, posts, said, taken).close()
        noted.write_text(json.dumps(_cpu() - spent - making.cpu), encoding="utf-8")
    return made.opened(place), Indexed(posts, json.loads(noted.read_text(encoding="utf-8")), None)


@dataclass(slots=True)
class _Making:
    """Tells the time that rows take to be made from that of who takes them."""

    cpu: float = 0.0

    def of(self, rows: Iterator[made.Row]) -> Iterator[made.Row]:
        """Yield rows."""
        while True:
            start = time.thread_time()
            row = next(rows, None)
            self.cpu += time.thread_time() - start
            if row is None:
                return
            yield row


def _asked_of_clew_and_tantivy(finder: Finder, kind: str, queries: Sequence[Asked]) -> list[Spent]:
    """Return what queries of a kind take, whole, and where tantivy has such: finding alone, its ids, its texts."""
    ids = by_tantivy(finder, kind)
    runs = [by_clew(finder, kind)]
    if ids:
        runs += [finding(finder), ids, with_texts(finder, ids)]
    return times(runs, queries)


def _compared(
    finder: Finder, connection: sqlite3.Connection, kind: str, queries: Sequence[Asked], cold: Spent
) -> Compared:
    clew, *others = _asked_of_clew_and_tantivy(finder, kind, queries)
    own, ids, texts = (other.cpu for other in others) if others else (None, None, None)
    answers = None
    if queries[0].fts:
        answers = times([lambda one: connection.execute(_FTS, (one.fts,)).fetchall()], queries, PATIENCE)[0].cpu
    found = Compared(clew, cold, own, ids, texts, answers)
    print(kind, *found.row(), file=sys.stderr)
    return found


def _cpu() -> float:
    """Return the CPU seconds of this process and of those that it has ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _size(path: Path) -> int:
    return sum(one.stat().st_size for one in path.rglob("*")) if path.is_dir() else path.stat().st_size


def main() -> None:
    """Print the tables, and with --write put them into docs/search.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--folder", help="where what is made is kept, and used again; else it goes at the end")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/search.md")
    chosen = parser.parse_args()
    indexing: list[list[str]] = []
    searching: list[list[str]] = []
    with tempfile.TemporaryDirectory(prefix="clew-search-") as temporary:
        folder = Path(chosen.folder or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        said = made.sentences(folder / "sentences.json")
        for size in chosen.millions:
            row, rows = measured(size, folder, said)
            indexing.append(row)
            searching += rows
    content = f"{page.table(INDEXED, indexing)}\n\nMilliseconds of the processor:\n\n{page.table(HEAD, searching)}"
    print(content)
    if chosen.write:
        sizes = " ".join(f"{size:g}" for size in chosen.millions)
        page.write(ROOT / "docs" / "search.md", "speed", f"python -m benchmarks.search --millions {sizes}", content)


_TEXTS = "SELECT text FROM posts WHERE post IN (SELECT value FROM json_each(?))"
_FILL = "INSERT INTO said (rowid, text) SELECT rowid, text FROM held.posts"
_SHOWN = """SELECT t.id, t.posts, t.title, p.id, p.position, p.text, p.number, p.platform, p.author, p.time, p.language,
        p.url
    FROM json_each(?) CROSS JOIN posts AS p ON p.thread = value ->> 0 AND p.position = value ->> 1
    CROSS JOIN threads AS t ON t.thread = p.thread"""
_FTS = "SELECT rowid FROM said WHERE said MATCH ? ORDER BY rank LIMIT 20"

if __name__ == "__main__":
    main()
