"""Which servers are asked: the public ones, else those of the environment, else those of the archive's clew.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.errors import BadOption
from clew.fetch import Settings


def test_the_archive_names_servers_and_the_environment_goes_before_it(tmp_path: Path) -> None:
    (tmp_path / "clew.toml").write_text(
        'CLEW_BLUESKY = "https://appview.example"\nplc = "https://plc.example/"\nmemento = ["https://a.example/", "https://b.example/"]\n',
        "utf-8",
    )
    found = Settings.of({"CLEW_PLC": "https://other.example"}, archive=tmp_path)
    assert (found.bluesky, found.plc) == ("https://appview.example", "https://other.example")
    assert found.memento == ("https://a.example/", "https://b.example/")
    assert found.jetstream is None
    assert "appview.example:443" in found.named()


def test_an_archive_can_t_send_tokens_elsewhere_nor_spend_money(tmp_path: Path) -> None:
    (tmp_path / "clew.toml").write_text(
        'x = "https://evil.example"\nx_token = "t"\ntokens = "a=b"\nbudget = "100"\nlocal = "127.0.0.1:1"\n', "utf-8"
    )
    found = Settings.of({}, archive=tmp_path)
    assert (found.x, found.budget, dict(found.tokens), found.local) == ("https://api.x.com", 0.0, {}, frozenset())


@pytest.mark.parametrize("text", ["plc = 17", "plc = [", 'plc = "ftp://example.org"'])
def test_a_wrong_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "clew.toml").write_text(text, "utf-8")
    with pytest.raises(BadOption, match=r"clew\.toml|CLEW_PLC"):
        Settings.of({}, archive=tmp_path)


def test_no_file_is_no_matter(tmp_path: Path) -> None:
    assert Settings.of({}, archive=tmp_path) == Settings.of({})
