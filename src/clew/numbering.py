"""The author's own numbers: every mark that might be one, and the reading of a whole sequence that makes most sense.

A single post proves nothing: 9/11, 24/7, 2/3 of voters and lists inside a post look like numbers (shared THREADS,
section 2). So marks are only collected here post by post; which of them count is decided over the whole sequence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

__all__ = [
    "Mark",
    "Number",
    "alone",
    "chosen",
    "fit",
    "fitted",
    "is_opener",
    "marks",
    "says_end",
    "stated_total",
    "without_number",
]

#: The greatest number that counts as one; threads beyond it exist, and years and prices below it as well.
MOST = 999
#: The greatest total that is believed; `1/700` is said in jest, and counts as `1/`.
MOST_STATED = 300


class Mark(NamedTuple):
    """What looks like an author's number in one post."""

    number: int
    total: int | None
    """The stated total; None where it is open (1/, 1/n, 1/?)."""
    form: str
    """Its shape with the digits taken out, such as `k/N`, `(k/N)`, `k.`."""
    weight: float
    """How much its form alone speaks for a number, 0 to 1."""
    at_start: bool
    start: int
    """First code point of the mark in the text."""
    end: int
    """One past its last code point."""
    sure: bool
    """True where it can stand on its own, without a second post that agrees."""
    last: int
    """The last number of a list that the mark begins, so that the next post goes on after it; else the number."""


class Number(NamedTuple):
    """The author's number of a post, as the whole sequence makes it likely."""

    number: int
    total: int | None
    last: int
    """The last number of the post: greater than `number` where the post holds several numbered items."""
    form: str


_OPENERS = r"(?:🧵|👇|⬇️?|⤵️?|↓|➡️?|▶️?|📌|\[?\(?\b(?:thread|тред|ветка|hilo|fil)\b\)?\]?\s*[:.\-–—]*)"
_LEAD = re.compile(
    rf"(?:\s|{_OPENERS}|(?:[@＠]\w+\s+)|[\U0001F1E6-\U0001F51E\U0001F520-\U0001FAFF\u2190-\u21FF\u2300-\u23FF\u2600-\u27BF\u2B00-\u2BFF\uFE0F\u200D])*",
    re.IGNORECASE,
)
#: A word that may follow an end number: a link, a shortened link, a picture.
_AFTER = re.compile(
    r"https?://\S+|pic\.twitter\.com/\S+|(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?|\[(?:gif|image|video|link)\]", re.IGNORECASE
)
#: Arrows, flags, pictures and joiners.
_SIGNS = re.compile(r"[\U0001F1E6-\U0001FAFF\u2190-\u21FF\u2300-\u23FF\u2600-\u27BF\u2B00-\u2BFF\uFE0F\u200D]")
#: With what a number at the start begins, in any of its forms.
_MAY_START = re.compile(r"[/／\d(\[{（【#＃№①-⑳\U0001F51F第]|part|pt|tweet|часть|teil|no\.|nr", re.IGNORECASE)
_ANY_DIGIT = re.compile(r"[\d\u2460-\u2473\U0001F51F]")

