"""`clew serve` itself: over HTTPS, with limits, and with its index open before anybody asks."""

from __future__ import annotations

import http.client
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from clew.web.app import Settings
from clew.web.users import add
from tests.web.asking import Asked
from tests.web.conftest import Served
from tests.web.world import THREAD, build

CLEW = Path(sys.executable).parent / "clew"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small archive."""
    return build(tmp_path_factory.mktemp("serving") / "port", long=3)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of this machine's own making, and its key."""
    pytest.importorskip("cryptography", reason="cryptography is missing: pip install cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    own = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = made.add_extension(own, critical=False).sign(key, hashes.SHA256())
    cert_path, key_path = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert_path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    key_path.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    return cert_path, key_path


@contextmanager
def serving(*words: object) -> Iterator[str]:
    """Run `clew serve` on a free port; gives the address that it says."""
    command = [str(CLEW), "serve", "--port", "0", *map(str, words)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            said = process.stderr.readline()
            yield said.partition(" at ")[2].partition(" (")[0].strip()
        finally:
            process.terminate()
            process.wait(20)


def over_tls(url: str, path: str, cert: Path, body: str | None = None, **headers: str) -> http.client.HTTPResponse:
    """Return the answer of a server whose certificate must be the one given."""
    context = ssl.create_default_context(cafile=str(cert))
    netloc = urlsplit(url).netloc
    connection = http.client.HTTPSConnection(netloc, timeout=30, context=context)
    try:
        connection.request("POST" if body else "GET", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer
    finally:
        connection.close()


def test_pages_are_served_over_https_and_a_session_never_leaves_it(
    port: Path, certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    cert, key = certificate
    users = tmp_path / "users.txt"
    add(users, "ana", "reader", "a quay with cranes")
    with serving("--archive", port, "--users", users, "--cert", cert, "--key", key) as url:
        assert url.startswith("https://127.0.0.1:")
        assert over_tls(url, f"/thread/{THREAD}", cert).status == 303
        form = {"content-type": "application/x-www-form-urlencoded", "origin": url.rstrip("/")}
        answer = over_tls(url, "/login", cert, "name=ana&password=a+quay+with+cranes&to=/", **form)
        assert answer.status == 303
        cookie = answer.headers["set-cookie"]
        assert "secure" in cookie.lower()
        assert over_tls(url, f"/thread/{THREAD}", cert, cookie=cookie.partition(";")[0]).status == 200
        plain = url.replace("https:", "http:").rstrip("/")
        with pytest.raises((http.client.HTTPException, OSError)):
            Asked(plain)("/")
        assert over_tls(url, "/login", cert, "name=ana", **form | {"origin": plain}).status == 403


@pytest.mark.parametrize("broken", ["cert", "key"])
def test_a_certificate_that_cannot_be_used_is_named(port: Path, certificate: tuple[Path, Path], broken: str) -> None:
    cert, key = certificate
    (cert if broken == "cert" else key).write_text("not a certificate\n", encoding="utf-8")
    command = [str(CLEW), "serve", "--archive", str(port), "--port", "0", "--cert", str(cert), "--key", str(key)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert f"--cert {cert} --key {key}: can't be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_who_reads_too_fast_waits_and_what_pages_need_does_not_count(port: Path) -> None:
    with Served(Settings(archive=port, reads=5)) as served:
        asked = Asked(served.url)
        assert [asked("/static/clew.css").status for _ in range(9)] == [200] * 9
        statuses = [asked("/threads").status for _ in range(7)]
        assert statuses[:5] == [200] * 5
        assert 429 in statuses[5:]
        answer = asked("/api/threads")
        assert answer.status == 429
        assert int(answer.headers["retry-after"]) >= 1


def test_the_index_is_open_before_anybody_searches(tmp_path: Path) -> None:
    pytest.importorskip("tantivy", reason="tantivy is missing: pip install 'clew[search]'")
    from clew import following, keeping
    from clew.web.library import Library
    from clew.web.searching import Searcher

    archive = build(tmp_path / "port", long=3)
    searcher = Searcher(Library(archive))
    searcher.warm()
    time.sleep(0.3)
    assert searcher.is_open is False  # there is none: reading makes none
    with keeping.opened(archive) as held:
        following.followed(held)
    searcher.warm()
    until = time.monotonic() + 20
    while not searcher.is_open and time.monotonic() < until:
        time.sleep(0.05)
    assert searcher.is_open
