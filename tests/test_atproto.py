"""The protocol's public interoperability cases (shared samples, bluesky/interop), and what they leave open."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from clew import atproto
from clew.atproto import Cid, Entry, Fault, Missing
from clew.errors import BadRecord, DamagedFile

INTEROP = Path(__file__).parents[2] / "shared" / "samples" / "bluesky" / "interop"
needs_interop = pytest.mark.skipif(
    not INTEROP.is_dir(), reason="no ../shared/samples/bluesky/interop beside the repository"
)


def cases(name: str) -> list[dict[str, Any]]:
    """Return the cases of a JSON file; none where the samples are not at hand."""
    path = INTEROP / name
    return json.loads(path.read_text("utf-8")) if path.is_file() else []


def listed(path: Path) -> list[str]:
    """Return the lines of a list that are no comments; white space counts."""
    return [line for line in path.read_text("utf-8").split("\n") if line and not line.startswith("#")]


@needs_interop
@pytest.mark.parametrize("name", sorted(path.stem for path in INTEROP.glob("syntax/*.txt")))
def test_names_are_told_from_what_only_looks_like_them(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    texts = listed(INTEROP / "syntax" / f"{name}.txt")
    is_one = atproto.SYNTAX[name.split("_")[0]]
    expected = name.endswith("_valid")
    wrong = [text for text in texts if is_one(text) != expected]
    with capsys.disabled():
        sys.stdout.write(f"\n{name}: {len(texts) - len(wrong)} of {len(texts)} agree ")
    assert texts
    assert wrong == []


@needs_interop
@pytest.mark.parametrize("case", cases("mst/key_heights.json"), ids=lambda case: repr(case["key"]))
def test_the_layer_of_a_path(case: dict[str, Any]) -> None:
    assert atproto.height(case["key"].encode()) == case["height"]


@needs_interop
@pytest.mark.parametrize("case", cases("mst/common_prefix.json"), ids=str)
def test_the_common_start_of_two_paths(case: dict[str, Any]) -> None:
    assert atproto.common_prefix(case["left"].encode(), case["right"].encode()) == case["len"]


@needs_interop
def test_the_example_paths_stand_five_to_a_layer() -> None:
    paths = listed(INTEROP / "mst" / "example_keys.txt")
    assert [atproto.height(path.encode()) for path in paths] == [int(path[1]) for path in paths]


@needs_interop
@pytest.mark.parametrize("case", cases("data-model/data-model-fixtures.json"), ids=lambda case: case["cid"])
def test_records_go_from_json_to_cbor_and_back(case: dict[str, Any]) -> None:
    data = base64.b64decode(case["cbor_base64"] + "==")
    assert atproto.encoded(atproto.from_json(case["json"])) == data
    assert atproto.to_json(atproto.decoded(data)) == case["json"]
    assert str(Cid.of(data)) == case["cid"]


@needs_interop
@pytest.mark.parametrize("case", cases("data-model/data-model-valid.json"), ids=lambda case: case["note"])
def test_the_data_model_takes(case: dict[str, Any]) -> None:
    record = atproto.from_json(case["json"])
    assert atproto.decoded(atproto.encoded(record)) == record


@needs_interop
@pytest.mark.parametrize("case", cases("data-model/data-model-invalid.json"), ids=lambda case: case["note"])
def test_the_data_model_refuses(case: dict[str, Any]) -> None:
    with pytest.raises(BadRecord):
        atproto.from_json(case["json"])


@needs_interop
@pytest.mark.parametrize("case", cases("crypto/signature-fixtures.json"), ids=lambda case: case["comment"])
def test_signatures_hold_or_do_not(case: dict[str, Any]) -> None:
    data = base64.b64decode(case["messageBase64"] + "==")
    signature = base64.b64decode(case["signatureBase64"] + "==")
    keys = {
        atproto.public_key(case["publicKeyDid"]),
        atproto.public_key(case["publicKeyMultibase"], case["didDocSuite"]),
    }
    assert [atproto.is_signed(key, data, signature) for key in keys] == [case["validSignature"]] * len(keys)


@needs_interop
@pytest.mark.parametrize("case", cases("crypto/w3c_didkey_K256.json") + cases("crypto/w3c_didkey_P256.json"), ids=str)
def test_keys_are_read_as_they_are_made(case: dict[str, Any]) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    known = atproto.public_key(case["publicDidKey"])
    curve = ec.SECP256K1() if "privateKeyBytesHex" in case else ec.SECP256R1()
    secret = case.get("privateKeyBytesHex") or atproto._base58("z" + case["privateKeyBytesBase58"]).hex()
    public = ec.derive_private_key(int(secret, 16), curve).public_key()
    assert known.point == public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


# Trees: built here from paths alone, to be walked there --------------------------------------------------------------


def tree(entries: dict[str, Cid]) -> tuple[Cid, dict[Cid, bytes]]:
    """Return the root and the nodes of the one tree that holds these records."""
    nodes: dict[Cid, bytes] = {}
    paths = sorted(path.encode() for path in entries)

    def put(node: dict[str, Any]) -> Cid:
        data = atproto.encoded(node)
        nodes[Cid.of(data)] = data
        return Cid.of(data)

    def branch(part: list[bytes], layer: int) -> Cid | None:
        if not part:
            return None
        own = [path for path in part if atproto.height(path) == layer]
        edges = [b"", *own, b"\xff"]
        lower = [branch([path for path in part if a < path < b], layer - 1) for a, b in pairwise(edges)]
        items = []
        for last, path, right in zip([b"", *own], own, lower[1:], strict=False):
            start = atproto.common_prefix(last, path)
            items.append({"p": start, "k": path[start:], "v": entries[path.decode()], "t": right})
        return put({"l": lower[0], "e": items})

    top = max((atproto.height(path) for path in paths), default=0)
    return branch(paths, top) or put({"l": None, "e": []}), nodes


def proof(root: Cid, nodes: dict[Cid, bytes], path: str, paths: list[str]) -> set[Cid]:
    """Return the nodes on the ways to a path and to its neighbours on both sides."""
    at = sum(other < path for other in paths)
    after = [other for other in paths[at:] if other != path][:1]
    found: set[Cid] = set()
    for wanted in [path, *paths[max(at - 1, 0) : at], *after]:
        found |= set(way(root, nodes, wanted.encode()))
    return found


def way(root: Cid, nodes: dict[Cid, bytes], wanted: bytes) -> Iterator[Cid]:
    """Yield the nodes from the root to the one that holds a path, or would."""
    step: Cid | None = root
    while step is not None:
        yield step
        node = atproto.decoded(nodes[step])
        step, path = node["l"], b""
        for entry in node["e"]:
            path = path[: entry["p"]] + entry["k"]
            if path == wanted:
                return
            if path > wanted:
                break
            step = entry["t"]


@needs_interop
@pytest.mark.parametrize("case", cases("firehose/commit-proof-fixtures.json"), ids=lambda case: case["comment"])
def test_trees_before_and_after_a_commit_and_the_proof_of_it(case: dict[str, Any]) -> None:
    leaf = Cid.from_text(case["leafValue"])
    before, old = tree(dict.fromkeys(case["keys"], leaf))
    paths = sorted({*case["keys"], *case["adds"]} - set(case["dels"]))
    after, new = tree(dict.fromkeys(paths, leaf))
    assert [str(before), str(after)] == [case["rootBeforeCommit"], case["rootAfterCommit"]]
    assert list(atproto.walk(before, old.get)) == [Entry(path, leaf) for path in sorted(case["keys"])]
    assert list(atproto.walk(after, new.get)) == [Entry(path, leaf) for path in paths]
    needed = set().union(*(proof(after, new, path, paths) for path in case["adds"] + case["dels"]))
    assert sorted(map(str, needed)) == sorted(case["blocksInProof"])
    partial = list(atproto.walk(after, {cid: new[cid] for cid in needed}.get))
    assert not any(isinstance(step, Fault) for step in partial)
    assert {Entry(path, leaf) for path in case["adds"]} <= set(partial)


LEAF = Cid.of(b"\xa0")


def test_a_tree_with_a_branch_that_is_not_at_hand_says_so() -> None:
    root, nodes = tree(dict.fromkeys(["a/blue", "a/asdf", "a/2653ae71", "a/88bfafc7", "a/7"], LEAF))
    gone = next(cid for cid in nodes if cid != root)
    del nodes[gone]
    assert Missing(gone) in list(atproto.walk(root, nodes.get))


def test_an_empty_tree_holds_nothing() -> None:
    root, nodes = tree({})
    assert list(atproto.walk(root, nodes.get)) == []


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        ({"l": None, "e": [("a/2", 0), ("a/1", 0)]}, "out of order"),
        ({"l": None, "e": [("a/1", 0), ("a/2", 0)]}, "shortened"),
        ({"l": None, "e": [("no path", 0)]}, "path that is none"),
        ({"l": LEAF, "e": []}, "trimmed"),
        ({"l": LEAF, "e": [("a/1", 0)]}, "below the lowest"),
        ({"e": []}, "no node"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_node_that_breaks_the_rules_is_a_fault(node: dict[str, Any], reason: str) -> None:
    entries = [{"p": start, "k": path[start:].encode(), "v": LEAF, "t": None} for path, start in node["e"]]
    data = atproto.encoded({**node, "e": entries})
    (fault,) = atproto.walk(Cid.of(data), {Cid.of(data): data}.get)
    assert isinstance(fault, Fault)
    assert reason in fault.reason


@pytest.mark.parametrize(
    "data",
    [
        b"\x18\x01",  # one, written longer than needed
        b"\xa2\x61b\x00\x61a\x00",  # keys out of order
        b"\xa2\x61a\x00\x61a\x00",  # a key twice
        b"\xa1\x00\x00",  # a key that is a number
        b"\x9f\xff",  # of indefinite length
        b"\xc0\x60",  # a tag that is no link
        b"\xd8\x2a\x41\x01",  # a link without its zero
        b"\xf9\x00\x00",  # a short fraction
        b"\xfb\x7f\xf0\0\0\0\0\0\0",  # infinity
        b"\x61\xff",  # no UTF-8
        b"\x00\x00",  # two values
        b"\x62a",  # cut short
        b"\x81" * 5000 + b"\x00",  # nested without end
        b"",
    ],
    ids=repr,
)
def test_cbor_in_another_than_its_only_form_is_refused(data: bytes) -> None:
    with pytest.raises(BadRecord):
        atproto.decoded(data)


def test_a_car_file_that_breaks_off_says_where() -> None:
    head = atproto.encoded({"version": 1, "roots": []})
    stream = BytesIO(bytes((len(head),)) + head + b"\x26" + bytes(LEAF) + b"\xa0")
    assert atproto.roots(stream, "a.car") == []
    with pytest.raises(DamagedFile, match="breaks off within the block at byte 18"):
        list(atproto.blocks(stream, "a.car"))


def test_a_block_is_sound_when_its_bytes_are_what_its_name_says() -> None:
    assert atproto.Block(LEAF, 0, b"\xa0").is_sound
    assert not atproto.Block(LEAF, 0, b"\xa1").is_sound
    assert not atproto.Block(None, 0, b"").is_sound
