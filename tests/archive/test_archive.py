"""Archives: inputs are kept byte for byte, posts once, edits as versions, and nothing is taken for deleted."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

import clew
from clew import keeping
from clew.archive import Archive, Hand
from clew.archive.history import histories
from clew.archive.holdings import authors, capture_before, changed, found, known_then, listed
from clew.archive.store import digested
from clew.errors import BadOption, NoArchive, UnknownFormat
from clew.keeping import reader
from clew.posts import Account, Link, Notice, Origin, Version
from clew.threads import Thread, to_json
from tests.archive.worlds import START, add, made, post, records, write

HERE = Origin(capture="sha256:00", file="posts", place="line 1")


def texts(thread: Thread) -> list[str]:
    return [own.text for own in thread.posts()]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return made(tmp_path / "archive")


# --- captures ---------------------------------------------------------------------------------------------------------


def test_a_file_is_kept_byte_for_byte_in_a_warc_that_others_read(archive: Archive, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [post(1), post(2, to=1)])
    brought = add(archive, path)
    (warc,) = (archive.path / "captures").iterdir()
    with warc.open("rb") as stream:
        kept = []
        for record in ArchiveIterator(stream, check_digests="raise"):
            kept.append((record.rec_type, record.rec_headers.get_header("WARC-Block-Digest"), record.raw_stream.read()))
    assert [kind for kind, *_ in kept] == ["warcinfo", "resource"]
    assert kept[1][1] == brought.digest
    assert kept[1][2] == path.read_bytes()


def test_every_record_is_a_gzip_member_of_its_own(archive: Archive, tmp_path: Path) -> None:
    for number in (1, 2):
        add(archive, write(tmp_path / f"{number}.jsonl", [post(number)]))
    (warc,) = (archive.path / "captures").iterdir()
    whole = warc.read_bytes()
    lines = [json.loads(line) for line in (archive.path / "ledger.jsonl").read_text().splitlines()]
    places = [(line["offset"], line["length"]) for line in lines if "warc" in line]
    assert [offset for offset, _ in places] == [0, places[0][1], places[0][1] + places[1][1]]
    for offset, length in places:
        assert gzip.decompress(whole[offset : offset + length]).startswith(b"WARC/1.1\r\n")
    assert sum(length for _, length in places) == len(whole)


def test_a_file_that_is_held_is_not_kept_twice_but_noted(archive: Archive, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [post(1)])
    add(archive, path)
    size = sum(warc.stat().st_size for warc in (archive.path / "captures").iterdir())
    again = add(archive, path.rename(tmp_path / "b.jsonl"))
    assert again.again
    assert sum(warc.stat().st_size for warc in (archive.path / "captures").iterdir()) == size
    last = json.loads((archive.path / "ledger.jsonl").read_text().splitlines()[-1])
    assert (last["event"], last["digest"], last["name"]) == ("again", again.digest, "b.jsonl")
    assert archive.connection.execute("SELECT name FROM additions").fetchall() == [("b.jsonl",)]


def test_a_file_changes_to_the_next_warc_when_one_is_full(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clew.archive.store.SEGMENT", 500)
    for number in range(3):
        add(archive, write(tmp_path / f"{number}.jsonl", [post(number)]))
    assert len(list((archive.path / "captures").iterdir())) == 3
    assert keeping.verified(archive.path).sound


def test_of_a_folder_the_files_that_are_read_are_kept_with_their_list(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    (folder / "deep").mkdir(parents=True)
    write(folder / "a.jsonl", [post(1)])
    write(folder / "deep" / "b.jsonl", [post(2, to=1)])
    (folder / "note.bin").write_bytes(b"\x01\x02")
    brought = add(archive, folder)
    kinds = archive.connection.execute("SELECT kind, name FROM captures ORDER BY capture").fetchall()
    assert kinds == [("member", "a.jsonl"), ("member", "deep/b.jsonl"), ("folder", "export")]
    assert brought.unread == (f"{folder}/note.bin: in no format that clew reads",)
    (thread,) = found(archive.connection, post(1).id)
    direct = clew.read(folder)
    assert to_json(thread) == to_json(direct[0])
    assert keeping.verified(archive.path, deep=True).sound


def test_of_a_folder_that_changed_only_new_files_are_kept(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    write(folder / "a.jsonl", [post(1)])
    add(archive, folder)
    write(folder / "b.jsonl", [post(2)])
    assert add(archive, folder).new == 1
    kinds = archive.connection.execute("SELECT kind, name FROM captures ORDER BY capture").fetchall()
    assert kinds == [("member", "a.jsonl"), ("folder", "export"), ("member", "b.jsonl"), ("folder", "export")]


@pytest.mark.parametrize("packed", [True, False])
def test_what_is_read_back_is_what_is_read_from_the_input(archive: Archive, tmp_path: Path, packed: bool) -> None:
    plain = write(tmp_path / "a.jsonl", [post(1), post(2, to=1), post(9, by="bo")])
    path = tmp_path / "all.zip" if packed else tmp_path / "a.jsonl.gz"
    if packed:
        with zipfile.ZipFile(path, "w") as out:
            out.write(plain, "deep/a.jsonl")
    else:
        path.write_bytes(gzip.compress(plain.read_bytes()))
    add(archive, path)
    assert records(archive) == sorted(map(to_json, clew.read(path)))


def test_standard_input_is_kept(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    data = f"{clew.posts.to_json(post(1))}\n".encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    brought = add(archive, Path("-"))
    assert (brought.name, brought.new) == ("standard-input", 1)
    assert brought.digest == digested(io.BytesIO(data))[0]


def test_an_input_that_nobody_can_read_is_not_kept(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "note.bin"
    path.write_bytes(b"\x01\x02")
    before = (archive.path / "ledger.jsonl").read_bytes()
    with pytest.raises(UnknownFormat):
        add(archive, path)
    assert (archive.path / "ledger.jsonl").read_bytes() == before


def test_what_stood_before_damage_is_kept_and_the_damage_told(archive: Archive, tmp_path: Path) -> None:
    packed = gzip.compress(write(tmp_path / "a.jsonl", map(post, range(5_000))).read_bytes(), mtime=0)
    (tmp_path / "cut.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    brought = add(archive, tmp_path / "cut.jsonl.gz")
    assert 100 < brought.new < 5_000
    assert "breaks off" in brought.unread[0]
    assert not [line for line in (*brought.unread, *brought.problems) if "clew-" in line]


def test_columns_that_the_user_names_are_remembered(archive: Archive, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("number,body,who\n1400000000000000001,one,ana\n1400000000000000002,two,ana\n")
    columns = {"id": "number", "text": "body", "author": "who"}
    add(archive, table, columns=columns)
    before = records(archive)
    keeping.rebuilt(archive.path).close()
    assert records(archive) == before
    assert "1400000000000000002" in "".join(before)


def test_a_file_that_is_added_again_in_another_way_is_read_anew(archive: Archive, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id,text,other,author\n1400000000000000001,one,eins,ana\n1400000000000000002,two,zwei,ana\n")
    add(archive, table)
    add(archive, table, columns={"id": "id", "text": "other", "author": "author"})
    assert archive.connection.execute("SELECT text FROM posts ORDER BY post").fetchall() == [("eins",), ("zwei",)]
    assert keeping.verified(archive.path, deep=True).sound


# --- the folder -------------------------------------------------------------------------------------------------------


def test_a_folder_that_is_no_archive_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(NoArchive, match="Make one with: clew init"):
        keeping.opened(tmp_path)


def test_a_folder_with_something_in_it_does_not_become_an_archive(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(NoArchive, match="already"):
        Archive.made(tmp_path, Hand(read=reader))


def test_an_archive_can_be_moved(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "a.jsonl", [post(1)]))
    archive.close()
    moved = archive.path.rename(tmp_path / "moved")
    with keeping.opened(moved) as again:
        assert len(records(again)) == 1
    assert keeping.verified(moved, deep=True).sound


def test_the_database_opens_in_any_program_and_says_what_its_columns_mean(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "a.jsonl", [post(1), post(2, to=1)]))
    with sqlite3.connect(archive.path / "clew.sqlite") as plain:
        rows = plain.execute("SELECT author, text, position FROM posts ORDER BY position").fetchall()
        schema = plain.execute("SELECT sql FROM sqlite_schema WHERE name = 'posts'").fetchone()[0]
    plain.close()
    assert rows == [("@ana", "post 1", 1), ("@ana", "post 2", 2)]
    assert "-- what a reader saw" in schema


# --- sightings and versions -------------------------------------------------------------------------------------------


def test_the_same_post_twice_is_one_post_with_two_sightings(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "a.jsonl", [post(1), post(2, to=1)]))
    brought = add(archive, write(tmp_path / "b.jsonl", [post(1), post(3, to=2)]))
    assert (brought.new, brought.seen, brought.changed) == (1, 1, 0)
    assert archive.connection.execute("SELECT count(*) FROM sightings").fetchone() == (4,)
    (thread,) = found(archive.connection, "x:1400000000000000001")
    assert texts(thread) == ["post 1", "post 2", "post 3"]


def test_an_edit_is_shown_as_the_latest_wording_with_the_earlier_as_version(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "old.jsonl", [post(1, "the port was sold once, as the register of berths says")]))
    brought = add(archive, write(tmp_path / "new.jsonl", [post(1, "the port was sold twice")]))
    assert brought.changed == 1
    (thread,) = found(archive.connection, post(1).id)
    (own,) = thread.posts()
    assert own.text == "the port was sold twice"
    assert [version.text for version in own.versions] == ["the port was sold once, as the register of berths says"]


def test_the_time_of_an_edit_tells_which_wording_is_later_whatever_was_added_first(
    archive: Archive, tmp_path: Path
) -> None:
    add(archive, write(tmp_path / "new.jsonl", [post(1, "mended", edited=START + timedelta(hours=1))]))
    add(archive, write(tmp_path / "old.jsonl", [post(1, "broken and long")]))
    (thread,) = found(archive.connection, post(1).id)
    assert texts(thread) == ["mended"]


def test_links_that_are_shown_in_another_way_are_no_edit(archive: Archive, tmp_path: Path) -> None:
    link = clew.posts.Link(start=9, end=28, shown="https://t.co/abcdef", url="https://example.org/", cut=False)
    add(archive, write(tmp_path / "a.jsonl", [post(1, "the port https://t.co/abcdef", links=(link,))]))
    shown = clew.posts.Link(start=9, end=20, shown="example.org", url="https://example.org/", cut=False)
    add(archive, write(tmp_path / "b.jsonl", [post(1, "the port example.org", links=(shown,))]))
    (thread,) = found(archive.connection, post(1).id)
    assert [own.versions for own in thread.posts()] == [()]


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
def test_the_same_words_are_one_wording_whatever_a_source_knows_of_their_links(
    archive: Archive, tmp_path: Path, order: tuple[int, ...]
) -> None:
    link = Link(start=4, end=10, shown="report", url="https://example.org/report")
    seen = [post(1, "The report"), post(1, "The report", links=(link,)), post(1, "The old report")]
    for at in order:
        add(archive, write(tmp_path / f"{at}.jsonl", [seen[at]]))
    threads = found(archive.connection, post(1).id)
    (own,) = threads[0].posts()
    assert sorted([own.text, *(version.text for version in own.versions)]) == ["The old report", "The report"]
    (history,) = histories(archive.connection, threads)
    assert sorted((one.text, len(one.seen)) for one in history.wordings) == [("The old report", 1), ("The report", 2)]


def test_a_shortened_text_gives_way_to_the_whole_one_and_is_no_version(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "a.jsonl", [post(1, "a long text, whole")]))
    add(archive, write(tmp_path / "b.jsonl", [post(1, "a long tex…", cut=True)]))
    (own,) = found(archive.connection, post(1).id)[0].posts()
    assert (own.text, own.cut, own.versions) == ("a long text, whole", False, ())


def test_histories_tell_each_wording_with_where_it_was_seen(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "a.jsonl", [post(1, "sold once")]))
    add(archive, write(tmp_path / "b.jsonl", [post(1, "sold once"), post(2)]))
    add(archive, write(tmp_path / "c.jsonl", [post(1, "sold twice")]))
    (history,) = histories(archive.connection, found(archive.connection, post(1).id))
    told = [(wording.text, [sighting.name for sighting in wording.seen]) for wording in history.wordings]
    assert told == [("sold once", ["a.jsonl", "b.jsonl"]), ("sold twice", ["c.jsonl"])]


def complete(until: int, **more: object) -> Notice:
    return Notice(
        kind="complete",
        says="The archive holds all posts of the account.",
        origin=HERE,
        platform="x",
        author=Account(id="id-ana", handle="ana"),
        time=START + timedelta(minutes=until),
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("newer_first", [False, True])
def test_two_exports_show_what_was_edited_and_what_is_no_longer_there(
    archive: Archive, tmp_path: Path, newer_first: bool
) -> None:
    older = write(tmp_path / "older.jsonl", [post(1), post(2, "sold once"), post(3, to=2), complete(10)])
    newer = write(tmp_path / "newer.jsonl", [post(1), post(2, "sold twice"), post(20), complete(30)])
    brought = [add(archive, path) for path in ((newer, older) if newer_first else (older, newer))]
    if not newer_first:
        assert (brought[1].new, brought[1].seen, brought[1].changed) == (1, 2, 1)
        assert brought[1].gone == ("x:1400000000000000003",)
    threads = found(archive.connection, post(2).id) + found(archive.connection, post(20).id)
    first, third, twentieth = histories(archive.connection, threads)
    assert [wording.text for wording in first.wordings] == ["sold once", "sold twice"]
    assert first.shown == "sold twice"
    assert [absence.name for absence in third.absences] == ["newer.jsonl"]
    assert not third.deletions
    assert not twentieth.absences


def test_a_post_that_is_no_longer_there_stays_in_its_thread(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "older.jsonl", [post(1), post(2, to=1), complete(10)]))
    add(archive, write(tmp_path / "newer.jsonl", [post(1), complete(30)]))
    (thread,) = found(archive.connection, post(1).id)
    assert texts(thread) == ["post 1", "post 2"]


def test_a_deletion_is_told_with_its_evidence(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "a.jsonl", [post(1), post(2, to=1)]))
    gone = Notice(
        kind="gone", says="X says that it was deleted.", origin=HERE, platform="x", post=post(2).id, state="deleted"
    )
    add(archive, write(tmp_path / "b.jsonl", [post(1), gone]))
    (thread,) = found(archive.connection, post(1).id)
    assert texts(thread) == ["post 1", "post 2"]
    _, second = histories(archive.connection, [thread])
    assert [(deletion.says, deletion.file) for deletion in second.deletions] == [
        ("X says that it was deleted.", "posts")
    ]


def test_a_post_is_found_by_id_address_and_the_id_of_an_earlier_wording(archive: Archive, tmp_path: Path) -> None:
    edited = post(2, "mended", to=1, versions=(Version(id="77", time=START, text="broken"),))
    add(archive, write(tmp_path / "a.jsonl", [post(1), edited]))
    names = [
        edited.id,
        f"x:{edited.id}",
        "x:1400000000000000001",
        f"https://x.com/ana/status/{edited.id}",
        "77",
        "x:77",
    ]
    assert [[thread.id for thread in found(archive.connection, name)] for name in names] == [
        ["x:1400000000000000001"]
    ] * 6
    assert found(archive.connection, "78") == []


def test_a_thread_can_be_seen_as_it_was_known(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "a.jsonl", [post(1, "sold once"), post(2, to=1)]))
    (first,) = archive.connection.execute("SELECT max(capture) FROM captures").fetchone()
    add(archive, write(tmp_path / "b.jsonl", [post(1, "sold twice"), post(3, to=2)]))
    (then,) = known_then(archive.connection, "x:1400000000000000001", first)
    assert texts(then) == ["sold once", "post 2"]
    assert known_then(archive.connection, post(3).id, first) == []
    assert known_then(archive.connection, post(1).id, 0) == []
    assert capture_before(archive.connection, "2020-01-01") == 0


def test_two_handles_of_one_account_are_one_author(archive: Archive, tmp_path: Path) -> None:
    renamed = post(2, to=1, author=Account(id="id-ana", handle="ana_new"))
    add(archive, write(tmp_path / "a.jsonl", [post(1)]))
    add(archive, write(tmp_path / "b.jsonl", [renamed]))
    (holder,) = authors(archive.connection)
    assert sorted(holder.handles) == ["ana", "ana_new"]
    assert (holder.threads, holder.posts) == (1, 2)
    assert [thread.posts for thread in listed(archive.connection, author="@ANA")] == [2]


def test_lists_leave_single_posts_out_unless_they_are_wanted(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "a.jsonl", [post(1), post(2, to=1), post(9)]))
    assert [thread.posts for thread in listed(archive.connection)] == [2]
    assert [thread.posts for thread in listed(archive.connection, singles=True)] == [2, 1]


def test_a_format_that_is_not_there_is_said_to_be_so(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="no format is called"):
        add(archive, write(tmp_path / "a.jsonl", [post(1)]), format="tweets")


def test_who_follows_an_archive_is_told_which_threads_came_changed_and_went(tmp_path: Path) -> None:
    archive = made(tmp_path / "archive")
    add(archive, write(tmp_path / "a.jsonl", [post(1), post(5), post(3, to=2, by="ben")]))
    first = changed(archive.connection)
    assert len(first.threads) == first.last == 3
    add(archive, write(tmp_path / "b.jsonl", [post(2, to=1, by="ben"), post(5)]))
    then = changed(archive.connection, first.last)
    assert then.of == first.of
    rows = dict(archive.connection.execute("SELECT thread, id FROM threads"))
    assert {rows[thread].rpartition("0")[2] for thread in then.threads if thread in rows} == {"2"}
    assert [thread for thread in then.threads if thread not in rows], "the thread that began with post 3 is gone"
    assert changed(archive.connection, then.last).threads == ()
    archive.rebuild()
    assert changed(archive.connection).of != first.of
