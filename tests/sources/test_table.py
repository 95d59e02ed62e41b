"""Tables: what cases can't show, since it ends in an error or in the user's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.errors import BadOption, DamagedFile, NotReadable
from clew.exports import opened
from clew.posts import Item, Notice, Post, Problem
from clew.sources import _instants, _tables, table

HEAD = "id,text,author,created_at\n"


def items(tmp_path: Path, content: str | bytes, columns: dict[str, str] | None = None) -> list[Item]:
    path = tmp_path / "posts.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with opened(str(path)) as export:
        return list(table.read_with(export, columns or {}))


def posts(tmp_path: Path, content: str, columns: dict[str, str]) -> list[Post]:
    return [item for item in items(tmp_path, content, columns) if isinstance(item, Post)]


def test_a_column_of_rounded_ids_is_refused_before_any_post_is_given(tmp_path: Path) -> None:
    rows = "".join(f"140000000{n:06d}0000,post,ana,2021-06-02T08:03:05Z\n" for n in range(20))
    with pytest.raises(DamagedFile, match="20 of 20"):
        items(tmp_path, HEAD + rows)


def test_one_id_in_a_thousand_that_ends_in_zeros_is_chance(tmp_path: Path) -> None:
    rows = "".join(f"14000000000000{n:05d},post,ana,2021-06-02T08:03:05Z\n" for n in range(1, 1001))
    found = items(tmp_path, HEAD + rows + "1400000000012300000,post,ana,2021-06-02T08:03:05Z\n")
    assert sum(isinstance(item, Post) for item in found) == 1001


def test_one_id_in_ten_that_ends_in_zeros_is_a_problem(tmp_path: Path) -> None:
    rows = "".join(f"14000000000000{n:05d},post,ana,2021-06-02T08:03:05Z\n" for n in range(1, 10))
    found = items(tmp_path, HEAD + rows + "1400000000012300000,post,ana,2021-06-02T08:03:05Z\n")
    assert sum(isinstance(item, Post) for item in found) == 9
    assert sum(isinstance(item, Problem) for item in found) == 1


def test_the_user_names_columns_by_role(tmp_path: Path) -> None:
    content = "nr,wer,was,auf\n1,ana,hello,\n2,ana,again,1\n"
    found = posts(tmp_path, content, {"id": "nr", "author": "wer", "text": "was", "reply_to": "auf"})
    assert [(post.id, post.author.handle, post.text, post.reply_to) for post in found] == [
        ("1", "ana", "hello", None),
        ("2", "ana", "again", "1"),
    ]


def test_an_empty_name_takes_no_column(tmp_path: Path) -> None:
    content = "id,text,author,reply_to_id\n1,a,ana,\n2,b,ana,1\n"
    assert [post.reply_to for post in posts(tmp_path, content, {"reply_to": ""})] == [None, None]


@pytest.mark.parametrize(
    ("columns", "words"),
    [({"ids": "id"}, "no column can be taken for 'ids'"), ({"id": "txt"}, "Did you mean 'text'")],
    ids=["role", "column"],
)
def test_a_wrong_name_is_answered_with_the_right_ones(tmp_path: Path, columns: dict[str, str], words: str) -> None:
    with pytest.raises(BadOption, match=words):
        items(tmp_path, HEAD + "1,a,ana,\n", columns)


def test_a_guess_is_told_in_one_notice_that_comes_first(tmp_path: Path) -> None:
    first, *rest = items(tmp_path, "id,text,author,created_at,likes\n1,a,ana,2021-06-02 08:03:05,5\n")
    assert isinstance(first, Notice)
    assert first.kind == "guess"
    assert "id from 'id'" in first.says
    assert "Not used: 'likes'" in first.says
    assert "UTC" in first.says
    assert all(isinstance(item, Post) for item in rest)


def test_another_encoding_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="iconv"):
        items(tmp_path, (HEAD + "1,Größe,ana,\n").encode("windows-1252"))


def test_a_quote_that_is_never_closed_is_a_problem_with_its_lines(tmp_path: Path) -> None:
    found = items(tmp_path, HEAD + '1,"open,ana,\n2,b,ana,\n3,c,ana,\n')
    assert [item.reason for item in found if isinstance(item, Problem)] == [
        "expected 4 cells, as the header has, got 2 (lines 2 to 4)"
    ]


def test_without_pyarrow_a_parquet_file_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(_tables, "import_module", absent)
    (tmp_path / "posts.parquet").write_bytes(b"PAR1 and more")
    with opened(str(tmp_path / "posts.parquet")) as export:
        assert table.claims(export)
        with pytest.raises(NotReadable, match=r"pip install 'clew\[tables\]'"):
            list(table.read(export))


def test_a_broken_parquet_file_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "posts.parquet").write_bytes(b"PAR1 and more")
    with opened(str(tmp_path / "posts.parquet")) as export:
        assert not table.claims(export)
        with pytest.raises(DamagedFile):
            list(table.read(export))


@pytest.mark.parametrize(
    "text",
    [
        "1622621400",
        "1622621400.0",
        "1622621400000",
        "1622621400000000",
        "2021-06-02 08:10",
        "2021-06-02T10:10:00+02:00",
        "2021-06-02T08:10:00.000Z",
        "2021/06/02 08:10:00 UTC",
        "Wed Jun 02 08:10:00 +0000 2021",
        "Wed, 02 Jun 2021 08:10:00 GMT",
        "Jun 2, 2021 · 8:10 AM UTC",
        "02.06.2021 08:10",
    ],
)
def test_every_form_of_a_time_is_the_same_instant(text: str) -> None:
    assert _instants.instant(text).time.isoformat() == "2021-06-02T08:10:00+00:00"


@pytest.mark.parametrize("text", ["", "soon", "44351.39", "31/31/2021", "2021-13-01", "3/4/2021", "1/2/3/4", "9" * 30])
def test_what_is_no_date_or_one_of_two_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        _instants.instant(text)
