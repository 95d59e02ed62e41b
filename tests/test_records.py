"""Bytes into records: whole where they are sound, and exactly said where they are not."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew import records, texts
from clew.errors import DamagedFile

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
DOCUMENT = json.dumps(
    {"a": [1, -2.5e3, 'é中🇷🇺\n"\\', True, None, {"b": {}}, []], "é": 1e30}, ensure_ascii=False
).encode()
ESCAPED = json.dumps(json.loads(DOCUMENT)).encode()


def reader(data: bytes) -> records.Json:
    return records.Json(io.BytesIO(data), "x.json")


def whole(json_reader: records.Json) -> Any:
    return json_reader.value()


def walked(json_reader: records.Json) -> Any:
    """Return the value that comes next, taken apart as far as it goes."""
    match json_reader.peek():
        case "{":
            return {key: walked(json_reader) for key in json_reader.keys()}  # noqa: SIM118
        case "[":
            return [walked(json_reader) for _ in json_reader.items()]
        case _:
            return json_reader.value()


def valued(json_reader: records.Json) -> Any:
    """Return the values of an array, several at once where that can be."""
    return list(json_reader.values()) if json_reader.peek() == "[" else json_reader.value()


Take = Callable[[records.Json], Any]


# --- JSON


@pytest.mark.parametrize("take", [whole, walked, valued])
@given(value=JSON, size=st.integers(1, 7), indent=st.none() | st.integers(0, 2), ascii_only=st.booleans())
def test_any_document_is_read_like_json_reads_it(
    take: Take, value: Any, size: int, indent: int | None, ascii_only: bool
) -> None:
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "CHUNK", size)
        found = take(reader(data))
    assert found == texts.cleaned(json.loads(data))


@pytest.mark.parametrize("take", [whole, walked, valued])
@pytest.mark.parametrize("size", range(1, 8))
def test_chunks_may_end_anywhere(take: Take, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "CHUNK", size)
    for data in (DOCUMENT, ESCAPED, b"\xef\xbb\xbf" + DOCUMENT, b" [ 1.5e+3 , -0.1E-2 ,12] "):
        json_reader = reader(data)
        assert take(json_reader) == json.loads(data.removeprefix(b"\xef\xbb\xbf"))
        assert json_reader.peek() == ""


@pytest.mark.parametrize("take", [whole, walked, valued])
@pytest.mark.parametrize("data", [DOCUMENT, ESCAPED])
def test_json_cut_at_any_byte_breaks_off_there(take: Take, data: bytes) -> None:
    for end in range(len(data)):
        with pytest.raises(DamagedFile, match=r"^x.json: JSON breaks off at character \d+.*export it again\.$"):
            take(reader(data[:end]))


def test_what_a_caller_leaves_is_passed_over() -> None:
    json_reader = reader(b'{"a": [1, {"b": 2}], "c": [10, 20, 30], "d": 4}')
    found = []
    for key in json_reader.keys():  # noqa: SIM118
        if key == "c":
            for index in json_reader.items():
                if index == 1:
                    found.append(json_reader.value())
    assert (found, json_reader.peek()) == ([20], "")


def test_what_stands_behind_a_value_is_left_for_the_caller() -> None:
    json_reader = reader(b'{"a": 1} garbage')
    assert json_reader.value() == {"a": 1}
    assert (json_reader.peek(), json_reader.position) == ("g", 9)


def test_a_prefix_can_be_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "CHUNK", 3)
    json_reader = reader(b"window.YTD.tweets.part0 = [1]")
    json_reader.skip_to("[")
    assert json_reader.value() == [1]
    with pytest.raises(DamagedFile, match=r"x.json: holds no '\['\."):
        reader(b"window.YTD").skip_to("[")


def test_of_keys_that_stand_twice_a_whole_value_has_the_last_and_a_walk_gives_both() -> None:
    data = b'{"id": 1, "id": 2}'
    assert reader(data).value() == {"id": 2}
    json_reader = reader(data)
    assert [(key, json_reader.value()) for key in json_reader.keys()] == [("id", 1), ("id", 2)]  # noqa: SIM118


@pytest.mark.parametrize("take", [whole, walked, valued])
def test_numbers_that_no_standard_allows_and_halves_of_letters_are_read(take: Take) -> None:
    found = take(reader(b'[NaN, -Infinity, "\\ud83d", 1e999, 123456789012345678901234567890]'))
    assert str(found) == "[nan, -inf, '�', inf, 123456789012345678901234567890]"


@given(value=JSON)
def test_a_held_value_is_walked_like_a_text(value: Any) -> None:
    def again(held: records.Held) -> Any:
        match held.peek():
            case "{":
                return {key: again(held) for key in held.keys()}  # noqa: SIM118
            case "[":
                return [again(held) for _ in held.items()]
        return held.value()

    assert again(records.Held(value)) == value


@given(
    rows=st.lists(st.fixed_dictionaries({"id": JSON}, optional={"b": JSON, "c": JSON}), max_size=8),
    chunk=st.integers(1, 90),
    piece=st.integers(1, 200),
    indent=st.none() | st.integers(0, 2),
)
def test_arrays_of_objects_that_begin_alike_are_read_like_json_reads_them(
    rows: list[Any], chunk: int, piece: int, indent: int | None
) -> None:
    data = json.dumps({"rows": rows, "more": [{"id": 1}, {"id": 2}]}, indent=indent).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "CHUNK", chunk)
        patch.setattr(records, "PIECE", piece)
        json_reader = reader(data)
        found = {key: valued(json_reader) for key in json_reader.keys()}  # noqa: SIM118
    assert found == texts.cleaned(json.loads(data))


@pytest.mark.parametrize("end", [500, 12_000])
def test_what_stands_before_a_break_in_an_array_is_given(end: int) -> None:
    data = ("[" + ",\n".join(f'{{"id":{number}}}' for number in range(2000)))[:end]
    found: list[int] = []
    with pytest.raises(DamagedFile, match="breaks off"):
        found.extend(value["id"] for value in reader(data.encode()).values())
    assert found == list(range(data.count("}")))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{a: 1}", "no JSON at character 1 "),
        (b"[1,]", "no JSON at character 3 "),
        (b"[1 2]", "no JSON at character 3 "),
        (b'{"a" 1}', "no JSON at character 5 "),
        (b'["a\0b"]', r"no JSON at character 3 \(invalid control character\)"),
        (b'["\\x"]', "no JSON at character 2 "),
        (b"<html>", "no JSON at character 0 "),
        (b"\0\0\0", "no JSON at character 0 "),
        (b"[" + b"9" * 5000 + b"]", r"exceeds the limit \(4300 digits\)"),
        ("[1]".encode("utf-16"), "is not UTF-8 near character 0. .* iconv -f utf-16"),
        ('["Минск"]'.encode("windows-1251"), "is not UTF-8 near"),
        (b"", "JSON breaks off at character 0 "),
        (b"  ", "JSON breaks off at character 2 "),
        (b'["\xf0\x9f', "JSON breaks off at character 2, within it"),
    ],
)
def test_what_is_no_json_is_said_with_its_place(data: bytes, says: str) -> None:
    with pytest.raises(DamagedFile, match=says):
        reader(data).value()


def test_hostile_nesting_is_an_error_and_no_crash() -> None:
    for data in (b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000):
        with pytest.raises(DamagedFile, match="values are nested too deep"):
            reader(data).value()


def test_a_walk_asks_for_the_right_kind() -> None:
    with pytest.raises(DamagedFile, match=r"expected '\{'"):
        list(reader(b"[1]").keys())
    with pytest.raises(DamagedFile, match="expected a key"):
        list(reader(b"{1: 2}").keys())


# --- lines


def lines(data: bytes) -> list[tuple[int, bytes | None]]:
    return list(records.lines(io.BytesIO(data)))


@given(st.lists(st.binary(max_size=8).filter(lambda line: not set(line) & set(b"\n\0\xef")), max_size=6), st.booleans())
def test_lines_are_the_lines_of_the_file_with_their_numbers(given_lines: list[bytes], ends: bool) -> None:
    data = b"\n".join(given_lines) + b"\n" * ends
    expected = [(number, line.strip()) for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    assert lines(data) == expected


def test_marks_nuls_and_line_ends_of_windows_are_dropped() -> None:
    assert lines(b'\xef\xbb\xbf{"a":\x001}\r\n\0\0\0\n\r\n{"b":2}\0\0\0\0') == [(1, b'{"a":1}'), (4, b'{"b":2}')]


def test_the_nuls_of_utf_16_stay_so_that_no_letter_becomes_another() -> None:
    for encoding in ("utf-16le", "utf-16be"):
        for _, line in lines('{"text": "中文"}\n{"text": "北京"}'.encode(encoding)):
            assert line is not None
            assert line.count(b"\0") > 5


def test_a_line_of_absurd_length_is_none_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LIMIT", 10)
    assert lines(b"short\n" + b"x" * 35 + b"\nlast") == [(1, b"short"), (2, None), (3, b"last")]
    assert lines(b"x" * 9 + b"\n" + b"x" * 11) == [(1, b"x" * 9), (2, None)]


MEASURED = """
import resource, sys
from clew import records
from clew.errors import DamagedFile
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
with open(sys.argv[1], "rb") as stream:
    if sys.argv[2] == "lines":
        print(sum(line is None for _, line in records.lines(stream)), "skipped")
    else:
        try:
            records.Json(stream, "x").value()
        except DamagedFile as error:
            print(error)
