"""Findings for reading: by thread and post, each with its words, what was made of them, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from clew.evidence.finding import Finding
from clew.evidence.forms.told import Told
from clew.times import show

__all__ = ["SUFFIX", "says", "write"]

SUFFIX = ".txt"
LONGEST = 100


def write(told: Iterable[Told]) -> Iterator[str]:
    """Yield a heading for each thread and post, and a line for each finding."""
    for one in told:
        if not one.findings:
            continue
        yield f"{one.thread.title}\n{one.thread.id} · {one.thread.author.label}\n"
        for post_id, findings in groupby(one.findings, key=lambda finding: finding.post):
            held = list(findings)
            post = one.post(held[0])
            yield f"\n  {post_id}{f' · {show(post.time)}' if post.time else ''}\n"
            for finding in held:
                yield (
                    f"    {finding.kind:<12} {_short(finding.quote)!s}  {says(finding)}  "
                    f"({finding.certainty:.2f}: {finding.why})\n"
                )
        yield "\n"


def _short(words: str) -> str:
    line = " ".join(words.split())
    return f"“{line[:LONGEST]}…”" if len(line) > LONGEST else f"“{line}”"


def says(finding: Finding) -> str:
    """Return what was made of the words, in one line."""
    value = finding.value
    match finding.kind:
        case "place":
            where = ", ".join(dict.fromkeys(str(word) for word in (value["name"], value.get("country_name")) if word))
            return f"= {where}" + (f" or {len(value['candidates'])} more" if _is_open(finding) else "")
        case "date":
            return f"= {_interval(value)}"
        case "figure":
            return f"= {_figure(value)}"
        case "source":
            return (
                f"= {value.get('said_by') if value['type'] == 'attribution' else value.get('publisher') or 'unknown'} "
                f"({value['type']})"
            )
        case "relation":
            return f"= {_held(value)}{value['subject']['name']} {value['relation']} {value['object']['name']}"
        case "claim":
            speaker = value["speaker"]["name"]
            source = (
                value["source"]
                if isinstance(value["source"], str)
                else value["source"]["publisher"] or value["source"]["url"]
            )
            far = " (in an earlier post)" if "post" in value["source"] else ""
            return f"by {speaker}; source: {source}{far}" + ("; negated" if value["negated"] else "")
        case _:
            return f"= {value.get('name') or value.get('handle')}"


def _is_open(finding: Finding) -> bool:
    """Say whether another place of the same name may well be meant."""
    return "candidates" in finding.value and finding.certainty < SURE


SURE = 0.8
"""From here on other places of the same name are not spoken of."""


def _held(value: dict[str, Any]) -> str:
    """Return whether a relation is denied, only possible, or to come; empty where it is stated flatly."""
    if value["negated"] and value.get("modal") == "can":
        return "cannot: "
    told = "not: " if value["negated"] else ""
    told += f"{value['modal']}: " if "modal" in value else ""
    return told + ("to come: " if value.get("future") else "")


def _interval(value: dict[str, Any]) -> str:
    if value.get("repeats"):
        return str(value["repeats"])
    if value["from"] is None:
        return _unresolved(value)
    whole = value["from"] if value["from"] == value["to"] else f"{value['from']} to {value['to']}"
    return f"{value['bound']} {whole}" if value.get("bound") else whole


def _unresolved(value: dict[str, Any]) -> str:
    """Return what is known of a date whose post has no time: `--01-31, of which year is not known`."""
    if "partial" in value:
        return f"{value['partial']}, of which year is not known"
    if "relative" in value:
        unit, count = value["relative"]["unit"], value["relative"]["count"]
        many = f"{abs(count)} {unit}{'s' if abs(count) != 1 else ''}"
        far = f"{many} {'after' if count > 0 else 'before'} that" if count else f"the {unit}"
        return f"{far} of the post, whose time is not known"
    return "not known"


def _figure(value: dict[str, Any]) -> str:
    amount = f"{value['amount']:,}" + (f" to {value['most']:,}" if "most" in value else "")
    told = f"{amount} {value['unit']}" if value["unit"] != "count" else amount
    compared = value.get("comparison")
    if compared:
        return f"{compared['of']} : {compared['than']} = {compared['ratio']}"
    of = f" of {value['of']}" if value.get("of") else ""
    return f"{value.get('bound', '')} {told}{of}{_growth(value)}".strip()


def _growth(value: dict[str, Any]) -> str:
    """Return whose a growth is and since when; empty where the figure is none."""
    if "baseline" not in value:
        return ""
    since = value["baseline"] if isinstance(value["baseline"], str) else value["baseline"]["quote"]
    whose = f" ({value['whose']})" if value.get("whose") else ""
    return f"{whose}; against when: {since}"
