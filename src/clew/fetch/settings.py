"""Where services are, how far clew goes for an answer, and the secrets that open doors."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clew.errors import BadOption
from clew.fetch.proxies import Proxies, proxies_of
from clew.fetch.secret import Secret

__all__ = ["Limits", "Secret", "Settings", "origin_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much clew asks of a server and of the user's patience."""

    at_once: int = 2
    """Requests to one host at the same time."""
    interval: float = 0.1
    """Seconds between the beginnings of two requests to one host."""
    attempts: int = 4
    """How often one address is asked before clew gives up."""
    pause: float = 1.0
    """Seconds before the second attempt; doubled each time, where the server names no time."""
    patience: float = 60.0
    """The longest wait, in seconds, that a server may ask for; a longer one ends the attempts."""
    silence: float = 30.0
    """Seconds without a byte after which an answer counts as broken off."""
    exchange: float = 120.0
    """Seconds that one answer may take as a whole."""
    page: int = 32 * 1024 * 1024
    """Bytes of one answer, packed and unpacked."""
    repository: int = 1024 * 1024 * 1024
    """Bytes of one account's repository."""
    repository_seconds: float = 900.0
    redirects: int = 5
    requests: int = 400
    """Requests for one address that the user gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the user has set; the public services where nothing is."""

    bluesky: str = "https://public.api.bsky.app"
    plc: str = "https://plc.directory"
    memento: tuple[str, ...] = ("https://web.archive.org/web/",)
    """Prefixes of TimeGates, in the order in which they are asked."""
    threadreader: str = "https://threadreaderapp.com"
    telegram: str = "https://t.me"
    x: str = "https://api.x.com"
    jetstream: str | None = "wss://jetstream2.us-east.bsky.network"
    """The stream of all that happens on Bluesky; None: authors are asked for one by one."""
    x_price: float = 0.005
    """US dollars for one post read through the API of X."""
    budget: float = 0.0
    """US dollars that may be spent on one address."""
    contact: str | None = None
    """How the people of a server can reach the user; becomes part of the User-Agent."""
    local: frozenset[str] = frozenset()
    """`host:port` of servers in private networks that may be asked, beside those that the fields above name."""
    tokens: Mapping[str, Secret] = field(default_factory=dict)
    """By service (`x`) or host (`mastodon.social`)."""
    proxies: Proxies = field(default_factory=Proxies)
    """Through which servers are asked."""
    keyring: bool = False
    """Whether the system's keyring is asked for tokens that are not among these."""
    limits: Limits = Limits()

    @classmethod
    def of(
        cls,
        environment: Mapping[str, str] | None = None,
        *,
        archive: Path | None = None,
        budget: float | None = None,
        **more: Any,
    ) -> Settings:
        """Return the settings that the environment gives (`CLEW_BLUESKY`, `CLEW_PLC` ...); `more` goes before it.

        What it leaves open, the `clew.toml` of the archive may say.

        Raises:
            BadOption: A value makes no sense.
        """
        environment = os.environ if environment is None else environment
        if archive is not None:
            environment = {**_filed(archive / "clew.toml"), **environment}
        given: dict[str, Any] = {}
        for name in ("bluesky", "plc", "threadreader", "telegram", "x", "contact"):
            if value := environment.get(f"CLEW_{name.upper()}", "").strip():
                given[name] = value if name == "contact" else _server(f"CLEW_{name.upper()}", value)
        if value := environment.get("CLEW_JETSTREAM", "").strip():
            given["jetstream"] = _server("CLEW_JETSTREAM", value, ("ws", "wss"))
        elif "bluesky" in given:
            given["jetstream"] = None  # another network's AppView: the public stream does not show it
        if value := environment.get("CLEW_MEMENTO", "").strip():
            given["memento"] = tuple(_server("CLEW_MEMENTO", one) for one in value.split())
        for name in ("x_price", "budget"):
            if value := environment.get(f"CLEW_{name.upper()}", "").strip():
                given[name] = _amount(f"CLEW_{name.upper()}", value)
        given["local"] = frozenset(environment.get("CLEW_LOCAL", "").replace(",", " ").split())
        given["tokens"] = dict(_tokens(environment))
        given["proxies"] = proxies_of(environment)
        if budget is not None:
            given["budget"] = budget
        return cls(**{"keyring": True, **given, **more})

    def named(self) -> frozenset[str]:
        """Return `host:port` of every server that the user has named, which may then be in a private network."""
        public = {getattr(_PUBLIC, name) for name in (*_ADDRESSES, "jetstream")} | set(_PUBLIC.memento)
        own = {getattr(self, name) for name in _ADDRESSES} | set(self.memento)
        own |= {self.jetstream} if self.jetstream else set()
        return self.local | {origin_of(url) for url in own - public}

    def token(self, who: str) -> Secret | None:
        """Return the token for a service or a host; None where the user has none."""
        if who in self.tokens or not self.keyring:
            return self.tokens.get(who)
        try:
            import keyring  # type: ignore[import-not-found,unused-ignore]
            from keyring.errors import KeyringError  # type: ignore[import-not-found,unused-ignore]
        except ImportError:
            return None
        try:
            found = keyring.get_password("clew", who)
        except KeyringError:
            return None
        return Secret(found) if found else None


