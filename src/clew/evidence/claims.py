"""Claims: sentences that can be checked, with what they name, whose words they are, and what is cited for them.

A claim is not judged: nothing here says whether it is true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from clew.evidence import figures, relations, sources, when, where, who
from clew.evidence.finding import Finding, Found
from clew.evidence.passages import BLANK, Passage, Sentence
from clew.evidence.study import Study

__all__ = ["METHOD", "NAME", "extract"]

NAME = "claims"
METHOD = "claims 1"
LEAST = 0.5
"""From this certainty on a sentence counts as one that can be checked."""


def extract(study: Study) -> Iterator[Finding]:
    """Yield the sentences of a thread that state something that can be checked."""
    parts = _by_post(study)
    for passage in study.passages:
        held = parts.get(passage.post.id, [])
        found = (_claim(passage, sentence, held, study) for sentence in passage.sentences)
        yield from study.placed(passage, (item for item in found if item), METHOD)


_PARTS = (who, where, when, figures, sources, relations)


def _by_post(study: Study) -> dict[str, list[Finding]]:
    held: dict[str, list[Finding]] = {}
    for module in _PARTS:
        for finding in study.once(module.NAME, module.extract):
            held.setdefault(finding.post, []).append(finding)
    return held


def _claim(passage: Passage, sentence: Sentence, held: list[Finding], study: Study) -> Found | None:
    inside = [part for part in held if sentence.start <= part.start < sentence.end]
    prose = passage.prose[sentence.start : sentence.end]
    certainty, why = _certainty(prose, inside)
    if certainty < LEAST:
        return None
    start, end = _bare(passage, sentence)
    value: dict[str, Any] = {
        "text": passage.text[start:end],
        "parts": [
            {"kind": part.kind, "start": part.start, "end": part.end, "quote": part.quote}
            for part in inside
            if part.kind != "source"
        ],
        "hedges": [word.group().lower() for word in _HEDGES.finditer(prose)],
        "negated": _NEGATION.search(prose) is not None,
        "speaker": _speaker(inside, study),
        "source": _source(passage, sentence, held),
    }
    return Found("claim", start, end, value, certainty, why)


# --- can it be checked? -----------------------------------------------------------------------------------------------

_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|been|will|became|becomes?|did|does|do|can|could|may|might"
    r"|[a-z]{2,}ed|[a-z]{1,}(?:izes|ates|ows|akes|ives|ains|ides|ends|ants|urns|ills|its|ays|ells"
    r"|uilds|uys|eads|olds|ets|uts)"
    r"|said|says|told|made|makes?|got|went|came|found|built|sold|bought|won|lost|left|took|gave"
    r"|grew|fell|rose|held|met|led|hit|cut|paid|sent|spent|began|broke|brought|chose|drew|drove"
    r"|kept|knew|meant|ran|saw|shot|spoke|stood|struck|taught|thought|threw|understood|wrote"
    r"|reach(?:es)?|provides?|uses?|supports?|supplies|hires?|owns?|needs?|wants?|contains?|costs?"
    r"|includes?|requires?|produces?|causes?|leads?|shows?|works?|lives?|kills?|destroys?|signs?"
    r"|plans?|raises?|documents?|releases?|contributes?|declares?)\b"
    r"|\b[а-яё]{3,}(?:л|ла|ло|ли|лся|лась|лись|ет|ут|ют|ит|ят|ат|ется|ются)\b|[是有了将将已在被称]",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[?？][\"'”’)]*\s*$")
_ORDERS = re.compile(
    (
        r"^\W*(?:please|let'?s|let me|follow|check|read|watch|see|click|retweet|rt\b(?!\s@)|sign up"
        r"|subscribe|join|look|try|think|imagine|consider|remember|ask|tell|give|make|take|use|don'?t"
        r"|never|always|start|stop|get|go|keep|avoid|add|mix|heat|share|thanks?|thank you|congrat\w*"
        r"|happy|welcome|note|step|create|import|set|study|learn|build|find|write|call|donate|help"
        r"|text|visit|act|pray\w*|stay|be|do|say|show|put|turn|listen|buy|sell|spend|enjoy|download"
        r"|feel free|shout ?out|bonus|for example|example|here'?s|here are|that'?s|this is)\b"
    ),
    re.IGNORECASE,
)
_SELF = re.compile(r"\b(?:I|I['’](?:m|ve|ll|d)|my|me|we|we['’](?:re|ve|ll)|our|us|you|your|you['’]re)\b")
_OPINION = re.compile(
    (
        r"\b(?:i think|i believe|i feel|in my (?:view|opinion)|imo|imho|should|must|ought|hope"
        r"|hopefully|love|hate|best|worst|great|amazing|beautiful|awesome|cool|important|interesting"
        r"|boring|wonderful|terrible|absurd|cr[ai]zy|incredible|fun|favou?rite|better|worse|good|bad"
        r"|clear(?:ly)?|obvious(?:ly)?|unfortunately)\b"
    ),
    re.IGNORECASE,
)
_IF = re.compile(r"^\W*(?:if|when you|whether|suppose|imagine|what if|unless)\b|\bwould\b", re.IGNORECASE)
_HEDGES = re.compile(
    r"\b(?:may|might|could(?!n)|can(?!['’]t)|perhaps|probably|possibly|likely|unlikely|reportedly|allegedly"
    r"|apparently|seems?|seemingly|appears?|supposedly|suggests?|believed|rumou?red|some say|i "
    r"think|i believe|i guess|maybe|potentially|presumably|about|around|approximately|roughly"
    r"|nearly|almost|most of the times|often|usually|mostly)\b"
    r"|\b(?:возможно|вероятно|якобы|по-видимому|похоже|кажется|может)\b|可能|据说|似乎|大概|也许",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    (
        r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|unable|cannot|fail(?:s|ed)? to"
        r"|refus(?:es|ed) to|den(?:ies|ied)|lacks?|hardly|barely)\b|n['’]t\b|\b(?:не|нет|ни|никогда"
        r"|никто|без)\b|[不没無无未非]"
    ),
    re.IGNORECASE,
)


def _certainty(prose: str, inside: list[Finding]) -> tuple[float, str]:
    """Return how sure it is that a sentence can be checked, and why; a question, an order or a view can't."""
    kinds = {part.kind for part in inside if part.certainty >= 0.5}
    named = [kind for kind in _WEIGHTS if kind in kinds]
    score = 0.12 + sum(_WEIGHTS[kind] for kind in named)
    if any(part.kind == "source" and part.value["type"] == "attribution" for part in inside):
        score += 0.2
        named.append("speaker")
    if score + PAST < LEAST:
        return 0.0, ""
    if len(prose.split()) < 4 and not any("\u4e00" <= letter <= "\u9fff" for letter in prose):
        return 0.0, ""
    if _ASKS.search(prose) or not _VERB.search(prose):
        return 0.0, ""
    score -= 0.4 if _ORDERS.search(prose) else 0
    score -= 0.3 if _IF.search(prose) else 0
    score -= 0.12 * min(len(_SELF.findall(prose)), 3) + 0.1 * min(len(_OPINION.findall(prose)), 2)
    score += PAST if _DONE.search(prose) else 0
    return round(min(score, 0.95), 2), f"a statement that names {_listed(named)}"


