"""AT Protocol: names, content identifiers, DAG-CBOR, CAR files, repository trees, and signatures.

The rules are those of the protocol's specifications (atproto.com/specs: did, handle, nsid, tid, record-key,
at-uri-scheme, data-model, repository, cryptography); its public interoperability cases are run against this module.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from clew.errors import BadRecord, DamagedFile

__all__ = [
    "SYNTAX",
    "Block",
    "Cid",
    "Commit",
    "Entry",
    "Fault",
    "Key",
    "Missing",
    "authority",
    "blocks",
    "collection",
    "commit",
    "common_prefix",
    "decoded",
    "encoded",
    "from_json",
    "height",
    "is_signed",
    "public_key",
    "roots",
    "signing_key",
    "tid_time",
    "to_json",
    "unsigned",
    "walk",
]

# Names ---------------------------------------------------------------------------------------------------------------

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DID = r"did:[a-z]+:(?:[a-zA-Z0-9._:-]|%[0-9a-fA-F]{2})*(?:[a-zA-Z0-9._-]|%[0-9a-fA-F]{2})"
_HANDLE = rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+[a-zA-Z](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?"
_NSID = rf"[a-zA-Z](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?(?:\.{_LABEL})+\.[a-zA-Z][a-zA-Z0-9]{{0,62}}"
_KEY = r"(?!\.{1,2}(?:\Z|/))[a-zA-Z0-9_~.:-]{1,512}"
_TAG = (
    r"(?:(?-i:[a-z]{2,3})(?:-[a-z]{3}){0,3}"
    r"(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+|zh-hakka|zh-min|zh-min-nan|zh-xiang|zh-guoyu|art-lojban|cel-gaulish|no-bok|no-nyn"
    r"|en-gb-oed|sgn-(?:be-fr|be-nl|ch-de)|i-[a-z]{2,8})"
)
_DATE = (
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)"
    r"(?:\.\d{1,20})?(?:Z|\+(?:[01]\d|2[0-3]):[0-5]\d|-(?!00:00)(?:[01]\d|2[0-3]):[0-5]\d)"
)


def _whole(pattern: str, most: int, flags: int = 0) -> Callable[[str], bool]:
    known = re.compile(pattern + r"\Z", re.ASCII | flags)
    return lambda text: len(text) <= most and known.match(text) is not None


_is_tag = _whole(_TAG, 128, re.IGNORECASE)


def _is_language(text: str) -> bool:
    """Say whether it is a BCP 47 tag without a repeated variant or extension."""
    if not _is_tag(text):
        return False
    public, *_ = re.split(r"(?:^|-)x-", text.lower(), maxsplit=1)
    parts = public.split("-")[1:]
    first = next((at for at, part in enumerate(parts) if len(part) == 1), len(parts))
    variants = [part for part in parts[:first] if len(part) >= 5 or (len(part) == 4 and part[0].isdecimal())]
    singles = [part for part in parts if len(part) == 1]
    return len(set(variants)) == len(variants) and len(set(singles)) == len(singles)


_is_date = _whole(_DATE, 64)


def _is_datetime(text: str) -> bool:
    """Say whether it is a date and time with a zone, not before the year 0 in UTC."""
    return _is_date(text) and not re.match(r"0000-01-01T.*\+(?!00:00)", text)


#: By the protocol's own names: whether a text is one.
SYNTAX: Mapping[str, Callable[[str], bool]] = {
    "atidentifier": _whole(rf"(?:{_DID}|{_HANDLE})", 2048),
    "aturi": _whole(rf"at://(?:{_DID}|(?:{_LABEL}\.)+[a-zA-Z][a-zA-Z0-9-]*)(?:/{_NSID}(?:/{_KEY})?)?", 8192),
    "cid": _whole(r"(?!Qmb)[a-zA-Z0-9+=]{8,256}", 256),
    "datetime": _is_datetime,
    "did": _whole(_DID, 2048),
    "handle": _whole(_HANDLE, 253),
    "language": _is_language,
    "nsid": _whole(_NSID, 317),
    "recordkey": _whole(_KEY, 512),
    "tid": _whole(r"[234567a-j][234567a-z]{12}", 13),
    "uri": _whole(r"[a-zA-Z][a-zA-Z0-9+.-]*:[!-~]+", 8192),
}

_AT = re.compile(r"at://([^/\s]+)/([^/\s]+)/([^/\s]+)\Z")
_TID_LETTERS = {letter: value for value, letter in enumerate("234567abcdefghijklmnopqrstuvwxyz")}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def authority(uri: str) -> str | None:
    """Return the DID (or the handle) whose repository holds the record of an address; None where it is none.

    >>> authority("at://did:plc:ana/app.bsky.feed.post/3lkiz")
    'did:plc:ana'
    """
    found = _AT.match(uri)
    return found[1] if found else None


def collection(uri: str) -> str | None:
    """Return the kind of record that an address names, such as `app.bsky.feed.post`; None where it is none."""
    found = _AT.match(uri)
    return found[2] if found else None


def tid_time(key: str) -> datetime | None:
    """Return when a record key or revision says that it was made, to the microsecond; None where it is no TID.

    >>> tid_time("3jzfcijpj2z2a").isoformat()
    '2023-06-30T15:03:01.887007+00:00'
    """
    if not SYNTAX["tid"](key):
        return None
    number = 0
    for letter in key:
        number = number << 5 | _TID_LETTERS[letter]
    return _EPOCH + timedelta(microseconds=number >> 10)


# Content identifiers -------------------------------------------------------------------------------------------------

RAW = 0x55
DAG_CBOR = 0x71
_SHA256 = b"\x12\x20"


@dataclass(frozen=True, slots=True)
class Cid:
    """The name of a block of bytes, made from its SHA-256: version 1, base32 in text."""

    codec: int
    digest: bytes

    def __str__(self) -> str:
        return "b" + base64.b32encode(bytes(self)).decode().rstrip("=").lower()

    def __bytes__(self) -> bytes:
        return bytes((1, self.codec)) + _SHA256 + self.digest

    @classmethod
    def of(cls, data: bytes, codec: int = DAG_CBOR) -> Cid:
        """Return the name of these bytes."""
        return cls(codec, hashlib.sha256(data).digest())

    @classmethod
    def from_bytes(cls, data: bytes) -> Cid:
        """Return the name that 36 bytes write.

        Raises:
            BadRecord: They are no CID of the kinds that the protocol allows.
        """
        if len(data) != 36 or data[0] != 1 or data[1] not in (RAW, DAG_CBOR) or data[2:4] != _SHA256:
            raise BadRecord("no CID of the protocol's kinds (version 1, SHA-256, DAG-CBOR or raw)")
        return cls(data[1], data[4:])

    @classmethod
    def from_text(cls, text: str) -> Cid:
        """Return the name that a text in base32 writes.

        Raises:
            BadRecord: It is none.
        """
        try:
            data = base64.b32decode(text[1:].upper() + "=" * (-(len(text) - 1) % 8))
        except ValueError as error:
            raise BadRecord("no CID in base32") from error
        cid = cls.from_bytes(data)
        if str(cid) != text:
            raise BadRecord("no CID in base32")
        return cid


# DAG-CBOR ------------------------------------------------------------------------------------------------------------

DEEPEST = 200
"""How many arrays and objects may stand in one another."""


def decoded(data: bytes) -> Any:
    """Return the one value that strict DAG-CBOR bytes hold.

    Raises:
        BadRecord: They are no DAG-CBOR, or not in its only allowed form.
    """
    try:
        value, end = _item(data, 0, 0)
    except (IndexError, struct.error) as error:
        raise BadRecord("CBOR breaks off") from error
    if end != len(data):
        raise BadRecord("CBOR is followed by more bytes")
    return value


def _item(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth > DEEPEST:
        raise BadRecord("values are nested too deep")
    major, low = data[at] >> 5, data[at] & 31
    if major == 7:
        return _simple(data, at, low)
    size, at = _size(data, at, low)
    if major < 2:
        return (size if major == 0 else -1 - size), at
    if major < 4:
        return _text(data, at, size, is_text=major == 3)
    if major < 6 and size > len(data) - at:
        raise BadRecord("CBOR breaks off")
    if major == 4:
        found = []
        for _ in range(size):
            value, at = _item(data, at, depth + 1)
            found.append(value)
        return found, at
    return _map(data, at, size, depth) if major == 5 else _link(data, at, size)


def _size(data: bytes, at: int, low: int) -> tuple[int, int]:
    if low < 24:
        return low, at + 1
    if low > 27:
        raise BadRecord("CBOR of indefinite length")
    width = 1 << (low - 24)
    if at + 1 + width > len(data):
        raise BadRecord("CBOR breaks off")
    size = int.from_bytes(data[at + 1 : at + 1 + width], "big")
    if size < (24 if width == 1 else 1 << (4 * width)):
        raise BadRecord("a number in CBOR is longer than needed")
    return size, at + 1 + width


def _text(data: bytes, at: int, size: int, *, is_text: bool) -> tuple[str | bytes, int]:
    if size > len(data) - at:
        raise BadRecord("CBOR breaks off")
    found = data[at : at + size]
    if not is_text:
        return found, at + size
    try:
        return found.decode(), at + size
    except UnicodeDecodeError as error:
        raise BadRecord("a text in CBOR is not UTF-8") from error


def _map(data: bytes, at: int, size: int, depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    last: tuple[int, bytes] | None = None
    for _ in range(size):
        start = at
        if data[at] >> 5 != 3:
            raise BadRecord("a key in CBOR is no text")
        key, at = _item(data, at, depth + 1)
        order = (len(key.encode()), data[start:at])
        if last is not None and order <= last:
            raise BadRecord("keys in CBOR are out of order or stand twice")
        last = order
        found[key], at = _item(data, at, depth + 1)
    return found, at


def _link(data: bytes, at: int, tag: int) -> tuple[Cid, int]:
    if tag != 42 or data[at] >> 5 != 2:
        raise BadRecord("a tag in CBOR that is no link")
    value, at = _item(data, at, 0)
    if value[:1] != b"\0":
        raise BadRecord("a link in CBOR without its leading zero")
    return Cid.from_bytes(value[1:]), at


def _simple(data: bytes, at: int, low: int) -> tuple[bool | float | None, int]:
    if low in (20, 21, 22):
        return (False, True, None)[low - 20], at + 1
    if low != 27:
        raise BadRecord("a simple value in CBOR that is not allowed")
    (value,) = struct.unpack_from(">d", data, at + 1)
    if not math.isfinite(value):
        raise BadRecord("a number in CBOR that is not finite")
    return value, at + 9


def encoded(value: Any) -> bytes:
    """Return a value as DAG-CBOR."""
    match value:
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case float():
            return b"\xfb" + struct.pack(">d", value)
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case bytes():
            return _head(2, len(value)) + value
        case Cid():
            return _head(6, 42) + encoded(b"\0" + bytes(value))
        case list():
            return _head(4, len(value)) + b"".join(encoded(item) for item in value)
    keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
    return _head(5, len(keys)) + b"".join(encoded(key) + encoded(value[key]) for key in keys)


def _head(major: int, size: int) -> bytes:
    if size < 24:
        return bytes((major << 5 | size,))
    low, width = next((low, width) for low, width in ((24, 1), (25, 2), (26, 4), (27, 8)) if size < 1 << (8 * width))
    return bytes((major << 5 | low,)) + size.to_bytes(width, "big")


def to_json(value: Any) -> Any:
    """Return a decoded value as the protocol writes it in JSON: `$link` for names of blocks, `$bytes` for bytes."""
    if isinstance(value, Cid):
        return {"$link": str(value)}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode().rstrip("=")}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    return value


def from_json(value: Any) -> Any:
    """Return what a record in the protocol's JSON stands for: an object with Cid and bytes in it.

    Raises:
        BadRecord: It breaks the data model.
    """
    if not isinstance(value, dict):
        raise BadRecord("a record that is no object")
    return _modelled(value)


def _modelled(value: Any) -> Any:
    if isinstance(value, float):
        if not value.is_integer():
            raise BadRecord("a fraction, which the data model does not have")
        return int(value)
    if isinstance(value, list):
        return [_modelled(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$link" in value or "$bytes" in value:
        return _special(value)
    kind = value.get("$type", "-")
    if not isinstance(kind, str) or not kind:
        raise BadRecord("a $type that is no text")
    found = {key: _modelled(item) for key, item in value.items()}
    if kind == "blob" and not _is_blob(found):
        raise BadRecord("a blob without ref, mimeType and size")
    return found


def _special(value: dict[str, Any]) -> Cid | bytes:
    ((key, text), *rest) = value.items()
    if rest or not isinstance(text, str):
        raise BadRecord("a $link or $bytes with something else")
    if key == "$link":
        return Cid.from_text(text)
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise BadRecord("$bytes that are no base64") from error


def _is_blob(value: dict[str, Any]) -> bool:
    ref, kind, size = value.get("ref"), value.get("mimeType"), value.get("size")
    return isinstance(ref, Cid) and isinstance(kind, str) and isinstance(size, int)


# CAR files -----------------------------------------------------------------------------------------------------------

LARGEST = 16 * 1024 * 1024
"""The longest block, in bytes. A record may have 1 MB."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a CAR file; `cid` is None where its name is none of the protocol's kinds."""

    cid: Cid | None
    start: int
    """Where its bytes begin in the file."""
    data: bytes

    @property
    def is_sound(self) -> bool:
        """Whether the bytes are what the name says."""
        return self.cid is not None and hashlib.sha256(self.data).digest() == self.cid.digest


