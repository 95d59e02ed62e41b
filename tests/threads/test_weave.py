"""What belongs to a thread, in which order, and what is said to be missing."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from clew.posts import Account, Notice, Origin, Post, Version
from clew.threads import Gap, PostEntry, Thread, weave

START = datetime(2021, 6, 4, 9, 30, tzinfo=UTC)
HERE = Origin(capture="sha256:00", file="posts", place="line 1")


def post(number: int, text: str = "", *, to: int | None = None, by: str = "ana", minute: float | None = None) -> Post:
    """Return a post whose id and time follow its number; `to` is the number of the same author's post it answers."""
    return Post(
        platform="x",
        id=f"14000000000000{number:05d}",
        author=Account(id=f"id-{by}", handle=by),
        time=START + timedelta(minutes=number if minute is None else minute),
        text=text or f"post {number}",
        reply_to=None if to is None else f"14000000000000{to:05d}",
        reply_to_author=None if to is None else f"id-{by}",
        edges_stated=True,
    )


def shown(thread: Thread) -> list[str | int | None]:
    """Return texts of posts and counts of gaps on the main line."""
    return [e.post.text if isinstance(e, PostEntry) else e.count for e in thread.entries]


def loose(texts: Iterable[str], *, by: str = "ana", seconds: float = 30, **more: object) -> list[Post]:
    """Return posts without edges, so many seconds apart."""
    return [
        Post(
            platform="x",
            id=f"140000000000001{n:04d}",
            author=Account(handle=by),
            time=START + timedelta(seconds=n * seconds),
            text=text,
            **more,  # type: ignore[arg-type]
        )
        for n, text in enumerate(texts)
    ]


def counted(posts: int) -> Notice:
    """Return a page's word on how many posts it has."""
    return Notice(kind="count", says=f"the page counts {posts}", origin=HERE, conversation="page", count=posts)


def gap(thread: Thread) -> Gap:
    """Return the thread's only gap."""
    (found,) = thread.gaps()
    return found


# --- what belongs together --------------------------------------------------------------------------------------------


def test_self_replies_form_one_thread_in_order() -> None:
    (thread,) = weave([post(3, to=2), post(1), post(2, to=1)])
    assert shown(thread) == ["post 1", "post 2", "post 3"]
    assert thread.edges == "stated"
    assert thread.id == "x:1400000000000000001"


def test_a_reply_to_somebody_else_starts_a_thread_with_that_post_as_context() -> None:
    other = post(1, "a question", by="bo")
    first = replace(post(2, "an answer"), reply_to=other.id, reply_to_author="id-bo")
    threads = weave([other, first, post(3, "more", to=2)])
    assert [shown(thread) for thread in threads] == [["a question"], ["an answer", "more"]]
    assert [above.text for above in threads[1].context.posts] == ["a question"]
    assert not list(threads[1].gaps())


def test_a_reply_to_an_absent_post_of_somebody_else_is_no_gap() -> None:
    alone = replace(post(2), reply_to="9", reply_to_author="id-bo")
    (thread,) = weave([alone])
    assert not list(thread.gaps())
    assert thread.context.reply_to == "9"


def test_two_unknown_authors_are_never_merged() -> None:
    posts = [Post(platform="x", id=str(n), author=Account(), text="deleted account", time=START) for n in (1, 2)]
    assert len(weave(posts)) == 2


def test_the_same_text_twice_is_two_posts() -> None:
    (thread,) = weave([post(1, "again"), post(2, "again", to=1), post(3, "again", to=2)])
    assert shown(thread) == ["again"] * 3


def test_the_same_post_seen_twice_is_one_and_the_fuller_wording_is_shown() -> None:
    short = replace(post(1, "a long tex…"), cut=True)
    (thread,) = weave([short, post(1, "a long text, whole")])
    assert shown(thread) == ["a long text, whole"]


def test_a_reply_to_an_earlier_edit_finds_the_post() -> None:
    edited = replace(post(2, "mended"), versions=(Version(id="77", time=START, text="broken"),))
    answer = replace(post(3, "goes on"), reply_to="77", reply_to_author="id-ana")
    (thread,) = weave([edited, answer])
    assert shown(thread) == ["mended", "goes on"]


def test_handles_that_changed_do_not_part_an_account() -> None:
    renamed = replace(post(2, to=1), author=Account(id="id-ana", handle="ana_new"))
    (thread,) = weave([post(1), renamed])
    assert len(thread.entries) == 2


def test_mere_reposts_stand_alone() -> None:
    repost = replace(post(2, to=1), reposts="5")
    assert len(weave([post(1), repost])) == 2


def test_a_circle_of_replies_is_cut_at_its_oldest_post() -> None:
    (thread,) = weave([post(1, to=3), post(2, to=1), post(3, to=2)])
    assert shown(thread) == ["post 1", "post 2", "post 3"]


def test_numbers_that_go_against_the_replies_lose_no_post() -> None:
    (thread,) = weave([post(2, "2/ b"), post(1, "1/ a", to=2)])
    assert {text for text in shown(thread) if isinstance(text, str)} == {"1/ a", "2/ b"}


def test_a_post_that_answers_itself_is_shown_once() -> None:
    (thread,) = weave([post(1, to=1)])
    assert shown(thread) == ["post 1"]


def test_a_chain_of_a_hundred_thousand_posts_is_woven_whole() -> None:
    posts = [
        Post(
            platform="x",
            id=str(n),
            author=Account(id="1"),
            time=START + timedelta(seconds=n),
            text=f"{n}/ post",
            reply_to=str(n - 1) if n > 1 else None,
            reply_to_author="1",
            edges_stated=True,
        )
        for n in range(1, 100_001)
    ]
    random.Random(7).shuffle(posts)
    (thread,) = weave(posts)
    assert [e.post.id for e in thread.entries if isinstance(e, PostEntry)] == [str(n) for n in range(1, 100_001)]


# --- main line and branches -------------------------------------------------------------------------------------------


def test_the_child_that_continues_the_numbers_goes_on() -> None:
    posts = [post(1, "1/ start"), post(2, "an aside", to=1), post(3, "more of it", to=2), post(4, "2/ go on", to=1)]
    (thread,) = weave(posts)
    assert shown(thread) == ["1/ start", "2/ go on"]
    assert [(branch.after, branch.label) for branch in thread.branches] == [(posts[0].id, "aside")]


def test_without_numbers_the_longer_side_goes_on() -> None:
    (thread,) = weave([post(1), post(2, to=1), post(3, to=1), post(4, to=3)])
    assert shown(thread) == ["post 1", "post 3", "post 4"]


def test_eleven_that_answers_nine_goes_after_ten() -> None:
    posts = [post(n, f"{n}/ text", to=n - 1 if n > 1 else None) for n in range(1, 11)]
    posts += [post(11, "11/ text", to=9), post(12, "12/ text", to=11)]
    (thread,) = weave(posts)
    assert shown(thread) == [f"{n}/ text" for n in range(1, 13)]
    assert not thread.branches
    assert not list(thread.gaps())


def test_what_is_added_long_after_the_end_is_a_later_addition() -> None:
    posts = [post(1), post(2, to=1), post(3, to=2), post(4, "a year on", to=1, minute=500_000)]
    (thread,) = weave(posts)
    assert [(branch.label, branch.delay) for branch in thread.branches] == [("later", 499_999 * 60)]


def test_a_correction_is_called_one() -> None:
    (thread,) = weave([post(1), post(2, to=1), post(3, to=2), post(4, "Correction: 5, not 4", to=1)])
    assert [branch.label for branch in thread.branches] == ["correction"]


# --- gaps -------------------------------------------------------------------------------------------------------------


def test_siblings_of_a_missing_parent_stay_together() -> None:
    (thread,) = weave([post(2, "a", to=1), post(3, "b", to=1), post(4, "c", to=3)])
    assert shown(thread) == [None, "b", "c"]
    assert [branch.after for branch in thread.branches] == ["1400000000000000001"]
    assert gap(thread).certainty == "proven"


def test_a_deleted_middle_post_does_not_part_the_thread() -> None:
    (thread,) = weave([post(1, "1/ a"), post(3, "3/ c", to=2), post(4, "4/ d", to=3)])
    assert shown(thread) == ["1/ a", 1, "3/ c", "4/ d"]
    assert (gap(thread).certainty, gap(thread).ids, gap(thread).numbers) == ("proven", ("1400000000000000002",), (2,))


def test_a_tombstone_tells_why_and_that_it_is_one_post() -> None:
    gone = Notice(
        kind="gone", says="X says it was deleted", origin=HERE, post=post(2).id, reply_to=post(1).id, state="deleted"
    )
    (thread,) = weave([post(1), post(3, to=2), gone])
    assert (gap(thread).state, gap(thread).count) == ("deleted", 1)


