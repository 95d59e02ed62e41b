"""A time-stamping authority (RFC 3161) on loopback: its certificates are made here, OpenSSL stamps."""

from __future__ import annotations

import contextlib
import http.server
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

__all__ = ["Authority", "authority"]

_CONFIG = """[tsa]
default_tsa=tsa1
[tsa1]
serial=serial
crypto_device=builtin
signer_cert=tsa.pem
signer_key=tsa.key
signer_digest=sha256
default_policy=1.3.6.1.4.1.99999.1.1
digests=sha256
accuracy=secs:1
ess_cert_id_alg=sha256
"""


@dataclass(frozen=True, slots=True)
class Authority:
    """One that runs."""

    url: str
    root: Path
    """Its root certificate, in PEM."""


@contextlib.contextmanager
def authority(
    name: str = "Test", *, begins: timedelta = timedelta(0), lasts: timedelta = timedelta(30)
) -> Iterator[Authority]:
    """Give an authority that runs within the block; its own certificate holds from `begins` from now on for `lasts`."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl: apt-get install openssl")
    with tempfile.TemporaryDirectory(prefix="clew-tsa-") as folder:
        place = Path(folder)
        _certify(place, name, datetime.now(UTC) + begins, lasts)
        (place / "tsa.cnf").write_text(_CONFIG)
        (place / "serial").write_text("01\n")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _stamper(place))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Authority(f"http://127.0.0.1:{server.server_port}/tsr", place / "root.pem")
        finally:
            server.shutdown()
            server.server_close()
            thread.join(10)


def _stamper(place: Path) -> type[http.server.BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Stamper(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                (place / "question").write_bytes(question)
                subprocess.run(
                    "openssl ts -reply -config tsa.cnf -section tsa1 -queryfile question -out answer".split(),
                    cwd=place,
                    check=True,
                    capture_output=True,
                )
                answer = (place / "answer").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return Stamper


def _certify(place: Path, name: str, begins: datetime, lasts: timedelta) -> None:
    """Write a root, an authority's certificate under it, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    root_key, own_key = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
    root_name, own_name = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} {kind}")]) for kind in ("Root", "Authority")
    )
    early = min(begins, datetime.now(UTC)) - timedelta(days=3650)

    def builder(subject: x509.Name, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> x509.CertificateBuilder:
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(root_name).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number())
        return made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)

    root = builder(root_name, root_key).not_valid_before(early).not_valid_after(early + timedelta(days=7300))
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    use = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only"), False
    )
    signs = x509.KeyUsage(digital_signature=False, key_cert_sign=True, crl_sign=True, decipher_only=False, **use)
    root = root.add_extension(signs, critical=True)
    stamps = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    own = builder(own_name, own_key).not_valid_before(begins).not_valid_after(begins + lasts)
    own = own.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    own = own.add_extension(stamps, critical=True)
    own = own.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
    (place / "root.pem").write_bytes(root.sign(root_key, hashes.SHA256()).public_bytes(Encoding.PEM))
    (place / "tsa.pem").write_bytes(own.sign(root_key, hashes.SHA256()).public_bytes(Encoding.PEM))
    (place / "tsa.key").write_bytes(own_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
