"""What the engine says is said in the reader's language: every figure survives, and what is not known stays English."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.ingest import Intake
from clew.posts import State
from clew.publish.document import Aside, Missing, compose
from clew.publish.sentences import gap_sentence, gap_subject
from clew.threads import weave
from clew.threads.thread import Certainty, Gap, Reason
from clew.web.said import FORMS, said
from tests.web.asking import Asked
from tests.web.world import LONG, THREAD

CASES = Path(__file__).parent.parent / "sources/cases"
OTHERS = ("ru", "zh")
STATES: tuple[State, ...] = (
    "absent", "deleted", "tombstone", "empty-tombstone", "gated", "blocked", "withheld", "private",
)  # fmt: skip
CERTAINTIES: tuple[Certainty, ...] = ("proven", "likely", "possible", "cut")


def figures(text: str) -> Counter[str]:
    """Return the figures of a text."""
    return Counter(re.findall(r"\d+(?:,\d{3})*", text))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("path", [f"/thread/{THREAD}", f"/thread/{LONG}?page=2", "/holes", f"/compare/{THREAD}"])
def test_pages_say_nothing_of_gaps_in_english(asked: Asked, path: str, language: str) -> None:
    page = asked(path, accept_language=language).page
    english = page.css("main .verdict [lang=en], main .gap .card [lang=en], main .why [lang=en], main p.card [lang=en]")
    assert [node.text() for node in english if not node.text().startswith("Would help")] == []
    assert page.css("main .verdict, main .gap, main .why, main .card, main table.compare")


def test_a_thread_is_told_in_russian_with_its_figures(asked: Asked) -> None:
    page = asked(f"/thread/{THREAD}", accept_language="ru").page
    sentence = page.css_first(".verdict .sentence")
    assert sentence is not None
    assert sentence.text() == "Хранится: 11 из 13 постов; нет номеров: 6, 11 (доказано)."


@pytest.mark.parametrize("language", OTHERS)
@settings(max_examples=150, deadline=None)
@given(
    count=st.none() | st.integers(1, 10_000),
    numbers=st.lists(st.integers(1, 400), max_size=6, unique=True).map(sorted),
    state=st.sampled_from(STATES),
    certainty=st.sampled_from(CERTAINTIES),
    last=st.integers(1, 10**18),
)
def test_every_gap_can_be_said_and_keeps_its_figures(
    language: str, count: int | None, numbers: list[int], state: State, certainty: Certainty, last: int
) -> None:
    reason = Reason(signal="absent-parent", says=f"the next post answers {last}, which is not held")
    gap = Gap(count=count, numbers=tuple(numbers), state=state, certainty=certainty, reasons=(reason,))
    for text in (gap_subject(gap), gap_sentence(gap)):
        made = said(language)(text)
        assert made is not None, text
        assert figures(made) == figures(text)


@pytest.mark.parametrize("language", OTHERS)
def test_nearly_all_that_is_said_of_the_cases_of_all_formats_is_known(language: str) -> None:
    known, unknown = 0, list[str]()
    for folder in sorted(CASES.iterdir()):
        for path in sorted(folder.iterdir())[:12]:
            try:
                threads = weave(list(Intake().items(str(path))))
            except Exception:  # a case of a file that cannot be read
                continue
            for document in (one for thread in threads[:20] for one in compose([thread])):
                blocks = [
                    one for block in document.blocks for one in (block.blocks if isinstance(block, Aside) else (block,))
                ]
                gaps = [one for one in blocks if isinstance(one, Missing)]
                for text in (document.head.completeness, *(gap.subject for gap in gaps)):
                    if said(language)(text) is None:
                        unknown.append(text)
                    else:
                        known += 1
    assert known > 200
    assert len(unknown) <= 0.05 * known, unknown


def test_what_is_not_known_stays_english_and_english_stays_as_it_is() -> None:
    assert said("ru")("<b>503 says the server</b>") is None
    assert said("ru")("a" * 10_000) is None
    assert said("en")("<b>503 says the server</b>") == "<b>503 says the server</b>"


def test_no_form_takes_long_however_it_is_fed() -> None:
    for text in (
        "; ".join(["x"] * 190),
        "Whole: " * 80,
        "(proven)" * 70,
        "1 and " * 95,
        "Cut: " * 110 + ".",
        "A. " * 190,
    ):
        assert said("ru")(text[:600]) is None


@pytest.mark.parametrize("form", [form for _, form in FORMS if isinstance(form, str)][:200])
def test_a_form_takes_over_what_it_names(form: str) -> None:
    patterns = [re.compile(pattern) for pattern, own in FORMS if own == form]
    names = set(re.findall(r"%\((\w+)\)s", form))
    assert any(names <= set(pattern.groupindex) for pattern in patterns)
