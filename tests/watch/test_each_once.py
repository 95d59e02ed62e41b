"""Every post of a network is kept once and told once, whatever is killed; `make watch` does it with more authors."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from benchmarks.watch import Plan, measured, share

from tests.services.network import Network


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_every_post_is_kept_and_told_once_though_the_watcher_is_killed(atproto: Network, tmp_path: Path) -> None:
    outcome = measured(Plan(authors=5, rate=8.0, seconds=6.0, together=2, kill=True), tmp_path, atproto)
    assert outcome.written == 48
    assert (outcome.once, outcome.missed, outcome.doubled, outcome.strange) == (48, 0, 0, 0)
    assert (outcome.told, outcome.told_twice) == (48, 0)
    assert share(outcome.delays, 0.95) < 30
