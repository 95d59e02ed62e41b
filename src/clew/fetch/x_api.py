"""The API of X (version 2), with the user's own token and within the user's budget.

X charges for each post that it gives. What a question may cost is said before it is asked, and no question is asked
that could go beyond the budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from clew import fields, times
from clew.errors import NotFetched
from clew.fetch.answer import Answer, Attempt
from clew.fetch.settings import Secret, Settings
from clew.fetch.visit import Visit, Way

__all__ = ["EACH", "bring", "bring_latest", "bring_list", "bring_more", "bring_profile", "fill", "needs"]

FEWEST, MOST = 10, 100
"""How many posts one page of a search may have."""
EACH = 3
"""So many posts may be given, and charged, for one that is asked for: itself, what it answers, what it quotes."""
FIRST_PAGE = 5
"""Posts on the first page of a list that is asked for what is new; each page behind it has twice as many."""
RECENT = timedelta(days=7)
"""How far back the search goes that every token may use."""
ASKED = {
    "tweet.fields": "attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,entities,"
    "in_reply_to_user_id,lang,note_tweet,possibly_sensitive,public_metrics,referenced_tweets,withheld",
    "expansions": "author_id,attachments.media_keys,referenced_tweets.id,referenced_tweets.id.author_id",
    "user.fields": "id,name,username",
    "media.fields": "alt_text,media_key,preview_image_url,type,url,variants",
}


async def bring(post: str, visit: Visit) -> bool:
    """Bring a post and the thread of its author around it; False where nothing came."""
    with visit.way("X API") as way:
        asker = _asker(visit, way, fewest=EACH)
        if asker is None:
            return False
        first = await asker.look_up([post])
        status = asker.posts.get(post)
        if status is None:
            way.says = first
            return False
        way.says, way.helped = "the post", True
        author = fields.optional(status, "author_id", str)
        conversation = fields.optional(status, "conversation_id", str)
        if author and conversation:
            await asker.search(f"conversation_id:{conversation} from:{author}")
            await asker.climb(author)
        way.says = asker.words()
    return True


async def fill(absent: Sequence[str], anchors: Sequence[str], visit: Visit) -> bool:
    """Bring missing posts by their ids, a hundred at a time, and the thread around others; False where none came.

    Where every missing post is given, the thread is not asked for again.
    """
    with visit.way("X API") as way:
        asker = _asker(visit, way, fewest=EACH)
        if asker is None:
            return False
        says = await asker.look_up([*absent, *anchors])
        if not absent or not asker.posts.keys() >= set(absent):
            for own in anchors:
                author = fields.optional(asker.posts.get(own), "author_id", str)
                conversation = fields.optional(asker.posts.get(own), "conversation_id", str)
                if author and conversation:
                    await asker.search(f"conversation_id:{conversation} from:{author}")
                    await asker.climb(author)
        way.helped = bool(asker.posts)
        way.says = asker.words() if way.helped else says
    return way.helped


def needs(settings: Settings, *, fewest: int) -> str | None:
    """Return what is needed before the API is asked for so many posts; None where it can be."""
    if settings.token("x") is None:
        return "needs a token; put one of your own into CLEW_X_TOKEN"
    most = int(settings.budget / settings.x_price) if settings.x_price else 10_000
    if most < fewest:
        return f"needs a budget: X charges about ${settings.x_price * 100:.2f} for 100 posts; --budget allows it"
    return None


async def bring_profile(handle: str, visit: Visit) -> bool:
    """Bring the latest posts of an account, as many as the budget allows; False where nothing came."""
    with visit.way("X API") as way:
        asker = _asker(visit, way, fewest=EACH * FEWEST)
        if asker is None:
            return False
        says = await asker.search(f"from:{handle} -is:retweet")
        way.helped = bool(asker.posts)
        way.says = asker.words() if way.helped else says
    return way.helped


async def bring_latest(query: str, visit: Visit, after: str | None) -> bool:
    """Bring posts that match and came after one, by its id; where that is None, the latest; False where none came."""
    with visit.way("X API") as way:
        asker = _asker(visit, way, fewest=EACH * FEWEST)
        if asker is None:
            return False
        way.says = await asker.search(query, after=after, pages=None if after else 1)
        asker.report(way)
    return way.helped


async def bring_list(own: str, visit: Visit, after: str | None) -> bool:
    """Bring posts of a list that came after one, by its id; where that is None, the latest; False where none came."""
    with visit.way("X API") as way:
        asker = _asker(visit, way, fewest=EACH * FIRST_PAGE)
        if asker is None:
            return False
        way.says = await asker.turn_list(own, after)
        asker.report(way)
    return way.helped


async def bring_more(post: str, visit: Visit, after: str) -> bool:
    """Bring what the author added to the thread of a post after another one, by its id; False where nothing came."""
    with visit.way("X API") as way:
        asker = _asker(visit, way, fewest=EACH * (FEWEST + 1))
        if asker is None:
            return False
        way.says = await asker.look_up([post])
        author = fields.optional(asker.posts.get(post), "author_id", str)
        conversation = fields.optional(asker.posts.get(post), "conversation_id", str)
        if author and conversation:
            await asker.search(f"conversation_id:{conversation} from:{author}", after=after)
        asker.report(way)
    return way.helped


def _asker(visit: Visit, way: Way, *, fewest: int) -> _Asker | None:
    """Return who asks; None where there is no token, or no money."""
    settings = visit.settings
    token = settings.token("x")
    if token is None:
        way.says = "no token; put one of your own into CLEW_X_TOKEN"
        return None
    most = int(settings.budget / settings.x_price) if settings.x_price else 10_000
    if most < fewest:
        cost = settings.x_price * 100
        way.says = f"not asked: X charges about ${cost:.2f} for 100 posts; --budget allows it"
        return None
    visit.tell(f"X API: at most {most:,} posts, which cost up to ${most * settings.x_price:.2f}")
    return _Asker(visit, token, most)


@dataclass(slots=True)
class _Asker:
    """Asks, and counts what was given."""

    visit: Visit
    token: Secret
    most: int
    """Posts that may be given."""
    given: int = 0
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_cut: bool = False
    answered: bool = False
    """Whether any question was answered, with posts or without."""

    def words(self) -> str:
        cost = self.given * self.visit.settings.x_price
        more = "; the budget was used up" if self.is_cut else ""
        return f"{len(self.posts):,} posts, for about ${cost:.2f}{more}"

    def report(self, way: Way) -> None:
        """Say what came; what was found to be new may be nothing, and the way has helped all the same."""
        way.helped = bool(self.posts) or self.answered
        way.says = self.words() if way.helped else way.says

    async def look_up(self, ids: Iterable[str]) -> str:
        """Ask for posts, a hundred at a time; return what the last answer says where it refuses."""
        wanted, says = list(dict.fromkeys(ids)), "the post is not there, or not shown"
        for start in range(0, len(wanted), MOST):
            part = wanted[start : start + MOST]
            if self.given + EACH * len(part) > self.most:
                self.is_cut = True
                return says
            answer = await self._ask("/2/tweets", EACH * len(part), ids=",".join(part))
            says = says if answer.is_good else _refusal(answer)
        return says

    async def search(self, query: str, *, after: str | None = None, pages: int | None = None) -> str:
        """Ask for posts that match, page by page; in the last seven days alone where the token allows no more."""
        for way in ("all", "recent"):
            given: dict[str, object] = _since(after, is_recent=way == "recent")
            turned = 0
            while True:
                most = min(MOST, (self.most - self.given) // EACH)
                if most < FEWEST:
                    self.is_cut = True
                    return "the budget does not reach"
                answer = await self._ask(f"/2/tweets/search/{way}", EACH * most, query=query, max_results=most, **given)
                if not answer.is_good:
                    break
                turned += 1
                onward = fields.optional(fields.optional(answer.json(), "meta", dict), "next_token", str)
                if not onward or turned == pages:
                    return "no posts are found"
                given["next_token"] = onward
        return _refusal(answer)

    async def turn_list(self, own: str, after: str | None) -> str:
        """Ask for the posts of a list, the latest first, until one is known; return why where nothing came."""
        given: dict[str, object] = {}
        size = FIRST_PAGE if after else MOST
        while True:
            most = min(size, MOST, (self.most - self.given) // EACH)
            if most < 1:
                self.is_cut = True
                return "the budget does not reach"
            answer = await self._ask(f"/2/lists/{own}/tweets", EACH * most, max_results=most, **given)
            if not answer.is_good:
                return _refusal(answer)
            value = answer.json()
            ids = [fields.optional(one, "id", str) or "" for one in fields.optional(value, "data", list) or ()]
            onward = fields.optional(fields.optional(value, "meta", dict), "next_token", str)
            if not onward or after is None or any(_is_before(one, after) for one in ids):
                return "no posts are found"
            given, size = {"pagination_token": onward}, 2 * size

    async def climb(self, author: str) -> None:
        """Ask for the author's posts that others of them answer, until none is absent."""
        asked: set[str] = set()
        while True:
            own = [one for one in self.posts.values() if fields.optional(one, "author_id", str) == author]
            absent = {parent for one in own if (parent := _parent(one)) and parent not in self.posts} - asked
            if not absent:
                return
            asked |= absent
            await self.look_up(sorted(absent))
            if self.is_cut:
                return

    async def _ask(self, path: str, most: int, **given: object) -> Answer:
        """Ask for so many posts at most, and count them; all count as given until it is known how many were."""
        client, price = self.visit.client, self.visit.settings.x_price
        url = f"{self.visit.settings.x}{path}?{urlencode({**given, **ASKED})}"
        before = len(client.attempts)
        client.paid(most * price)
        try:
            answer = await client.get(url, token=self.token, is_paid=True)
        except NotFetched:
            if _may_be_charged(client.attempts[-1]):
                self.given += most
                client.charge(most * price)
            else:
                client.paid(-most * price)
            raise
        self.answered |= answer.is_good
        value = answer.json()
        posts: list[dict[str, Any]] = [*(fields.optional(value, "data", list) or ()), *(_included(value) or ())]
        self.posts |= {own: one for one in posts if (own := fields.optional(one, "id", str)) is not None}
        if len(client.attempts) == before:
            client.recall(answer)
        self.given += len(posts)
        client.charge(len(posts) * price)
        client.paid((len(posts) - most) * price)
        return answer


