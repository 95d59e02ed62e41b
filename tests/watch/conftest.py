"""Servers that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.mastodon import Mastodon, mastodon
from tests.services.network import Network, network


@pytest.fixture(scope="session")
def atproto() -> Iterator[Network]:
    """Give a real AT Protocol network."""
    with network() as found:
        yield found


@pytest.fixture(scope="module")
def server() -> Iterator[Mastodon]:
    with mastodon() as found:
        yield found
