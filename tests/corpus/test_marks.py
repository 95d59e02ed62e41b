"""What the arrays rule out bears no number in the eyes of the weave either."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from clew import numbering
from clew.corpus.marks import may_bear_a_number

PIECES = (
    *("1/", "(2/9)", "{3/n}", " ", "\n", "THREAD", "🧵", "@bo ", "Step 3 -", "#4:", "5.The", "/6", "7️⃣", "🔟", "第8条"),
    *("№ 9 ", "10\\", "a text", "https://t.co/a1", "example.org/a…", "👇", "11 of 12", "…13/", "(14/n, n = 20)"),
    *("Rule number 5:", "①", "x1x"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
def test_no_number_is_lost_before_it_is_looked_at(text: str) -> None:
    assert may_bear_a_number(pa.array([text])).to_pylist() == [True] or not numbering.marks(text)
