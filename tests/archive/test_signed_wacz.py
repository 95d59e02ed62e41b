"""Signatures of WACZ packages: those of browsers, and those that wacz-signing makes for a domain."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from clew.archive.any_file import FileReport, verified_file
from clew.archive.verify import Trust
from tests.services.authority import Authority, authority
from tests.services.running import SERVICES, need

PYTHON = SERVICES / "signing/bin/python"
SIGN = """
import json, sys
from datetime import datetime, timezone
from wacz_signing import signer
signed = signer.sign(sys.argv[1], datetime.now(timezone.utc))
print(json.dumps({name: value.decode() if isinstance(value, bytes) else value for name, value in signed.items()}))
"""


def package(path: Path) -> str:
    """Write a package with a single page and no digest beside its manifest; returns the manifest's digest."""
    page = b'{"format": "json-pages-1.0", "id": "pages"}\n'
    row = {"name": "pages.jsonl", "path": "pages/pages.jsonl", "bytes": len(page)}
    row["hash"] = f"sha256:{hashlib.sha256(page).hexdigest()}"
    index = {"name": "i", "path": "indexes/index.cdx", "bytes": 0, "hash": f"sha256:{hashlib.sha256(b'').hexdigest()}"}
    manifest = json.dumps({"profile": "data-package", "wacz_version": "1.1.1", "resources": [row, index]}).encode()
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("pages/pages.jsonl", page)
        made.writestr("indexes/index.cdx", b"")
        made.writestr("datapackage.json", manifest)
    return f"sha256:{hashlib.sha256(manifest).hexdigest()}"


def report(path: Path, digest: str, signed: dict[str, Any], roots: bytes = b"") -> FileReport:
    """Return what checking a package finds once that was signed into it."""
    with zipfile.ZipFile(path, "a") as made:
        value = {"path": "datapackage.json", "hash": digest, "signedData": signed}
        made.writestr("datapackage-digest.json", json.dumps(value))
    return verified_file(path, Trust(roots=roots))


def as_browsers_sign(digest: str, key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """Sign as Web Crypto does: both numbers of the signature side by side."""
    size = (key.curve.key_size + 7) // 8
    numbers = decode_dss_signature(key.sign(digest.encode(), ec.ECDSA(hashes.SHA256())))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "hash": digest,
        "created": "2024-05-03T10:00:00Z",
        "software": "a browser",
        "version": "0.1.0",
        "signature": base64.b64encode(b"".join(number.to_bytes(size, "big") for number in numbers)).decode(),
        "publicKey": base64.b64encode(public).decode(),
    }


def test_a_signature_with_somebodys_key_is_checked_and_its_key_is_named(tmp_path: Path) -> None:
    digest = package(tmp_path / "a.wacz")
    key = ec.generate_private_key(ec.SECP384R1())
    found = report(tmp_path / "a.wacz", digest, as_browsers_sign(digest, key))
    own = hashlib.sha256(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    assert found.sound, found.findings
    assert f"Signed with the key sha256:{own}, who says: on 2024-05-03 at 10:00 UTC, with a browser." in found.proved
    assert any(says.startswith("Whose key signed it") for says in found.not_proved)


@pytest.mark.parametrize("name", ["signature", "publicKey", "created", "hash"])
def test_a_signature_with_anything_changed_in_it_does_not_hold(tmp_path: Path, name: str) -> None:
    digest = package(tmp_path / "a.wacz")
    signed = as_browsers_sign(digest, ec.generate_private_key(ec.SECP384R1()))
    other = as_browsers_sign(f"sha256:{'0' * 64}", ec.generate_private_key(ec.SECP384R1())) | {"created": "soon"}
    found = report(tmp_path / "a.wacz", digest, signed | {name: other[name]})
    assert [one.kind for one in found.findings] == ["forged"], found.findings
    assert not any(says.startswith("Signed") for says in found.proved)


@dataclass(frozen=True, slots=True)
class Holder:
    """The holder of a domain: certificate with its chain, and key, as files."""

    certificates: Path
    key: Path


def holder(folder: Path, domain: str) -> Holder:
    """Return the holder of a domain, whose certificate was made an hour ago under a root of its own."""
    root, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC) - timedelta(hours=1)

    def certificate(name: str, key: ec.EllipticCurvePrivateKey, ca: bool) -> x509.Certificate:
        made = x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        made = made.issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A Root")]))
        made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
        made = made.not_valid_before(now).not_valid_after(now + timedelta(days=90))
        made = made.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        return made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(
            root, hashes.SHA256()
        )

    chain = [certificate(domain, own, False), certificate("A Root", root, True)]
    found = Holder(folder / "chain.pem", folder / "own.key")
    found.certificates.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in chain))
    found.key.write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return found