_ADDRESSES = ("bluesky", "plc", "threadreader", "telegram", "x")
_PUBLIC = Settings()


def origin_of(url: str) -> str:
    """Return the host and port of a URL.

    >>> origin_of("https://Example.org/a"), origin_of("http://[::1]:8080/")
    ('example.org:443', '::1:8080')
    """
    parts = urlsplit(url)
    port = parts.port or (80 if parts.scheme in ("http", "ws") else 443)
    return f"{(parts.hostname or '').lower()}:{port}"


_FILED = ("bluesky", "plc", "memento", "threadreader", "telegram", "jetstream", "contact")
"""What `clew.toml` may say: nothing by which a token could get to somebody else, or money be spent."""


def _filed(path: Path) -> dict[str, str]:
    """Return what a file says, as if it stood in the environment; nothing where there is none.

    Keys may be written as in the environment (`CLEW_PLC = "..."`), or short and small (`plc = "..."`).
    """
    if not path.is_file():
        return {}
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadOption(f"{path}: cannot be read as TOML ({error}).") from error
    given: dict[str, str] = {}
    for key, value in found.items():
        name = key.lower().removeprefix("clew_")
        if name not in _FILED:
            continue
        words = value if isinstance(value, list) else [value]
        if not all(isinstance(word, str) for word in words):
            raise BadOption(f"{path}: {key}: expected text in quotes.")
        given[f"CLEW_{name.upper()}"] = " ".join(words)
    return given


def _server(name: str, value: str, schemes: tuple[str, ...] = ("http", "https")) -> str:
    try:
        parts = urlsplit(value)
        sound = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        sound = False
    if "@" in value.partition("?")[0]:
        raise BadOption(f"{name}: names a user or a password, which would be kept. Tokens go into CLEW_TOKENS.")
    if not sound:
        raise BadOption(f"{name}={value}: is no address of a server. Write it as {schemes[-1]}://example.org.")
    return value if name == "CLEW_MEMENTO" else value.rstrip("/")


def _amount(name: str, value: str) -> float:
    try:
        amount = float(value)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < 1e6:
        raise BadOption(f"{name}={value}: is no amount of money. Write it as 2.50.")
    return amount


def _tokens(environment: Mapping[str, str]) -> list[tuple[str, Secret]]:
    """Return the tokens of the environment: `CLEW_X_TOKEN`, and `CLEW_TOKENS` with `host=token` for other servers."""
    found: list[tuple[str, Secret]] = []
    if value := environment.get("CLEW_X_TOKEN", "").strip():
        found.append(("x", Secret(value)))
    for pair in environment.get("CLEW_TOKENS", "").replace(",", " ").split():
        host, equals, token = pair.partition("=")
        if not equals or not host or not token:
            raise BadOption("CLEW_TOKENS: write it as host=token, several with spaces between them.")
        found.append((host.lower(), Secret(token)))
    return found
