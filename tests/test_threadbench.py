"""ThreadBench scores what it says: hand-made answers get what they should, the same seed gives the same table."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from benchmarks.threadbench import __main__ as shell
from benchmarks.threadbench import gold, ordinals, scores, table, tasks, tools, trials
from benchmarks.threadbench.answers import Claim, answer
from benchmarks.threadbench.gold import Archive, GoldPost, GoldThread
from benchmarks.threadbench.tools import Tool
from benchmarks.threadbench.trials import Trial

pytest.importorskip("numpy")

BEGIN = datetime(2024, 5, 1, 12, tzinfo=UTC)
WORDS = "The ferries to the island stopped for good, and nobody told the people who had to go there every morning."


def post(number: int, text: str, author: str = "ana", minutes: float = 0.0) -> GoldPost:
    return GoldPost(id=f"17{number:017}", author=author, time=BEGIN + timedelta(minutes=minutes), text=text)


def numbered(name: str, first: int, count: int, author: str = "ana", form: str = "{k}/ ") -> GoldThread:
    posts = [
        post(first + at, f"{form.format(k=at + 1, n=count)}{WORDS}", author, minutes=first + at) for at in range(count)
    ]
    return gold.thread(name, posts, {})


def plain(name: str, first: int, count: int, author: str = "ben") -> GoldThread:
    posts = [post(first + at, f"{WORDS} {'And more.' * at}", author, minutes=first + at) for at in range(count)]
    return gold.thread(name, posts, {})


THREADS = [
    numbered("a", 100, 8),
    numbered("b", 1000, 7, form="({k}/{n}) "),
    numbered("c", 2000, 9, author="cleo", form="{k}. "),
    plain("d", 3000, 5),
    plain("e", 4000, 6, author="dora"),
]


def perfect(trial: Trial) -> list[dict[str, Any]]:
    """Return the threads as they are, with each gap where posts were removed."""
    threads = []
    for case in trial.cases:
        entries: list[dict[str, Any]] = []
        hole = case.hole
        for name in case.posts:
            if hole and hole.after == name:
                entries.append({"kind": "gap", "count": hole.count, "certainty": "proven"})
            entries.append({"kind": "post", "id": name, "number": case.numbers.get(name)})
        if hole and hole.after is None:
            entries.append({"kind": "gap", "count": hole.count, "certainty": "proven"})
        threads.append({"entries": entries})
    rest = set(trial.gold) - {name for case in trial.cases for name in case.posts}
    return [*threads, *({"entries": [{"kind": "post", "id": name, "number": None}]} for name in sorted(rest))]


def figure(measure: str, trial: Trial, threads: Sequence[Mapping[str, Any]]) -> float | None:
    found = scores.stats(trial, answer(threads))
    estimate = scores.estimate(scores.MEASURES[measure], [found], set(found), seed=1)
    return estimate.value if estimate else None


def everything(threads: Sequence[GoldThread]) -> list[Trial]:
    given = tasks.Given(threads=threads, hand={threads[0].posts[1].id: 2}, seed=1)
    return list(tasks.trials_of(given, tasks.TASKS))


def test_a_perfect_answer_is_right_in_everything() -> None:
    for trial in everything(THREADS):
        for measure in ("precision", "recall", "F1", "exact", "order", "found", "count right", "proven right"):
            assert figure(measure, trial, perfect(trial)) in (1.0, None), (trial.name, measure)
        for measure in ("numbers right", "number precision", "number recall", "others left alone"):
            assert figure(measure, trial, perfect(trial)) in (1.0, None), (trial.name, measure)
        assert figure("false alarms, possible too", trial, perfect(trial)) in (0.0, None)


def test_a_thread_that_is_lost_counts_as_single_posts() -> None:
    trial = trials.belong(THREADS[:2], seed=1)
    threads = perfect(trial)[:1]
    assert figure("recall", trial, threads) == pytest.approx((8 + 7 / 7) / 15)
    assert figure("precision", trial, threads) == 1.0
    assert figure("exact", trial, threads) == 0.5


def test_two_threads_in_one_cost_precision_alone() -> None:
    trial = trials.belong(THREADS[:2], seed=1)
    whole = [entry for thread in perfect(trial) for entry in thread["entries"]]
    assert figure("recall", trial, [{"entries": whole}]) == 1.0
    assert figure("precision", trial, [{"entries": whole}]) == pytest.approx((8 * 8 / 15 + 7 * 7 / 15) / 15)
    assert figure("exact", trial, [{"entries": whole}]) == 0.0


def test_a_thread_torn_in_two_is_two_clusters() -> None:
    trial = trials.belong(THREADS[:1], seed=1)
    entries = perfect(trial)[0]["entries"]
    torn = [{"entries": entries[:2]}, {"entries": entries[2:]}]
    assert figure("recall", trial, torn) == pytest.approx((2 * 2 / 8 + 6 * 6 / 8) / 8)


def test_order_backwards_is_minus_one_and_branches_come_last() -> None:
    trial = trials.belong(THREADS[:1], seed=1)
    entries = perfect(trial)[0]["entries"]
    assert figure("order", trial, [{"entries": entries[::-1]}]) == -1.0
    branched = {"entries": entries[:7], "branches": [{"after": entries[5]["id"], "entries": entries[7:]}]}
    assert figure("order", trial, [branched]) == 1.0


def test_a_gap_counts_where_one_side_is_right_and_elsewhere_it_is_wrong() -> None:
    trial = trials.gap(THREADS[:1], "interior", 1, linked=False, seed=1)
    hole = trial.cases[0].hole
    assert hole
    entries = [entry for entry in perfect(trial)[0]["entries"] if entry["kind"] == "post"]
    at = next(at for at, entry in enumerate(entries) if entry["id"] == hole.after)
    gap = {"kind": "gap", "count": 1, "certainty": "likely"}
    torn = [{"entries": entries[:at]}, {"entries": [gap, *entries[at:]]}]
    assert figure("found", trial, torn) == 1.0
    assert figure("likely right", trial, torn) == 1.0
    late = [{"entries": [*entries, gap]}]
    assert figure("found", trial, late) == 0.0
    assert figure("likely right", trial, late) == 0.0
    cut = [{"entries": [*entries[:at], gap | {"certainty": "cut"}, *entries[at:]]}]
    assert figure("found", trial, cut) == 0.0
    assert figure("likely right", trial, cut) is None


def test_a_gap_in_a_whole_thread_is_a_false_alarm() -> None:
    trial = trials.gap(THREADS[:2], "whole", 0, linked=True, seed=1)
    threads = perfect(trial)
    threads[0]["entries"].insert(1, {"kind": "gap", "count": 1, "certainty": "possible"})
    assert figure("false alarms", trial, threads) == 0.0
    assert figure("false alarms, possible too", trial, threads) == 0.5


@pytest.mark.parametrize(
    ("texts", "place", "count", "findable"),
    [
        (["1/", "2/", "3/", "4/"], "interior", 1, True),
        (["1/", "2/", "3/", "4/"], "head", 1, True),
        (["1/", "2/", "3/", "4/"], "tail", 1, False),
        (["1/4", "2/4", "3/4", "4/4"], "tail", 1, True),
        (["Thread:", "1/", "2/", "3/"], "head", 1, False),
        (["No", "number", "at", "all"], "interior", 1, False),
    ],
)
def test_what_the_numbers_can_tell(texts: list[str], place: str, count: int, findable: bool) -> None:
    posts = [post(at, f"{text} {WORDS}", minutes=at) for at, text in enumerate(texts)]
    thread = gold.thread("t", posts, {})
    hole = trials.gap([thread], place, count, linked=False, seed=1).cases[0].hole
    assert hole
    assert hole.findable is findable


def test_a_jump_as_captured_sets_a_thread_apart() -> None:
    posts = [post(at, f"{number}/ {WORDS}", minutes=at) for at, number in enumerate((1, 2, 4, 5))]
    thread = gold.thread("t", posts, {})
    assert thread.kind == "jumps"
    assert trials.gap([thread], "interior", 1, linked=False, seed=1).cases == []
    assert len(trials.gap([thread], "whole", 0, linked=False, seed=1).cases) == 1
    read = gold.thread("t", posts, {posts[2].id: 3, posts[3].id: 4})
    assert read.kind == "numbered"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1/ a", "2/ b", "3/ c"], [1, 2, 3]),
        (["a 1/3", "b 2/3 https://example.org/x", "c 3/3"], [1, 2, 3]),
        (["A list", "1. a", "more", "2. b", "3. c"], [None, 1, None, 2, 3]),
        (["Step 1 - a", "Step 2 - b", "Step 3 - c"], [1, 2, 3]),
        (["1⃣ a", "2⃣ b"], [1, 2]),
        (["In 2019 a", "In 2020 b", "9 of them"], [None, None, None]),
        (["1. x [2/4]", "y [3/4]", "2. z [4/4]"], [2, 3, 4]),
    ],
)
def test_the_reader_of_whole_threads(texts: list[str], expected: list[int | None]) -> None:
    assert [mark.number if mark else None for mark in ordinals.marks(texts)] == expected


def test_rewritten_numbers_keep_the_words() -> None:
    trial = trials.changed(THREADS, linked=False, removed=False, seed=1)
    assert len(trial.cases) == 3
    assert all(WORDS in line["text"] for line in trial.lines)
    restart = trials.restarted(THREADS, linked=True, seed=1)
    assert [max(case.numbers.values(), key=lambda n: n or 0) for case in restart.cases] == [4, 5]


def test_other_posts_are_moved_beside_the_threads_and_belong_to_none() -> None:
    donor = Archive(
        name="donor", posts=tuple(post(9000 + at, "Good morning", minutes=600 * at) for at in range(50)), gold={}
    )
    donor.gold.update({one.id: one.id for one in donor.posts})
    trial = trials.noise(THREADS, [donor], seed=1)
    assert len(trial.lines) > sum(len(thread.posts) for thread in THREADS)
    assert len(trial.gold) == len(trial.lines)
    assert figure("others left alone", trial, perfect(trial)) == 1.0
    assert {line["author"]["handle"] for line in trial.lines} == {"ana", "ben", "cleo", "dora"}


def test_an_account_without_threads_is_scored_by_what_is_left_alone() -> None:
    posts = tuple(post(at, "Good morning", minutes=at) for at in range(8))
    trial = trials.archive(Archive(name="busy", posts=posts, gold={one.id: f"ana {one.id}" for one in posts}), seed=1)
    assert trial.cases == []
    singles = [{"entries": [{"kind": "post", "id": one.id, "number": None}]} for one in posts]
    assert figure("others left alone", trial, singles) == 1.0
    joined = {"entries": [entry for thread in singles[:4] for entry in thread["entries"]]}
    assert figure("others left alone", trial, [joined, *singles[4:]]) == 0.5


def test_a_gap_may_stand_on_either_side_of_an_unnumbered_post() -> None:
    posts = [
        post(at, f"{text} {WORDS}", minutes=at) for at, text in enumerate(["1/", "2/", "3/", "Aside.", "5/", "6/"])
    ]
    thread = gold.thread("t", posts, {})
    hole = trials._hole(thread, 2, 1, linked=False)
    assert (hole.before, hole.after) == (posts[1].id, posts[3].id)
    assert hole.beside == {posts[3].id}
    assert scores._touches(Claim(before=posts[3].id, after=posts[4].id, certainty="likely", count=1), hole)
    known = trials._hole(thread, 2, 1, linked=True)
    assert not scores._touches(Claim(before=posts[3].id, after=posts[4].id, certainty="likely", count=1), known)


def test_the_truth_is_not_in_the_lines() -> None:
    for trial in everything(THREADS):
        for line in trial.lines:
            assert set(line) <= {
                *("schema", "platform", "id", "author", "time", "text"),
                *("reply_to", "reply_to_author", "edges_stated"),
            }
    hidden = trials.belong(THREADS, seed=1)
    assert not any("reply_to" in line for line in hidden.lines)


def run(*tried: Tool) -> str:
    given = tasks.Given(threads=THREADS, hand={THREADS[0].posts[1].id: 2}, seed=3)
    return table.markdown(tasks.rows(given, tried, tasks.TASKS, lambda name: None), [tool.name for tool in tried])


def test_clew_and_the_baselines_run_and_the_same_seed_gives_the_same_table() -> None:
    first = run(tools.CLEW, *tools.BASELINES)
    assert first == run(tools.CLEW, *tools.BASELINES)
    header, _, *lines = first.split("\n")
    assert header.count("|") == 5 + 1 + 1 + len(tools.BASELINES)
    assert {line.split(" | ")[0] for line in lines} == {"| belong", "| noise", "| gap", "| number"}


def test_a_command_says_what_clew_says_in_process() -> None:
    words = f"{Path(sys.executable).parent / 'clew'} read - --to jsonl --all --quiet"
    inside = tools.CLEW
    outside = tools.command(words)
    for trial in (trials.belong(THREADS, seed=1), trials.gap(THREADS, "interior", 1, linked=True, seed=1)):
        assert answer(outside.threads(trial.lines)) == answer(inside.threads(trial.lines))


def test_any_file_with_the_columns_can_be_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "held.jsonl"
    rows = [
        {
            "id": one.id,
            "author": one.author,
            "created_at": one.time.isoformat(),
            "text": one.text,
            "gold_thread": thread.id,
            "gold_pos": at,
        }
        for thread in THREADS
        for at, one in enumerate(thread.posts)
    ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    assert shell.main(["--data", str(path), "--task", "belong", "--no-baselines"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("5 threads (3 numbered, 0 jumps, 2 unnumbered), 35 posts")
    assert "| belong | shuffled | numbered | F1 |" in printed
    assert shell.main(["--data", str(tmp_path / "none.jsonl")]) == 4


def test_the_list_made_by_hand_is_whole() -> None:
    hand = ordinals.hand_checked()
    assert len(hand) == 300
    assert all(number is None or 0 <= number < 300 for number in hand.values())
