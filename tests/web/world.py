"""An invented archive for the pages to show: a thread with everything that a page can meet, and some plain ones."""

from __future__ import annotations

import hashlib
import json
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from clew.archive import Archive, Hand
from clew.archive.ledger import Attempt
from clew.dossier import Item, Shelf
from clew.keeping import Keeper, reader
from clew.standing import Came, Memento

__all__ = ["LONG", "THREAD", "Line", "build", "kept", "line", "long_thread", "picture", "write"]

Line = dict[str, Any]
START = datetime(2021, 6, 4, 9, 30, tzinfo=UTC)
THREAD = "x:1400000000000000001"
"""The thread with everything."""
LONG = "x:1500000000000000001"
"""The thread of many posts."""
BERTHS, TARIFFS = "https://example.org/register/berths", "https://example.org/tariffs2021"
"""Links: one whose page is gone, one that leads on."""
_ANA = {"id": "1234", "handle": "ana_kova", "name": "Ana Kova"}
_BEN = {"id": "77", "handle": "ben_harbour", "name": "Ben of the harbour"}


def line(number: int, text: str, *, to: int | None = None, minutes: float | None = None, **more: Any) -> Line:
    """Return a post of Ana's as clew/post/1; links are found in the text."""
    plain: Line = {
        "schema": "clew/post/1",
        "platform": "x",
        "id": f"14000000000000000{number:02}",
        "author": _ANA,
        "time": (START + timedelta(minutes=number * 3 if minutes is None else minutes)).isoformat(),
        "text": text,
        "language": "en",
        "edges_stated": True,
        "links": [*_links(text)],
    }
    if to is not None:
        plain |= {"reply_to": f"14000000000000000{to:02}", "reply_to_author": "1234"}
    return plain | more


def _links(text: str) -> Iterator[Line]:
    at = 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        if "example.org/" in word:
            cut = word.endswith("…")
            yield {"start": start, "end": at, "shown": word, "url": None if cut else f"https://{word}", "cut": cut}


def everything() -> list[Line]:
    """Return the posts of the thread that has all that a page can meet, and what stands around it."""
    first = (
        "1/ A small grain port on the Black Sea changed hands twice in one winter, and hardly anybody noticed. "
        "I spent a month with its berth register, its manifests and one very patient harbour master.\n\n"
        "What moves through Orsa, and who decides? 🇬🇪🇹🇷"
    )
    picture = {
        "type": "image",
        "url": "https://example.org/quay.png",
        "alt": "A quay with two cranes",
        "file": "quay.png",
    }
    quoted = line(71, "Tariffs for the season are out: example.org/tariffs2021", author=_BEN, minutes=-9000)
    return [
        line(70, "Does anybody know who owns the port of Orsa now?", author=_BEN, minutes=-60),
        quoted,
        line(1, first, to=None, minutes=0, reply_to="1400000000000000070", reply_to_author="77"),
        line(2, "2/ The berth register is public. It is also 1,400 pages of scans: example.org/register/berths", to=1),
        line(3, "3/ In November a company registered in August took over the lease.", to=2, media=[picture]),
        line(
            4,
            "4/ Its director signs with two spellings. So does the buyer of January. Read @ben_harbour on that. #Orsa",
            to=3,
            mentions=[{"start": 77, "end": 89, "handle": "ben_harbour", "id": "77"}],
            tags=[{"start": 99, "end": 104, "tag": "Orsa"}],
        ),
        line(5, "5/ The buyer, 海岸粮仓 (“Coast Granary”), is new to the region but not to grain.", to=4, minutes=14),
        line(
            7,
            "7/ Which brings us to the cables. Two fibre pairs land 400 metres from berth three: example.org/cabl…",
            to=6,
            minutes=21,
        ),
        line(8, "8/ The tariffs say who pays. They are public, too.", to=7, minutes=24, quotes=quoted["id"]),
        line(9, "9/ كل ما سبق موجود في السجل العام، ومن يريد أن يقرأه فليقرأه", to=8, minutes=27, language="ar"),
        line(10, "10/ I asked both owners. One wrote back. His answer, whole, is in the next post.", to=9, minutes=33),
        line(11, "An aside: the harbour master has a cat. It is called Tonnage.", to=3, minutes=16),
        line(13, "12/12 That is all. Thank you for reading; corrections below.", to=12, minutes=40),
        line(
            14,
            "Correction to 5: the terminals are three, not two. The third is leased: example.org/terminals",
            to=5,
            minutes=60 * 24 * 12,
        ),
        line(15, "A year on: the lease was sold again.", to=13, minutes=60 * 24 * 380),
    ]