def _since(after: str | None, *, is_recent: bool) -> dict[str, object]:
    """Return how a search is told to begin behind a post; the one of the last days refuses ids that are older."""
    if after is None:
        return {}
    begins = datetime.now(UTC) - RECENT + timedelta(minutes=5)
    written = times.from_snowflake(after)
    if is_recent and (written is None or written < begins):
        return {"start_time": begins.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return {"since_id": after}


def _is_before(own: str, other: str) -> bool:
    return (len(own), own) <= (len(other), other)


def _may_be_charged(last: Attempt) -> bool:
    """Say whether a question may have been answered, though the answer did not come."""
    is_unheard = last.status is None and not last.says.startswith(("was not asked", "could not be reached"))
    return is_unheard or (last.status is not None and 200 <= last.status < 300)


def _included(value: object) -> list[Any] | None:
    return fields.optional(fields.optional(value, "includes", dict), "tweets", list)


def _parent(post: object) -> str | None:
    for one in fields.optional(post, "referenced_tweets", list) or ():
        if fields.optional(one, "type", str) == "replied_to":
            return fields.optional(one, "id", str)
    return None


def _refusal(answer: Answer) -> str:
    value = answer.json()
    title = fields.optional(value, "title", str) or ""
    words = {
        401: "the token is not valid",
        402: "the account has no credits left",
        403: "the token does not allow this",
    }
    return words.get(answer.status, f"X answers {answer.status}") + (f" ({title[:60]})" if title else "")
