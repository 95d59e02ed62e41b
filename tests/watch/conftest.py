"""Servers that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.mastodon import Mastodon, mastodon


@pytest.fixture(scope="module")
def server() -> Iterator[Mastodon]:
    with mastodon() as found:
        yield found