def edited() -> list[Line]:
    """Return some of the posts as a later export has them: in other words."""
    return [
        line(
            5,
            "5/ The buyer, 海岸粮仓 (“Coast Granary”), is new to the region but not to grain: it runs three terminals.",
            to=4,
            minutes=14,
            edited=(START + timedelta(days=12)).isoformat(),
        )
    ]


def long_thread(count: int) -> Iterator[Line]:
    """Yield a thread of many posts, of which every two hundredth is missing."""
    for number in range(1, count + 1):
        if number % 200 == 0:
            continue
        post = line(0, f"{number}/ Day {number}: berth {number % 5 + 1}, {number * 7 % 40} trucks.", minutes=0)
        post |= {"id": f"15000000000000{number:05}", "time": (START + timedelta(hours=number)).isoformat()}
        if number > 1:
            post |= {"reply_to": f"15000000000000{number - 1:05}", "reply_to_author": "1234"}
        yield post


def picture(width: int, height: int) -> bytes:
    """Return a PNG: a quay at dusk, as far as a few bands of colour can be one."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    bands = ((0x8A, 0xA5, 0xB8), (0xC9, 0xB7, 0xA0), (0x3D, 0x4E, 0x5C), (0x54, 0x62, 0x6C))
    rows = b"".join(b"\0" + bytes(bands[at * len(bands) // height]) * width for at in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write(path: Path, lines: list[Line] | Iterator[Line]) -> Path:
    """Write posts as lines of JSON."""
    path.write_text("".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in lines), encoding="utf-8")
    return path


def kept(folder: Path) -> Archive:
    """Return a new archive in a folder."""
    return Archive.made(folder, Hand(read=reader))


def attempt(url: str, says: str, came: Came) -> Attempt:
    """Return what the log says of a link of the thread that brought something."""
    return Attempt(
        thread=THREAD,
        holes=(url,),
        route="link",
        asked=url,
        tried=datetime(2024, 5, 1, 12, tzinfo=UTC),
        outcome="brought",
        says=says,
        came=came,
    )


def follow(archive: Archive, inputs: Path) -> None:
    """Note what came of two links: one is gone and was copied, one leads on."""
    pages = inputs / "linked-pages.warc.gz"
    pages.write_bytes(b"pages")
    digest = f"sha256:{hashlib.sha256(b'pages').hexdigest()}"
    memento = Memento(url=f"https://web.archive.org/web/20210605000000/{BERTHS}", time=datetime(2021, 6, 5, tzinfo=UTC))
    gone = "answers 410: it is not there any more"
    came = {
        BERTHS: (gone, Came(state="gone", memento=memento)),
        TARIFFS: ("kept", Came(state="kept", leads_to="https://example.org/tariffs/2021")),
    }
    with archive.writing() as writer:
        writer.keep_pages(pages, pages.name, digest)
        writer.note_attempts([(attempt(url, says, one), digest) for url, (says, one) in came.items()])


def gather(folder: Path) -> None:
    """Put a dossier into an archive: a thread, a passage, a search, and a post that is not held."""
    shelf, when = Shelf(folder), datetime(2026, 1, 31, tzinfo=UTC)
    name = shelf.new("orsa", "Who bought the port of Orsa?").name
    passage = "The berth register is public"
    items = (
        Item(kind="thread", of=THREAD, added=when, note="the first to say it", tags=("money",)),
        Item(
            kind="passage",
            of="1400000000000000002",
            quote=passage,
            start=3,
            added=when,
            note="check it",
            tags=("register",),
        ),
        Item(kind="search", of="berth", added=when),
        Item(kind="post", of="1499999999999999999", added=when),
    )
    shelf.change(name, lambda own: own.having(*items))


def build(folder: Path, *, long: int = 450) -> Path:
    """Make the archive in a folder that is not there yet; returns the folder."""
    with kept(folder) as archive:
        inputs = folder.with_name(f"{folder.name}-inputs")
        inputs.mkdir()
        keeper = Keeper(archive=archive)
        with zipfile.ZipFile(inputs / "orsa.zip", "w") as packed:
            lines = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in everything())
            packed.writestr(zipfile.ZipInfo("posts.jsonl"), lines)
            packed.writestr(zipfile.ZipInfo("quay.png"), picture(640, 360))
        broken = inputs / "with-a-problem.jsonl"
        broken.write_text('{"schema": "clew/post/1", "platform": "x"}\n' + json.dumps(line(90, "Alone.")) + "\n")
        keeper.add(str(inputs / "orsa.zip"))
        time.sleep(1.1)  # versions are known by the second in which they came
        for path in (
            write(inputs / "later.jsonl", edited()),
            write(inputs / "berths.jsonl", long_thread(long)),
            broken,
        ):
            keeper.add(str(path))
        follow(archive, inputs)
    gather(folder)
    return folder