def roots(stream: BinaryIO, name: str) -> list[Cid]:
    """Return the roots that the head of a CAR file names, and leave the stream at its first block.

    Raises:
        DamagedFile: It is no CAR file of version 1.
    """
    size = _varint(stream, name)
    if size is None or not 0 < size <= LARGEST:
        raise DamagedFile(name, "has no CAR head")
    try:
        head = decoded(stream.read(size))
    except BadRecord as error:
        raise DamagedFile(name, f"has no CAR head ({error})") from error
    found = head.get("roots") if isinstance(head, dict) and head.get("version") == 1 else None
    if not isinstance(found, list) or not all(isinstance(root, Cid) for root in found):
        raise DamagedFile(name, "is no CAR file of version 1")
    return found


def blocks(stream: BinaryIO, name: str) -> Iterator[Block]:
    """Yield the blocks of a CAR file whose head has been read, from its byte `at`.

    Raises:
        DamagedFile: It breaks off within a block.
    """
    at = stream.tell()
    while (size := _varint(stream, name)) is not None:
        if not 36 <= size <= LARGEST:
            raise DamagedFile(name, f"has a block of {size:,} bytes at byte {at:,}, which no repository has")
        whole = stream.read(size)
        if len(whole) < size:
            raise DamagedFile(
                name, f"breaks off within the block at byte {at:,}; it may be cut short, so export it again"
            )
        at = stream.tell()
        try:
            cid = Cid.from_bytes(whole[:36])
        except BadRecord:
            cid = None
        yield Block(cid, at - size + 36, whole[36:])


