"""What jobs do: keep what was given, and try to fill the holes of a thread."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from clew import addresses, keeping
from clew.archive.added import Added
from clew.errors import BadOption, InputError
from clew.keeping import Keeper
from clew.publish.sentences import counted
from clew.web.jobs import News, Tell
from clew.web.site import in_path

__all__ = ["MOST", "add_address", "add_file", "checked_address", "file_name", "refresh"]

MOST = 4 * 2**30
"""Bytes of the largest file that is taken in through a browser."""
TOLD = 200
"""Problems that are told one by one."""


def checked_address(text: str) -> str:
    """Return an address that a server can be asked for.

    Raises:
        BadOption: It is none that clew knows; above all, it is no file of this machine.
    """
    wanted = text.strip()
    if not re.match(r"(?:https?|at)://", wanted) or os.path.exists(wanted) or addresses.pasted(wanted) is None:
        raise BadOption(f"{wanted[:200] or 'nothing'}: is no address of a post or a profile that clew knows.")
    return wanted


def file_name(given: str | None) -> str:
    """Return the name under which a file is kept: without folders, and none that a system takes for something else.

    >>> file_name("C:\\\\x\\\\..\\\\tweets.js"), file_name("../../etc/passwd"), file_name("..")
    ('tweets.js', 'passwd', 'file')
    """
    name = re.sub(r"[\x00-\x1f\x7f:*?\"<>|\ud800-\udfff]", "_", (given or "").replace("\\", "/").rpartition("/")[2])
    name = name.strip(" .").encode()[-180:].decode("utf-8", "ignore")
    return name or "file"


def add_address(archive: Path, address: str, tell: Tell) -> None:
    """Keep what an address names; its server must be in the public internet, or be named in the settings."""
    _kept(archive, address, tell)


def add_file(archive: Path, path: Path, tell: Tell) -> None:
    """Keep a file that lies in a folder of its own, which is removed at the end."""
    try:
        _kept(archive, str(path), tell)
    except InputError as error:
        raise BadOption(str(error).replace(f"{path.parent}{os.sep}", "")) from error
    finally:
        shutil.rmtree(path.parent, ignore_errors=True)


def _kept(archive: Path, given: str, tell: Tell) -> None:
    def watch(what: str, done: int, of: int | None) -> None:
        tell(News("progress", f"{what}: {done:,}" + (f" of {of:,}" if of else "")))

    def waiting() -> None:
        tell(News("told", "another process is writing to this archive; waiting for it"))

    with keeping.opened(archive, watch=watch) as held:
        found = Keeper(archive=held, waiting=waiting, trusts=False).add(given)
        for one in _news(found):
            tell(one)
        for identity, title in held.connection.execute(_THREADS, (found.capture << 32, found.capture + 1 << 32)):
            tell(News("link", title, f"/thread/{in_path(identity)}"))
        tell(News("link", found.name, f"/capture/{in_path(found.digest)}"))


def _news(found: Added) -> Iterator[News]:
    if found.again:
        yield News("told", f"{found.name}: held already, byte for byte")
    else:
        yield News("good", f"{found.name}: {counted(found.new, 'new post')}")
    if found.seen and not found.again:
        yield News("told", f"{found.seen:,} seen again")
    if found.changed:
        yield News("told", f"{found.changed:,} changed")
    if found.gone:
        yield News("told", f"{len(found.gone):,} no longer there, which is not the same as deleted")
    yield from (News("told", says) for says in found.left_out[:TOLD])
    yield from (News("bad", says) for says in (*found.unread, *found.problems)[:TOLD])


def refresh(archive: Path, thread: str, tell: Tell) -> None:
    """Go every way that may bring what a thread lacks."""
    from clew.fetch import Settings, ready
    from clew.refresh import Asked, Asking, Begun, Ended, Refresher, Told, Tried

    ready("filling holes")
    with keeping.opened(archive) as held:
        for event in Refresher(archive=held, settings=Settings.of(archive=archive)).of([thread]):
            match event:
                case Begun():
                    tell(News("begun", f"{counted(len(event.holes), 'hole')} in this thread"))
                case Asking():
                    tell(News("asking", f"{event.route}: {event.asked}"))
                case Told():
                    tell(News("told", event.says))
                case Asked():
                    tell(News("asked", f"{event.url}: {event.says}"))
                case Tried():
                    says = f"{event.attempt.route}: {event.attempt.says}"
                    tell(News("good" if event.attempt.outcome == "brought" else "told", says))
                case Ended():
                    for one in _ended(event):
                        tell(one)


def _ended(event: object) -> Iterator[News]:
    from clew.refresh import Ended

    assert isinstance(event, Ended)
    href = f"/thread/{in_path(event.thread)}"
    if event.filled:
        yield News("good", f"{counted(len(event.filled), 'hole')} filled")
    if event.new:
        yield News("good", counted(len(event.new), "new post"))
    if event.learned:
        yield from (News("told", f"known now: {hole.says}") for hole in event.learned)
    if event.changed:
        yield News("told", f"{event.changed:,} changed")
    if event.gone:
        yield News("told", f"{len(event.gone):,} no longer there, which is not the same as deleted")
    if event.open:
        yield News("told", f"{counted(len(event.open), 'hole')} still open")
    yield from (News("told", f"would help: {one}") for one in dict.fromkeys(h for o in event.open for h in o.helps))
    yield News("link", "the thread", href)


_THREADS = """SELECT t.id, t.title FROM threads AS t WHERE t.is_thread AND t.thread IN
    (SELECT p.thread FROM sightings AS s JOIN posts AS p ON p.post = s.post WHERE s.sighting >= ? AND s.sighting < ?
     LIMIT 2000) ORDER BY t.thread LIMIT 20"""
