"""The pages speak English, Russian and Chinese, and lack no word in any of them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from clew.web.words import LANGUAGES, LOCALE
from tests.web.asking import Asked
from tests.web.world import THREAD

babel = pytest.importorskip("babel", reason="babel is missing: pip install babel")

OTHERS = [language for language in LANGUAGES if language != "en"]


def _catalogue(language: str) -> object:
    from babel.messages.pofile import read_po

    with (LOCALE / language / "LC_MESSAGES" / "clew.po").open("rb") as stream:
        return read_po(stream, locale=language)


def _words() -> set[str]:
    """Return what the templates say, and the forms of what the engine says, in English."""
    from babel.messages.extract import extract_from_dir

    ways = [("templates/**.html", "jinja2"), ("said.py", "python")]
    found = extract_from_dir(Path("src/clew/web"), ways, {"templates/**.html": {"trimmed": "true"}})
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", OTHERS)
def test_no_word_is_missing_and_none_is_left_over(language: str) -> None:
    catalogue = _catalogue(language)
    known = {
        message.id[0] if isinstance(message.id, tuple) else message.id
        for message in catalogue  # type: ignore[attr-defined]
        if message.id
    }
    assert known == _words()


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_is_translated_with_the_same_places_to_fill(language: str) -> None:
    for message in _catalogue(language):  # type: ignore[attr-defined]
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), message.id
        if message.id and not isinstance(message.id, tuple):
            assert set(re.findall(r"%\(\w+\)s", message.id)) == set(re.findall(r"%\(\w+\)s", message.string))


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_read_is_made_of_what_is_written(language: str) -> None:
    from babel.messages.mofile import write_mo

    made = io.BytesIO()
    write_mo(made, _catalogue(language))  # type: ignore[arg-type]
    assert made.getvalue() == (LOCALE / language / "LC_MESSAGES" / "clew.mo").read_bytes()


@pytest.mark.parametrize(
    ("language", "says"), [("ru", "Пробовали|Ещё не пробовали"), ("zh", "从未尝试|已尝试"), ("en", "ried")]
)
def test_pages_speak_the_language_of_the_browser(asked: Asked, language: str, says: str) -> None:
    page = asked(f"/thread/{THREAD}", accept_language=f"fr, {language};q=0.8")
    assert f'<html lang="{language}">' in page.text
    assert re.search(says, page.text)


def test_a_language_that_was_chosen_stays_chosen(asked: Asked) -> None:
    answer = asked(f"/language/ru?to=/thread/{THREAD}", accept_language="en")
    assert (answer.status, answer.headers["location"]) == (303, f"/thread/{THREAD}")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert '<html lang="ru">' in asked("/", accept_language="en", cookie=cookie).text
    assert asked("/language/ru?to=//evil.example").headers["location"] == "/"
    assert "set-cookie" not in asked("/language/xx").headers
