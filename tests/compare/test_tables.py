"""Tables of actions: what is taken for what, and what is said of damage."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clew.compare import tables
from clew.compare.actions import Actions
from clew.errors import BadOption, DamagedFile, NotReadable


def written(folder: Path, text: str, name: str = "table.csv") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def rows(made: Actions) -> list[tuple[str, str, str, int]]:
    return list(
        zip(
            made.objects.take(made.object),
            made.accounts.take(made.account),
            made.contents.take(made.content),
            (made.time // 1000).tolist(),
            strict=True,
        )
    )


def test_names_of_columns_tell_what_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, "object_id,account_id,content_id,timestamp_share\no,ana,1,100\no,ben,2,105\n")
    assert tables.is_actions(path)
    assert rows(tables.read(path)) == [("o", "ana", "1", 100), ("o", "ben", "2", 105)]


def test_a_table_of_posts_is_none_of_actions(tmp_path: Path) -> None:
    assert not tables.is_actions(written(tmp_path, "id,author,created_at,text\n1,ana,2021-06-04,hello\n"))


def test_empty_objects_never_join(tmp_path: Path) -> None:
    path = written(tmp_path, "object,account,time\n,ana,1\n ,ben,2\nNA,cem,3\no,ana,4\no,ben,5\n")
    made = tables.read(path)
    assert [row[0] for row in rows(made)] == ["o", "o"]
    assert made.left == {"rows without an object": 3}


def test_rows_without_account_or_time_are_counted(tmp_path: Path) -> None:
    made = tables.read(written(tmp_path, "object,account,time\no,,1\no,ben,soon\no,cem,\no,ana,4\n"))
    assert made.left == {"rows without an account": 1, "rows without a time": 2}


def test_no_times_at_all_are_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="no row has all of object, account and time"):
        tables.read(written(tmp_path, "object,account,time\no,ana,\no,ben,\n"))


@pytest.mark.parametrize(
    "time",
    [
        "1622799000",
        "1622799000.0",
        "1622799000000",
        "1622799000000000",
        "2021-06-04 09:30:00",
        "2021-06-04T11:30:00+02:00",
    ],
)
def test_times_are_known_in_every_usual_form(tmp_path: Path, time: str) -> None:
    made = tables.read(written(tmp_path, f"object,account,time\no,ana,{time}\n"))
    assert made.time.tolist() == [1_622_799_000_000]


def test_columns_can_be_named_and_several_objects_taken(tmp_path: Path) -> None:
    path = written(tmp_path, "url;tag;who;when\nu1;t1;ana;1\n;t1;ben;2\n")
    made = tables.read(path, {"object": "url+tag", "account": "who", "time": "when"})
    assert made.traces == ("url", "tag")
    assert sorted(row[:3] for row in rows(made)) == [
        ("t1", "ana", "row 1"),
        ("t1", "ben", "row 2"),
        ("u1", "ana", "row 1"),
    ]


def test_a_column_that_is_not_there_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, "url,who,when\nu,ana,1\n")
    with pytest.raises(BadOption, match=r"no column is called 'link'\. There are: url, who, when"):
        tables.read(path, {"object": "link", "account": "who", "time": "when"})
    with pytest.raises(BadOption, match="no column tells the account; name one with --columns account=NAME"):
        tables.read(path, {"object": "url", "time": "when"})


def test_ids_rounded_by_a_spreadsheet_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "object,account,content,time\no,1.40E+18,1,1\no,1.41E+18,2,2\n")
    with pytest.raises(
        DamagedFile, match=r"its column account holds ids that a spreadsheet has rounded \(1\.40E\+18\)"
    ):
        tables.read(path)


def test_ids_that_nearly_all_end_with_zeros_are_refused(tmp_path: Path) -> None:
    lines = "".join(f"o,14{n:011d}000,{n},{n}\n" for n in range(40))
    with pytest.raises(DamagedFile, match="nearly all ids in its column account end with 000"):
        tables.read(written(tmp_path, "object,account,content,time\n" + lines))


def test_large_ids_kept_as_fractions_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    ids = pa.array([1.4e18, None, 1.5e18])
    pq.write_table(pa.table({"object": ["o", "o", "o"], "account": ids, "time": [1, 2, 3]}), path)
    with pytest.raises(DamagedFile, match="its column account holds large ids as fractions"):
        tables.read(str(path))


def test_small_ids_kept_as_fractions_are_whole_again(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"object": [1.0, 1.0, None], "account": [7, 8, 9], "time": [1, 2, 3]}), path)
    assert [row[:2] for row in rows(tables.read(str(path)))] == [("1", "7"), ("1", "8")]


def test_a_long_table_has_one_code_for_a_name(tmp_path: Path) -> None:
    lines = "".join(f"o{n % 7},a{n % 11},{n},{n}\n" for n in range(60_000))
    made = tables.read(written(tmp_path, "object,account,content,time\n" + lines))
    assert (len(made), len(made.objects), len(made.accounts)) == (60_000, 7, 11)


def test_files_that_are_no_tables_are_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(NotReadable, match="no such file"):
        tables.read(str(tmp_path / "none.csv"))
    with pytest.raises(DamagedFile, match="names no columns"):
        tables.read(written(tmp_path, "just words\n"))
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and then nothing")
    with pytest.raises(DamagedFile, match="broken Parquet"):
        tables.read(str(broken))


def test_a_ragged_row_is_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="cannot be read as a table"):
        tables.read(written(tmp_path, "object,account,time\no,ana,1\no,ben\n"))


def test_a_table_with_its_header_alone_has_no_actions(tmp_path: Path) -> None:
    assert len(tables.read(written(tmp_path, "object,account,time\n"))) == 0


def test_groups_are_the_distinct_pairs_of_two_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "author,side\nana,red\nana,red\n ben ,blue\n,blue\ncem,\n")
    assert sorted(tables.pairs_of(path, "author", "side")) == [("ana", "red"), ("ben", "blue")]
