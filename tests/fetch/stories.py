"""A long thread with all that can befall one, as it is written into a network."""

from __future__ import annotations

from dataclasses import dataclass

from tests.services.network import Author, Network
from tests.services.running import until

__all__ = ["Story", "tell"]

LENGTH = 60
DELETED = 40
"""The number of the post that its author deletes in the end."""


@dataclass(frozen=True, slots=True)
class Story:
    """Whose thread it is, and the addresses of what is in it."""

    author: Author
    blocked: Author
    chain: tuple[str, ...]
    """The main line; the deleted post is among them."""
    aside: tuple[str, ...]
    """Two posts that leave the main line after its tenth."""
    late: str
    """An answer to the thirtieth post that quotes a blocked account."""
    quoted: str
    under_block: tuple[str, str]
    """A reply by the blocked account to the fifth post, and the author's answer to it."""
    hidden: str
    """A reply that the author hid by a thread gate."""

    @property
    def deleted(self) -> str:
        return self.chain[DELETED - 1]


def tell(network: Network) -> Story:
    """Write the thread: 60 posts, an aside, replies, a quote; then a deletion, a block and a thread gate."""
    ana, bob, eve = (network.account(f"{name}.test") for name in ("ana", "bob", "eve"))
    root = ana.post("1/60 In the night the bridge at the harbour was closed.")
    chain = [root]
    for number in range(2, LENGTH + 1):
        at = f"2026-03-04T09:{number - 1:02}:00.000Z"
        chain.append(ana.post(f"{number}/60 What the guard wrote, page {number}.", below=chain[-1], root=root, at=at))
    aside = ana.post("An aside on the old bridge.", below=chain[9], root=root, at="2026-03-04T10:10:00.000Z")
    builder = ana.post("And on its builder.", below=aside, root=root, at="2026-03-04T10:11:00.000Z")
    question = bob.post("Is that so?", below=chain[4], root=root, at="2026-03-04T10:12:00.000Z")
    answer = ana.post("It is. Мост закрыт.", below=question, root=root, at="2026-03-04T10:13:00.000Z")
    hidden = eve.post("桥没有关闭", below=chain[19], root=root, at="2026-03-04T10:14:00.000Z")
    report = bob.post("The report of the year before.", at="2026-03-01T08:00:00.000Z")
    embed = {"$type": "app.bsky.embed.record", "record": report}
    late = ana.post("See that report.", below=chain[29], root=root, at="2026-03-04T10:15:00.000Z", embed=embed)
    everything = [ref["uri"] for ref in (*chain, aside, builder, question, answer, hidden, report, late)]
    until(lambda: network.shown(*everything), 30, "the AppView")
    ana.delete(chain[DELETED - 1])
    now = {"createdAt": "2026-03-04T11:00:00.000Z"}
    ana.write("app.bsky.graph.block", {"subject": bob.did, **now})
    gate = {"post": root["uri"], "allow": [], "hiddenReplies": [hidden["uri"]], **now}
    ana.write("app.bsky.feed.threadgate", gate, key=root["uri"].rpartition("/")[2])
    until(lambda: not network.shown(chain[DELETED - 1]["uri"]), 30, "the deletion")
    until(lambda: _is_blocked(network, root["uri"], question["uri"]), 30, "the block")
    return Story(
        author=ana,
        blocked=bob,
        chain=tuple(ref["uri"] for ref in chain),
        aside=(aside["uri"], builder["uri"]),
        late=late["uri"],
        quoted=report["uri"],
        under_block=(question["uri"], answer["uri"]),
        hidden=hidden["uri"],
    )


def _is_blocked(network: Network, root: str, reply: str) -> bool:
    given: dict[str, str | int] = {"uri": root, "depth": 1000}
    answer = network.client.get(f"{network.appview}/xrpc/app.bsky.feed.getPostThread", params=given)
    return "Is that so?" not in answer.text