_OPEN = r"[nNxX?？∞хХ]{1,2}|\.{2,3}|…|_"
_START_FORMS: tuple[tuple[str, float, re.Pattern[str]], ...] = (
    ("(k/N)", 0.95, re.compile(rf"[(\[{{（【]\s*(\d{{1,3}})\s*[/／|]\s*(\d{{1,3}}|{_OPEN})?\s*[)\]}}）】]")),
    ("(k of N)", 0.95, re.compile(r"[(\[{（]\s*(\d{1,3})\s*(?:of|из|de|von|sur)\s*(\d{1,3}|[nNxX?])\s*[)\]}）]", re.I)),
    (
        "k/N",
        0.9,
        re.compile(
            rf"(\d{{1,3}})(?:[/／]|\s[/／]\s)(\d{{1,3}}(?![\d/])|(?:{_OPEN})(?!\w))|(\d{{1,3}})\s?[/／]\s(\d{{1,3}})(?=\s*\n)"
        ),
    ),
    ("k of N", 0.7, re.compile(r"(\d{1,3})\s*(?:of|из)\s*(\d{1,3})\b(?!\s*(?:the|of)\b)", re.I)),
    ("k/", 0.9, re.compile(r"(\d{1,3})\s?[/／](?!\d)")),
    ("/k", 0.7, re.compile(r"[/／]\s?(\d{1,3})(?=\s)")),
    ("k\\", 0.75, re.compile(r"(\d{1,3})\s?\\")),
    ("k|", 0.6, re.compile(r"(\d{1,3})\s?[|｜]")),
    ("k.)", 0.7, re.compile(r"(\d{1,3})\s?\.\s?\)")),
    ("(k)", 0.65, re.compile(r"[(\[（](\d{1,3})[)\]）]")),
    ("k)", 0.65, re.compile(r"(\d{1,3})\s?[)）\]]")),
    ("k.", 0.5, re.compile(r"(\d{1,3})\s?[.．](?![\d\w%])|(\d{1,3})[.．](?=[A-ZА-ЯÁÉÍÓÚ][a-zа-яáéíóú])")),
    ("k、", 0.6, re.compile(r"(\d{1,3})[、．]")),
    ("k:", 0.45, re.compile(r"(\d{1,3})\s?[:：](?!\d)")),
    ("k-", 0.45, re.compile(r"(\d{1,3})\s?[-–—](?![\d\w])|(\d{1,3})[-–—](?=[A-ZА-Я])")),
    ("#k", 0.45, re.compile(r"[#＃№]\s?(\d{1,3})\b")),
    ("part k", 0.7, re.compile(r"(?:part|pt\.?|tweet|часть|parte|teil|partie|no\.|nr\.?)\s*(\d{1,3})\b", re.I)),
    ("第k", 0.7, re.compile(r"第\s?(\d{1,3})\s?[条條部篇、]?")),
    ("keycap", 0.75, re.compile(r"((?:[0-9]\uFE0F?\u20E3|\U0001F51F)+)")),
    ("circled", 0.6, re.compile(r"([①-⑳])")),
    ("k", 0.25, re.compile(r"(\d{1,2})(?=[ \t]*\n|[ \t]+[^\W\d_a-z]|[ \t]+[\"“'‘«])")),
)
_END_FORMS: tuple[tuple[str, float, re.Pattern[str]], ...] = (
    (
        "(k/N)",
        0.95,
        re.compile(
            rf"[(\[{{（【]\s*(\d{{1,3}})\s*[/／|]\s*(\d{{1,3}}|{_OPEN})?\s*(?:, ?n ?= ?\d{{1,3}})?[)\]}}）】]\s*[.。]?$"
        ),
    ),
    (
        "(k of N)",
        0.95,
        re.compile(r"[(\[{（]\s*(\d{1,3})\s*(?:of|из|de|von|sur)\s*(\d{1,3}|[nNxX?])\s*[)\]}）]\s*\.?$", re.I),
    ),
    ("k/N", 0.85, re.compile(rf"(?<![\w/.,$€£])(\d{{1,3}})\s?[/／]\s?(\d{{1,3}}|{_OPEN})\s*[.。]?$")),
    ("...k/N", 0.8, re.compile(rf"(?<=[^\d\s][.!?…])(\d{{1,3}})\s?[/／]\s?(\d{{1,3}}|{_OPEN})?\s*$")),
    ("k/", 0.9, re.compile(r"(?<![\w/.,$€£])(\d{1,3})\s?[/／]\s*[.。]?$")),
    ("/k", 0.7, re.compile(r"(?:^|(?<=[\s.!?…)]))[/／]\s?(\d{1,3})\s*$")),
    ("k\\", 0.75, re.compile(r"(?<![\w/.,])(\d{1,3})\s?\\\s*$")),
    ("(k)", 0.55, re.compile(r"(?<![\w])[(\[（](\d{1,3})[)\]）]\s*\.?$")),
    ("keycap", 0.6, re.compile(r"((?:[0-9]\uFE0F?\u20E3|\U0001F51F)+)\s*$")),
    ("k of N", 0.5, re.compile(r"(?<![\w/.,$€£])(\d{1,3})\s*(?:of|из)\s*(\d{1,3})\s*\.?$", re.I)),
)
_LISTS = frozenset({"k.", "k)", "k-", "k:", "#k", "keycap", "circled", "(k)", "k、", "k"})
_END_WORDS = re.compile(
    r"(?:^|[\s(\[/])(?:\d{1,3}\s?[/／]\s?)?/?\s?(?:end|fin|конец|完|fine|ende|finis)[.!\s)\]/]*(?:of thread)?[.!\s]*$"
    r"|/🧵\s*$",
    re.IGNORECASE,
)
_END_WORD = re.compile(r"end|fin|конец|完|🧵", re.IGNORECASE)
_SURE_NEXT = re.compile(r"\s*(?:$|\n|[^\w\s]|[^\W\d_a-z])")
_SURE_BEFORE = re.compile(r"(?:^|\n|[.!?…:;)\]\"”’»。！？👇]|[\U0001F1E6-\U0001FAFF])\s*$")


