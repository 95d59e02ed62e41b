"""Search in an archive."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from clew.archive import Archive
from clew.errors import BadQuery
from clew.finding import Finder
from clew.posts import Account, Link, Media, Tag
from clew.search import hits, index
from clew.search.grammar import parse
from clew.search.index import Index, Mark
from clew.search.words import line
from tests.archive.worlds import add, post, write
from tests.search.worlds import archive_of, found, ids

POSTS = (
    post(1, "1/ The port was sold to a company 🇺🇦", language="en"),
    post(2, "2/ Nobody had heard of the company", to=1, language="en"),
    post(3, "3/ It closed its harbour in May. #Ports", to=2, language="en", tags=(Tag(start=33, end=39, tag="Ports"),)),
    post(10, "Порт продали компании, корабли ушли", by="bob", language="ru"),
    post(11, "田湾核电站3号机组投入商业运行", by="li", language="zh"),
    post(12, "Ports and airports", by="bob", language="en", media=(Media(type="image", url=None, alt="a crane"),)),
    post(
        13,
        "See example.org/asia_pac…",
        by="eve",
        language="en",
        links=(Link(start=4, end=25, shown="example.org/asia_pac…", url="https://news.example.org/asia", cut=False),),
    ),
    post(14, "pаypаl is a sсam", by="eve", language="en"),
    post(15, "La canción del puerto", by="eve", language="es"),
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return archive_of(tmp_path_factory.mktemp("search"), POSTS)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("port", {1, 3, 12}),
        ('"port"', {1}),
        ("ports sold", {1}),
        ("port -sold", {3, 12}),
        ("harbour OR sold", {1, 3}),
        ("(harbour OR sold) company", {1}),
        ('"the company"', {2}),
        ("heard near:3 company", {2}),
        ("company near:3 heard", {2}),
        ("company near:2 heard", set()),
        ('"nobody heard"~1', {2}),
        ("harb*", {3}),
        ("harbor~1", {3}),
        ("корабль", {10}),
        ("КОРАБЛИ", {10}),
        ("田湾", {11}),
        ("核电站", {11}),
        ("站", {11}),
        ("cancion", {15}),
        ("canciones", {15}),
        ("ukraine", {1}),
        ("Украина", {1}),
        ("🇺🇦", {1}),
        ("paypal", {14}),
        ("scam", {14}),
        ("crane", {12}),
        ("#ports", {3}),
        ("from:ana port", {1, 3}),
        ("from:id-bob", {10, 12}),
        ("lang:ru", {10}),
        ("domain:example.org", {13}),
        ("domain:news.example.org", {13}),
        ("https://news.example.org/asia/", {13}),
        ("https://twitter.com/ana/status/1400000000000000002?s=20", {2}),
        ("1400000000000000002", {2}),
        ("x:1400000000000000002", {2}),
        ("has:link", {13}),
        ("has:image", {12}),
        ("is:first", {1}),
        ("number:2..3", {2, 3}),
        ("size:3 -number:2", {1, 3}),
        ("since:2021-06-04 until:2021-06-05 lang:zh", {11}),
        ("until:2020", set()),
        ("-port -from:eve -from:bob", {2, 11}),
        ("re:1400000000000000001", {2}),
        ("port harbour", set() | {3}),
        ("*", {1, 2, 3, 10, 11, 12, 13, 14, 15}),
    ],
)
def test_a_query_finds_these_posts(archive: Archive, query: str, numbers: set[int]) -> None:
    assert ids(archive, query) == numbers


def test_words_may_stand_in_different_posts_of_a_thread_where_that_is_asked_for(archive: Archive) -> None:
    assert ids(archive, "sold harbour") == set()
    (hit,) = found(archive, "sold harbour in:thread")
    assert (hit.kind, hit.thread, hit.size) == ("thread", "x:1400000000000000001", 3)
    assert [hit.kind for hit in found(archive, "in:thread airports")] == ["post"]


def test_a_hit_says_where_in_the_text_it_was_found(archive: Archive) -> None:
    (hit,) = found(archive, '"the company" heard')
    (text,) = (one.text for one in POSTS if one.id == hit.post)
    assert [text[start:end] for start, end in hit.spans] == ["heard", "the", "company"]
    (hit,) = found(archive, "核电站")
    assert hit.snippet[hit.spans[0][0] : hit.spans[0][1]] == "核电站"
    assert (hit.position, hit.size, hit.score is not None) == (1, 1, True)


def test_hits_are_counted_by_their_signs(archive: Archive) -> None:
    finder = Finder.of(archive)
    counts = finder.count(parse("*"), "language", 10)
    assert (counts[0].value, counts[0].count) == ("en", 6)
    assert [one.value for one in finder.count(parse("*"), "month", 10)] == ["2021-06"]
    assert {one.value for one in finder.count(parse("port"), "place", 10)} == {"first", "last", "single"}
    assert [one.value for one in finder.count(parse("has:link"), "domain", 10)] == ["news.example.org"]


def test_every_post_is_found_by_each_of_its_words_its_id_and_its_address(archive: Archive) -> None:
    for one in POSTS:
        number = int(one.id[-5:])
        for word in one.text.split():
            if any(sign.isalnum() for sign in word):
                assert number in ids(archive, f'"{word}"'), word
        assert ids(archive, one.id) == {number}
        assert ids(archive, f"https://x.com/{one.author.handle}/status/{one.id}") == {number}


@pytest.mark.parametrize("query", ["port", "the", "the company", "port OR harbour", "port -sold", "ports -from:bob"])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_of_frequent_words_hold_every_hit_once_those_as_written_first(
    archive: Archive, query: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    finder = Finder.of(archive)
    every = ids(archive, query)
    monkeypatch.setattr(hits, "FREQUENT", 0)
    paged = []
    for page in range(len(every) + 1):
        paged += [int(hit.post[-5:]) for hit in finder.find(parse(query), limit=limit, offset=page * limit).hits]
    assert sorted(paged) == sorted(every)
    if query == "port":
        assert paged[0] == 1


@pytest.mark.parametrize("query", ["port", "the", "lang:en", "*", "p*", "since:2021-06", "date:2021-06-04 a*"])
@pytest.mark.parametrize("sort", ["new", "old"])
def test_hits_by_time_are_the_same_where_few_days_are_looked_at_first(
    archive: Archive, query: str, sort: hits.Sort, monkeypatch: pytest.MonkeyPatch
) -> None:
    finder = Finder.of(archive)
    plain = finder.find(parse(query), sort, limit=2).hits
    monkeypatch.setattr(hits, "MANY", 0)
    assert finder.find(parse(query), sort, limit=2).hits == plain
    assert len(plain) == 2


@pytest.mark.parametrize("query", ['"port was"', '"was sold to a"', '"of the company"', '"the port"', '"in may"'])
def test_phrases_of_common_words_are_found_as_any_others(
    tmp_path: Path, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = archive_of(tmp_path, POSTS)
    plain = ids(archive, query)
    terms = frozenset(term for one in POSTS for term in line(one.text).split())
    monkeypatch.setattr(index, "_common", lambda given: terms)
    finder = Finder.of(archive, anew=True)
    assert finder.index.mark is not None
    assert finder.index.mark.common == terms
    assert ids(archive, query) == plain
    assert ids(archive, query.replace(" ", " of ", 1)) == ids(archive, query.replace(" ", " of ", 1) + "~0")


@given(st.text(max_size=40) | st.text('ab" ()-:*~#@|.5湾🇺🇦', max_size=20))
@settings(max_examples=150, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_searched_or_refused(archive: Archive, text: str) -> None:
    finder = Finder.of(archive)
    try:
        query = parse(text)
    except BadQuery:
        return
    for hit in finder.find(query).hits:
        assert all(0 <= start < end for start, end in hit.spans)


def test_the_index_follows_what_is_added(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, POSTS[:2])
    assert ids(archive, "company") == {1, 2}
    add(archive, write(tmp_path / "more.jsonl", [post(3, "the company closed", to=2)]))
    assert ids(archive, "company") == {1, 2, 3}
    assert {hit.size for hit in found(archive, "company")} == {3}


def test_what_is_gone_from_the_archive_is_gone_from_results_at_once(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, POSTS)
    finder = Finder.of(archive)
    assert len(finder.find(parse("company")).hits) == 2
    _forget(archive)
    assert finder.find(parse("company")).hits == ()
    assert ids(archive, "company") == set()
    assert ids(archive, "корабль") == {10}
    finder = Finder.of(archive)
    assert finder.posts() == len(POSTS) - 3
    assert [one.value for one in finder.count(parse("company"), "author", 10)] == []


def _forget(archive: Archive) -> None:
    """Take ana's thread out of the database, as a removal does."""
    from clew.archive import schema
    from clew.archive.weaving import tell_changes

    with schema.closing_after(archive.path / "clew.sqlite") as connection, schema.writing(connection):
        (number,) = connection.execute("SELECT thread FROM threads WHERE author = '@ana'").fetchone()
        for table in ("holes", "posts", "threads"):
            connection.execute(f"DELETE FROM {table} WHERE thread = ?", (number,))
        tell_changes(connection, [number])