@pytest.fixture(scope="module")
def stamping() -> Iterator[Authority]:
    """Give an authority."""
    with authority("Port") as found:
        yield found


def signed_for(domain: str, digest: str, own: Holder, by: Authority) -> dict[str, Any]:
    """Return what wacz-signing signs."""
    need(PYTHON)
    chain = own.key.parent / "stamping.pem"
    chain.write_bytes((by.root.parent / "tsa.pem").read_bytes() + by.root.read_bytes())
    env = {"DOMAIN": domain, "CERTFILE": str(own.certificates), "KEYFILE": str(own.key)}
    env |= {"TS_URL": by.url, "TS_CERTFILE": str(chain)}
    done = subprocess.run([PYTHON, "-c", SIGN, digest], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_signature_for_a_domain_tells_whose_it_is_and_when_it_was_there(tmp_path: Path, stamping: Authority) -> None:
    digest = package(tmp_path / "a.wacz")
    own = holder(tmp_path, "archive.example.org")
    signed = signed_for("archive.example.org", digest, own, stamping)
    found = report(tmp_path / "a.wacz", digest, signed, stamping.root.read_bytes())
    assert found.sound, found.findings
    assert any(says.startswith("Signed by the holder of archive.example.org, who says: ") for says in found.proved)
    assert any("as CN=Port Authority stamped." in says for says in found.proved)
    assert any(says.startswith("That archive.example.org was theirs") for says in found.not_proved)


def test_a_domain_that_its_certificate_is_not_for_is_found_out(tmp_path: Path, stamping: Authority) -> None:
    digest = package(tmp_path / "a.wacz")
    signed = signed_for("archive.example.org", digest, holder(tmp_path, "archive.example.org"), stamping)
    found = report(tmp_path / "a.wacz", digest, signed | {"domain": "museum.example.org"})
    assert "it names museum.example.org, and its certificate is for archive.example.org" in found.findings[0].says


def test_a_chain_a_stamp_and_a_time_of_something_else_are_found_out(tmp_path: Path, stamping: Authority) -> None:
    for number, name in enumerate(("domainCert", "timeSignature", "created", "timestampCert")):
        folder = tmp_path / name
        folder.mkdir()
        digest = package(folder / "a.wacz")
        signed = signed_for("archive.example.org", digest, holder(folder, "archive.example.org"), stamping)
        (folder / "other").mkdir()
        other = signed_for("archive.example.org", f"sha256:{number:064}", holder(folder / "other", "a.org"), stamping)
        other |= {"created": "2001-01-01T00:00:00Z", "timestampCert": "-----BEGIN CERTIFICATE-----"}
        found = report(folder / "a.wacz", digest, signed | {name: other[name]})
        assert [one.kind for one in found.findings] == ["forged"], (name, found.findings)


def test_a_stamp_whose_chain_ends_elsewhere_than_where_the_user_says_is_found_out(
    tmp_path: Path, stamping: Authority
) -> None:
    digest = package(tmp_path / "a.wacz")
    signed = signed_for("archive.example.org", digest, holder(tmp_path, "archive.example.org"), stamping)
    with authority("Other") as other:
        found = report(tmp_path / "a.wacz", digest, signed, other.root.read_bytes())
    assert "does not come from a root that you named" in found.findings[0].says
