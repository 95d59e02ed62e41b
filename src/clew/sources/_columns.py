"""What the columns of a table mean: by the names that tools and researchers give them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clew.errors import BadOption

__all__ = ["FOURCAT", "OWN", "ROLES", "ZEESCHUIMER", "Columns", "Preset", "chosen", "guessed", "is_posts"]

#: What a column can be taken for, as `--columns` names it.
ROLES = (
    "id text author author_id author_name time reply_to reply_to_author conversation url language quotes reposts"
    " platform media"
).split()

#: The names by which a column is known, best first; all in small letters with `_` between the words.
NAMES: dict[str, tuple[str, ...]] = {
    role: tuple(names.split())
    for role, names in {
        "id": "uri post_uri tweet_id tweet_id_str tweetid status_id id_str post_id message_id id rest_id item_id",
        "text": "original_text full_text raw_content tweet_text text body content message tweet tweet_content"
        " post_text rendered_content post_content",
        "author": "screen_name user_screen_name author_screen_name username user_username author_username"
        " author_handle user_handle handle from_user_name from_user tweet_author account_handle acct author account"
        " user user_name account_name",
        "author_id": "author_id user_id_str user_id userid author_did user_did from_user_id author_user_id"
        " alt_external_id account_id did",
        "author_name": "author_name author_fullname author_display_name user_displayname user_display_name"
        " display_name displayname from_user_realname user_name author_full_name name",
        "time": "unix_timestamp timestamp_utc created_at_utc created_at tweet_created_at tweet_time published_at"
        " publish_date posted_at datetime date_time timestamp date tweet_date post_date created_time created time",
        "reply_to": "in_reply_to_status_id_str in_reply_to_status_id in_reply_to_tweet_id in_reply_to_tweetid"
        " in_reply_to_id referenced_tweets_replied_to_id reply_to_status_id reply_to_tweet_id to_tweetid to_post_uri"
        " replied_to_tweet_id replied_to_id reply_to_id reply_parent_uri parent_uri parent_id in_reply_to"
        " replied_to_post reply_to replied_to parent",
        "reply_to_author": "in_reply_to_user_id_str in_reply_to_user_id in_reply_to_userid reply_to_user_id to_userid"
        " to_user_did in_reply_to_screen_name in_reply_to_username reply_to_screen_name replied_user"
        " replied_to_user to_username to_user_name in_reply_to_user",
        "conversation": "conversation_id_str conversation_id thread_id reply_root_uri root_uri to_root_post_uri"
        " root_id",
        "url": "url tweet_url status_url post_url link tweet_link permalink post_link permanent_url",
        "language": "lang language language_guess tweet_lang tweet_language langs languages",
        "quotes": "quoted_status_id_str quoted_status_id quoted_tweet_id quoted_tweet_tweetid quoted_id"
        " referenced_tweets_quoted_id quoted_uri quoted_post quote_url",
        "reposts": "retweeted_status_id_str retweeted_status_id retweet_status_id retweet_tweetid retweeted_tweet_id"
        " referenced_tweets_retweeted_id retweeted_id retweet_id reposted_uri",
        "platform": "platform network source_platform social_network",
        "media": "media_urls images photos media_url image_urls",
        "is_repost": "is_retweet isretweet is_repost retweet",
        "truncated": "truncated is_truncated",
        "entities": "entities_urls",
        "attachments": "attachments_media",
        "source_id": "sourcetweet_id",
        "source_type": "sourcetweet_type",
        "seen": "indexed_at_utc indexed_at",
        "media_types": "media_types",
        "media_alts": "media_alt_texts",
    }.items()
}

#: Words in names of columns by which a table is known to be about one platform.
_OF_X = re.compile(r"tweet|twitter|screen_name")
_OF_BLUESKY = re.compile(r"(?:^|_)(?:did|bsky|bluesky)(?:_|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A table that a known tool writes."""

    tool: str
    sign: frozenset[str]
    """Columns that only its tables have together."""
    platform: str | None = None
    takes: Mapping[str, str] = field(default_factory=dict)
    """Columns that are other than their names tell; an empty name means that the table has none for the role."""
    escapes_lines: bool = False
    """True where a line end in a cell is written as a backslash and an n."""


def _preset(tool: str, sign: str, platform: str | None = None, *, escapes_lines: bool = False, **takes: str) -> Preset:
    signs = frozenset(sign.split())
    return Preset(tool=tool, sign=signs, platform=platform, takes=takes, escapes_lines=escapes_lines)