def _varint(stream: BinaryIO, name: str) -> int | None:
    """Return the next number; None at the end of the file."""
    value = shift = 0
    while byte := stream.read(1):
        value |= (byte[0] & 127) << shift
        if byte[0] < 128:
            return value
        shift += 7
        if shift > 56:
            raise DamagedFile(name, f"has no block length before byte {stream.tell():,}")
    if shift:
        raise DamagedFile(name, "breaks off within a block length; it may be cut short, so export it again")
    return None


# Repository trees ----------------------------------------------------------------------------------------------------

_PATH = re.compile(r"[a-zA-Z0-9.-]{1,317}/[a-zA-Z0-9_~.:-]{1,512}\Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """A record of a repository: its path (`app.bsky.feed.post/3lkiz...`) and the name of its block."""

    path: str
    cid: Cid


@dataclass(frozen=True, slots=True)
class Missing:
    """A branch of the tree whose block is not at hand."""

    cid: Cid


@dataclass(frozen=True, slots=True)
class Fault:
    """A node of the tree that breaks the rules; what hangs from it is not given."""

    cid: Cid
    reason: str


def height(path: bytes) -> int:
    """Return the layer of the tree where a path belongs: pairs of zero bits that its SHA-256 begins with.

    >>> height(b"app.bsky.feed.post/454397e440ec")
    4
    """
    digest = int.from_bytes(hashlib.sha256(path).digest(), "big")
    return (256 - digest.bit_length()) // 2


def common_prefix(left: bytes, right: bytes) -> int:
    """Return how many bytes two paths have in common at their start."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(left), len(right)))


def walk(root: Cid, load: Callable[[Cid], bytes | None]) -> Iterator[Entry | Missing | Fault]:
    """Yield the records of the tree in the order of their paths; `load` gives the bytes of a block, None where absent.

    Each node is checked: strict CBOR, order of the paths, shared starts as long as can be, and its layer.
    """
    last = b""
    stack: list[tuple[Entry | Cid, int | None]] = [(root, None)]
    while stack:
        step, layer = stack.pop()
        if isinstance(step, Entry):
            path = step.path.encode()
            if path <= last:
                yield Fault(step.cid, f"the path {step.path} is out of order")
                return
            last = path
            yield step
            continue
        data = load(step)
        if data is None:
            yield Missing(step)
            continue
        try:
            stack += reversed(_node(data, layer))
        except BadRecord as error:
            yield Fault(step, str(error))


def _node(data: bytes, layer: int | None) -> list[tuple[Entry | Cid, int | None]]:
    """Return what a node lists, in order: records, and lower nodes with the layer where each must be.

    Raises:
        BadRecord: It breaks the rules of the tree.
    """
    left, entries = _parts(decoded(data))
    paths = _paths(entries)
    layers = {height(path) for path in paths}
    if len(layers) > 1 or (layers and layer is not None and layers != {layer}):
        raise BadRecord("a node of the tree holds a path of another layer")
    if not layers and (layer is None) != (left is None):
        raise BadRecord("a node of the tree that should have been trimmed")
    own = layers.pop() if layers else layer
    below = None if own is None else own - 1
    found: list[tuple[Entry | Cid, int | None]] = [] if left is None else [(left, below)]
    for path, entry in zip(paths, entries, strict=True):
        found.append((Entry(path.decode(), entry["v"]), None))
        if entry["t"] is not None:
            found.append((entry["t"], below))
    if below == -1 and any(isinstance(step, Cid) for step, _ in found):
        raise BadRecord("a node of the tree below the lowest layer")
    return found


def _parts(node: Any) -> tuple[Cid | None, list[dict[str, Any]]]:
    if not isinstance(node, dict) or set(node) != {"l", "e"} or not isinstance(node["e"], list):
        raise BadRecord("a block that is no node of the tree")
    if not all(_is_entry(entry) for entry in node["e"]):
        raise BadRecord("a node of the tree with an entry of another form")
    if not isinstance(node["l"], Cid | None):
        raise BadRecord("a node of the tree with a branch that is no link")
    return node["l"], node["e"]


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, dict) or set(entry) != {"p", "k", "v", "t"}:
        return False
    kinds = isinstance(entry["p"], int) and isinstance(entry["k"], bytes) and isinstance(entry["v"], Cid)
    return kinds and isinstance(entry["t"], Cid | None)


