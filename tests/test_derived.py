"""Tables worked out once: kept, checked, worked out anew where anything they rest on changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.derived import derived
from clew.errors import MissingLibrary


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Have a cache of its own."""
    monkeypatch.setattr("clew.derived._folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


class Counted:
    """Works a table out, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> list[str]:
        self.times += 1
        return ["oslo", "bergen"]


def table(made: Counted, version: str = "1") -> list[str]:
    return derived("towns", list[str], (version,), ("msgspec",), made)


def test_a_table_is_worked_out_once() -> None:
    made = Counted()
    assert [table(made), table(made)] == [["oslo", "bergen"]] * 2
    assert made.times == 1


def test_what_it_rests_on_makes_it_anew_and_the_old_one_goes(cache: Path) -> None:
    made = Counted()
    table(made)
    table(made, "2")
    assert made.times == 2
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x81\xa1a\x01"])
def test_a_damaged_cache_is_worked_out_anew(cache: Path, content: bytes) -> None:
    made = Counted()
    table(made)
    next(cache.iterdir()).write_bytes(content)
    assert table(made) == ["oslo", "bergen"]
    assert table(made) == ["oslo", "bergen"]
    assert made.times == 2


def test_a_cache_that_cannot_be_written_does_no_harm(cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    made = Counted()
    assert [table(made), table(made)] == [["oslo", "bergen"]] * 2
    assert made.times == 2


def test_a_package_that_is_not_there_leaves_it_to_the_maker_to_say_so() -> None:
    def make() -> list[str]:
        raise MissingLibrary("finding towns", "towns", "evidence")

    with pytest.raises(MissingLibrary):
        derived("towns", list[str], ("1",), ("no-such-package-here",), make)


def test_the_gazetteer_is_the_same_out_of_the_cache() -> None:
    from clew.evidence import gazetteer

    gazetteer.gazetteer.cache_clear()
    built = gazetteer.gazetteer()
    gazetteer.gazetteer.cache_clear()
    kept = gazetteer.gazetteer()
    assert dict(built.names) == dict(kept.names)
    assert built.heads == kept.heads
    assert kept.names["oslo"][0].country == "NO"
