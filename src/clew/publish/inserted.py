"""Pictures put into a PDF as the bytes that they are, after it was set with stand-ins: none is ever in memory whole.

A typesetter decodes every picture of a book and keeps it. PDF holds JPEG as it is (DCTDecode), and the packed rows of
PNG too (FlateDecode with the predictors of PNG), ISO 32000-1, 7.4.4 and 7.4.8. What needs more than that (transparency,
colour profiles, turned photographs, other formats) is left to the typesetter.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from clew.publish.pictures import Picture

__all__ = ["Inserted", "inserted", "stand_in", "with_pictures"]

PIECE = 2**16
_PNG_KINDS = {0: ("DeviceGray", 1), 2: ("DeviceRGB", 3), 3: ("Indexed", 1)}
_SIGN = b"clew-img"
"""How the grey pixels of a stand-in begin; its number follows in eight more."""
_IMAGE = re.compile(rb"\d+ 0 obj\n<<[^>]*?/Subtype/Image\b[^>]*?/Width 16/Height 1/[^>]*>>\nstream\n", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inserted:
    """A picture as a PDF holds it."""

    path: Path
    entries: str
    """What its dictionary says of it, but for the length."""
    spans: tuple[tuple[int, int], ...]
    """Where its data stand in the file: offset and length."""

    @property
    def size(self) -> int:
        """Bytes of its data."""
        return sum(length for _, length in self.spans)


def inserted(picture: Picture) -> Inserted | None:
    """Return a picture as a PDF can hold it as it is; None where it cannot, or is damaged."""
    with picture.path.open("rb") as stream:
        if picture.type == "image/png":
            return _png(picture.path, stream)
        return _jpeg(picture.path, stream) if picture.type == "image/jpeg" else None


def stand_in(number: int) -> bytes:
    """Return a PNG of one row that stands for the picture of that number, from 1, and holds it in its pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 16, 1, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" + _SIGN + number.to_bytes(8))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def with_pictures(pdf: Path, pictures: Mapping[int, Inserted]) -> Iterator[bytes]:
    """Yield a PDF with pictures in the places of their stand-ins, by their numbers; all else stays as it is.

    The PDF has one table of references and no streams of objects, as typst writes it.
    """
    with pdf.open("rb") as stream:
        start, offsets, tail = _references(stream)
        ordered = sorted((offset, number) for number, offset in offsets.items())
        ends = [offset for offset, _ in ordered[1:]] + [start]
        yield from _copied(stream, 0, ordered[0][0])
        at, moved = ordered[0][0], {}
        for (offset, number), end in zip(ordered, ends, strict=True):
            moved[number] = at
            picture = pictures.get(_number(stream, offset))
            for piece in _object(number, picture) if picture else _copied(stream, offset, end - offset):
                at += len(piece)
                yield piece
        yield _table(moved)
        yield tail + b"startxref\n%d\n%%%%EOF" % at


# --- the PDF ----------------------------------------------------------------------------------------------------------


def _references(stream: BinaryIO) -> tuple[int, dict[int, int], bytes]:
    """Return where the table of references begins, the offsets of objects by their numbers, and the trailer."""
    stream.seek(-64, 2)
    start = int(stream.read().rpartition(b"startxref")[2].split()[0])
    stream.seek(start)
    table, mark, trailer = stream.read().partition(b"trailer")
    first, *lines = table.split(b"\n", 2)[2].split(b"\n")
    rows = [first, *lines]
    offsets = {at: int(row.split()[0]) for at, row in enumerate(rows) if row.split()[2:3] == [b"n"]}
    return start, offsets, mark + trailer.partition(b"startxref")[0]


def _number(stream: BinaryIO, offset: int) -> int:
    """Return the number of the picture for which an object stands; 0 for other objects."""
    stream.seek(offset)
    start = stream.read(600)
    found = _IMAGE.match(start)
    if found is None:
        return 0
    try:
        pixels = zlib.decompressobj().decompress(start[found.end() :], 16)
    except zlib.error:
        return 0
    return int.from_bytes(pixels[8:]) if pixels.startswith(_SIGN) else 0


def _object(number: int, picture: Inserted) -> Iterator[bytes]:
    head = f"{number} 0 obj\n<</Length {picture.size}/Type/XObject/Subtype/Image{picture.entries}>>\nstream\n"
    yield head.encode()
    with picture.path.open("rb") as stream:
        for offset, length in picture.spans:
            yield from _copied(stream, offset, length)
    yield b"\nendstream\nendobj\n\n"


