"""Dates of posts whose time is not known: what the words say by themselves is kept, and what is missing is said."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.evidence import find
from clew.evidence.forms.text import says
from tests.evidence.made import posted, thread_of


def dates(text: str, moment: datetime | None = None) -> list[dict[str, object]]:
    return [each.value for each in find(thread_of(posted(text, moment=moment)), ("date",))]


@pytest.mark.parametrize(
    ("text", "key", "known", "missing"),
    [
        ("Rallies on January 31 in Oslo", "partial", "--01-31", "year"),
        ("They left last week", "relative", {"unit": "week", "count": -1}, "time of the post"),
        ("They leave tomorrow", "relative", {"unit": "day", "count": 1}, "time of the post"),
        ("They left today", "relative", {"unit": "day", "count": 0}, "time of the post"),
        ("It comes next month", "relative", {"unit": "month", "count": 1}, "time of the post"),
        ("Они уехали вчера", "relative", {"unit": "day", "count": -1}, "time of the post"),
    ],
)
def test_what_the_words_say_is_kept(text: str, key: str, known: object, missing: str) -> None:
    (found,) = dates(text)
    assert (found["from"], found[key], found["unresolved"]) == (None, known, missing)


def test_a_weekday_alone_says_nothing_without_the_time_of_the_post() -> None:
    (found,) = dates("They left on Friday")
    assert found["from"] is None
    assert "relative" not in found


def test_a_post_with_a_time_has_its_dates_whole() -> None:
    (found,) = dates("They left last week", datetime(2021, 6, 4, 9, 30, tzinfo=UTC))
    assert (found["from"], found["to"]) == ("2021-05-24", "2021-05-30")
    assert "relative" not in found


@given(st.dates(date(1995, 1, 1), date(2030, 12, 31)))
def test_far_from_the_post_is_the_same_far_with_a_time(day: date) -> None:
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    (found,) = dates("They left yesterday", moment)
    assert found["from"] == date.fromordinal(day.toordinal() - 1).isoformat()


def test_it_is_told_in_words() -> None:
    found = find(thread_of(posted("On January 31, and last week")), ("date",))
    assert [says(each) for each in found] == [
        "= --01-31, of which year is not known",
        "= 1 week before that of the post, whose time is not known",
    ]
