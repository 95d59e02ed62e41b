"""Removal: no word is left in any file, the rest stays as it was, and it does not come back unnoticed."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew import keeping
from clew.archive import Archive, How
from clew.archive.blanks import blank
from clew.archive.holdings import changed, found
from clew.archive.redacted import _without, words_of_texts
from clew.errors import NothingFound, UnknownFormat, WasRemoved
from clew.keeping import Keeper
from clew.posts import Post, to_json
from clew.removing import Removal, removed, wanted
from tests.archive.worlds import START, add, made, post, records, write

PAIRS = Path(__file__).parents[1] / "pairs"
SECRET = "the berths four, seventeen and twenty-nine lie empty"
OTHER = "what the harbour master says of it, in his own words"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return made(tmp_path / "archive")


def identity(number: int) -> str:
    return post(number).id


def remove(archive: Archive, name: str) -> Removal:
    return removed(archive, wanted(archive, name), "the author asked")


def holds(folder: Path, text: str) -> list[str]:
    """Return the files of an archive in which a text stands, packed or not."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            if path.name.endswith(".gz"):
                data += gzip.GzipFile(fileobj=io.BytesIO(data)).read()
            if text.encode() in data or json.dumps(text)[1:-1].encode() in data:
                found.append(path.name)
    return found


def is_right(archive: Archive) -> bool:
    """Say whether nothing is amiss, and a database made again is the same."""
    report = keeping.verified(archive.path, deep=True)
    assert report.sound, report.findings
    before = records(archive)
    keeping.rebuilt(archive.path).close()
    with keeping.opened(archive.path) as again:
        return records(again) == before


def test_no_word_of_a_thread_is_left_and_the_rest_is_as_it_was(archive: Archive, tmp_path: Path) -> None:
    kept = [post(1, OTHER), post(2, to=1)]
    add(archive, write(tmp_path / "a.jsonl", [*kept, post(11, SECRET, by="ben"), post(12, to=11, by="ben")]))
    add(archive, write(tmp_path / "b.jsonl", [post(11, f"{SECRET}!", by="ben"), *kept]))
    plain = made(tmp_path / "plain")
    for name in ("a", "b"):
        add(plain, write(tmp_path / f"{name}.jsonl", kept))
    assert holds(archive.path, SECRET)
    result = remove(archive, identity(12))
    assert (result.cut, result.lines, result.gone) == (2, 0, 0)
    archive.close()
    assert holds(archive.path, SECRET) == []
    assert holds(archive.path, OTHER) == ["clew-000001.warc.gz", "clew.sqlite"]
    assert [json.loads(r)["entries"] for r in records(archive)] == [json.loads(r)["entries"] for r in records(plain)]
    assert is_right(archive)
    line = next(
        json.loads(raw) for raw in (archive.path / "ledger.jsonl").read_bytes().splitlines() if b"reason" in raw
    )
    assert (line["event"], line["reason"], line["count"]) == ("removed", "the author asked", 2)
    assert not any(identity(11) in json.dumps(line) for line in [line])


def test_who_follows_the_archive_is_told(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "a.jsonl", [post(1), post(5, by="ben")]))
    before = changed(archive.connection)
    (thread,) = archive.connection.execute("SELECT thread FROM threads WHERE id LIKE '%05'").fetchone()
    remove(archive, identity(5))
    assert thread in changed(archive.connection, before.last).threads
    assert archive.connection.execute("SELECT 1 FROM threads WHERE thread = ?", (thread,)).fetchone() is None


def test_an_account_goes_with_all_its_posts_names_and_reposts(archive: Archive, tmp_path: Path) -> None:
    repost = post(30, f"RT @ben: {SECRET}", by="cleo", reposts=identity(11))
    add(archive, write(tmp_path / "a.jsonl", [post(1, OTHER), post(11, SECRET, by="ben"), repost, post(31, by="cleo")]))
    add(archive, write(tmp_path / "b.jsonl", [post(12, SECRET, by="ben")]))
    result = remove(archive, "@ben")
    assert (result.cut, result.gone) == (1, 1)
    archive.close()
    assert holds(archive.path, SECRET) == []
    assert holds(archive.path, "id-ben") == []
    assert archive.connection.execute("SELECT count(*) FROM posts").fetchone() == (2,)
    assert is_right(archive)


def test_what_was_removed_does_not_come_back_unless_the_user_says_so(archive: Archive, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [post(1), post(11, SECRET, by="ben")])
    add(archive, path)
    remove(archive, identity(11))
    with pytest.raises(WasRemoved, match=r"a.jsonl: was removed .*the author asked.*--again"):
        add(archive, path)
    other = write(tmp_path / "c.jsonl", [post(2), post(11, f"{SECRET} again", by="ben")])
    with pytest.raises(WasRemoved, match="holds 1 posts that were removed"):
        add(archive, other)
    assert holds(archive.path, SECRET) == []
    assert add(archive, write(tmp_path / "d.jsonl", [post(3)])).new == 1
    assert Keeper(archive=archive, how=How(again=True)).add(str(path)).new == 1
    assert found(archive.connection, identity(11))
    assert is_right(archive)


def test_records_are_cut_out_of_the_files_of_a_zip_and_a_folder(archive: Archive, tmp_path: Path) -> None:
    lines = {"in/a.jsonl": [post(1, OTHER), post(11, SECRET)], "b.jsonl": [post(2)]}
    folder = tmp_path / "folder"
    (folder / "in").mkdir(parents=True)
    for name, items in lines.items():
        write(folder / name, items)
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for name in lines:
            packed.write(folder / name, name)
    add(archive, folder)
    add(archive, tmp_path / "all.zip")
    add(archive, folder / "in" / "a.jsonl")
    result = remove(archive, identity(11))
    assert (result.cut, result.lines, result.gone) == (3, 0, 0)
    archive.close()
    shutil.rmtree(folder)
    assert holds(archive.path, SECRET) == []
    assert is_right(archive)
    assert archive.connection.execute("SELECT count(*) FROM sightings").fetchone() == (5,)


