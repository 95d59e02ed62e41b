"""Which addresses belong to the public internet."""

from __future__ import annotations

import ipaddress

__all__ = ["is_public"]

_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


def is_public(address: str) -> bool:
    """Say whether an IP address belongs to the public internet, in whatever form IPv6 wraps an IPv4 address.

    >>> [is_public(one) for one in ("8.8.8.8", "127.0.0.1", "::ffff:10.0.0.1", "169.254.169.254", "fe80::1%eth0")]
    [True, False, False, False, False]
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if any(found in network for network in _TRANSLATED):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None and not is_public(str(inner)):
            return False
        if int(found) >> 32 == 0:  # ::a.b.c.d, which old systems took for a.b.c.d
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved
