"""What the engine says in English, in the reader's language: sentences are known by their form, and made anew.

`clew/thread/1`, the ledger and events hold English, which does not change with who reads. A sentence whose form is not
known here, such as a server's own words, stays English, and pages mark it so.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable
from functools import cache, lru_cache

from clew.web.words import translations

__all__ = ["FORMS", "said"]

LONGEST = 600
"""Code points of a sentence that is looked at."""
DEEPEST = 6
"""Sentences in sentences."""

#: What stands in a form: figures and names are taken over, `what`, `rest`, `where`, `amount` and `kind` are said anew.
_AMOUNT = r"\d[\d,]*"
_NUMBERS = rf"{_AMOUNT}(?:(?:, | and | to ){_AMOUNT})*"
_CERTAIN = r"\((?P<certainty>proven|likely|possible|cut)\)"
_POSTS = r"(?:at least one post|(?:at least )?(?:one|\d[\d,]*) posts?|\d[\d,]* of \d[\d,]* posts?)"
_WHAT = rf"(?P<what>{_POSTS}|{_NUMBERS})"
_SAID_ANEW = frozenset({"what", "rest", "where", "amount", "kind", "certainty"})


def N_(text: str) -> str:  # noqa: N802
    """Mark a form for the catalogue."""
    return text


def ngettext(one: str, several: str) -> tuple[str, str]:
    """Mark a form that changes with `num` for the catalogue."""
    return one, several


_Form = str | tuple[str, str]

FORMS: tuple[tuple[str, _Form], ...] = (
    # how many, and certainty
    (r"proven", N_("proven")),
    (r"likely", N_("likely")),
    (r"possible", N_("possible")),
    (r"cut", N_("cut")),
    (r"more", N_("more")),
    (r"at least one post", N_("at least one post")),
    (r"one post", N_("one post")),
    (r"at least (?P<amount>.+)", N_("at least %(amount)s")),
    (rf"(?P<held>{_AMOUNT}) of (?P<num>{_AMOUNT}) posts?",
     ngettext("%(held)s of %(num)s post", "%(held)s of %(num)s posts")),
    (rf"(?P<num>{_AMOUNT}) posts?", ngettext("%(num)s post", "%(num)s posts")),
    (r"post (?P<place>\d+)", N_("post no. %(place)s")),
    (rf"(?P<numbers>{_NUMBERS})", N_("%(numbers)s")),
    # completeness
    (r"Whole: (?P<rest>.+)\.", N_("Whole: %(rest)s.")),
    (r"the numbers run from (?P<first>\d+) to (?P<last>\d+) of (?P<total>\d+)",
     N_("the numbers run from %(first)s to %(last)s of %(total)s")),
    (r"nothing is known to be missing", N_("nothing is known to be missing")),
    (r"nothing is known to be missing, but (?P<rest>.+)", N_("nothing is known to be missing, but %(rest)s")),
    (rf"{_WHAT} held; (?P<rest>.+)\.", N_("%(what)s held; %(rest)s.")),
    (rf"(?P<what>{_POSTS}); (?P<rest>.+)\.", N_("%(what)s; %(rest)s.")),
    (rf"(?P<what>{_POSTS}): (?P<rest>.+)\.", N_("%(what)s: %(rest)s.")),
    (rf"numbers? (?P<numbers>{_NUMBERS}) (?:is|are) missing {_CERTAIN}",
     N_("numbers missing: %(numbers)s (%(certainty)s)")),
    (rf"numbers? (?P<numbers>{_NUMBERS}) may be missing {_CERTAIN}",
     N_("numbers perhaps missing: %(numbers)s (%(certainty)s)")),
    (rf"(?P<amount>more|{_AMOUNT}) (?:is|are) missing, as (?P<rest>.+) {_CERTAIN}",
     N_("missing: %(amount)s, as %(rest)s (%(certainty)s)")),
    (rf"(?P<amount>more|{_AMOUNT}) may be missing, as (?P<rest>.+) {_CERTAIN}",
     N_("perhaps missing: %(amount)s, as %(rest)s (%(certainty)s)")),
    (rf"(?P<what>{_POSTS}|{_AMOUNT}) (?:is|are) missing(?P<where> in \d+ places)? {_CERTAIN}",
     N_("missing: %(what)s%(where)s (%(certainty)s)")),
    (rf"(?P<what>{_POSTS}|{_AMOUNT}) may be missing(?P<where> in \d+ places)? {_CERTAIN}",
     N_("perhaps missing: %(what)s%(where)s (%(certainty)s)")),
    (r" in (?P<num>\d+) places", ngettext(" in %(num)s place", " in %(num)s places")),
    (r"the view was limited, so there may be more", N_("the view was limited, so there may be more")),
    (r"(?P<rest>.+), so the rest is not here\.", N_("%(rest)s, so the rest is not here.")),
    (r"A preview: (?P<rest>.+)", N_("A preview: %(rest)s")),
    (r"Cut: (?P<rest>.+)", N_("Cut: %(rest)s")),
    (r"its text is shortened in the source", N_("its text is shortened in the source")),
    (r"the text of one of them is shortened in the source", N_("the text of one of them is shortened in the source")),
    (rf"the text of (?P<count>{_AMOUNT}) of them is shortened in the source",
     N_("the text of %(count)s of them is shortened in the source")),
    # gaps
    (r"there may be more here", N_("there may be more here")),
    (r"there may be more here: (?P<rest>.+)", N_("there may be more here: %(rest)s")),
    (rf"(?P<kind>[^:]+): (?P<rest>.+) {_CERTAIN}", N_("%(kind)s: %(rest)s (%(certainty)s)")),
    (rf"(?P<kind>[^:]+) {_CERTAIN}", N_("%(kind)s (%(certainty)s)")),
    (rf"{_WHAT} (?:is|are) missing", N_("missing: %(what)s")),
    (rf"{_WHAT} may be missing", N_("perhaps missing: %(what)s")),
    (rf"{_WHAT} (?:was|were) deleted", N_("deleted: %(what)s")),
    (rf"{_WHAT} (?:is|are) gone, the platform says so", N_("gone, the platform says so: %(what)s")),
    (rf"{_WHAT} (?:is|are) gone, and the platform does not say why",
     N_("gone, and the platform does not say why: %(what)s")),
    (rf"{_WHAT} (?:is|are) shown only to those who sign in", N_("shown only to those who sign in: %(what)s")),
    (rf"{_WHAT} (?:is|are) blocked", N_("blocked: %(what)s")),
    (rf"{_WHAT} (?:is|are) withheld", N_("withheld: %(what)s")),
    (rf"{_WHAT} (?:is|are) private", N_("private: %(what)s")),
    (r"the author's numbers begin with (?P<first>\d+)", N_("the author's numbers begin with %(first)s")),
    (r"the author's numbers run (?P<before>\d+), (?P<after>\d+)", N_("the author's numbers run %(before)s, %(after)s")),
    (r"the next post answers (?P<id>\S+), which is not held", N_("the next post answers %(id)s, which is not held")),
    (r"yet (?P<id>\S+), which the author posted within an hour before, bears no number and may be what is missing",
     N_("yet %(id)s, which the author posted within an hour before, bears no number and may be what is missing")),
    (r"yet (?P<id>\S+), which the author posted within an hour after, bears no number and may be what is missing",
     N_("yet %(id)s, which the author posted within an hour after, bears no number and may be what is missing")),
    (r"yet the first post answers nobody", N_("yet the first post answers nobody")),
    (r"yet the later of the two answers the earlier one directly",
     N_("yet the later of the two answers the earlier one directly")),
    (r"the author counts (?P<total>\d+)", N_("the author counts %(total)s")),
    (r"the first post bears the author's number (?P<first>\d+)",
     N_("the first post bears the author's number %(first)s")),
    (r"the source states that the first post continues nothing of the author's",
     N_("the source states that the first post continues nothing of the author's")),
    (r"an unnumbered header is followed by number (?P<second>\d+)",
     N_("an unnumbered header is followed by number %(second)s")),
    (r"the author's numbers reach the (?P<total>\d+) that he or she counts",
     N_("the author's numbers reach the %(total)s that he or she counts")),
    (r"the last post says that it is the end", N_("the last post says that it is the end")),
    (r"all (?P<count>\d+) posts that the source counts are held",
     N_("all %(count)s posts that the source counts are held")),
    # what sources say
    (rf"the head of the page counts (?P<what>{_POSTS})", N_("the head of the page counts %(what)s")),
    (rf"the card of another thread counts (?P<what>{_POSTS})", N_("the card of another thread counts %(what)s")),
    (rf"on the page are (?P<count>{_AMOUNT})", N_("on the page are %(count)s")),
    (rf"the page shows only the beginning of this other thread \((?P<what>{_POSTS})\)(?:\. The whole is at \S+)?",
     N_("the page shows only the beginning of this other thread (%(what)s)")),
    (r"this is a preview on another thread's page, which shows at most (?P<count>\d+) posts",
     N_("this is a preview on another thread's page, which shows at most %(count)s posts")),
    (r"the text does not mark where its posts end: its paragraphs are given as posts",
     N_("the text does not mark where its posts end: its paragraphs are given as posts")),
    (r"the text does not mark where its posts end: it is given as one passage",
     N_("the text does not mark where its posts end: it is given as one passage")),
    (rf"Bluesky counts (?P<count>{_AMOUNT}) posts in the author's thread",
     N_("Bluesky counts %(count)s posts in the author's thread")),
    (r"the answer gives every reply that Bluesky counts in this conversation",
     N_("the answer gives every reply that Bluesky counts in this conversation")),
    (r"the answer leaves out replies that Bluesky shows only on request",
     N_("the answer leaves out replies that Bluesky shows only on request")),
    (r"this is one page of several: what comes after its cursor is not in the file",
     N_("this is one page of several: what comes after its cursor is not in the file")),
    (r"the post was not found", N_("the post was not found")),
    (r"Bluesky does not say why", N_("Bluesky does not say why")),
    (r"the post is not given because one account blocks another",
     N_("the post is not given because one account blocks another")),
    (r"its author shows the post only to people who are signed in",
     N_("its author shows the post only to people who are signed in")),
    (r"X does not show this post and gives no reason that clew knows",
     N_("X does not show this post and gives no reason that clew knows")),
    (r"X names this post and gives nothing in its place, not even a reason",
     N_("X names this post and gives nothing in its place, not even a reason")),
    (r"X counts this post to the conversation and did not send it",
     N_("X counts this post to the conversation and did not send it")),
    (r"X says that it has no post with this id", N_("X says that it has no post with this id")),
    (r"X said that nothing follows in this conversation", N_("X said that nothing follows in this conversation")),
    (r"X offered more of this conversation than was fetched \((?P<count>.+) not followed\)",
     N_("X offered more of this conversation than was fetched")),
    (r"the archive lists this post as deleted by its author and does not hold its text",
     N_("the archive lists this post as deleted by its author and does not hold its text")),
    (rf"the archive holds all (?P<count>{_AMOUNT}) posts of the account that its manifest counts",
     N_("the archive holds all %(count)s posts of the account that its manifest counts")),
    (r"the server told its readers that this post was deleted",
     N_("the server told its readers that this post was deleted")),
    (r"the post's own server says that it was deleted", N_("the post's own server says that it was deleted")),
    (r"the server that was asked for this post says that it has none, or shows it to nobody who asks",
     N_("the server that was asked for this post says that it has none, or shows it to nobody who asks")),
    (r"the server knows that the next post is a reply, but no longer knows to what; it may have been deleted",
     N_("the server knows that the next post is a reply, but no longer knows to what; it may have been deleted")),
    (r"the author's own server gives no further post by the author below this one",
     N_("the author's own server gives no further post by the author below this one")),
    (r"without a login a server gives at most (?P<count>\d+) (?:posts above|replies); here are exactly as many",
     N_("without a login a server gives at most %(count)s posts; here are exactly as many")),
    (r"X was asked for this post and gave nothing: it is deleted, or out of reach for who asked",
     N_("X was asked for this post and gave nothing: it is deleted, or out of reach for who asked")),
    (r"the stream says that its author deleted this post", N_("the stream says that its author deleted this post")),
    (r"the order is inferred: the source does not say which post answers which",
     N_("the order is inferred: the source does not say which post answers which")),
    (r"the order is partly inferred: the source does not say of every post which one it answers",
     N_("the order is partly inferred: the source does not say of every post which one it answers")),
    (r"the file is a part of the repository: it lacks (?P<count>\d[\d,]*) branch(?:es)? of its tree",
     N_("the file is a part of the repository: it lacks %(count)s of its tree")),
    (r"the repository holds every post of (?P<who>[^;]+)", N_("the repository holds every post of %(who)s")),
    (r"its signature was not checked, since no DID document of the account lies beside the file",
     N_("its signature was not checked, since no DID document of the account lies beside the file")),
    (r"its signature was not checked: (?P<why>[^;]+)", N_("its signature was not checked: %(why)s")),
    (r"all blocks are what their names say, and its signature holds",
     N_("all blocks are what their names say, and its signature holds")),
    (rf"the export counts (?P<count>{_AMOUNT}) posts and boosts, and holds as many",
     N_("the export counts %(count)s posts and boosts, and holds as many")),
    (rf"the export counts (?P<count>{_AMOUNT}) posts and boosts, but holds (?P<held>{_AMOUNT})",
     N_("the export counts %(count)s posts and boosts, but holds %(held)s")),
    (rf"(?P<count>{_AMOUNT}) of them are not public", N_("%(count)s of them are not public")),
    (r"a collection of replies names this post, but does not give it",
     N_("a collection of replies names this post, but does not give it")),
    (r"the answer gives one reply to this post, the one on the way to a later post",
     N_("the answer gives one reply to this post, the one on the way to a later post")),
    (r"the query had more results: the last page names a next one that is not here",
     N_("the query had more results: the last page names a next one that is not here")),
    (rf"Bluesky counts (?P<count>{_AMOUNT}) repl(?:y|ies) to this post",
     N_("replies to this post, as Bluesky counts: %(count)s")),
    (rf"the answer gives (?P<count>{_AMOUNT})", N_("the answer gives %(count)s")),
    (r"the answer goes no deeper and gives none", N_("the answer goes no deeper and gives none")),
    (rf"(?P<count>{_AMOUNT}) repl(?:y|ies) to this post (?:is|are) not in the answer",
     N_("replies to this post that are not in the answer: %(count)s")),
    (r"the page shows a part of the channel", N_("the page shows a part of the channel")),
    (r"(?:earlier|later|earlier and later) messages are on another one", N_("further messages are on another one")),
    (r"X broke the stream off here", N_("X broke the stream off here")),
    (r"what was posted later is not in the capture", N_("what was posted later is not in the capture")),
    (r"X does not show this post: its author's account is suspended",
     N_("X does not show this post: its author's account is suspended")),
    (r"its author detached the post from this quote", N_("its author detached the post from this quote")),
    (r"it may still be public at its own address", N_("it may still be public at its own address")),
    # branches, and what stands around a thread
    (r"aside", N_("aside")),
    (r"correction", N_("correction")),
    (r"later addition", N_("later addition")),
    (r"aside to (?P<what>post \d+|\d+)", N_("aside to %(what)s")),
    (r"correction to (?P<what>post \d+|\d+)", N_("correction to %(what)s")),
    (r"later addition to (?P<what>post \d+|\d+)", N_("later addition to %(what)s")),
    (r"(?P<kind>(?:aside|correction|later addition)(?: to (?:post \d+|\d+))?), (?P<where>\d.*) on",
     N_("%(kind)s, %(where)s on")),
    (rf"(?P<num>{_AMOUNT}) years?", ngettext("%(num)s year", "%(num)s years")),
    (rf"(?P<num>{_AMOUNT}) months?", ngettext("%(num)s month", "%(num)s months")),
    (rf"(?P<num>{_AMOUNT}) days?", ngettext("%(num)s day", "%(num)s days")),
    (rf"(?P<num>{_AMOUNT}) hours?", ngettext("%(num)s hour", "%(num)s hours")),
    (r"in answer to a post(?: by (?P<whom>.+))? that is not held", N_("in answer to a post that is not held")),
    (r"in answer to (?P<whom>.+)", N_("in answer to %(whom)s")),
    (r"earlier, (?P<whom>.+)", N_("earlier, %(whom)s")),
    (r"quotes a post that is not held", N_("quotes a post that is not held")),
    (r"quotes (?P<what>post \d+|\d+) of this thread", N_("quotes %(what)s of this thread")),
    (r"quotes (?P<whom>.+)", N_("quotes %(whom)s")),
    (r"(?P<start>[\d-]+ [\d:]+) UTC", N_("%(start)s UTC")),
    (r"(?P<start>[\d-]+ [\d:]+) to (?P<end>[\d:-]+(?: [\d:]+)?) UTC", N_("%(start)s to %(end)s UTC")),
    (r"Deleted by its author, (?P<when>[\d :-]+) UTC", N_("Deleted by its author, %(when)s UTC")),
    (r"Edited, (?P<when>[\d :-]+) UTC", N_("Edited, %(when)s UTC")),
    (r"Readers added context: (?P<text>.+)", N_("Readers added context: %(text)s")),
    (r"picture", N_("picture")),
    (r"video", N_("video")),
    (r"moving picture", N_("moving picture")),
    (r"sound", N_("sound")),
    (r"file", N_("file")),
    # adding and refreshing
    (rf"(?P<name>.+): (?P<num>{_AMOUNT}) new posts?",
     ngettext("%(name)s: %(num)s new post", "%(name)s: %(num)s new posts")),
    (rf"(?P<num>{_AMOUNT}) new posts?", ngettext("%(num)s new post", "%(num)s new posts")),
    (r"(?P<name>.+): held already, byte for byte", N_("%(name)s: held already, byte for byte")),
    (rf"(?P<count>{_AMOUNT}) seen again", N_("seen again: %(count)s")),
    (rf"(?P<count>{_AMOUNT}) changed", N_("changed: %(count)s")),
    (rf"(?P<count>{_AMOUNT}) no longer there, which is not the same as deleted",
     N_("no longer there, which is not the same as deleted: %(count)s")),
    (r"another process is writing to this archive; waiting for it",
     N_("another process is writing to this archive; waiting for it")),
    (r"the thread", N_("the thread")),
    (rf"(?P<num>{_AMOUNT}) holes? in this thread",
     ngettext("%(num)s hole in this thread", "%(num)s holes in this thread")),
    (rf"(?P<num>{_AMOUNT}) holes? filled", ngettext("%(num)s hole filled", "%(num)s holes filled")),
    (rf"(?P<num>{_AMOUNT}) holes? still open", ngettext("%(num)s hole still open", "%(num)s holes still open")),
    (r"known now: (?P<rest>.+)", N_("known now: %(rest)s")),
    (r"would help: (?P<rest>.+)", N_("would help: %(rest)s")),
    (r"thread reader", N_("thread reader")),
    (r"mementos", N_("web archives")),
    (r"thread reader: (?P<rest>.+)", N_("thread reader: %(rest)s")),
    (r"mementos: (?P<rest>.+)", N_("web archives: %(rest)s")),
    (r"(?P<way>X API|AppView|server|repository|preview): (?P<rest>.+)", N_("%(way)s: %(rest)s")),
    (r"(?P<url>https?://\S+)", N_("%(url)s")),
    (r"(?P<url>https?://\S+): (?P<rest>.+)", N_("%(url)s: %(rest)s")),
    (r"answered (?P<status>\d{3})", N_("answered %(status)s")),
    (r"could not be reached \((?P<why>.+)\)", N_("could not be reached (%(why)s)")),
    (r"(?P<host>\S+) does not give the page to programs \((?P<status>\d+)\)",
     N_("%(host)s does not give the page to programs (%(status)s)")),
    (r"(?P<host>\S+) has no thread under this post's id; it may have one under the first post's",
     N_("%(host)s has no thread under this post's id; it may have one under the first post's")),
    (r"nothing was to be asked", N_("nothing was to be asked")),
    (r"needs a token; put one of your own into CLEW_X_TOKEN",
     N_("needs a token; put one of your own into CLEW_X_TOKEN")),
    (r"no token; put one of your own into CLEW_X_TOKEN", N_("no token; put one of your own into CLEW_X_TOKEN")),
    (r"a web archive: CLEW_MEMENTO", N_("a web archive: CLEW_MEMENTO")),
    (r"the post is not there, or not shown", N_("the post is not there, or not shown")),
    (r"the address of any post of the thread: clew add URL", N_("the address of any post of the thread: clew add URL")),
    (r"login-gated: somebody who may see it, with a token or an export",
     N_("login-gated: somebody who may see it, with a token or an export")),
    (r"an export from the author \(X: Settings, Download an archive of your data\): clew add FILE",
     N_("an export from the author (X: Settings, Download an archive of your data): clew add FILE")),
    (r"a repository \(CAR\) or a saved page that somebody kept before: clew add FILE",
     N_("a repository (CAR) or a saved page that somebody kept before: clew add FILE")),
    (r"an export from the author \(Mastodon: Preferences, Import and export\): clew add FILE",
     N_("an export from the author (Mastodon: Preferences, Import and export): clew add FILE")),
    (r"an export from somebody in the channel \(Telegram Desktop: Export chat history\): clew add FILE",
     N_("an export from somebody in the channel (Telegram Desktop: Export chat history): clew add FILE")),
)  # fmt: skip
"""The form of each sentence, and how the catalogue calls it; those that say more exactly what they are come first."""


@cache
def said(language: str) -> Callable[[str], str | None]:
    """Return what says a sentence of the engine in a language; that gives None for one whose form it does not know.

    >>> said("ru")("the author counts 12"), said("en")("as it is"), said("ru")("in the server's own words")
    ('автор насчитывает 12', 'as it is', None)
    """
    if language == "en":
        return lambda text: text
    own = translations(language)

    @lru_cache(20_000)
    def known(text: str) -> str | None:
        return _said(own, text, 0) if len(text) <= LONGEST else None

    return known


@cache
def _forms() -> tuple[tuple[re.Pattern[str], _Form], ...]:
    return tuple((re.compile(pattern, re.DOTALL), form) for pattern, form in FORMS)


def _said(own: gettext.NullTranslations, text: str, depth: int) -> str | None:
    if depth > DEEPEST:
        return None
    for pattern, form in _forms():
        found = pattern.fullmatch(text)
        if found and (made := _made(own, form, found.groupdict(), depth)) is not None:
            return made
    if text.endswith(".") and (inner := _said(own, text[:-1], depth + 1)) is not None:
        return own.gettext("%(rest)s.") % {"rest": inner}
    if text[:1].isupper() and (inner := _said(own, text[:1].lower() + text[1:], depth + 1)) is not None:
        return inner[:1].upper() + inner[1:]
    parts = re.split(r"(?<=[^;]); |\. (?=[A-Z])", text)
    if len(parts) > 1:
        inner_parts = [_said(own, part, depth + 1) for part in parts]
        if all(part is not None for part in inner_parts):
            return own.gettext("; ").join(part for part in inner_parts if part)
    return None


def _made(own: gettext.NullTranslations, form: _Form, values: dict[str, str | None], depth: int) -> str | None:
    filled: dict[str, str] = {}
    for name, value in values.items():
        made = value or ""
        if value and name in _SAID_ANEW:
            inner = _said(own, value, depth + 1)
            if inner is None:
                return None
            made = inner
        elif name == "numbers":
            made = made.replace(" to ", "–").replace(" and ", ", ")
        filled[name] = made
    if isinstance(form, tuple):
        return own.ngettext(*form, int((filled["num"]).replace(",", ""))) % filled
    return own.gettext(form) % filled


#: Joins and ends of sentences.
_SIGNS = (N_("%(rest)s."), N_("; "))
