"""The API holds to its own description, whatever it is asked."""

from __future__ import annotations

import pytest

from tests.web.asking import Asked
from tests.web.world import THREAD

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is missing: pip install schemathesis")

PATHS = ("/api/threads", "/api/threads/{id}", "/api/authors", "/api/captures", "/api/holes", "/api/search")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.filterwarnings("ignore")
def test_no_request_breaks_it_and_every_answer_is_as_described(served: str, path: str) -> None:
    from hypothesis import HealthCheck, given, settings

    described = schemathesis.openapi.from_url(f"{served}/api/openapi.json")
    operation = described[path]["GET"]
    modes = schemathesis.GenerationMode

    for mode in (modes.POSITIVE,) if path.endswith("{id}") else (modes.POSITIVE, modes.NEGATIVE):
        strategy = operation.as_strategy(generation_mode=mode)

        @given(case=strategy)
        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        def holds(case: object) -> None:
            answer = case.call(base_url=served)  # type: ignore[attr-defined]
            assert answer.status_code < 500
            case.validate_response(answer, excluded_checks=_not_meant(path))  # type: ignore[attr-defined]

        holds()


def _not_meant(path: str) -> list[object]:
    """Leave out one check at one path: not every text is a query, and one that is none is refused in words."""
    from schemathesis.specs.openapi import checks

    return [checks.positive_data_acceptance] if path == "/api/search" else []


def test_every_path_is_described(asked: Asked) -> None:
    assert tuple(sorted(asked("/api/openapi.json").json["paths"])) == tuple(sorted(PATHS))


def test_what_is_missing_is_given_as_data(asked: Asked) -> None:
    found = asked("/api/holes?certainty=proven").json["items"]
    assert {one["certainty"] for one in found} == {"proven"}
    assert THREAD in {one["thread"] for one in found}
    assert asked("/api/holes?certainty=sure").status == 422


def test_a_search_is_given_as_data_with_its_spans(asked: Asked) -> None:
    answer = asked("/api/search?q=granary").json
    (hit,) = answer["items"]
    assert hit["snippet"][slice(*hit["spans"][0])] == "Granary"
    assert asked("/api/search?q=form:ana").status == 422
    assert asked("/api/search").status == 422
