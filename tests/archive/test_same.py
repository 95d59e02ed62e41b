"""Posts of unrolled pages are upgraded, not doubled, when a better source brings the same author and text."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from clew import keeping
from clew.archive import Archive
from clew.archive.holdings import found
from clew.posts import Account, Notice, Origin, Post
from clew.threads import Gap, PostEntry
from tests.archive.worlds import add, made, post, records, write

TEXTS = [
    "1/ The port of Orsa changed hands twice in one winter, and hardly anybody noticed.",
    "2/ The second buyer was a fund in Limassol, owned by two brothers from the coast.",
    "3/ Its register of berths was lost in a fire; a copy lay in the harbour master's drawer.",
    "4/ More on that next week, with maps and the manifests of eleven ships.",
]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return made(tmp_path / "archive")


def real(numbers: range | list[int] = range(4)) -> list[Post]:
    return [post(n, TEXTS[n], to=n - 1 if n else None) for n in numbers]


def page(author: Account | None = None, texts: list[str] = TEXTS, name: str = "page") -> list[Post]:
    return [
        Post(
            platform="x",
            id=f"unrolled:{name}:{n}",
            author=author or Account(),
            text=text,
            conversation=f"unrolled:{name}",
        )
        for n, text in enumerate(texts)
    ]


ANA = Account(handle="ana")


def shown(archive: Archive) -> list[list[str | int | None]]:
    return [
        [entry.post.text if isinstance(entry, PostEntry) else entry.count for entry in thread.entries]
        for thread in found(archive.connection, real()[0].id)
    ]


@pytest.mark.parametrize("page_first", [True, False])
@pytest.mark.parametrize("author", [ANA, None])
def test_a_page_and_a_better_source_are_one_thread(
    archive: Archive, tmp_path: Path, page_first: bool, author: Account | None
) -> None:
    inputs = [write(tmp_path / "page.jsonl", page(author)), write(tmp_path / "real.jsonl", real())]
    for path in inputs if page_first else reversed(inputs):
        add(archive, path)
    assert len(records(archive)) == 1
    (thread,) = found(archive.connection, "unrolled:page:2")
    assert [own.id for own in thread.posts()] == [own.id for own in real()]
    assert keeping.verified(archive.path, deep=True).sound


def test_links_that_a_page_shows_in_another_way_do_not_keep_posts_apart(archive: Archive, tmp_path: Path) -> None:
    from clew.posts import Link

    link = Link(start=len(TEXTS[0]) + 1, end=len(TEXTS[0]) + 15, shown="t.co/abcdefghi", url=None, cut=True)
    first = replace(real()[0], text=f"{TEXTS[0]} t.co/abcdefghi", links=(link,))
    add(archive, write(tmp_path / "page.jsonl", page(ANA)))
    add(archive, write(tmp_path / "real.jsonl", [first, *real()[1:]]))
    assert len(records(archive)) == 1


def test_the_same_words_of_another_author_are_another_post(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "page.jsonl", page(Account(handle="bo"))))
    add(archive, write(tmp_path / "real.jsonl", real()))
    assert len(records(archive)) == 2


def test_a_page_without_author_is_not_taken_for_an_account_by_one_text(archive: Archive, tmp_path: Path) -> None:
    others = [TEXTS[0], *(f"{n}/ Something else altogether, about ports that nobody sold." for n in (2, 3, 4))]
    add(archive, write(tmp_path / "page.jsonl", page(None, others)))
    add(archive, write(tmp_path / "real.jsonl", real()))
    assert len(records(archive)) == 2


def test_a_page_in_another_order_is_not_taken_for_an_account(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "page.jsonl", page(None, TEXTS[::-1])))
    add(archive, write(tmp_path / "real.jsonl", real()))
    assert len(records(archive)) == 2


def test_a_post_that_only_the_page_holds_fills_its_hole(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "real.jsonl", real([0, 1, 3])))
    assert shown(archive) == [[TEXTS[0], TEXTS[1], 1, TEXTS[3]]]
    add(archive, write(tmp_path / "page.jsonl", page(ANA)))
    assert shown(archive) == [TEXTS]
    (thread,) = found(archive.connection, real()[0].id)
    assert [own.id for own in thread.posts()] == [own.id for own in real()]
    assert not [entry for entry in thread.entries if isinstance(entry, Gap)]


def test_the_end_that_only_the_page_holds_follows(archive: Archive, tmp_path: Path) -> None:
    add(archive, write(tmp_path / "page.jsonl", page(ANA)))
    add(archive, write(tmp_path / "real.jsonl", real([0, 1, 2])))
    assert shown(archive) == [TEXTS]


def test_what_a_page_says_of_its_length_is_said_of_the_thread(archive: Archive, tmp_path: Path) -> None:
    here = Origin(capture="sha256:00", file="page", place="line 1")
    count = Notice(
        kind="count", says="the page counts 9", origin=here, platform="x", conversation="unrolled:page", count=9
    )
    add(archive, write(tmp_path / "real.jsonl", [replace(own, conversation="c") for own in real()]))
    add(archive, write(tmp_path / "page.jsonl", [*page(ANA), count]))
    (thread,) = found(archive.connection, real()[0].id)
    assert thread.completeness.expected == 9


def test_words_that_an_author_wrote_twice_are_told_apart_by_their_place(archive: Archive, tmp_path: Path) -> None:
    again = post(9, TEXTS[1])
    add(archive, write(tmp_path / "real.jsonl", [*real(), again]))
    add(archive, write(tmp_path / "page.jsonl", page(ANA)))
    assert shown(archive) == [TEXTS]
    assert len(records(archive)) == 2