def test_a_jump_in_regular_numbers_is_likely_a_gap() -> None:
    (thread,) = weave(loose([f"{n}/ text" for n in (1, 2, 3, 5, 6)]))
    assert shown(thread) == ["1/ text", "2/ text", "3/ text", 1, "5/ text", "6/ text"]
    assert (gap(thread).certainty, gap(thread).numbers) == ("likely", (4,))
    assert gap(thread).reasons[0].says == "the author's numbers run 3, 5"
    assert thread.completeness.expected == 6


def test_a_jump_over_which_the_edges_lead_is_only_possible() -> None:
    (thread,) = weave([post(1, "1/ a"), post(2, "2/ b", to=1), post(3, "4/ c", to=2), post(4, "5/ d", to=3)])
    assert gap(thread).certainty == "possible"


def test_an_author_who_often_skips_makes_jumps_mean_little() -> None:
    (thread,) = weave(loose([f"{n}/ text" for n in (1, 3, 5, 6, 8, 11)]))
    assert {found.certainty for found in thread.gaps()} == {"possible"}


def test_a_number_that_comes_late_is_not_missing() -> None:
    (thread,) = weave(loose([f"{n}/ text" for n in (1, 2, 4, 3, 5)]))
    assert not list(thread.gaps())


def test_a_repeated_number_does_not_hide_a_gap() -> None:
    (thread,) = weave(loose([f"{n}/ text" for n in (1, 1, 2, 4, 5)]))
    assert gap(thread).numbers == (3,)


def test_a_stated_total_that_is_not_reached_proves_the_gap() -> None:
    (thread,) = weave(loose(["1/5 a", "2/5 b", "3/5 c"]))
    assert shown(thread) == ["1/5 a", "2/5 b", "3/5 c", 2]
    assert (gap(thread).certainty, gap(thread).numbers) == ("proven", (4, 5))


def remark(minute: float) -> Post:
    """Return an unnumbered post to somebody else, so many minutes after the start, whose source states no edges."""
    return replace(post(999, "@ben do you agree?", minute=minute), author=Account(handle="ana"), edges_stated=False)


@pytest.mark.parametrize(("minute", "certainty"), [(30, "likely"), (90, "proven")])
def test_a_total_proves_less_where_a_post_without_a_number_follows_soon(minute: float, certainty: str) -> None:
    thread, _ = weave([*loose(["1/3 a", "2/3 b"]), remark(minute)])
    assert gap(thread).certainty == certainty
    assert (gap(thread).reasons[-1].signal == "loose-post") == (certainty == "likely")


@pytest.mark.parametrize(("minute", "certainty"), [(-30, "possible"), (-90, "likely")])
def test_numbers_that_begin_late_mean_less_where_a_post_without_a_number_stands_just_before(
    minute: float, certainty: str
) -> None:
    _, thread = weave([remark(minute), *loose(["3/ c", "4/ d", "5/ e"])])
    assert gap(thread).certainty == certainty
    assert (gap(thread).reasons[-1].signal == "loose-post") == (certainty == "possible")


def test_numbers_that_begin_with_three_miss_two() -> None:
    (thread,) = weave(loose(["3/ c", "4/ d", "5/ e"]))
    assert shown(thread)[0] == 2
    assert gap(thread).numbers == (1, 2)


@pytest.mark.parametrize("second", ["1/ b", "2/ b"])
def test_a_header_may_count_as_nought_or_as_one(second: str) -> None:
    number = int(second[0])
    (thread,) = weave(loose(["A thread on ports", second, f"{number + 1}/ c"]))
    assert not list(thread.gaps())


def test_numbers_that_reach_the_total_make_a_thread_whole() -> None:
    (thread,) = weave(loose(["1/3 a", "2/3 b", "3/3 c"]))
    assert thread.completeness.verdict == "whole"
    assert thread.completeness.expected == 3


def test_without_evidence_of_an_end_nothing_is_called_whole() -> None:
    (thread,) = weave([post(1), post(2, to=1)])
    assert thread.completeness.verdict == "nothing-known-missing"


def test_a_cut_view_is_said_to_be_cut() -> None:
    posts = loose(["1/ a", "2/ b", "3/ c"], conversation="page")
    (thread,) = weave([*posts, Notice(kind="cut", says="a preview", origin=HERE, conversation="page")])
    assert (gap(thread).certainty, gap(thread).count) == ("cut", None)
    assert thread.completeness.verdict == "cut"


