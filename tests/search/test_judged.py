"""What is found in seven languages is never less than was measured."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.search.judged import SETS, Judged, precision, recall, results

#: Recall and precision that were measured; to be lowered by nobody. What is missed and what is found besides is the
#: stemmers' doing: Arabic prefixes of one letter, Spanish puerta and puerto, Russian договор and договориться.
FLOORS = {
    "en": (1, 1),
    "ru": (1, 0.96),
    "zh": (1, 1),
    "ja": (1, 1),
    "ar": (0.95, 1),
    "es": (1, 0.88),
    "hi": (1, 1),
}


@pytest.mark.parametrize("judged", SETS, ids=lambda judged: judged.language)
def test_queries_find_the_posts_that_were_judged(judged: Judged, tmp_path: Path) -> None:
    found = results(judged, tmp_path)
    least, purest = FLOORS[judged.language]
    wrong = [(one.query.text, sorted(one.missed), sorted(one.besides)) for one in found if one.missed or one.besides]
    assert recall(found) >= least, wrong
    assert precision(found) >= purest, wrong
