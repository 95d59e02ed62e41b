"""A made export: one thread of many posts in several scripts, every fifth with a picture of noise."""

from __future__ import annotations

import json
import random
import struct
import zlib
from pathlib import Path

WORDS = (
    "the port of Orsa moves wheat and cables through nine berths while two firms count calls visits and berthings "
    "гавань причал зерно договор 港口 铁路 泊位 🇬🇪 🇰🇿 👇 per the filing at the same address as a flower shop"
).split()
PICTURE = (320, 200)


def export(folder: Path, posts: int, pictures: int, seed: int = 8) -> Path:
    """Write posts.jsonl and the pictures into a folder and return it; the same seed gives the same bytes."""
    rng = random.Random(seed)
    every = max(posts // max(pictures, 1), 1)
    with (folder / "posts.jsonl").open("w", encoding="utf-8") as stream:
        for at in range(1, posts + 1):
            record = _post(rng, at, posts)
            if pictures and at % every == 0:
                name = f"picture-{at}.png"
                (folder / name).write_bytes(_noise(rng, *PICTURE))
                record["media"] = [{"type": "image", "url": None, "alt": f"Picture {at}", "file": name}]
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    return folder


def _post(rng: random.Random, at: int, posts: int) -> dict[str, object]:
    shown = f"docs.example.net/orsa-{at}"
    text = f"{at}/{posts} {' '.join(rng.choices(WORDS, k=30))} {shown}"
    start = len(text) - len(shown)
    return {
        "platform": "x",
        "id": str(1_400_000_000_000_000_000 + at),
        "author": {"id": "1234", "handle": "ana", "name": "Ana Kova"},
        "time": f"2021-06-{4 + at // 1440:02}T{at // 60 % 24:02}:{at % 60:02}:00Z",
        "text": text,
        "reply_to": str(1_400_000_000_000_000_000 + at - 1) if at > 1 else None,
        "links": [{"start": start, "end": len(text), "shown": shown, "url": f"https://{shown}"}],
    }


def _noise(rng: random.Random, width: int, height: int) -> bytes:
    """Return a PNG that does not shrink when it is packed, as photographs do not."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(b"\0" + rng.randbytes(width * 3) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
