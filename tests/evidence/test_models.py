"""Language models: names and relations that no rule sees, in three languages, and what posts do to models of prose."""

from __future__ import annotations

import pytest

from clew.evidence import Finding, Models, find
from tests.evidence.made import posted, thread_of

pytest.importorskip("spacy", reason="needs language models; bring them with: pip install 'clew[models]'")
pytest.importorskip("natasha", reason="needs language models; bring them with: pip install 'clew[models]'")
pytest.importorskip("jieba", reason="needs language models; bring them with: pip install 'clew[models]'")
# What the libraries warn of themselves is not ours.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def models() -> Models:
    """Models, loaded once."""
    return Models()


def found(text: str, models: Models) -> list[Finding]:
    """Return what is found in a text with models; each quote stands at its span."""
    findings = find(thread_of(posted(text)), parser=models)
    for each in findings:
        assert each.quote == text[each.start : each.end]
    return findings


def test_a_passive_is_turned_round(models: Models) -> None:
    (relation,) = (each for each in found("Germany was invaded by France.", models) if each.kind == "relation")
    assert (relation.value["subject"]["name"], relation.value["object"]["name"]) == ("France", "Germany")


def test_negation_is_seen_in_the_parse(models: Models) -> None:
    (relation,) = (each for each in found("Huawei did not buy Siemens.", models) if each.kind == "relation")
    assert relation.value["negated"]


def test_russian_names_are_found_by_natasha(models: Models) -> None:
    names = {(each.kind, each.quote) for each in found("Вчера Анна Иванова приехала в Тверь", models)}
    assert ("person", "Анна Иванова") in names


def test_chinese_names_are_found_by_jieba(models: Models) -> None:
    assert any(each.kind == "place" and each.quote == "上海" for each in found("他昨天从上海回来", models))


@pytest.mark.parametrize(
    "text", ["RT @ana: LOL, this is so good", "#FridayFeeling is here again, OMG", "DM me by 5 PM EST"]
)
def test_signs_of_the_platform_are_no_names(text: str, models: Models) -> None:
    assert not [each for each in found(text, models) if each.kind in ("person", "organisation", "place")]


def test_rules_and_models_agree_to_a_higher_certainty(models: Models) -> None:
    text = "Yesterday Peter Brown spoke in the parliament of Norway."
    (alone,) = (each for each in find(thread_of(posted(text))) if each.kind == "person")
    (both,) = (each for each in found(text, models) if each.kind == "person")
    assert both.certainty > alone.certainty
    assert both.why.endswith("and a language model agrees")


@pytest.mark.parametrize("text", ["i met sarah, luke and mike tomorrow", "The last time I chatted with Kyle was June."])
def test_first_names_count_in_small_letters_and_where_they_are_words_too(text: str, models: Models) -> None:
    people = [each.quote for each in found(text, models) if each.kind == "person"]
    assert people in (["sarah", "luke", "mike"], ["Kyle"])


def test_other_words_in_small_letters_are_no_names(models: Models) -> None:
    assert [each for each in found("the plumber came to the house yesterday", models) if each.kind == "person"] == []