@dataclass(frozen=True, slots=True)
class _Step:
    """A reading of the sequence up to one numbered post."""

    at: int
    mark: Mark
    score: float
    before: _Step | None
    support: int
    """How many of the steps so far go on regularly."""


def marks(text: str) -> list[Mark]:
    """Return what looks like an author's number at the start or the end of a post, likeliest first.

    Links, pictures, arrows and flags after an end number do not hide it, nor do mentions and thread signs before a
    start number.

    >>> [(m.number, m.total, m.form) for m in marks("2/14 The ports. example.org/a…")]
    [(2, 14, 'k/N')]
    """
    if not _ANY_DIGIT.search(text):
        return []
    found = [*_start_marks(text), *_end_marks(text)]
    return sorted(found, key=lambda mark: -mark.weight)


def _start_marks(text: str) -> list[Mark]:
    lead = _LEAD.match(text)
    at = lead.end() if lead else 0
    if not _MAY_START.match(text, at):
        return _label_marks(text, at)
    for form, weight, pattern in _START_FORMS:
        if match := pattern.match(text, at):
            mark = _mark(match, form, weight, at_start=True)
            if mark is None:
                continue
            last = _last_item(text, mark) if form in _LISTS else mark.number
            return [mark if last == mark.number else mark._replace(weight=weight * 0.6, sure=False, last=last)]
    return _label_marks(text, at)


_LABEL = re.compile(r"([^\W\d_]{2,12}(?:\s[^\W\d_]{2,12})?)\s?([#№]?)\s?(\d{1,3})(?=\s*(?:[:：.)/–—-](?!\d)|\n))")


def _label_marks(text: str, at: int) -> list[Mark]:
    """Return a number behind a word or two: `Step 3 -`, `Principle #20:`. Only the same words make a sequence."""
    match = _LABEL.match(text, at)
    if match is None:
        return []
    number = int(match[3])
    weight = 0.65 if match[2] else 0.55
    return [Mark(number, None, f"{match[1].casefold()} k", weight, True, match.start(), match.end(), False, number)]


def _end_marks(text: str) -> list[Mark]:
    stop = _words_end(text)
    if not _ANY_DIGIT.search(text, max(0, stop - 24), stop):
        return []
    body = text[:stop]
    for form, weight, pattern in _END_FORMS:
        if match := pattern.search(body, max(0, stop - 24)):
            mark = _mark(match, form, weight, at_start=False)
            if mark is not None:
                return [mark]
    return []


def _words_end(text: str) -> int:
    """Return where a text's own words end, before links, pictures, arrows and flags."""
    stop = len(text)
    while stop:
        if text[stop - 1].isspace() or _SIGNS.match(text, stop - 1):
            stop -= 1
            continue
        start = max(text.rfind(" ", 0, stop), text.rfind("\n", 0, stop)) + 1
        if not _AFTER.fullmatch(text, start, stop):
            break
        stop = start
    return stop


def _mark(match: re.Match[str], form: str, weight: float, *, at_start: bool) -> Mark | None:
    groups = [group for group in match.groups() if group is not None]
    number = _value(groups[0])
    if number is None or number > MOST:
        return None
    total = _value(groups[1]) if len(groups) > 1 else None
    if total is not None and total < 2:
        return None
    if total is not None and total > MOST_STATED:
        total = None
    if total is not None and number > total:
        weight, total = weight * 0.3, None
    sure = weight >= 0.8 and _is_sure(match, form, number, at_start=at_start)
    return Mark(number, total, form, weight, at_start, match.start(), match.end(), sure, number)


def _value(digits: str) -> int | None:
    if digits and "\u2460" <= digits[0] <= "\u2473":
        return ord(digits[0]) - 0x245F
    plain = digits.replace("\ufe0f", "").replace("\u20e3", "").replace("\U0001f51f", "10")
    return int(plain) if plain.isdecimal() else None


