"""A server that only reads writes nothing beside the archive, and shows the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew import following, keeping
from clew.evidence.kept import DATABASE
from clew.web.app import Settings
from tests.web.asking import Asked
from tests.web.conftest import Served
from tests.web.test_dossiers import words
from tests.web.world import THREAD, build

PATHS = (
    *("/", "/threads", "/authors", "/holes", "/captures", "/dossiers", "/sources", "/search?q=berth", "/network"),
    *("/dossier/orsa", "/dossier/orsa/as/json", "/dossier/orsa/as/html", "/groups?name=a&who=find:berth"),
    *(
        f"/{kind}/{THREAD}"
        for kind in ("thread", "evidence", "cite", "versions", "compare", "export/md", "export/epub")
    ),
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("reading") / "port", long=3)


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Return what lies in a folder and when it was written, without what SQLite lays beside a file to read it."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_nothing_is_written_whatever_is_read(place: Path) -> None:
    before = state(place)
    assert DATABASE not in before
    with Served(Settings(archive=place, read_only=True)) as served:
        asked = Asked(served.url)
        assert {path: asked(path).status for path in PATHS} == dict.fromkeys(PATHS, 200)
        assert "clew find makes one" in asked("/search?q=berth").text
        assert words(asked(f"/evidence/{THREAD}"), ".names.place li") == ["Georgia", "Turkey"]
    assert state(place) == before


def test_what_is_kept_already_is_shown(place: Path) -> None:
    with keeping.opened(place) as held:
        following.followed(held)
    with Served(Settings(archive=place)) as served:
        usual = Asked(served.url)(f"/evidence/{THREAD}")
    before = state(place)
    assert DATABASE in before
    with Served(Settings(archive=place, read_only=True)) as served:
        asked = Asked(served.url)
        assert words(asked("/search?q=berth"), ".row")
        shown = asked(f"/evidence/{THREAD}")
        assert words(shown, ".findings li > *:not(small)") == words(usual, ".findings li > *:not(small)")
    assert state(place) == before
