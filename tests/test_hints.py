"""An input of no known format is answered with what stands in the way, and what to do next."""

from __future__ import annotations

from pathlib import Path

import pytest

import clew
from clew.errors import UnknownFormat


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is empty"),
        (b"\n \n", "it holds nothing but white space"),
        (b"\0" * 5000, "it holds nothing but NUL bytes"),
        ("1/ Порт открыт.".encode("cp1251"), "is not UTF-8 text (byte 0xcf at 3). If you know its encoding: iconv"),
        ('{"a": 1}'.encode("utf-16"), "is UTF-16 text. If it is JSON: iconv -f utf-16 -t utf-8 FILE"),
        (bytes(range(256)) * 20, "not a format clew reads"),
    ],
    ids=["empty", "white space", "zeros", "windows-1251", "utf-16", "binary"],
)
def test_what_cannot_be_known_is_told_apart(content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "input.json").write_bytes(content)
    with pytest.raises(UnknownFormat) as caught:
        clew.read(tmp_path / "input.json")
    assert says in str(caught.value)