def _is_sure(match: re.Match[str], form: str, number: int, *, at_start: bool) -> bool:
    """Say whether a mark can stand alone: `1/2 of the cup`, `rated 4/5` and `9/11` can't."""
    text = match.string
    if form.startswith("("):
        return True
    if at_start:
        return number <= 1 and (form == "k/" or bool(_SURE_NEXT.match(text, match.end())))
    return form == "k/" or bool(_SURE_BEFORE.search(text, max(0, match.start() - 3), match.start()))


def _last_item(text: str, mark: Mark) -> int:
    """Return the number of the last item where the mark begins a list that goes on in later lines of the post."""
    shape = re.escape(text[mark.start : mark.end])
    digits = str(mark.number)
    if digits not in shape:
        return mark.number
    last, at = mark.number, mark.end
    while True:
        item = re.compile(r"\n\s*" + shape.replace(digits, r"(\d{1,3})", 1))
        found = item.search(text, at)
        if found is None or int(found[1]) != last + 1:
            break
        last, at = last + 1, found.end()
    return last


def fit(texts: Sequence[str]) -> list[Number | None]:
    """Return the author's number of each post of a sequence, None where it has none.

    Among all readings the one wins whose numbers go up with the posts, in the same form, with the fewest jumps;
    restarts and changes of form cost, and a number that nothing else in the sequence supports does not count.
    """
    candidates = [marks(text) for text in texts]
    return fitted(candidates)


def fitted(candidates: Sequence[Sequence[Mark]]) -> list[Number | None]:
    """Return the same for marks that were already collected."""
    found = chosen(candidates)
    numbers: list[Number | None] = [None] * len(candidates)
    for at, mark in found.items():
        numbers[at] = Number(mark.number, mark.total, mark.last, mark.form)
    return numbers


def alone(text: str) -> Number | None:
    """Return the number of a post that stands alone: only forms that leave no doubt count."""
    return fit([text])[0]


def chosen(candidates: Sequence[Sequence[Mark]]) -> dict[int, Mark]:
    """Return, by position in the sequence, the marks of the reading that makes most sense."""
    if not any(candidates):
        return {}
    best: _Step | None = None
    recent: list[_Step] = []
    for at, options in enumerate(candidates):
        steps = [_best_step(at, mark, recent) for mark in options]
        recent = (recent + steps)[-WINDOW:]
        for step in steps:
            if best is None or step.score > best.score:
                best = step
    path: list[_Step] = []
    while best is not None:
        path.append(best)
        best = best.before
    return _supported(path[::-1], len(candidates))


WINDOW = 16
"""How many earlier readings a number is tried against: about eight posts back."""


def _best_step(at: int, mark: Mark, recent: Sequence[_Step]) -> _Step:
    first = mark.weight - 0.5 + (0.5 if mark.number in (at, at + 1) else 0.0) + (0.3 if mark.number in (0, 1) else 0.0)
    best = _Step(at, mark, first, None, 0)
    for step in recent:
        if step.at < at:
            gain, regular = _gain(step, at, mark)
            score = step.score + gain
            if score > best.score:
                best = _Step(at, mark, score, step, step.support + regular)
    return best


def _gain(step: _Step, at: int, mark: Mark) -> tuple[float, int]:
    """Return what going on with a mark adds to a reading, and 1 where it goes on regularly."""
    up, posts = mark.number - step.mark.last, at - step.at
    gain = mark.weight - 0.25
    same = mark.form == step.mark.form and mark.at_start == step.mark.at_start
    gain += 0.4 if same else -0.2
    if mark.total is not None and mark.total == step.mark.total:
        gain += 0.3
    if up == posts:
        return gain + 1.0, 1
    if up > posts:
        extra = up - posts
        return gain + (0.5 if extra <= 3 else 0.2 if extra <= 12 else -0.6 if extra <= 40 else -1.5), int(extra <= 12)
    if up > 0:
        return gain + 0.5 - 0.05 * min(posts - up, 6), 1
    if up == 0:
        return gain - 0.3, 0
    return gain - (0.2 if mark.number in (0, 1) and mark.sure else 0.6 if mark.number in (0, 1) else 1.0), 0


