"""Pairs of common words that stand side by side, as terms of their own: phrases of them are found without positions.

Which words are common is chosen when an index is made and stays so for as long as it lives: those of LITTLE, and those
that stand in more than one of SHARE posts, where there are enough posts to tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

__all__ = ["LEAST", "LITTLE", "MOST", "chosen", "of"]

SHARE = 128
LEAST = 5_000
"""Posts below which nothing is told from them."""
MOST = 10_000
"""Posts that are looked at."""

LITTLE = frozenset(
    """
    a about after all also am an and any are as at be been before but by can could did do does for from had has have he
    her here him his how i if in into is it its just like more my no not now of on one only or other our out over she so
    some than that the their them then there these they this to up us was we were what when where which who why will
    with would you your
    al como con de del el en es esta la las lo los mas me no para pero por que se si su un una y ya
    au aux ce cette dans des du elle est et il je les mais ne nous on ou par pas plus pour qui sur une vous
    auf aus bei das dem den der die ein eine einen er es hat ich im ist mit nach nicht noch sich sie sind und von wie zu
    che di e gli ha i il non per sono da dos em na nao o os um uma het een van op te voor niet dat zijn met
    в во и на не что он она с со как это по но из за у к о от же так для бы то все его мы вы я они был а до есть или
    من في على الى ان عن ما لا هذا التي الذي مع كان
    में है के की को से का और पर ने हैं यह भी
    http https www com org net
    """.split()
)
"""Words that are common in posts of many languages."""


def chosen(texts: Iterable[Sequence[str]]) -> frozenset[str]:
    """Return the words that are common, given the terms of some posts.

    >>> "the" in chosen([]), "port" in chosen([["port"]])
    (True, False)
    """
    counts: Counter[str] = Counter()
    posts = 0
    for terms in texts:
        counts.update(set(terms))
        posts += 1
    told = (word for word, count in counts.items() if count * SHARE > posts) if posts >= LEAST else ()
    return LITTLE.union(told)


def of(terms: Sequence[str], common: Collection[str]) -> list[str]:
    """Return the terms of the pairs of common words among words that stand side by side.

    >>> of(["the", "port", "of", "the", "city"], {"of", "the"})
    ['of_the']
    """
    return [f"{one}_{other}" for one, other in pairwise(terms) if one in common and other in common]