def test_an_index_that_is_gone_damaged_or_of_another_database_is_made_again(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, POSTS)
    assert ids(archive, "company") == {1, 2}
    shutil.rmtree(archive.path / "index")
    assert ids(archive, "company") == {1, 2}
    (archive.path / "index" / "meta.json").write_text("{", encoding="utf-8")
    assert ids(archive, "company") == {1, 2}
    archive.rebuild()
    assert ids(archive, "company") == {1, 2}
    assert Finder.of(archive, anew=True).posts() == len(POSTS)


def test_files_that_a_killed_indexing_left_do_not_stand_in_the_way_of_the_next(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, POSTS)
    mark = Finder.of(archive).index.mark
    assert mark is not None
    first, other = archive.path / "index", tmp_path / "other"
    shutil.copytree(first, other)
    gone = [(mark.change + 1, 1, None)]
    killed = Index.opened(other)
    assert killed is not None
    killed.follow(gone, mark)
    for path in other.iterdir():
        if path.suffix == ".del" or path.name == ".managed.json":
            shutil.copy(path, first)
    found = Index.opened(first)
    assert found is not None
    found.follow(gone, mark)
    assert found.mark is not None
    assert found.mark.change == mark.change + 1


def test_an_index_of_another_version_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = archive_of(tmp_path, POSTS)
    found = Finder.of(archive).index
    assert found.mark is not None
    monkeypatch.setattr(index, "VERSION", index.VERSION - 1)
    found.follow([], replace(found.mark, version=index.VERSION))
    monkeypatch.undo()
    assert Index.opened(archive.path / "index") is None
    assert ids(archive, "company") == {1, 2}
    again = Index.opened(archive.path / "index")
    assert again is not None
    assert again.mark is not None
    assert (again.mark.version, again.mark.change) == (index.VERSION, found.mark.change)


