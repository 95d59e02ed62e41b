"""Settings under which the network that tests share is asked."""

from __future__ import annotations

import pytest

from clew.fetch import Settings
from tests.fetch.conftest import QUICK
from tests.services.network import Network


@pytest.fixture
def settings(atproto: Network) -> Settings:
    given = {"CLEW_BLUESKY": atproto.appview.replace("localhost", "127.0.0.1"), "CLEW_PLC": atproto.plc}
    return Settings.of(given, limits=QUICK, keyring=False)
