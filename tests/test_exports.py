"""Looking into what people give: files, folders, zips and tars, sound, broken and hostile."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import hashlib
import io
import lzma
import os
import random
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from clew.errors import ClewError, DamagedFile, NotReadable, UnsafeFile
from clew.exports import HEAD, _files, _streams, opened

JSON = b'{"a": 1}\n' * 1000


def zipped(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, how)
    return buffer.getvalue()


def tarred(files: dict[str, bytes], *others: tarfile.TarInfo) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in others:
            archive.addfile(info)
    return buffer.getvalue()


def put(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def members(path: str) -> dict[str, bytes]:
    with opened(path) as export:
        found = {}
        for member in export.members:
            with export.open(member) as stream:
                found[member] = stream.read()
        return found


# --- sound inputs

FILES = {"data/tweets.js": JSON, "data/ü/чат.json": b"{}", "empty": b""}
CONTAINERS: dict[str, Callable[[], bytes]] = {
    "stored.zip": lambda: zipped(FILES, zipfile.ZIP_STORED),
    "deflated.zip": lambda: zipped(FILES),
    "bzip2.zip": lambda: zipped(FILES, zipfile.ZIP_BZIP2),
    "lzma.zip": lambda: zipped(FILES, zipfile.ZIP_LZMA),
    "plain.tar": lambda: tarred(FILES),
    "dots.tar": lambda: tarred({f"./{name}": data for name, data in FILES.items()}),
    "packed.tar.gz": lambda: gzip.compress(tarred(FILES)),
    "packed.tar.bz2": lambda: bz2.compress(tarred(FILES)),
    "packed.tar.xz": lambda: lzma.compress(tarred(FILES)),
    "a-zip-by-content.json": lambda: zipped(FILES),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_gives_the_same_members(name: str, tmp_path: Path) -> None:
    path = put(tmp_path, name, CONTAINERS[name]())
    assert members(path) == FILES
    with opened(path) as export:
        digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        assert export.capture("data/tweets.js") == export.capture("empty") == f"sha256:{digest}"
        assert export.head("data/tweets.js") == JSON[:HEAD]


def test_a_folder_is_read_like_a_container_but_its_files_are_captures_of_their_own(tmp_path: Path) -> None:
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert members(str(tmp_path)) == FILES
    with opened(str(tmp_path)) as export:
        assert export.capture("empty") == f"sha256:{hashlib.sha256().hexdigest()}"
        assert export.capture("data/tweets.js") == f"sha256:{hashlib.sha256(JSON).hexdigest()}"


def test_a_containers_own_children_are_exports(tmp_path: Path) -> None:
    with opened(put(tmp_path, "a.zip", zipped(FILES))) as export:
        assert export.single is None
        data, empty = export.parts()
        assert (data.members, empty.members) == (("tweets.js", "ü/чат.json"), ("empty",))
        assert (data.place("tweets.js"), empty.single) == ("data/tweets.js", "empty")
        assert data.head("tweets.js") == JSON[:HEAD]
        assert [part.members for part in data.parts()] == [("tweets.js",), ("чат.json",)]


@pytest.mark.parametrize(("suffix", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_a_packed_file_counts_as_what_it_holds(suffix: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = put(tmp_path, f"tweets.jsonl.{suffix}", pack(JSON))
    assert members(path) == {"tweets.jsonl": JSON}
    assert members(str(tmp_path)) == {f"tweets.jsonl.{suffix}": JSON}


def test_gzip_of_several_parts_is_read_to_its_end(tmp_path: Path) -> None:
    assert members(put(tmp_path, "a.gz", gzip.compress(b"one") + gzip.compress(b"two"))) == {"a": b"onetwo"}


def test_standard_input_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(gzip.compress(JSON))))
    assert members("-") == {"standard-input": JSON}


def test_a_pipe_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "pipe.json"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(JSON,))
    writer.start()
    assert members(str(path)) == {"pipe.json": JSON}
    writer.join()


def test_a_member_can_be_opened_twice_at_a_time(tmp_path: Path) -> None:
    with (
        opened(put(tmp_path, "a.json", JSON)) as export,
        export.open("a.json") as one,
        export.open("a.json") as other,
    ):
        assert one.read(5) == other.read(5) == JSON[:5]
        assert one.read() == other.read() == JSON[5:]


def test_litter_and_hidden_files_of_folders_are_no_members(tmp_path: Path) -> None:
    files = {"__MACOSX/._a": b"", ".DS_Store": b"", "b/Thumbs.db": b"", "b/a.json": b"{}"}
    assert list(members(put(tmp_path, "a.zip", zipped(files)))) == ["b/a.json"]
    put(tmp_path, ".hidden", b"")
    (tmp_path / ".git").mkdir()
    put(tmp_path / ".git", "config", b"")
    assert list(members(str(tmp_path))) == ["a.zip"]


@pytest.mark.parametrize("name", ["empty.json", "empty.zip", "empty.tar.gz"])
def test_an_empty_file_has_one_empty_member(name: str, tmp_path: Path) -> None:
    assert list(members(put(tmp_path, name, b"")).values()) == [b""]


def test_an_empty_zip_or_folder_has_no_members(tmp_path: Path) -> None:
    assert members(str(tmp_path)) == {}
    assert members(put(tmp_path, "a.zip", zipped({}))) == {}


def test_binary_files_are_files(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(5000)
    assert members(put(tmp_path, "noise", noise)) == {"noise": noise}


def test_a_zip_in_a_zip_is_a_member_and_stays_packed(tmp_path: Path) -> None:
    inner = zipped(FILES)
    assert members(put(tmp_path, "a.zip", zipped({"b.zip": inner}))) == {"b.zip": inner}


# --- names


@pytest.mark.parametrize(
    "name", ["../a.json", "a/../../b", "/etc/passwd", "..\\a.json", "\\a.json", "C:\\a.json", "c:/a"]
)
def test_names_that_lead_out_are_refused(name: str, tmp_path: Path) -> None:
    for path in (put(tmp_path, "a.zip", zipped({name: b""})), put(tmp_path, "a.tar", tarred({name: b""}))):
        with pytest.raises(UnsafeFile, match=r"which leads out of it. Clew did not unpack it"), opened(path):
            pass


def test_names_of_old_windows_programs_get_forward_slashes(tmp_path: Path) -> None:
    assert members(put(tmp_path, "a.zip", zipped({"data\\tweets.js": JSON, "12:30 chat.json": b""}))) == {
        "data/tweets.js": JSON,
        "12:30 chat.json": b"",
    }


def test_names_that_are_no_utf_8_can_be_written_down(tmp_path: Path) -> None:
    raw = "чат.json".encode("windows-1251")
    with open(os.path.join(os.fsencode(tmp_path), raw), "wb") as stream:
        stream.write(JSON)
    assert members(str(tmp_path)) == {"���.json": JSON}
    assert members(os.fsdecode(os.path.join(os.fsencode(tmp_path), raw))) == {"���.json": JSON}
    tar = tarred({os.fsdecode(raw): JSON})
    assert members(put(tmp_path, "a.tar", tar)) == {"���.json": JSON}


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_files, "MAX_MEMBERS", 2)
    path = put(tmp_path, "a.zip", zipped(FILES))
    with pytest.raises(UnsafeFile, match=r"more than 2 members"), opened(path):
        pass


# --- links and devices


def test_links_that_lead_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    folder = tmp_path / "folder"
    outside.mkdir()
    folder.mkdir()
    put(outside, "secret.json", b"secret")
    put(folder, "a.json", b"a")
    (folder / "secret.json").symlink_to(outside / "secret.json")
    (folder / "outside").symlink_to(outside)
    (folder / "inside.json").symlink_to(folder / "a.json")
    (folder / "circle").symlink_to(folder)
    (folder / "nowhere").symlink_to(folder / "nothing")
    os.mkfifo(folder / "pipe")
    assert members(str(folder)) == {"a.json": b"a", "inside.json": b"a"}


def test_links_and_devices_in_a_tar_are_no_members(tmp_path: Path) -> None:
    others = []
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
        info = tarfile.TarInfo(f"other-{kind.decode()}")
        info.type = kind
        info.linkname = "/etc/passwd"
        others.append(info)
    assert members(put(tmp_path, "a.tar", tarred({"a.json": b"{}"}, *others))) == {"a.json": b"{}"}


# --- damage


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    path = str(tmp_path / "nothing")
    with pytest.raises(NotReadable, match=r"nothing: no such file or directory\.$"), opened(path):
        pass


@pytest.mark.parametrize("name", ["deflated.zip", "lzma.zip"])
def test_a_cut_zip_is_said_to_be_cut(name: str, tmp_path: Path) -> None:
    path = put(tmp_path, name, CONTAINERS[name]()[:-30])
    with (
        pytest.raises(DamagedFile, match=r"cannot be unpacked .*; it may be cut short, so download it again"),
        opened(path),
    ):
        pass


@pytest.mark.parametrize("name", ["packed.tar.gz", "packed.tar.bz2", "packed.tar.xz"])
def test_a_cut_packed_tar_is_said_to_be_cut(name: str, tmp_path: Path) -> None:
    path = put(tmp_path, name, CONTAINERS[name]()[:-30])
    with pytest.raises(DamagedFile, match=r"unpacking breaks off after .* bytes .*; it may be cut short"), opened(path):
        pass


def test_of_a_cut_gzip_what_stands_before_is_given(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(600_000)
    path = put(tmp_path, "a.json.gz", gzip.compress(noise)[:-10])
    with opened(path) as export, export.open("a.json") as stream:
        assert stream.read(300_000) == noise[:300_000]
        with pytest.raises(DamagedFile, match=r"a\.json\.gz: unpacking breaks off after [\d,]+ bytes"):
            stream.read()


def test_a_flipped_bit_in_a_zip_is_found(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.json": JSON}, zipfile.ZIP_STORED))
    data[200] ^= 1
    with (
        opened(put(tmp_path, "a.zip", bytes(data))) as export,
        export.open("a.json") as stream,
        pytest.raises(DamagedFile, match=r"a.zip/a.json: unpacking breaks off .*CRC"),
    ):
        stream.read()


def encrypted(data: bytes, name: bytes) -> bytes:
    """Return a zip whose member of that name says that it is encrypted."""
    flagged = bytearray(data)
    for mark, flags, title in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            if data.startswith(name, at + title):
                flagged[at + flags] |= 1
    return bytes(flagged)


def test_an_encrypted_zip_is_said_to_be_encrypted(tmp_path: Path) -> None:
    path = put(tmp_path, "a.zip", encrypted(zipped({"a.json": JSON}), b"a.json"))
    with pytest.raises(DamagedFile, match=r"it is encrypted; unpack it yourself and give the folder"), opened(path):
        pass


def test_an_encrypted_member_leaves_the_others_readable(tmp_path: Path) -> None:
    path = put(tmp_path, "a.zip", encrypted(zipped({"a.json": JSON, "b.json": JSON}), b"a.json"))
    with opened(path) as export:
        assert (export.head("a.json"), export.head("b.json")) == (b"", JSON[:HEAD])
        with pytest.raises(DamagedFile, match=r"its member a.json is encrypted; unpack it yourself"):
            export.open("a.json")
        alone, _ = export.parts()
        with pytest.raises(DamagedFile, match=r"its member a.json is encrypted"):
            alone.head("a.json")


def test_a_way_of_packing_that_is_not_known_is_said_with_the_way_out(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.json": JSON}))
    data[8] = 9
    data[data.index(b"PK\x01\x02") + 10] = 9
    with (
        opened(put(tmp_path, "a.zip", bytes(data))) as export,
        pytest.raises(DamagedFile, match=r"a.json cannot be unpacked .*; unpack it with another program"),
    ):
        export.head("a.json")


def test_a_tar_whose_member_says_to_be_longer_than_the_file_is_damaged(tmp_path: Path) -> None:
    info = tarfile.TarInfo("a.json")
    info.size = 10**10
    path = put(tmp_path, "a.tar", info.tobuf() + JSON)
    with pytest.raises(DamagedFile, match=r"a.tar"):
        members(path)


@pytest.mark.parametrize("name", [*CONTAINERS, "a.json.gz"])
def test_random_damage_raises_nothing_but_our_own_errors(name: str, tmp_path: Path) -> None:
    data = gzip.compress(JSON) if name not in CONTAINERS else CONTAINERS[name]()
    chance = random.Random(name)
    for _ in range(150):
        path = put(tmp_path, name, damaged(data, chance))
        with contextlib.suppress(ClewError):
            members(path)


def damaged(data: bytes, chance: random.Random) -> bytes:
    broken = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(chance.choice([0, max(0, len(broken) - 300)]), len(broken))
        broken[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(1, 3))
    return bytes(broken if chance.random() < 0.5 else broken[: chance.randrange(len(broken))])


# --- bombs


def zeros(size: int) -> bytes:
    return b"\0" * size


BOMBS: dict[str, Callable[[], bytes]] = {
    "bomb.zip": lambda: zipped({"a.json": zeros(4_000_000)}),
    "bomb.json.gz": lambda: gzip.compress(zeros(4_000_000)),
    "bomb.json.bz2": lambda: bz2.compress(zeros(4_000_000)),
    "bomb.json.xz": lambda: lzma.compress(zeros(4_000_000)),
    "bomb.tar.gz": lambda: gzip.compress(tarred({"a.json": zeros(4_000_000)})),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_not_unpacked(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_streams, "FREE_SIZE", 1_000_000)
    path = put(tmp_path, name, BOMBS[name]())
    with pytest.raises(
        UnsafeFile, match=r"swells to more than 200 times its size, as bombs do. Clew did not unpack it"
    ):
        members(path)


def test_a_bomb_of_the_real_size_is_not_unpacked_either(tmp_path: Path) -> None:
    path = put(tmp_path, "bomb.zip", zipped({"a.json": zeros(70_000_000)}))
    assert os.path.getsize(path) < 100_000
    with pytest.raises(UnsafeFile):
        members(path)


def test_what_swells_as_text_does_is_no_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_streams, "FREE_SIZE", 1_000)
    chance = random.Random(1)
    text = b"".join(b'{"id_str": "%d", "full_text": "word word"}\n' % chance.getrandbits(60) for _ in range(5_000))
    assert members(put(tmp_path, "a.gz", gzip.compress(text))) == {"a": text}
