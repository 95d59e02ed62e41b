"""Servers that many tests share: started when the first of them asks, and once for all."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.fetch.stories import Story, tell
from tests.services.network import Network, network


@pytest.fixture(scope="session")
def atproto() -> Iterator[Network]:
    """Give a real AT Protocol network."""
    with network() as found:
        yield found


@pytest.fixture(scope="session")
def story(atproto: Network) -> Story:
    """Give a thread of 60 posts on that network, with all that can befall one."""
    return tell(atproto)


def pytest_configure() -> None:
    """Time no test; let programs that tests start hear Ctrl-C, even where whoever began the tests does not."""
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
