"""What Clew takes for a link, a mention or a tag, beside what X's own library takes for one."""

from __future__ import annotations

import pytest
from benchmarks.twitter_text.compare import OTHER, Comparison, compare
from benchmarks.twitter_text.made import texts
from benchmarks.twitter_text.peer import KINDS, MISSING, is_there

pytestmark = pytest.mark.skipif(not is_there(), reason=MISSING)

PLAIN = (
    "1/ As @ana shows, 🇨🇳 firms go on: washingtonpost.com/world/asia_pac… #PaxSinica",
    "RT @ben: 参照example.org/a。https://t.co/WRHjcY6Fj1 ＃一带一路 (e.g. the U.S.)",
    "Подробнее: kommersant.ru/doc/4783658, см. также https://пример.рф/новости $GAZP",
    "12/12 Thanks @cid_1/@dan! Read CLAUDE.md, then mail eve@example.org. #1 #end",
)


@pytest.fixture(scope="module")
def comparisons() -> dict[str, Comparison]:
    return {found.kind: found for found in compare([*PLAIN, *texts(4_000, seed=2)])}


@pytest.mark.parametrize("kind", KINDS)
def test_every_difference_is_one_that_is_meant(kind: str, comparisons: dict[str, Comparison]) -> None:
    assert [example for reason, example in comparisons[kind].differences if reason == OTHER] == []


@pytest.mark.parametrize(("kind", "floor"), [("links", 0.95), ("mentions", 1), ("tags", 0.99), ("cashtags", 1)])
def test_few_texts_differ_at_all(kind: str, floor: float, comparisons: dict[str, Comparison]) -> None:
    found = comparisons[kind]
    assert found.peers > 1_000
    assert found.same >= floor * found.texts


def test_plain_texts_do_not_differ() -> None:
    for found in compare(PLAIN):
        assert found.differences == []