"""


@pytest.mark.parametrize(("way", "says"), [("lines", "1 skipped"), ("json", "one value is longer than 64 MB")])
def test_one_line_of_300_megabytes_needs_no_memory_to_match(way: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "long"
    with path.open("wb") as stream:
        stream.write(b'{"a": "')
        for _ in range(300):
            stream.write(b"x" * 1_000_000)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path), way], capture_output=True, text=True, check=False, timeout=120
    )
    assert (says in done.stdout, done.stderr) == (True, "")


# --- whole texts


def test_text_is_decoded_by_its_mark() -> None:
    text = "Минск 北京 🇷🇺\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        assert records.decoded(text.replace("\n", "\r\n").encode(encoding), "x.txt") == text
    big_endian = b"\xfe\xff" + text.encode("utf-16be")
    assert records.decoded(big_endian, "x.txt") == text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("Минск".encode("windows-1251"), r"is not UTF-8 text \(byte 0xcc at 0\)\. .* iconv -f windows-1251"),
        ("Thread: 北京".encode("utf-16le"), "is not UTF-8 text, but looks like UTF-16. .* iconv -f utf-16le"),
        ("Thread: 北京".encode("utf-16be"), "is not UTF-8 text, but looks like UTF-16. .* iconv -f utf-16be"),
        ("Минск".encode("utf-16")[:-1], "UTF-16 text breaks off at byte 10"),
        (b"\x89PNG\r\n\x1a\n", "is not UTF-8 text"),
    ],
)
def test_text_in_another_encoding_is_refused_with_the_way_out(data: bytes, says: str) -> None:
    with pytest.raises(DamagedFile, match=f"^x.txt: {says}"):
        records.decoded(data, "x.txt")