FOURCAT = (
    _preset("4CAT", "id thread_id body author chat unix_timestamp", "telegram", author="author_username",
            author_id="author", conversation=""),
    _preset("4CAT", "id thread_id body author replied_to_post created_at", "bluesky", time="timestamp"),
    _preset("4CAT", "id thread_id body author unix_timestamp is_retweet", "x"),
    _preset("4CAT", "id thread_id body author timestamp"),
)  # fmt: skip
ZEESCHUIMER = (
    _preset("zeeschuimer-decoder", "index id url tweet heart_count search_url", "x", author="", author_name="author"),
)
OWN = (
    _preset("minet and twitwi", "user_screen_name to_tweetid timestamp_utc", "x"),
    _preset("minet and twitwi", "user_did to_post_uri original_text", "bluesky"),
    _preset("twarc-csv", "referenced_tweets_replied_to_id author_username", "x", escapes_lines=True),
    _preset("TCAT", "from_user_name from_user_id in_reply_to_status_id", "x"),
    _preset("academictwitteR", "sourcetweet_type sourcetweet_id user_username", "x"),
    _preset("Twint", "tweet user_id username conversation_id timezone", "x", reply_to="", reply_to_author=""),
    _preset("rtweet", "status_id screen_name reply_to_status_id", "x"),
    _preset("Twitter's information operations archive", "tweetid user_screen_name tweet_text tweet_time", "x"),
    _preset("Linvill and Warren", "account_category account_type post_type", "x", is_repost="post_type"),
    _preset("snscrape, through pandas", "rendered_content conversation_id lang user", "x", author="", author_id=""),
    _preset("bluesky-datascience", "uri cid author_did author_handle", "bluesky"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which column is taken for what."""

    names: tuple[str, ...]
    taken: Mapping[str, int]
    preset: Preset | None
    platform: str
    told: frozenset[str] = frozenset()
    """The roles that the user has given."""

    def of(self, role: str) -> str:
        """Return the name of the column of a role."""
        return self.names[self.taken[role]]

    def unused(self) -> list[str]:
        """Return the names of the columns that are taken for nothing."""
        used = set(self.taken.values())
        return [name for index, name in enumerate(self.names) if index not in used and name]


def is_posts(names: Sequence[str]) -> bool:
    """Say whether a table holds posts: a text, and an id, an address, or an author and a time."""
    taken = guessed(names, (*FOURCAT, *ZEESCHUIMER, *OWN)).taken
    return "text" in taken and ("id" in taken or "url" in taken or {"author", "time"} <= set(taken))


def guessed(names: Sequence[str], presets: Sequence[Preset]) -> Columns:
    """Return the columns, taken by the first preset whose signs are all there, and by their names."""
    plain = [_plain(name) for name in names]
    places = {name: index for index, name in reversed(list(enumerate(plain))) if name}
    preset = next((preset for preset in presets if preset.sign <= set(places)), None)
    taken: dict[str, int] = {}
    for role, known in NAMES.items():
        wanted = preset.takes.get(role) if preset else None
        choices = known if wanted is None else (wanted,)
        found = next((places[name] for name in choices if name in places and places[name] not in taken.values()), None)
        if found is not None:
            taken[role] = found
    return Columns(names=tuple(names), taken=taken, preset=preset, platform=_platform(plain, preset))


def _platform(plain: Sequence[str], preset: Preset | None) -> str:
    if preset and preset.platform:
        return preset.platform
    if any(_OF_X.search(name) for name in plain):
        return "x"
    return "bluesky" if any(_OF_BLUESKY.search(name) for name in plain) else "unknown"


def chosen(columns: Columns, wishes: Mapping[str, str]) -> Columns:
    """Return the columns with what the user says in place of what was guessed; an empty name takes none.

    Raises:
        BadOption: There is no such role or no such column.
    """
    taken = dict(columns.taken)
    for role, name in wishes.items():
        if role not in ROLES:
            raise BadOption(f"no column can be taken for {role!r}; there are: {', '.join(ROLES)}.")
        taken.pop(role, None)
        if name:
            index = _index(columns.names, name)
            taken = {other: place for other, place in taken.items() if place != index} | {role: index}
    return Columns(
        names=columns.names,
        taken=taken,
        preset=columns.preset,
        platform=columns.platform,
        told=frozenset(wishes),
    )


def _index(names: Sequence[str], name: str) -> int:
    if name in names:
        return names.index(name)
    near = difflib.get_close_matches(name, names, 1)
    hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(names[:40])}."
    raise BadOption(f"no column is called {name!r}.{hint}")


def _plain(name: str) -> str:
    """Return a name in small letters with `_` between its words.

    >>> _plain("inReplyToTweetId"), _plain("author.username"), _plain(" Tweet ID ")
    ('in_reply_to_tweet_id', 'author_username', 'tweet_id')
    """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")