def test_what_a_cut_view_leaves_out_is_nothing_where_all_posts_of_the_author_are_held() -> None:
    posts = [post(1), post(2, to=1)]
    cut = Notice(kind="cut", says="a page of several", origin=HERE, platform="x", post=posts[1].id)
    complete = Notice(kind="complete", says="all", origin=HERE, author=Account(id="id-ana"), time=posts[1].time)
    early = replace(complete, time=posts[0].time)
    assert [thread.completeness.verdict for thread in weave([*posts, cut, complete])] == ["whole"]
    assert [thread.completeness.verdict for thread in weave([*posts, cut, early])] == ["cut"]


def test_the_earlier_wordings_of_all_sightings_are_kept() -> None:
    now = post(1, "the new words")
    told = replace(now, edges_stated=False, versions=(Version(id=now.id, time=now.time, text="the old words"),))
    for order in ([now, told], [told, now]):
        (thread,) = weave([*order, post(2, to=1)])
        assert [version.text for version in next(thread.posts()).versions] == ["the old words"]


def test_a_stated_count_that_is_not_reached_proves_a_gap() -> None:
    posts = loose(["a", "b"], conversation="page")
    (thread,) = weave(
        [*posts, Notice(kind="count", says="the page counts 5", origin=HERE, conversation="page", count=5)]
    )
    assert (gap(thread).count, gap(thread).certainty) == (3, "proven")


def test_a_stated_count_that_is_reached_is_evidence_of_the_end() -> None:
    posts = loose(["1/ a", "b"], conversation="page")
    (thread,) = weave(
        [*posts, Notice(kind="count", says="the page counts 2", origin=HERE, conversation="page", count=2)]
    )
    assert thread.completeness.verdict == "whole"


def test_a_count_of_a_conversation_is_of_its_author_s_thread_and_of_no_answer_in_it() -> None:
    first, asked = post(1), post(2, to=1, by="bob")
    own = [first, asked, post(3, to=2), post(4, to=1)]
    posts = [msgspec.structs.replace(one, conversation=first.id) for one in own]
    posts[1] = msgspec.structs.replace(posts[1], reply_to_author="id-ana")
    posts[2] = msgspec.structs.replace(posts[2], reply_to_author="id-bob")
    count = Notice(
        kind="count", says="it counts 60", origin=HERE, conversation=first.id, author=Account(id="id-ana"), count=60
    )
    missing = {thread.id: [one.count for one in thread.gaps()] for thread in weave([*posts, count])}
    assert missing == {f"x:{first.id}": [58], f"x:{asked.id}": [], f"x:{posts[2].id}": []}


# --- without edges ----------------------------------------------------------------------------------------------------


def test_numbered_posts_join_over_hours_and_unnumbered_ones_over_minutes() -> None:
    numbered = weave(loose(["1/ a", "2/ b", "3/ c"], seconds=4 * 3600))
    bare = weave(loose(["a", "b", "c"], seconds=4 * 3600))
    assert (len(numbered), len(bare)) == (1, 3)
    assert numbered[0].edges == "inferred"


def test_two_numbered_threads_that_run_at_once_are_kept_apart() -> None:
    posts = loose(["1/ ports", "2/ ports", "1) grain", "3/ ports", "2) grain", "4/ ports", "3) grain"], seconds=60)
    assert sorted(len(thread.entries) for thread in weave(posts)) == [3, 4]


def test_numbered_posts_that_were_not_posted_as_replies_are_joined() -> None:
    (thread,) = weave([post(1, "1/ a"), post(2, "2/ b", to=1), post(3, "3/ c"), post(4, "4/ d", to=3)])
    assert len(thread.entries) == 4
    assert thread.edges == "mixed"


def test_replies_to_others_are_not_swept_into_a_thread() -> None:
    threads = weave(loose(["1/ a", "@bo thanks!", "2/ b"], seconds=20))
    assert sorted(len(thread.entries) for thread in threads) == [1, 2]


# --- properties -------------------------------------------------------------------------------------------------------

graphs = st.lists(st.tuples(st.integers(0, 12), st.sampled_from("ab"), st.booleans()), min_size=1, max_size=12)


def _graph(rows: list[tuple[int, str, bool]]) -> list[Post]:
    """Return posts that answer arbitrary posts: absent ones, later ones, themselves."""
    found = []
    for number, (parent, author, numbered) in enumerate(rows):
        own = post(number, f"{number}/ text" if numbered else "text", by=author)
        found.append(replace(own, reply_to=post(parent).id, reply_to_author=f"id-{author}"))
    return found


@given(graphs)
@settings(max_examples=300, deadline=None)
def test_every_post_stands_in_exactly_one_place(rows: list[tuple[int, str, bool]]) -> None:
    posts = _graph(rows)
    placed = [placed.id for thread in weave(posts) for placed in thread.posts()]
    assert sorted(placed) == sorted(one.id for one in posts)


