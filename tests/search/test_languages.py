"""The language of texts whose source does not say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.search.countries import flag_named
from clew.search.languages import guess
from tests.archive.worlds import post
from tests.search.worlds import archive_of, ids


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The northern port was sold to a company nobody knew", "en"),
        ("Порт продали компании, о которой никто не слышал", "ru"),
        ("El puerto fue vendido a una empresa que nadie conocía", "es"),
        ("باعت الحكومة الميناء لشركة غير معروفة", "ar"),
        ("田湾核电站", "zh"),
        ("港を売却した", "ja"),
        ("항구가 팔렸다", "ko"),
        ("ท่าเรือถูกขาย", "th"),
        ("https://example.org/the-northern-port @somebody", None),
        ("10:30 🇺🇦", None),
        ("", None),
    ],
)
def test_a_language_is_told_by_its_script_or_words(text: str, language: str | None) -> None:
    assert guess(text) == language


def test_words_are_found_in_other_forms_where_no_source_says_the_language(tmp_path: Path) -> None:
    posts = [
        post(1, "Порт продали, корабли ушли ночью в открытое море"),
        post(2, "Ferries were running all night", by="bob"),
    ]
    archive = archive_of(tmp_path, posts)
    assert ids(archive, "корабль") == {1}
    assert ids(archive, "ferry runs") == {2}


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("ukraine", "🇺🇦"),
        ("united states", "🇺🇸"),
        ("сша", "🇺🇸"),
        ("美国", "🇺🇸"),
        ("reino unido", "🇬🇧"),
        ("port", None),
        ("", None),
    ],
)
def test_countries_are_known_by_their_names(name: str, flag: str | None) -> None:
    assert flag_named(name.split()) == flag
