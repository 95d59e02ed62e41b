"""Figures against a table: which rows are meant, how exactly a figure was said, and when nothing can be told."""

from __future__ import annotations

import pytest

from clew.errors import BadOption
from clew.evidence import find
from clew.evidence.check import Checked, checked
from clew.evidence.joined import aliases
from clew.evidence.table import Row, rows
from tests.evidence.made import posted, thread_of

TABLE = """entity,measure,year,value,unit
EU,grain trade with Norway,2013,400,USD million
China,grain trade with Norway,2013,81.5,USD million
European Union,grain trade with Norway,2020,190,USD million
China,grain trade with Norway,2020,100,USD million
Egypt,dams,2019,4,
Egypt,population,2019,100.4,million people
Ghana,population,2018,0,people
"""


def told(text: str, table: str = TABLE) -> list[Checked]:
    """Return what the table says to the figures of a post."""
    thread = thread_of(posted(text))
    held = [row for row in rows(table.splitlines(keepends=True), "table.csv") if isinstance(row, Row)]
    return list(checked(thread, find(thread), held))


REACTORS = "entity,measure,year,value,unit\nРосатом,reactors,2019,4,reactors\nOak Mill Works,reactors,2020,3,reactors\n"


def test_names_of_one_are_taken_as_one_whatever_the_script() -> None:
    (one,) = told("In 2019 @rosatom had 4 reactors", REACTORS)
    assert (one.verdict, [row.line for row in one.rows]) == ("agrees", [2])


def test_the_user_says_which_names_are_one() -> None:
    thread = thread_of(posted("In 2020 @oakworks had 3 reactors"))
    held = [row for row in rows(REACTORS.splitlines(keepends=True), "table.csv") if isinstance(row, Row)]
    assert list(checked(thread, find(thread), held)) == []
    known = aliases(["@oakworks = Oak Mill Works"], "names.txt")
    assert [each.verdict for each in checked(thread, find(thread), held, known)] == ["agrees"]


def verdicts(text: str) -> list[str]:
    return [each.verdict for each in told(text)]


def test_a_comparison_is_worked_out_from_the_two_rows_of_its_year() -> None:
    (one,) = told("In 2013 grain trade of 🇳🇴🇪🇺 was 5x of 🇳🇴🇨🇳")
    assert one.verdict == "agrees"
    assert [row.line for row in one.rows] == [2, 3]
    assert one.arithmetic == (
        "400 USD million (EU, grain trade with Norway, 2013; line 2) / "
        "81.5 USD million (China, grain trade with Norway, 2013; line 3) = 4.91; said: 5"
    )


def test_a_year_counted_from_the_one_before_it_is_looked_up() -> None:
    found = told(
        "In 2013 grain trade with the EU was 5x of China. Just 7 years after, grain trade with the EU is 2x of China"
    )
    assert [each.rows[0].year for each in found] == [2013, 2020]
    assert [each.verdict for each in found] == ["agrees", "agrees"]


def test_what_rounds_to_another_number_disagrees() -> None:
    assert verdicts("In 2013 grain trade with the EU was 6x of China") == ["disagrees"]
    assert verdicts("In 2013 grain trade with the EU was 4.9x of China") == ["agrees"]
    assert verdicts("In 2013 grain trade with the EU was 4.8x of China") == ["disagrees"]


def test_so_many_times_bigger_is_shown_in_its_other_sense_where_only_that_agrees() -> None:
    (one,) = told("In 2013 grain trade with the EU was 4x bigger than with China")
    assert one.verdict == "disagrees"
    assert "it would agree if `4x bigger` meant 5 times" in one.arithmetic


def test_bounds_are_kept() -> None:
    assert verdicts("In 2013 grain trade with the EU was at least 4x of China") == ["agrees"]
    assert verdicts("In 2013 grain trade with the EU was at most 4x of China") == ["disagrees"]


def test_a_sum_is_checked_in_its_own_unit() -> None:
    assert verdicts("Grain trade between Norway and China was $81.5m in 2013") == ["agrees"]
    assert verdicts("Grain trade between Norway and China was $90m in 2013") == ["disagrees"]
    assert verdicts("Grain trade between Norway and China was €81.5m in 2013") == ["cannot tell"]


def test_growth_is_worked_out_from_two_years() -> None:
    (one,) = told("From 2013 to 2020 grain trade of Norway with the EU fell by 53%")
    assert (one.verdict, [row.year for row in one.rows]) == ("agrees", [2020, 2013])
    assert verdicts("From 2013 to 2020 grain trade of Norway with the EU fell by 62%") == ["disagrees"]


@pytest.mark.parametrize(
    "text",
    [
        "Grain trade with the EU was 5x of China",
        "In 1999 grain trade with the EU was 5x of China",
        "In 2013 grain trade with Egypt was 5x of China",
        "In 2013 and 2020 grain trade with the EU was 5x of China",
        "In 2018 the population of Ghana tripled",
    ],
)
def test_what_the_table_cannot_answer_cannot_be_told_and_why_is_said(text: str) -> None:
    (one,) = told(text)
    assert one.verdict == "cannot tell"
    assert one.arithmetic


def test_figures_that_the_table_is_not_about_are_left_out() -> None:
    assert told("Peru built 4 schools in 2013, and fish trade with the EU was 5x of China") == []


def test_two_rows_that_fit_and_differ_are_named() -> None:
    twice = TABLE + "China,grain trade with Norway,2013,99,USD million\n"
    (one,) = told("In 2013 grain trade with the EU was 5x of China", twice)
    assert (one.verdict, one.arithmetic) == ("cannot tell", "lines 3 and 9 of the table all fit")


def test_a_table_says_which_column_it_lacks_and_which_lines_are_amiss() -> None:
    with pytest.raises(BadOption, match="no column year"):
        list(rows(["entity;measure;value\n"], "t.csv"))
    held = list(
        rows(["entity\tmeasure\tyear\tvalue\n", "EU\ttrade\t20x\t1\n", "EU\ttrade\t2020\tn/a\n", "\n"], "t.tsv")
    )
    assert held == ["line 2: '20x' is no year", "line 3: 'n/a' is no number"]