def _supported(path: Sequence[_Step], count: int) -> dict[int, Mark]:
    """Return the marks of a reading that others support; all of them fall where too few agree."""
    if not path:
        return {}
    kept: dict[int, Mark] = {}
    for index, step in enumerate(path):
        before = path[index - 1] if index else None
        after = path[index + 1] if index + 1 < len(path) else None
        if _stands(step.mark, len(path)) or (before and _agree(before, step)) or (after and _agree(step, after)):
            kept[step.at] = step.mark
    kept = _without_inner_lists(kept)
    if _enough(kept, count):
        return kept
    return {at: mark for at, mark in kept.items() if mark.sure and _opens(at, mark)}


def _without_inner_lists(kept: dict[int, Mark]) -> dict[int, Mark]:
    """Return the marks without those of lists inside a thread that is numbered in a stronger form.

    A weaker mark stays where it lies between its neighbours, as a change of form does and a list that begins anew not.
    """
    strong = [at for at, mark in kept.items() if mark.weight >= 0.8]
    if len(strong) < 3 or len(strong) == len(kept):
        return kept
    found: dict[int, Mark] = {}
    before: tuple[int, int] | None = None
    for at, mark in kept.items():
        after = next(((later, kept[later].number) for later in strong if later > at), None)
        follows = mark.number <= at + 1 if before is None else 0 < mark.number - before[1] <= at - before[0] + ASTRAY
        leads = after is None or 0 < after[1] - mark.last <= after[0] - at + ASTRAY
        if mark.weight >= 0.8 or (follows and leads):
            found[at] = mark
            before = (at, mark.last)
    return found


ASTRAY = 3
"""So many numbers may lack where an author's numbers change their form."""


def _stands(mark: Mark, path: int) -> bool:
    return mark.sure and (mark.number <= 1 or mark.total is not None or path > 2)


def _agree(a: _Step, b: _Step) -> bool:
    up, posts = b.mark.number - a.mark.last, b.at - a.at
    return 0 < up <= posts + 12 or (up == 0 and a.mark.form == b.mark.form)


def _opens(at: int, mark: Mark) -> bool:
    return at == 0 and (mark.number <= 1 or mark.total is not None)


def _enough(kept: dict[int, Mark], count: int) -> bool:
    """Say whether enough posts agree: strong forms twice, weak ones three times or on half of the posts."""
    if len(kept) < 2:
        return False
    weight = sum(mark.weight for mark in kept.values())
    if len(kept) == 2 and weight >= 0.9:
        (_, a), (_, b) = sorted(kept.items())
        if a.number == 1 and b.number in (2, 3) and a.form == b.form:
            return True
    return weight >= 1.2 and (len(kept) >= 3 or weight >= 1.5 or len(kept) * 2 >= count)


def stated_total(numbers: Sequence[Number | None]) -> int | None:
    """Return the total that the author states: the latest one, unless an earlier one is stated more often."""
    totals = [number.total for number in numbers if number is not None and number.total]
    if not totals:
        return None
    counts = Counter(totals)
    most = max(counts.values())
    return totals[-1] if counts[totals[-1]] == most else next(t for t in reversed(totals) if counts[t] == most)


def says_end(text: str) -> bool:
    """Say whether a post closes its thread in so many words: `/end`, `12/fin`, `END`, `/🧵`.

    >>> says_end("Thanks for reading. /end"), says_end("This is the end of history")
    (True, False)
    """
    if not _END_WORD.search(text, max(0, len(text) - 300)):
        return False
    stop = len(text) if text.rstrip().endswith("🧵") else _words_end(text)
    return _END_WORDS.search(text, max(0, stop - 40), stop) is not None


_OPENER = re.compile(
    rf"^\W*(?:{_OPENERS}|a thread\b)|🧵|\(thread\)|\[thread\]|\ba (?:short |quick )?thread\b", re.IGNORECASE
)


def is_opener(text: str) -> bool:
    """Say whether a post announces a thread.

    >>> is_opener("THREAD: the ports"), is_opener("the thread of his argument")
    (True, False)
    """
    return _OPENER.search(text[:400]) is not None or "🧵" in text


def without_number(text: str) -> str:
    """Return the text without a sure or weighty number at its start, for titles.

    >>> without_number("1/ The ports")
    'The ports'
    """
    found = _start_marks(text)
    if found and found[0].weight >= 0.5:
        return text[found[0].end :].lstrip(" \t.:-–—")
    return text