def _paths(entries: list[dict[str, Any]]) -> list[bytes]:
    found: list[bytes] = []
    for entry in entries:
        last = found[-1] if found else b""
        path = last[: max(entry["p"], 0)] + entry["k"]
        if entry["p"] != common_prefix(last, path) or path <= last:
            raise BadRecord("a node of the tree with paths out of order, or not shortened as they should be")
        if not _PATH.match(path.decode("latin-1")):
            raise BadRecord("a node of the tree with a path that is none")
        found.append(path)
    return found


# Commits and signatures ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Commit:
    """The head of a repository: whose it is, which tree, since when, and the author's signature over these."""

    did: str
    data: Cid
    rev: str | None
    """None in version 2, which was in use until 2023."""
    signature: bytes
    signed: bytes
    """The bytes that the signature is over."""

    @property
    def time(self) -> datetime | None:
        """When the revision was made; None where it does not tell."""
        return tid_time(self.rev) if self.rev else None


def commit(data: bytes) -> Commit:
    """Return the commit that a block holds.

    Raises:
        BadRecord: It holds none of version 2 or 3.
    """
    value = decoded(data)
    if not isinstance(value, dict) or not isinstance(value.get("data"), Cid) or value.get("version") not in (2, 3):
        raise BadRecord("a block that is no commit of version 2 or 3")
    did, rev, signature = value.get("did"), value.get("rev"), value.get("sig")
    if not isinstance(did, str) or not SYNTAX["did"](did):
        raise BadRecord("a commit whose account is no DID")
    if rev is None and value["version"] == 2:
        pass
    elif not isinstance(rev, str) or not SYNTAX["tid"](rev):
        raise BadRecord("a commit whose revision is no TID")
    if not isinstance(signature, bytes) or not isinstance(value.get("prev"), Cid | None):
        raise BadRecord("a commit without a signature")
    return Commit(did, value["data"], rev, signature, unsigned(value))