@pytest.mark.parametrize("case", sorted(path.name for path in PAIRS.iterdir()))
def test_the_first_thread_of_every_pair_of_sources_can_be_removed(case: str, archive: Archive, tmp_path: Path) -> None:
    for path in sorted((PAIRS / case).iterdir()):
        if path.name != "differences.toml":
            with contextlib.suppress(UnknownFormat):
                Keeper(archive=archive).add(str(path))
    (name,) = archive.connection.execute("SELECT id FROM threads ORDER BY posts DESC, id LIMIT 1").fetchone()
    (thread,) = found(archive.connection, name)
    texts = [own.text for own in thread.posts()]
    shown = dict(archive.connection.execute("SELECT post, text FROM posts"))
    remove(archive, name)
    archive.close()
    gone = {f"{own.platform}:{own.id}" for own in thread.posts()}
    left = dict(archive.connection.execute("SELECT post, text FROM posts"))
    assert left == {key: text for key, text in shown.items() if key not in gone}
    for text in texts:
        words = max(re.split(r"\n|https?://\S*", text), key=len).strip()[:40]
        if len(words) > 20 and not any(words in other for other in left.values()):
            assert holds(archive.path, words) == [], words
    assert is_right(archive)


def test_a_capture_that_was_removed_leaves_a_record_of_its_length_that_others_can_read(
    archive: Archive, tmp_path: Path
) -> None:
    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

    add(archive, write(tmp_path / "a.jsonl", [post(1, SECRET)]))
    add(archive, write(tmp_path / "b.jsonl", [post(2)]))
    path = archive.path / "captures" / "clew-000001.warc.gz"
    size = path.stat().st_size
    remove(archive, identity(1))
    assert path.stat().st_size == size
    with path.open("rb") as stream, contextlib.redirect_stderr(io.StringIO()) as warned:
        kinds = [record.rec_type for record in ArchiveIterator(stream, check_digests=True)]
    assert kinds == ["warcinfo", "metadata", "resource"]
    assert warned.getvalue() == ""


def test_news_and_index_of_what_was_removed_go_too(archive: Archive, tmp_path: Path) -> None:
    from clew.finding import Finder
    from clew.watch.book import Book, News

    add(archive, write(tmp_path / "a.jsonl", [post(1, OTHER), post(11, SECRET, by="ben")]))
    Finder.of(archive)
    with Book.opened(archive.path) as book:
        for number, text in ((1, OTHER), (11, SECRET)):
            book.note(
                [News(id=str(number), kind="new", watch="u", noticed="n", post=f"x:{identity(number)}", text=text)]
            )
    remove(archive, "@ben")
    archive.close()
    assert holds(archive.path, SECRET) == []
    assert holds(archive.path, OTHER)
    assert not (archive.path / "index").exists()


def test_what_is_not_there_cannot_be_removed(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "a.jsonl", [post(1)]))
    with pytest.raises(NothingFound):
        wanted(archive, "@nobody")


@given(st.integers(210, 5000), st.integers(1, 10**6))
def test_a_blank_has_just_the_length_that_is_wanted(length: int, line: int) -> None:
    data = b"".join(blank(length, line, START))
    assert len(data) == length
    assert f"see line {line} of the ledger".encode() in gzip.decompress(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.lists(JSON, min_size=1, max_size=6), st.data(), st.sampled_from([None, 1, 4]))
def test_elements_are_cut_out_of_json_and_the_rest_is_byte_for_byte_as_it_was(
    rows: list[object], data: st.DataObject, indent: int | None
) -> None:
    gone = data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=1))
    text = "window.YTD.x = " + json.dumps({"a": {"b c": rows}, "z": 1.0}, indent=indent)
    cut = _without(text.encode(), [f'$.a["b c"][{at}]' for at in sorted(gone)], coarse=False)
    assert cut is not None
    value = json.loads(cut.decode().removeprefix("window.YTD.x = "))
    assert value == {"a": {"b c": [row for at, row in enumerate(rows) if at not in gone]}, "z": 1.0}
    assert cut in _subsequences_hold(text.encode(), cut)


def _subsequences_hold(whole: bytes, part: bytes) -> list[bytes]:
    """Return the part where it is the whole with bytes left out, else nothing."""
    rest = iter(whole)
    return [part] if all(byte in rest for byte in part) else []


def test_words_are_looked_for_that_stand_nowhere_else_and_are_no_address() -> None:
    text = f"{SECRET} https://example.org/a/very/long/address/of/somebody\n@somebody_with_a_very_long_name_indeed"
    words = words_of_texts([text, OTHER], [f"he said: {OTHER}"])
    assert words
    assert all(word in SECRET for word in words)


def test_lines_are_cut_by_their_numbers() -> None:
    lines = [to_json(item) for item in (post(1), post(2), post(3))]
    data = "\r\n".join(lines).encode()
    assert _without(data, ["line 2"], coarse=False) == f"{lines[0]}\r\n{lines[2]}".encode()
    assert _without(b"a\nb\nc\nd\n", ["lines 2-3"], coarse=False) == b"a\nd\n"
    assert _without(b'{"a":[1,2]}\n{"a":[3]}', ["line 1 $.a[0]"], coarse=False) == b'{"a":[2]}\n{"a":[3]}'
    assert _without(b"a\n", ["line 9"], coarse=False) is None
    assert isinstance(post(1), Post)