def _copied(stream: BinaryIO, offset: int, length: int) -> Iterator[bytes]:
    while length > 0:
        stream.seek(offset)
        piece = stream.read(min(length, PIECE))
        if not piece:
            return
        yield piece
        offset, length = offset + len(piece), length - len(piece)


def _table(offsets: Mapping[int, int]) -> bytes:
    size = max(offsets) + 1
    rows = [b"%010d 00000 n\r\n" % offsets[at] if at in offsets else b"0000000000 65535 f\r\n" for at in range(size)]
    return b"xref\n0 %d\n" % size + b"".join(rows)


# --- the pictures -----------------------------------------------------------------------------------------------------


def _png(path: Path, stream: BinaryIO) -> Inserted | None:
    """Return a PNG of eight bits without transparency, profile or interlace, whose rows are all there."""
    chunks: dict[bytes, list[tuple[int, int]]] = {kind: [] for kind in (b"PLTE", b"IDAT", b"tRNS", b"iCCP")}
    stream.seek(8)
    while len(head := stream.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        chunks.get(kind, []).append((stream.tell(), length))
        stream.seek(length + 4, 1)
    stream.seek(16)
    width, height, bits, colour, _, _, interlace = struct.unpack(">IIBBBBB", stream.read(13))
    if bits != 8 or interlace or colour not in _PNG_KINDS or chunks[b"tRNS"] or chunks[b"iCCP"]:
        return None
    name, channels = _PNG_KINDS[colour]
    if not _is_whole(stream, chunks[b"IDAT"], (width * channels + 1) * height):
        return None
    space = f"/{name}"
    if colour == 3:
        ((offset, length), *_) = chunks[b"PLTE"] or [(0, 0)]
        stream.seek(offset)
        space = f"[/Indexed/DeviceRGB {length // 3 - 1}<{stream.read(length).hex()}>]"
        if not 3 <= length <= 768:
            return None
    parameters = f"/DecodeParms<</Predictor 15/Colors {channels}/BitsPerComponent 8/Columns {width}>>"
    size = f"/Width {width}/Height {height}/ColorSpace{space}/BitsPerComponent 8"
    return Inserted(path=path, entries=f"/Filter/FlateDecode{parameters}{size}", spans=tuple(chunks[b"IDAT"]))


def _is_whole(stream: BinaryIO, spans: Sequence[tuple[int, int]], size: int) -> bool:
    """Say whether packed rows unpack to just so many bytes."""
    unpacker, found = zlib.decompressobj(), 0
    try:
        for offset, length in spans:
            for piece in _copied(stream, offset, length):
                rest = piece
                while rest and found <= size:
                    found += len(unpacker.decompress(rest, PIECE * 4))
                    rest = unpacker.unconsumed_tail
        return unpacker.eof and found == size
    except zlib.error:
        return False


def _jpeg(path: Path, stream: BinaryIO) -> Inserted | None:
    """Return a JPEG of eight bits, in grey or three colours, that bears no profile and is not turned."""
    stream.seek(2)
    while len(head := stream.read(4)) == 4 and head[0] == 0xFF:
        kind, length = head[1], int.from_bytes(head[2:], "big") - 2
        block = stream.read(length)
        if (kind == 0xE1 and block.startswith(b"Exif\0\0") and _is_turned(block[6:])) or (
            kind == 0xE2 and block.startswith(b"ICC_PROFILE\0")
        ):
            return None
        if 0xC0 <= kind <= 0xC2:
            bits, height, width, colours = struct.unpack(">BHHB", block[:6])
            name = {1: "DeviceGray", 3: "DeviceRGB"}.get(colours)
            if bits != 8 or name is None:
                return None
            size = f"/Width {width}/Height {height}/ColorSpace/{name}/BitsPerComponent 8"
            return Inserted(path=path, entries=f"/Filter/DCTDecode{size}", spans=((0, path.stat().st_size),))
        if kind in (0xC3, *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0), 0xDA):
            return None
    return None


def _is_turned(exif: bytes) -> bool:
    """Say whether a photograph has to be turned before it is shown (Exif 2.3, 4.6.4, tag 0x0112)."""
    order = "<" if exif.startswith(b"II") else ">"
    try:
        (first,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, first)
        for at in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", exif, first + 2 + 12 * at)
            if tag == 0x0112:
                return bool(value != 1)
    except struct.error:
        return True
    return False
