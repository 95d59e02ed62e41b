"""Through which proxy a server is asked: as the environment says it to all programs, `HTTPS_PROXY` and its like.

Servers in private networks and on this machine are asked directly, and so are those that `NO_PROXY` names.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from clew.errors import BadOption
from clew.fetch.public import is_public
from clew.fetch.secret import Secret

__all__ = ["Proxies", "proxies_of"]


class Proxies:
    """Proxies by the scheme of what is asked for. They show no passwords."""

    __slots__ = ("_by_scheme", "_without")

    def __init__(self, by_scheme: Mapping[str, Secret] | None = None, without: tuple[str, ...] = ()) -> None:
        self._by_scheme = dict(by_scheme or {})
        self._without = without

    def __repr__(self) -> str:
        return f"Proxies({', '.join(sorted(self._by_scheme))})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Proxies) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def _values(self) -> tuple[object, ...]:
        return tuple(sorted((scheme, proxy.value) for scheme, proxy in self._by_scheme.items())), self._without

    def of(self, url: str) -> Secret | None:
        """Return the proxy through which an address is asked; None where it is asked directly."""
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
        if scheme not in self._by_scheme or _is_near(host):
            return None
        named = f"{host}:{parts.port}" if parts.port else host
        for one in self._without:
            bare = one.removeprefix("*").removeprefix(".")
            if not bare or host == bare or named == bare or host.endswith(f".{bare}"):
                return None
        return self._by_scheme[scheme]


def _is_near(host: str) -> bool:
    """Say whether a host is this machine, or in a private network by its number."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return not is_public(host)


def proxies_of(environment: Mapping[str, str]) -> Proxies:
    """Return the proxies of HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY; those in small letters go first.

    Raises:
        BadOption: One is no address of an HTTP proxy. Nothing is then asked directly, which may be what nobody wants.
    """
    found: dict[str, Secret] = {}
    for scheme in ("http", "https"):
        for name in (f"{scheme}_proxy", f"{scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY"):
            if value := environment.get(name, "").strip():
                found[scheme] = Secret(_checked(name, value))
                break
    without = environment.get("no_proxy", environment.get("NO_PROXY", ""))
    return Proxies(found, tuple(one.strip().lower() for one in without.split(",") if one.strip()))


def _checked(name: str, value: str) -> str:
    url = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise BadOption(f"{name}: clew goes through proxies that are written as http://example.org:8080 alone.")
    return url
