"""Who signed a WACZ package (WACZ Signing and Verification 0.1.0): somebody with a key, or the holder of a domain.

What is signed is the digest of the manifest, as text. A domain's certificate says whose the key is, and a time stamp
(RFC 3161) over the signature when it was there. Everything is checked offline.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from clew.archive import stamps
from clew.archive.stamps import BadStamp, Stamp

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

__all__ = ["BadSignature", "Signature", "checked"]

LATEST = timedelta(minutes=10)
"""By so much a time stamp may come after the time that the signature states."""
_MEMBERS = {"hash", "created", "software", "version", "signature", "publicKey"}
_MEMBERS |= {"domain", "domainCert", "timeSignature", "timestampCert", "crossSignedCert"}


class BadSignature(Exception):
    """What is amiss with a signature; becomes a finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a signature says, after all was checked."""

    key: str
    """`sha256:` and the digest of the public key (DER, SubjectPublicKeyInfo)."""
    created: datetime
    """When its maker says that it was made; UTC."""
    software: str
    domain: str | None
    """The domain whose certificate holds the key; None: nothing says whose key it is."""
    root: str | None
    """`sha256:` and the digest of the last certificate of the domain's chain."""
    known: bool
    """True where that chain ends at a root that this system trusts."""
    stamp: Stamp | None
    extra: tuple[str, ...]
    """Members that the specification does not allow."""


def checked(signed: Mapping[str, Any], roots: bytes = b"") -> Signature:
    """Return what `signedData` says; where `roots` (PEM) are given, only these end the chain of a time stamp.

    Raises:
        BadSignature: It is not what it should be.
        MissingLibrary: `cryptography` or `rfc3161-client` is not installed.
    """
    stamps.need("checking the signature of a package")
    signature, digest = _text(signed, "signature"), _text(signed, "hash")
    created = _time(_text(signed, "created"))
    chain = _chain(signed) if "domainCert" in signed else []
    key = _held(chain[0].public_key() if chain else _key(_text(signed, "publicKey")), signature, digest)
    domain = _domain(chain, _text(signed, "domain"), created) if chain else None
    stamp = _stamp(signed, signature, created, roots) if "timeSignature" in signed else None
    if domain and stamp is None:
        raise BadSignature("a domain's signature must bear a time stamp, and it bears none")
    return Signature(
        key=key,
        created=created,
        software=str(signed.get("software") or "unknown software"),
        domain=domain,
        root=stamps.digest(chain[-1]) if chain else None,
        known=bool(chain) and stamps.is_trusted(chain[-1]),
        stamp=stamp,
        extra=tuple(sorted(signed.keys() - _MEMBERS)),
    )


def _text(signed: Mapping[str, Any], name: str) -> str:
    value = signed.get(name)
    if not isinstance(value, str) or not value:
        raise BadSignature(f"it has no {name}")
    return value


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadSignature(f"{text[:40]} is no time") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _key(text: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        return load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadSignature("its public key can't be read") from error


def _held(key: Any, signature: str, digest: str) -> str:
    """Return the digest of a key, after a signature over the words of a digest was held to it."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        raw = base64.b64decode(signature, validate=True)
    except ValueError as error:
        raise BadSignature("its signature is no base64") from error
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(_as_der(raw, key.curve.key_size), digest.encode(), ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(raw, digest.encode(), padding.PKCS1v15(), hashes.SHA256())
        else:
            raise BadSignature("its key is neither ECDSA nor RSA")
    except InvalidSignature as error:
        raise BadSignature("its signature is of other words, or of another key") from error
    return f"sha256:{hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()}"


def _as_der(raw: bytes, bits: int) -> bytes:
    """Return a signature as OpenSSL wants it: browsers give the two numbers side by side (IEEE P1363)."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    size = (bits + 7) // 8
    if len(raw) != 2 * size:
        return raw
    return encode_dss_signature(int.from_bytes(raw[:size], "big"), int.from_bytes(raw[size:], "big"))


def _chain(signed: Mapping[str, Any]) -> Sequence[Certificate]:
    """Return the certificates of a domain, each signed by the one behind it."""
    try:
        found = stamps.certificates(_text(signed, "domainCert").encode())
    except (BadStamp, ValueError) as error:
        raise BadSignature("the certificate of its domain can't be read") from error
    for one, above in pairwise(found):
        if not stamps.issued(one, above):
            raise BadSignature(f"{above.subject.rfc4514_string()} did not sign the certificate before it")
    return found


def _domain(chain: Sequence[Certificate], domain: str, created: datetime) -> str:
    from cryptography.x509 import DNSName, ExtensionNotFound, SubjectAlternativeName
    from cryptography.x509.oid import NameOID

    own = chain[0]
    names = [str(one.value) for one in own.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    with suppress(ExtensionNotFound, ValueError):
        names += own.extensions.get_extension_for_class(SubjectAlternativeName).value.get_values_for_type(DNSName)
    if domain not in names:
        raise BadSignature(f"it names {domain}, and its certificate is for {', '.join(names) or 'nobody'}")
    for one in chain:
        if not one.not_valid_before_utc <= created <= one.not_valid_after_utc:
            raise BadSignature(
                f"the certificate of {one.subject.rfc4514_string()} did not hold at {created:%Y-%m-%d %H:%M} UTC"
            )
    return domain


def _stamp(signed: Mapping[str, Any], signature: str, created: datetime, roots: bytes) -> Stamp:
    try:
        beside = stamps.certificates(signed["timestampCert"].encode()) if signed.get("timestampCert") else []
        named = stamps.certificates(roots) if roots else []
        token = base64.b64decode(_text(signed, "timeSignature"), validate=True)
        stamp = stamps.checked(token, signature.encode(), beside, named)
    except (BadStamp, AttributeError, ValueError) as error:
        raise BadSignature(f"its time stamp: {error}") from error
    if not created - timedelta(seconds=1) <= stamp.time <= created + LATEST:
        times = f"{created:%Y-%m-%d %H:%M} UTC, and was stamped at {stamp.time:%Y-%m-%d %H:%M} UTC"
        raise BadSignature(f"it says that it was made at {times}")
    return stamp
