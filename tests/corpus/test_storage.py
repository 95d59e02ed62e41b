"""A corpus in object storage is woven like one on disk; the storage is moto's server, over real HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.speed import engines
from pyarrow import fs
from tests.corpus import worlds

ROOT = Path(__file__).parent.parent.parent
SERVER = ROOT / ".services" / "s3" / "bin" / "moto_server"
KEYS = {"AWS_ACCESS_KEY_ID": "ana", "AWS_SECRET_ACCESS_KEY": "not-a-secret", "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    if not SERVER.exists():
        pytest.skip("no object storage is at hand: make services")
    number = engines.free_port()
    command = [str(SERVER), "-H", "127.0.0.1", "-p", str(number)]
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=nowhere, stderr=nowhere, text=True) as server:
        try:
            engines.wait_for(number, server)
            yield number
        finally:
            server.terminate()


def woven(inputs: list[str], out: Path) -> tuple[int, str, list[bytes]]:
    done = subprocess.run(
        [sys.executable, "-m", "clew", "weave", *inputs, "--out", str(out), "--quiet"],
        env={**os.environ, **KEYS},
        capture_output=True,
        text=True,
        timeout=60,
    )
    parts = sorted(path for path in out.rglob("*.parquet") if path.is_file())
    return done.returncode, done.stderr, [path.read_bytes() for path in parts]


def test_a_corpus_in_object_storage_is_woven_like_one_on_disk(port: int, tmp_path: Path) -> None:
    paths = worlds.write(worlds.posts(4), tmp_path / "in", parts=3)
    storage = fs.S3FileSystem(
        access_key="ana",
        secret_key="not-a-secret",
        endpoint_override=f"127.0.0.1:{port}",
        scheme="http",
        region="us-east-1",
        allow_bucket_creation=True,
    )
    storage.create_dir("corpus")
    for path in paths:
        with storage.open_output_stream(f"corpus/threads/{Path(path).name}") as stream:
            stream.write(Path(path).read_bytes())
    more = f"?endpoint_override=127.0.0.1:{port}&scheme=http&region=us-east-1"
    code, errors, found = woven([f"s3://corpus/threads{more}"], tmp_path / "there")
    assert (code, errors) == (0, "")
    assert found == woven(paths, tmp_path / "here")[2]
    code, errors, _ = woven([f"s3://corpus/nothing{more}"], tmp_path / "none")
    assert (code, errors) == (2, f"clew: s3://corpus/nothing{more}: no such file or folder.\n")


def test_an_address_of_no_storage_is_said(tmp_path: Path) -> None:
    code, errors, _ = woven(["nowhere://corpus/threads"], tmp_path / "out")
    assert code == 2
    assert errors.startswith("clew: nowhere://corpus/threads: cannot be reached (")
