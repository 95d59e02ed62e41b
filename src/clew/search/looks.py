"""Spellings that evade a search: words that mix Latin letters with Cyrillic or Greek ones that look like them."""

from __future__ import annotations

import re

__all__ = ["line", "skeleton"]

#: Letters of which one can stand for another in a reader's eyes; after folding, so small letters alone. The pairs are
#: those that look alike as small or as capital letters (в and B, н and H), written as one Latin letter.
_LIKE = {
    **dict(zip("авекмнорстухьѕіјһԁԛԝӏѵгпи", "abekmhopctyxbsijhdqwlvrnu", strict=True)),
    **dict(zip("αβεζηικμνορτυχωγ", "abeznikuvoptuxwy", strict=True)),
}
_LETTER = re.compile(f"[{''.join(_LIKE)}]")
_MIXED = re.compile(r"(?=[^\s]*[a-z])[^\s]*[\u0370-\u052f][^\s]*")
_WHOLE = re.compile(rf"(?<![^\s])[{''.join(_LIKE)}]{{3,}}(?![^\s])")
_OTHER = re.compile(r"[\u0370-\u052f]")
_LATIN = re.compile(r"[a-z]")


def skeleton(term: str) -> str:
    """Return a folded term with every letter that looks like a Latin one replaced by that.

    >>> skeleton("раураl"), skeleton("paypal")
    ('paypal', 'paypal')
    """
    return _LETTER.sub(lambda found: _LIKE[found[0]], term)


def line(folded: str) -> str:
    """Return the skeletons of the words of a folded line that could pass for others: empty for nearly every text.

    Words that mix alphabets, and words of nothing but letters that look Latin in a text that is Latin otherwise.

    >>> line("the раураl scam"), line("the сосо scam"), line("нет и тон"), line("порт port")
    ('paypal', 'coco', '', '')
    """
    if folded.isascii() or not _OTHER.search(folded) or not _LATIN.search(folded):
        return ""
    found = list(_MIXED.findall(folded))
    if len(_LATIN.findall(folded)) > len(_OTHER.findall(folded)):
        found += _WHOLE.findall(folded)
    return " ".join(skeleton(word) for word in found)