@given(graphs, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_the_input_is_no_matter(rows: list[tuple[int, str, bool]], chance: random.Random) -> None:
    posts = _graph(rows)
    woven = weave(posts)
    chance.shuffle(posts)
    assert weave(posts) == woven


@given(st.lists(st.text(max_size=40), min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_any_texts_weave_without_an_error_and_none_is_lost(texts: list[str]) -> None:
    threads = weave(loose(texts))
    assert sum(len(list(thread.posts())) for thread in threads) == len(texts)


def test_an_absent_parent_whose_author_is_not_told_is_the_authors_own_where_all_the_others_are() -> None:
    posts = [replace(one, reply_to_author=None) for one in (post(1), post(2, to=1), post(4, to=3), post(5, to=4))]
    (thread,) = weave(posts)
    assert shown(thread) == ["post 1", "post 2", None, "post 4", "post 5"]


def test_an_absent_parent_whose_author_is_not_told_is_context_where_the_author_answers_others() -> None:
    other = post(1, by="bo")
    answers = [replace(post(n, to=1), reply_to_author=None) for n in (2, 3)]
    lost = replace(post(9, to=8), reply_to_author=None)
    assert not any(list(thread.gaps()) for thread in weave([other, *answers, lost]))


def test_a_tombstone_after_the_last_post_is_a_gap_at_the_end() -> None:
    author = post(1).author
    gone = Notice(kind="gone", says="gone", origin=HERE, platform="x", post="77", author=author, reply_to=post(2).id)
    (thread,) = weave([post(1), post(2, to=1), gone])
    assert shown(thread) == ["post 1", "post 2", 1]
    assert (gap(thread).ids, gap(thread).certainty) == (("77",), "proven")


def test_a_thread_keeps_its_id_when_its_first_post_is_lost() -> None:
    posts = [post(1), post(2, to=1), post(3, to=2)]
    assert weave(posts)[0].id == weave(posts[1:])[0].id


def test_a_later_aside_does_not_keep_a_thread_from_being_joined_over_a_hole() -> None:
    posts = [post(1, "1/"), post(2, "2/", to=1), post(4, "4/", to=3), post(5, "5/", to=4), post(9, "by the way", to=2)]
    (thread,) = weave(posts)
    assert shown(thread) == ["1/", "2/", 1, "4/", "5/"]
    assert [(branch.after, branch.label) for branch in thread.branches] == [(posts[1].id, "aside")]


def test_wordings_that_come_as_posts_of_their_own_are_one_post() -> None:
    plain = [post(1, "Teh prot"), post(2, "Teh port"), post(3, "The port")]
    wordings = [
        replace(
            each,
            time=plain[0].time,
            versions=tuple(Version(id=v.id, time=v.time, text="") for v in plain if v.id != each.id),
        )
        for each in plain
    ]
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        (thread,) = weave([*(wordings[at] for at in order), post(5, "next", to=1)])
        assert shown(thread) == ["The port", "next"]
        assert [version.text for version in next(thread.posts()).versions] == ["Teh prot", "Teh port"]


def test_a_post_that_claims_a_strangers_post_as_its_wording_does_not_swallow_it() -> None:
    claimed = post(1, "mine", by="bo")
    claiming = replace(post(2, "all of it"), versions=(Version(id=claimed.id, time=None, text=""),))
    assert len(weave([claimed, claiming])) == 2


def test_a_page_fills_what_lacks_between_posts_whose_edges_another_source_states() -> None:
    start = datetime(2021, 6, 4, 9, 0, tzinfo=UTC)

    def one(number: int, *, to: int | None = None, stated: bool) -> Post:
        return Post(
            platform="x",
            id=str(1400000000000000000 + number),
            author=Account(id="1", handle="ana"),
            time=start + timedelta(milliseconds=0 if stated else 400),
            text=f"{number}/5 Page {number}.",
            reply_to=str(1400000000000000000 + to) if to else None,
            reply_to_author="1" if to else None,
            conversation="1400000000000000001",
            origin=Origin(capture=f"sha256:{int(stated)}", file="f", place=str(number)),
            edges_stated=stated,
        )

    stated = [one(1, stated=True), one(3, to=2, stated=True), one(5, to=4, stated=True)]
    page = [one(2, stated=False), one(4, stated=False)]
    (thread,) = weave([*page, *stated])
    assert [post.text[:1] for post in thread.posts()] == ["1", "2", "3", "4", "5"]
    assert (list(thread.gaps()), thread.edges) == ([], "mixed")
