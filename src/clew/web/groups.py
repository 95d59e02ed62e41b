"""The page of groups beside each other: how they took things up, and how that can be read."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from clew.web.network import TRACES, WINDOWS, answered, number, traces_of
from clew.web.reckoned import Following
from clew.web.site import site_of

__all__ = ["groups"]

LONGEST = 20_000
"""Letters that a group is named with."""


async def groups(request: Request) -> Response:
    """Who follows whom."""
    given = {name: request.query_params.get(name, "").strip()[:LONGEST] for name in ("a", "b", "control")}
    traces = traces_of(request) or ("tag",)
    window = number(request.query_params.get("window", ""), 60, 0, 30 * 86_400)
    values: dict[str, Any] = {"given": given, "chosen": traces, "traces": TRACES, "window": window, "windows": WINDOWS}
    values |= {"report": None, "problem": None}
    site = site_of(request)
    if not (given["a"] and given["b"]):
        return await run_in_threadpool(site.page, request, "groups.html", **values)
    named = [("A", given["a"]), ("B", given["b"]), *([("control", given["control"])] if given["control"] else [])]
    question = Following(
        groups=tuple(named), control="control" if given["control"] else None, traces=traces, window=window
    )
    held = await answered(request, question)
    if isinstance(held, Response):
        return held
    if held.answer is not None:
        from clew.compare.pages import comparison_report

        values["report"] = await run_in_threadpool(comparison_report, held.answer.found)
    return await run_in_threadpool(site.page, request, "groups.html", **values | {"problem": held.problem})
