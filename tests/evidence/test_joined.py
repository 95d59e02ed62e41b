"""Names that are those of one are joined with a reason, none below the bar, and the user has the last word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.errors import BadOption
from clew.evidence import Finding, find
from clew.evidence.joined import BAR, Entity, aliases, by_variant, joined, renamed
from tests.evidence.made import posted, thread_of


def named(*names: str) -> list[Finding]:
    """Return findings of names: `@handle`, `ORG name`, else a person."""
    return [_finding(name, at) for at, name in enumerate(names)]


def _finding(name: str, at: int) -> Finding:
    kind, value = "person", {"name": name}
    if name.startswith("@"):
        kind, value = "account", {"handle": name[1:]}
    elif name.startswith("ORG "):
        kind, value = "organisation", {"name": name[4:]}
    return Finding(
        kind=kind,
        thread="x:1",
        post=str(at),
        start=0,
        end=1,
        quote=name,
        value=value,
        certainty=0.9,
        why="-",
        method="names 1",
    )


def groups(entities: list[Entity]) -> set[frozenset[str]]:
    return {frozenset(name for name, _ in entity.names) for entity in entities}


@pytest.mark.parametrize(
    "names",
    [
        ("@Huawei", "ORG Huawei"),
        ("ORG Росатом", "ORG Rosatom"),
        ("Olena Marchenko", "Marchenko"),
        ("Иван Петров", "Иваном Петровым"),
        ("@Marchenko", "Olena Marchenko"),
        ("@SiemensNorway", "ORG Siemens"),
        ("@official_nokia", "ORG Nokia"),
    ],
)
def test_variants_of_a_name_are_joined_with_a_score_and_a_reason(names: tuple[str, str]) -> None:
    (entity,) = joined(named(*names))
    assert len(entity.names) == 2
    assert all(join.score >= BAR and join.why for join in entity.joins)


@pytest.mark.parametrize(
    "names",
    [
        ("Olena Marchenko", "Petro Marchenko", "Marchenko"),
        ("ORG World Trade Organization", "ORG WTO"),
        ("ORG Washington", "Washington"),
        ("Ana Ruiz", "Ana Smith"),
        ("@ana", "@ben"),
        ("@SiemensFans", "ORG Siemens"),
        ("@mfa_norway", "ORG Norway House"),
    ],
)
def test_what_may_be_somebody_else_is_not_joined(names: tuple[str, ...]) -> None:
    assert len(joined(named(*names))) == len(names)


def test_what_lies_below_the_bar_is_said() -> None:
    found = joined(named("ORG World Trade Organization", "ORG WTO"))
    assert all(entity.possible[0].why == "the initials of the other" for entity in found)


def test_the_user_joins_and_keeps_apart() -> None:
    names = named("ORG WTO", "ORG World Trade Organization", "@Huawei", "ORG Huawei")
    known = aliases(["# mine", "WTO = World Trade Organization", "@Huawei != Huawei  # a fan"], "names.txt")
    assert groups(joined(names, known)) == {
        frozenset({"WTO", "World Trade Organization"}),
        frozenset({"@Huawei"}),
        frozenset({"Huawei"}),
    }


@pytest.mark.parametrize("line", ["WTO", "= WTO", "A != B != C"])
def test_a_line_of_aliases_that_says_nothing_is_named(line: str) -> None:
    with pytest.raises(BadOption, match=r"names\.txt: line 1"):
        aliases([line], "names.txt")


@given(
    st.lists(
        st.sampled_from(["Ana Ruiz", "Ruiz", "@Ruiz", "ORG Ruiz", "Рuiz", "ORG WTO", "  ", "’s", "Ö", "."]), max_size=12
    )
)
def test_every_mention_is_counted_once_and_order_does_not_matter(names: list[str]) -> None:
    found = joined(named(*names))
    assert sum(count for entity in found for _, count in entity.names) == len(names)
    assert groups(found) == groups(joined(named(*reversed(names))))


def test_each_variant_leads_to_its_entity_and_one_of_several_to_none() -> None:
    held = by_variant(joined(named("Olena Ruiz", "@olenaruiz", "Ana Kim", "Ben Kim", "Kim")))
    assert held["olenaruiz"].name == held["olena ruiz"].name == "Olena Ruiz"
    assert held["kim"].name == "Kim"


def test_relations_have_one_name_for_one_entity_and_keep_what_was_said() -> None:
    found = find(thread_of(posted("Rosatom hired Ana Ruiz. @rosatom hired Ben Kim")))
    ends = [each.value["subject"] for each in renamed(found) if each.kind == "relation"]
    assert [end["name"] for end in ends] == ["Rosatom", "Rosatom"]
    assert [end.get("said") for end in ends] == [None, "rosatom"]
    assert [each for each in renamed(found) if each.kind != "relation"] == [
        each for each in found if each.kind != "relation"
    ]


def test_the_user_keeps_names_apart_in_relations_too() -> None:
    found = find(thread_of(posted("Rosatom hired Ana Ruiz. @rosatom hired Ben Kim")))
    apart = renamed(found, aliases(["@rosatom != Rosatom"], "names.txt"))
    assert [each.value["subject"]["name"] for each in apart if each.kind == "relation"] == ["Rosatom", "rosatom"]
