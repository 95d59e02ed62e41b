"""Time stamps (RFC 3161): what an authority signed, checked offline with the certificates that are kept beside."""

from __future__ import annotations

import hashlib
import ssl
import warnings
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from clew.errors import needing

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

__all__ = ["BadStamp", "Stamp", "certificates", "chain", "checked", "digest", "is_trusted", "issued", "need", "request"]

_TRIES = 12
"""Certificates from the authority's own up to its root: no chain is as long."""


class BadStamp(Exception):
    """What is amiss with a time stamp; becomes a finding or an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a time stamp says, after all was checked."""

    time: datetime
    """When the authority saw the digest of the data; UTC."""
    authority: str
    """The name in its certificate."""
    root: str
    """`sha256:` and the digest of the certificate at the end of its chain."""
    expires: datetime
    """When the authority's certificate ends; UTC."""
    known: bool
    """True where that root is one that this system trusts, or that the user named."""


def need(what: str = "a time stamp") -> None:
    """Raise where the libraries are not there.

    Raises:
        MissingLibrary: One of them is not installed.
    """
    with needing(what, "seal"):
        import cryptography  # noqa: F401
        import rfc3161_client  # noqa: F401


def request(data: bytes) -> tuple[bytes, int]:
    """Return what to ask an authority for data, and the number that its answer must repeat."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    made = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    assert made.nonce is not None
    return made.as_bytes(), made.nonce


def certificates(pem: bytes) -> list[Certificate]:
    """Return the certificates in a file.

    Raises:
        BadStamp: There are none, or one is broken.
    """
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(pem)
    except ValueError as error:
        raise BadStamp("the certificates beside it can't be read") from error


def chain(token: bytes, given: Iterable[Certificate]) -> bytes:
    """Return the certificates from the authority's own up to its root, as PEM.

    They are taken from the answer itself, from those that are given, and from those that this system trusts.

    Raises:
        BadStamp: The answer is none, or the chain has no end.
    """
    from cryptography.hazmat.primitives.serialization import Encoding

    answer = _answer(token)
    found = [_signer(answer)]
    pool = [*given, *_inside(answer), *_system()]
    while not issued(found[-1], found[-1]):
        above = next((one for one in pool if one not in found and issued(found[-1], one)), None)
        if above is None or len(found) > _TRIES:
            issuer = found[-1].issuer.rfc4514_string()
            raise BadStamp(f"the certificate of {issuer} is not at hand; give it with --tsa-certs FILE")
        found.append(above)
    return b"".join(one.public_bytes(Encoding.PEM) for one in found)


def checked(
    token: bytes,
    data: bytes,
    beside: Sequence[Certificate],
    roots: Sequence[Certificate] = (),
    nonce: int | None = None,
) -> Stamp:
    """Return what a time stamp says of data, after its signature and its chain were checked as of its own time.

    `beside` are the certificates that were kept with it; where `roots` are given, only these end a chain.

    Raises:
        BadStamp: It is not what it should be.
    """
    from rfc3161_client import VerificationError, VerifierBuilder

    answer = _answer(token)
    signer, time = _signer(answer, beside), answer.tst_info.gen_time
    if not signer.not_valid_before_utc <= time <= signer.not_valid_after_utc:
        span = f"{signer.not_valid_before_utc:%Y-%m-%d} to {signer.not_valid_after_utc:%Y-%m-%d}"
        raise BadStamp(
            f"it was made at {time:%Y-%m-%d %H:%M} UTC, and the certificate of its authority held from {span}"
        )
    root = _root(signer, [*beside, *_inside(answer), *roots], roots)
    others = [one for one in {*beside, *_inside(answer)} if one != root and not issued(one, one)]
    others = [one for one in others if one != signer or one in _inside(answer)]
    verifier = VerifierBuilder(roots=[root], intermediates=others, nonce=nonce, tsa_certificate=signer).build()
    try:
        verifier.verify_message(answer, data)
    except VerificationError as error:
        raise BadStamp(_plainly(str(error))) from error
    return Stamp(
        time=time,
        authority=signer.subject.rfc4514_string(),
        root=digest(root),
        expires=signer.not_valid_after_utc,
        known=bool(roots) or root in _system(),
    )


def _answer(token: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response

    try:
        answer = decode_timestamp_response(token)
        if answer.status != 0:
            raise BadStamp("the authority refused: " + ("; ".join(answer.status_string) or f"status {answer.status}"))
        answer.tst_info  # noqa: B018  is decoded when it is asked for
    except ValueError as error:
        raise BadStamp("it is no answer of a time-stamping authority") from error
    return answer


def _signer(answer: TimeStampResponse, beside: Sequence[Certificate] = ()) -> Certificate:
    """Return the certificate of the authority itself, out of the answer or from beside it."""
    signers = [(one.issuer, one.serial_number) for one in answer.signed_data.signer_infos]
    for one in (*_inside(answer), *beside):
        if (one.issuer, one.serial_number) in signers:
            return one
    raise BadStamp("the certificate of its authority is neither in it nor beside it")


def _inside(answer: TimeStampResponse) -> list[Certificate]:
    from cryptography.x509 import load_der_x509_certificate

    try:
        return [load_der_x509_certificate(one) for one in sorted(answer.signed_data.certificates)]
    except ValueError as error:
        raise BadStamp("a certificate in it can't be read") from error


def _root(signer: Certificate, pool: Sequence[Certificate], roots: Sequence[Certificate]) -> Certificate:
    """Return where the chain of a certificate ends."""
    at = signer
    for _ in range(_TRIES):
        if at in roots or (not roots and issued(at, at)):
            return at
        above = next((one for one in pool if one != at and issued(at, one)), None)
        if above is None:
            break
        at = above
    if roots:
        raise BadStamp(f"its certificate ({signer.subject.rfc4514_string()}) does not come from a root that you named")
    raise BadStamp(f"the certificate of {at.issuer.rfc4514_string()} is not beside it")


def issued(one: Certificate, by: Certificate) -> bool:
    """Say whether a certificate was signed with the key of another one, or of its own."""
    from cryptography.exceptions import InvalidSignature

    if one.issuer != by.subject:
        return False
    try:
        one.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


@cache
def _system() -> tuple[Certificate, ...]:
    """Return the roots that this system trusts; those that can't be read are left out."""
    from cryptography.x509 import load_der_x509_certificate

    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some are older than the rules
        for data in ssl.create_default_context().get_ca_certs(binary_form=True):
            with suppress(ValueError):
                found.append(load_der_x509_certificate(data))
    return tuple(found)


def is_trusted(certificate: Certificate) -> bool:
    """Say whether this system trusts a certificate, or the one that signed it."""
    return any(certificate == root or issued(certificate, root) for root in _system())


def digest(certificate: Certificate) -> str:
    """Return `sha256:` and the digest of a certificate."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return f"sha256:{hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()}"


def _plainly(words: str) -> str:
    """Return the library's reason in our words."""
    known = {
        "Mismatch between messages": "it stands over other bytes",
        "Nonce mismatch": "it answers another question",
    }
    if words in known:
        return known[words]
    if "verif" in words.lower() or "PKCS7" in words:
        return f"its signature does not hold ({words})"
    return words[:1].lower() + words[1:]