def unsigned(value: Mapping[str, Any]) -> bytes:
    """Return the bytes of a commit that its signature is over."""
    return encoded({key: item for key, item in value.items() if key != "sig"})


@dataclass(frozen=True, slots=True)
class Key:
    """A public key."""

    curve: str
    """P-256 or K-256."""
    point: bytes


_CODECS = {b"\x80\x24": "P-256", b"\xe7\x01": "K-256"}
_SUITES = {"EcdsaSecp256r1VerificationKey2019": "P-256", "EcdsaSecp256k1VerificationKey2019": "K-256"}
_ORDERS = {
    "P-256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "K-256": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
}
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def public_key(text: str, suite: str = "Multikey") -> Key:
    """Return the key that a `did:key:z...` or a multibase text writes; `suite` is the verification method's type.

    Raises:
        BadRecord: It is no key of the two kinds.
    """
    data = _base58(text.removeprefix("did:key:"))
    if suite in _SUITES:
        return Key(_SUITES[suite], data)
    if data[:2] not in _CODECS:
        raise BadRecord("a key of another kind than P-256 and K-256")
    return Key(_CODECS[data[:2]], data[2:])


def _base58(text: str) -> bytes:
    number = 0
    if not text.startswith("z") or len(text) > 200 or any(letter not in _BASE58 for letter in text[1:]):
        raise BadRecord("a key that is not written in base58")
    for letter in text[1:]:
        number = number * 58 + _BASE58.index(letter)
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def signing_key(document: Any, did: str) -> Key:
    """Return the key that a DID document names for signing the repository.

    Raises:
        BadRecord: The document is another account's, or names none.
    """
    if not isinstance(document, dict) or document.get("id") != did:
        raise BadRecord("a DID document of another account")
    methods = document.get("verificationMethod")
    for method in methods if isinstance(methods, list) else ():
        name = method.get("id") if isinstance(method, dict) else None
        if name in ("#atproto", f"{did}#atproto") and isinstance(method.get("publicKeyMultibase"), str):
            return public_key(method["publicKeyMultibase"], str(method.get("type")))
    raise BadRecord("a DID document without a key for the repository (#atproto)")


def is_signed(key: Key, data: bytes, signature: bytes) -> bool:
    """Say whether a compact signature, in the low-S form that alone is allowed, over the SHA-256 of the bytes holds."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or s > _ORDERS[key.curve] // 2:
        return False
    curve = ec.SECP256R1() if key.curve == "P-256" else ec.SECP256K1()
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(curve, key.point)
        point.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