def test_posts_that_say_the_same_are_found_by_one_of_them(tmp_path: Path) -> None:
    said = "The northern port was sold to a company from the islands that nobody had heard of before the sale in May"
    copies = [
        post(1, said, by="ana"),
        post(2, f"RT @ana: {said.upper()}!!", by="bob"),
        post(3, said.replace("islands", "highlands").replace("May", "June"), by="eve"),
        post(4, "A company from the islands sold something else, and that was in the news as well", by="kim"),
        post(5, "Nothing of the sort", by="joe"),
    ]
    alike = Finder.of(archive_of(tmp_path, copies)).like("x:1400000000000000001")
    assert [int(one.hit.post[-1]) for one in alike] == [2, 3]
    assert alike[0].likeness.resemblance > 0.9 > alike[1].likeness.resemblance > 0.5


def test_an_account_is_found_under_every_name_that_it_had(tmp_path: Path) -> None:
    ana = [Account(id="17", handle=handle) for handle in ("ana", "ana_new")]
    posts = [post(1, "the first", author=ana[0]), post(2, "the second", author=ana[1]), post(3, "hello @ana", by="bob")]
    archive = archive_of(tmp_path, posts)
    assert ids(archive, "from:ana") == ids(archive, "from:@Ana_New") == ids(archive, "from:17") == {1, 2}
    assert ids(archive, "to:ana_new") == {3}
    assert ids(archive, "the -from:ana_new") == set()


def test_only_new_posts_are_news(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, POSTS)
    finder = Finder.of(archive)
    since = finder.now()
    assert finder.news(parse("company"), since) == []
    more = [post(3, "the company again", to=2), post(20, "another company", by="kim"), post(21, "another", by="kim")]
    add(archive, write(tmp_path / "more.jsonl", more))
    finder = Finder.of(archive)
    assert [int(hit.post[-2:]) for hit in finder.news(parse("company"), since)] == [20]
    assert finder.news(parse("company"), finder.now()) == []


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=60), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_post_is_found_by_each_of_its_words_whatever_they_are(growing: Growing, texts: list[str]) -> None:
    for text, thread in growing.put(texts):
        for word in text.replace('"', " ").split():
            if line(word):
                assert thread in growing.threads(f'"{word}"'), word
                if not FORMED.search(word):
                    assert thread in growing.threads(word), word


FORMED = re.compile(r'[-−–()"“”„«»:~*|#＃$@]|^(AND|OR|NOT|&&)$')
"""Words that are more than words in a query."""


class Growing:
    """An index that gets more and more single posts, with no archive behind it."""

    def __init__(self, folder: Path) -> None:
        self._index = Index.made(folder)
        self._last = 0

    def put(self, texts: list[str]) -> list[tuple[str, int]]:
        """Index texts; returns each with the number of its thread."""
        placed = list(enumerate(texts, self._last + 1))
        self._index.follow(
            [(n, n, self._record(n, text)) for n, text in placed], self._index.mark or Mark(of="-", change=0)
        )
        self._last += len(texts)
        return [(text, number) for number, text in placed]

    def threads(self, query: str) -> set[int]:
        """Return the threads that a query finds."""
        return {place.thread for place in hits.searched(self._index, parse(query), "new", 10_000)}

    def _record(self, number: int, text: str) -> str:
        entry = {"kind": "post", "id": f"{number}", "text": text, "time": "2021-06-04T09:30:00Z", "language": "en"}
        thread = {
            "id": f"x:{number}",
            "platform": "x",
            "author": {"handle": "ana"},
            "language": None,
            "entries": [entry],
        }
        return json.dumps(thread)


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Growing:
    return Growing(tmp_path_factory.mktemp("growing"))