#: How much each kind that a sentence names speaks for it.
_WEIGHTS = {
    "figure": 0.35,
    "place": 0.25,
    "organisation": 0.22,
    "person": 0.22,
    "date": 0.22,
    "relation": 0.15,
    "account": 0.1,
}
PAST = 0.12
"""What a verb in the past adds."""
_DONE = re.compile(r"\b[a-z]{2,}ed\b|\b(?:was|were|has|have|had|said|won|lost|built|hit)\b")


def _listed(words: list[str]) -> str:
    article = [f"an {word}" if word[0] in "aeo" else f"a {word}" for word in words]
    return " and ".join([", ".join(article[:-1]), article[-1]] if len(article) > 1 else article or ["nothing"])


def _bare(passage: Passage, sentence: Sentence) -> tuple[int, int]:
    """Return the span of a sentence without the author's number, links and blanks at its ends."""
    start, end, prose = sentence.start, sentence.end, passage.prose
    while start < end and (prose[start].isspace() or (prose[start] == BLANK and not _is_mention(passage, start))):
        start += 1
    while end > start and (prose[end - 1].isspace() or (prose[end - 1] == BLANK and not _is_mention(passage, end - 1))):
        end -= 1
    return start, end


def _is_mention(passage: Passage, at: int) -> bool:
    return any(mention.start <= at < mention.end for mention in passage.post.mentions)


# --- whose words, and on what they rest -------------------------------------------------------------------------------


def _speaker(inside: list[Finding], study: Study) -> dict[str, Any]:
    """Return whom the words are laid to: a speaker that the sentence names, else the author of the post."""
    said = next((part for part in inside if part.kind == "source" and part.value["type"] == "attribution"), None)
    if said:
        return {"name": said.quote, "start": said.start, "end": said.end, "author": False}
    return {"name": study.thread.author.label, "author": True}


def _source(passage: Passage, sentence: Sentence, held: list[Finding]) -> dict[str, Any] | str:
    """Return what is cited for a sentence: a link in it, else the next link of the post; "none" where there is none."""
    links = [part for part in held if part.kind == "source" and part.value["type"] != "attribution"]
    near = next((part for part in links if sentence.start <= part.start < sentence.end), None)
    found = near or next((part for part in links if part.start >= sentence.end), None)
    if found is None:
        return "none"
    return {
        "start": found.start,
        "end": found.end,
        "publisher": found.value["publisher"],
        "url": found.value["url"],
        "where": "in the sentence" if near else "in the post",
    }
