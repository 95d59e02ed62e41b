"""Emoji in a text: flags, keycaps, joined people; what a colour font draws and a text font does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["is_emoji", "split"]

#: Code points that are pictures by default (Unicode's Emoji_Presentation, in ranges that hold nothing else we know).
_PICTURE = (
    "\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd"
    "\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e"
    "\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\U0001f004\U0001f0cf\U0001f18e"
    "\U0001f191-\U0001f19a\U0001f201\U0001f21a\U0001f22f\U0001f232-\U0001f236\U0001f238-\U0001f23a\U0001f250\U0001f251"
    "\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb\U0001f7f0\U0001f90c-\U0001f9ff\U0001fa70-\U0001faff"
)
#: Those that are pictures only where the variation selector U+FE0F asks for it.
_WANTED = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u2328\u23cf-\u23fa\u24c2\u25aa-\u25fe\u2600-\u27bf"
    "\u2934\u2935\u2b05-\u2b07\u3030\u303d\u3297\u3299\U0001f170-\U0001f251"
)
_ONE = f"(?:[{_PICTURE}]\ufe0f?|[{_WANTED}]\ufe0f)[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
_EMOJI = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_ONE}(?:\u200d(?:{_ONE}|[{_WANTED}]\ufe0f?))*")


def is_emoji(text: str) -> bool:
    """Say whether a text is one emoji, however many code points it takes.

    >>> is_emoji("🇬🇪"), is_emoji("1️⃣"), is_emoji("1"), is_emoji("👩‍👩‍👧")
    (True, True, False, True)
    """
    return _EMOJI.fullmatch(text) is not None


def split(text: str) -> Iterator[tuple[str, bool]]:
    """Yield a text in stretches, each with whether it is emoji; together they are the text.

    >>> list(split("go 👇🏽🇬🇪 now"))
    [('go ', False), ('👇🏽🇬🇪', True), (' now', False)]
    """
    at = 0
    for found in re.finditer(f"(?:{_EMOJI.pattern})+", text):
        if found.start() > at:
            yield text[at : found.start()], False
        yield found[0], True
        at = found.end()
    if at < len(text):
        yield text[at:], False
