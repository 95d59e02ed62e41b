"""Servers that the tests of this folder share: one network for all of them."""

from __future__ import annotations

import pytest
from tests.services.network import Network

from clew.fetch import Limits, Settings

QUICK = Limits(interval=0.0, pause=0.05, patience=3.0, silence=3.0, exchange=10.0)


@pytest.fixture
def settings(atproto: Network) -> Settings:
    """Return the settings under which that network is asked."""
    given = {"CLEW_BLUESKY": atproto.appview.replace("localhost", "127.0.0.1"), "CLEW_PLC": atproto.plc}
    return Settings.of(given, limits=QUICK, keyring=False)
