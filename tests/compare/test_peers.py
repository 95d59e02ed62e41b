"""The modes coortweet and cnt give the figures that those tools gave, on their data and on small cases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from clew.compare import peers, tables
from clew.compare.actions import Row
from clew.compare.actions import of as actions
from clew.compare.edges import Evidence

SAMPLES = Path(__file__).parents[3] / "shared/samples/coordination"
GOLDEN: dict[str, Any] = json.loads((SAMPLES / "golden.json").read_text()) if SAMPLES.exists() else {}
needs_samples = pytest.mark.skipif(not GOLDEN, reason="the shared samples are not here")


def figures(found: Iterable[Evidence]) -> dict[str, int]:
    batches = [item.edges for item in found]
    return {
        "pairs": sum(int(batch.pairs.sum()) for batch in batches),
        "nodes": len({account for batch in batches for account in [*batch.first.tolist(), *batch.second.tolist()]}),
        "edges": sum(len(batch) for batch in batches),
        "max_weight": max((int(batch.pairs.max()) for batch in batches if len(batch)), default=0),
    }


def directed(rows: Sequence[Row], window: float, least: int = 1, trace: str = "object") -> dict[str, int]:
    made = actions(rows, trace)
    return {
        f"{made.accounts[source]} {made.accounts[target]}": weight
        for batch in peers.cnt(made, round(window * 1000), least)
        for source, target, weight in zip(
            batch.source.tolist(), batch.target.tolist(), batch.weight.tolist(), strict=True
        )
    }


@needs_samples
@pytest.mark.parametrize(("key", "least"), [("coortweet_min_participation_2", 2), ("coortweet_min_participation_5", 5)])
def test_coortweet_on_the_reposts_of_2021(key: str, least: int) -> None:
    read = tables.read(str(SAMPLES / "russian_coord_tweets.parquet"))
    for window, wanted in GOLDEN["russian_coord_tweets"][key].items():
        found = figures(peers.coortweet(read, int(window) * 1000, least))
        assert {name: found[name] for name in wanted} == wanted


@needs_samples
def test_cnt_on_the_reposts_of_2021() -> None:
    read = tables.read(str(SAMPLES / "russian_coord_tweets.parquet"))
    for window, wanted in GOLDEN["russian_coord_tweets"]["cnt_co_retweet_undirected"].items():
        edges = {
            tuple(sorted(edge))
            for batch in peers.cnt(read, int(window) * 1000)
            for edge in zip(batch.source.tolist(), batch.target.tolist(), strict=True)
        }
        assert {"edges": len(edges), "nodes": len({account for edge in edges for account in edge})} == wanted


@needs_samples
@pytest.mark.parametrize("column", ["url_id", "domain_id", "hashtag_id", "phash_id"])
def test_coortweet_on_the_german_elections(column: str) -> None:
    path = str(SAMPLES / "german_elections.parquet")
    read = tables.read(path, {"object": column, "content": "post_id"})
    wanted = GOLDEN["german_elections_window_30_min_participation_2"][column]
    assert {"rows": len(read), **figures(peers.coortweet(read, 30_000))} == wanted


def test_coortweet_keeps_a_pair_when_one_of_the_accounts_has_enough_rows() -> None:
    rows = [
        ("o", "ana", "1", 0),
        ("o", "ben", "2", 5),
        ("q", "ana", "3", 0),
        ("q", "cem", "4", 5),
        ("r", "ben", "5", 0),
    ]
    rows.append(("s", "cem", "6", 0))
    assert figures(peers.coortweet(actions(rows), 10_000)) == {"pairs": 2, "nodes": 3, "edges": 2, "max_weight": 1}
    assert figures(peers.coortweet(actions(rows), 10_000, 3))["pairs"] == 0


def test_coortweet_never_pairs_a_post_with_itself_as_an_object() -> None:
    rows = [("2", "ana", "1", 0), ("2", "ben", "2", 5), ("o", "ana", "3", 0), ("o", "ben", "4", 5)]
    found = figures(peers.coortweet(actions(rows), 10_000))
    assert found["pairs"] == 0


def test_cnt_counts_the_messages_of_the_account_that_an_edge_starts_from() -> None:
    rows = [("o", "ana", "1", 0), ("o", "ana", "2", 3), ("o", "ben", "3", 5)]
    assert directed(rows, 10) == {"ana ben": 2, "ben ana": 1}
    assert directed(rows, 10, least=2) == {"ana ben": 2}


def test_cnt_knows_the_first_object_of_a_message_and_all_of_its_links() -> None:
    rows = [("o", "ana", "1", 0), ("q", "ana", "1", 0), ("q", "ben", "2", 5)]
    assert directed(rows, 10) == {}
    assert directed(rows, 10, trace="link") == {"ana ben": 1, "ben ana": 1}


def test_a_window_holds_its_last_moment() -> None:
    rows = [("o", "ana", "1", 0), ("o", "ben", "2", 10)]
    assert directed(rows, 10) == {"ana ben": 1, "ben ana": 1}
    assert directed(rows, 9.999) == {}
