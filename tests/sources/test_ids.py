"""A set of ids holds what was put in and nothing else, whatever the ids look like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.sources import _ids
from clew.sources._ids import Ids

IDS = st.one_of(
    st.integers(0, 40).map(str),
    st.integers(0, 1 << 66).map(str),
    st.sampled_from(["", "007", "١٢", "²", "abc", str(1 << 64), str((1 << 64) - 1)]),
    st.text(max_size=4),
)


@given(st.lists(IDS), st.lists(IDS))
def test_ids_hold_what_was_added_and_nothing_else(added: list[str], asked: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_ids, "_RUN", 3)
        ids = Ids()
        for each in added:
            ids.add(each)
        assert [each in ids for each in (*added, *asked)] == [each in set(added) for each in (*added, *asked)]
