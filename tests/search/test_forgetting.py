"""What is removed is gone from the files of the index, and only the part that held it is written anew."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from clew.archive import Archive, Hand
from clew.finding import Finder
from clew.following import followed, forgotten
from clew.keeping import opened, reader
from clew.posts import Post
from clew.removing import removed, wanted
from clew.search import segments
from clew.search.index import Index
from tests.archive.worlds import add, post, write
from tests.search.worlds import ids

SECRET = "unmistakablesecret"


def grown(folder: Path, *batches: Iterable[Post]) -> Archive:
    """Return an archive to which posts came in turn, each time with an index that followed."""
    Archive.made(folder / "archive", Hand(read=reader)).close()
    archive = opened(folder / "archive")
    for at, batch in enumerate(batches):
        add(archive, write(folder / f"{at}.jsonl", batch))
        followed(archive)
    return archive


def many(first: int, last: int) -> list[Post]:
    return [post(at, f"the port number own{at}", by=f"a{at}") for at in range(first, last)]


def named(archive: Archive) -> set[str]:
    return {one.segment_id for one in segments.listed(archive.path / "index")}


def words_on_disk(archive: Archive, start: str) -> list[str]:
    """Return the words that begin so in the dictionaries of all files of the index, those of deleted posts included.

    Dictionaries are automata, so no word stands in their bytes; and files of segments that are no more would be passed
    over, so there must be none.
    """
    folder = archive.path / "index"
    files = {
        path.stem.partition(".")[0] for path in folder.iterdir() if path.suffix in (".term", ".idx", ".fast", ".del")
    }
    assert files == {name.replace("-", "") for name in named(archive)}
    index = Index.opened(folder)
    assert index is not None
    return [term for field in ("words", "author") for term, _ in index.searcher.terms_with_prefix(field, start)]


def test_the_segment_that_held_it_is_written_anew_and_the_others_stay(tmp_path: Path) -> None:
    later = [post(700, f"an {SECRET} of joe", by="joe"), post(701, "the port of kim", by="kim")]
    archive = grown(tmp_path, many(1, 400), later)
    assert words_on_disk(archive, SECRET) == [SECRET]
    assert words_on_disk(archive, "@joe") == ["@joe"]
    most = {one for one in segments.listed(archive.path / "index") if one.max_doc > 100}
    removed(archive, wanted(archive, "@joe"), "the author asked")
    assert words_on_disk(archive, SECRET) == words_on_disk(archive, "@joe") == []
    assert most == {one for one in segments.listed(archive.path / "index") if one.max_doc > 100}
    index = Index.opened(archive.path / "index")
    assert index is not None
    finder = Finder.of(archive)
    assert finder.index.mark == index.mark
    assert ids(archive, SECRET) == set()
    assert ids(archive, "kim") == {701}
    assert finder.posts() == 400


def test_an_older_wording_in_another_segment_goes_too(tmp_path: Path) -> None:
    first = [post(700, f"an {SECRET} of joe", by="joe"), post(701, "the port of kim", by="kim")]
    archive = grown(tmp_path, many(1, 400), first, [post(702, "joe goes on", by="joe", to=700)])
    assert words_on_disk(archive, SECRET) == [SECRET]
    removed(archive, wanted(archive, "x:1400000000000000700"), "the author asked")
    assert words_on_disk(archive, SECRET) == []
    assert Finder.of(archive).posts() == 400


def test_an_index_that_held_it_in_most_of_it_goes_as_a_whole_and_is_made_again(tmp_path: Path) -> None:
    archive = grown(tmp_path, [post(700, f"an {SECRET} of joe", by="joe"), *many(1, 30)])
    removed(archive, wanted(archive, "@joe"), "the author asked")
    assert not (archive.path / "index").exists()
    assert ids(archive, "port") == set(range(1, 30))


def test_an_index_that_another_process_writes_goes_as_a_whole(tmp_path: Path) -> None:
    from clew.lock import locked

    archive = grown(tmp_path, many(1, 400), [post(700, f"an {SECRET} of joe", by="joe")])
    with locked(archive.path / "index.lock", wait=True):
        removed(archive, wanted(archive, "@joe"), "the author asked")
        assert not (archive.path / "index").exists()
    assert ids(archive, SECRET) == set()


@pytest.mark.parametrize("times", [1, 2])
def test_it_may_be_done_again_where_it_was_interrupted(tmp_path: Path, times: int) -> None:
    archive = grown(tmp_path, many(1, 400), [post(700, "the port of kim", by="kim")])
    for _ in range(times):
        assert forgotten(archive.path, archive.connection)
    assert Finder.of(archive).posts() == 400
