"""What makes a time stamp believable (RFC 3161 2.4.2, RFC 5816): for us, over this, now, by whom we registered.

Pure: bytes, certificates and a time. It must not know how a stamp is asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import new
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from chalicelib.certificates.pdf.der import (
    INTEGER,
    OCTETS,
    SEQUENCE,
    SET,
    TIME,
    Value,
    integer,
    oid,
    read,
    sequence,
    tlv,
)

_GRANTED: Final = (0, 1)
_CLOCKS_DIFFER: Final = timedelta(minutes=2)
_SIGNED_DATA: Final = oid("1.2.840.113549.1.7.2")
_STAMP: Final = oid("1.2.840.113549.1.9.16.1.4")
_CONTENT_TYPE: Final = oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST: Final = oid("1.2.840.113549.1.9.4")
_NAMED: Final = oid("1.2.840.113549.1.9.16.2.12")
_NAMED_V2: Final = oid("1.2.840.113549.1.9.16.2.47")
_SHA256: Final = oid("2.16.840.1.101.3.4.2.1")
_HASHES: Final[dict[bytes, hashes.HashAlgorithm]] = {
    _SHA256: hashes.SHA256(),
    oid("2.16.840.1.101.3.4.2.2"): hashes.SHA384(),
    oid("2.16.840.1.101.3.4.2.3"): hashes.SHA512(),
}
_ECDSA: Final = {oid(f"1.2.840.10045.4.3.{size}") for size in (2, 3, 4)}
_PKCS1: Final = {oid(f"1.2.840.113549.1.1.{kind}") for kind in (1, 11, 12, 13)}
_VERSIONS: Final = (integer(3), integer(1))
"""Of a token, and of the signature in it."""
_FIRST = 0xA0
_UNREADABLE: Final = (
    ValueError,
    TypeError,
    LookupError,
    UnsupportedAlgorithm,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What reading a token raises that is none."""
Chain = tuple[x509.Certificate, ...]
"""A stamper's certificate, then its issuers'."""


class StampRefused(Exception):
    """The answer is no stamp for what was asked; the message names what is wrong with it, in one word."""


@dataclass(frozen=True, slots=True)
class _Signed:
    """The parts of a token: what it says, the certificates in it, and who signed it how."""

    said: bytes
    certificates: tuple[x509.Certificate, ...]
    who: Value
    digest: hashes.HashAlgorithm
    attributes: Mapping[bytes, Value]
    message: bytes
    algorithm: bytes
    signature: bytes


def checked(answer: bytes, digest: bytes, nonce: int, chain: Chain, now: datetime) -> bytes:
    """The token (DER) of an answer to a question for `digest` with `nonce`. Raises StampRefused."""
    try:
        status, *token = read(answer).expect(SEQUENCE).parts
        if status.parts[0].number not in _GRANTED or not token:
            raise StampRefused("rejected")
        signed = _signed(token[0])
        at = _answered(read(signed.said).parts, digest, nonce, now)
        _require_signature(signed, _certificate(signed, chain), chain, at)
        return token[0].raw
    except _UNREADABLE as error:
        raise StampRefused("malformed") from error
    except InvalidSignature as error:
        raise StampRefused("signature") from error


def _signed(token: Value) -> _Signed:
    """A token taken apart (RFC 5652 5.1, 5.3)."""
    kind, content = token.expect(SEQUENCE).parts
    version, digests, said, *others = content.expect(_FIRST).only.expect(SEQUENCE).parts
    signer = others[-1].expect(SET).only.expect(SEQUENCE).parts
    attributes = signer[3].expect(_FIRST)
    if kind.raw != _SIGNED_DATA or said.parts[0].raw != _STAMP or signer[2].raw not in _raws(digests):
        raise StampRefused("content")
    if (version.raw, signer[0].raw) != _VERSIONS:
        raise StampRefused("version")
    enclosed = next((each.parts for each in others if each.tag == _FIRST), ())
    return _Signed(
        said=said.parts[1].expect(_FIRST).only.expect(OCTETS).body,
        certificates=tuple(x509.load_der_x509_certificate(each.raw) for each in enclosed),
        who=signer[1].expect(SEQUENCE),
        digest=_HASHES[signer[2].expect(SEQUENCE).parts[0].raw],
        attributes={each.parts[0].raw: each.parts[1].parts[0] for each in attributes.parts},
        message=tlv(SET, attributes.body),
        algorithm=signer[4].expect(SEQUENCE).parts[0].raw,
        signature=signer[5].expect(OCTETS).body,
    )


def _raws(values: Value) -> set[bytes]:
    return {each.raw for each in values.expect(SET).parts}


def _answered(said: Sequence[Value], digest: bytes, nonce: int, now: datetime) -> datetime:
    """The stamp's time, if it is about what we asked and the time is ours."""
    _, _, imprint, _, told, *others = said
    algorithm, hashed = imprint.parts
    if algorithm.parts[0].raw != _SHA256 or hashed.body != digest:
        raise StampRefused("imprint")
    if nonce not in (each.number for each in others if each.tag == INTEGER):
        raise StampRefused("nonce")
    at = _moment(told.expect(TIME).body.decode("ascii"))
    if abs(at - now) > _CLOCKS_DIFFER:
        raise StampRefused("time")
    return at


def _moment(text: str) -> datetime:
    """`20261123040506.789Z`; whoever wants it to the second only may leave out the fraction."""
    whole, _, _ = text.removesuffix("Z").partition(".")
    return datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _certificate(signed: _Signed, chain: Chain) -> x509.Certificate:
    """The signer's certificate: from the token or, if none is in it, as registered."""
    for each in signed.certificates or chain:
        if identity(each) == signed.who.raw:
            return each
    raise StampRefused("signer")


def _require_signature(signed: _Signed, certificate: x509.Certificate, chain: Chain, at: datetime) -> None:
    """That one who may stamp, and whom we know by its issuer, signed just this."""
    _require_licence(certificate, chain, at)
    if signed.attributes[_CONTENT_TYPE].raw != _STAMP:
        raise StampRefused("content")
    if signed.attributes[_MESSAGE_DIGEST].body != new(signed.digest.name, signed.said).digest():
        raise StampRefused("content")
    if not _names(signed.attributes, certificate.public_bytes(Encoding.DER)):
        raise StampRefused("signer")
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey) and signed.algorithm in _ECDSA:
        key.verify(signed.signature, signed.message, ec.ECDSA(signed.digest))
    elif isinstance(key, rsa.RSAPublicKey) and signed.algorithm in _PKCS1:
        key.verify(signed.signature, signed.message, padding.PKCS1v15(), signed.digest)
    else:
        raise StampRefused("algorithm")


def _require_licence(certificate: x509.Certificate, chain: Chain, at: datetime) -> None:
    """That it is for time stamps and nothing else, is valid, and was issued by an issuer that was registered."""
    uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    if not uses.critical or list(uses.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise StampRefused("use")
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise StampRefused("expired")
    for issuer in chain[1:] or chain:
        if issuer.subject == certificate.issuer:
            certificate.verify_directly_issued_by(issuer)
            return
    raise StampRefused("signer")


def _names(attributes: Mapping[bytes, Value], certificate: bytes) -> bool:
    """Whether the signature names this certificate (ESSCertID), so that no other can be put in its place."""
    if _NAMED_V2 in attributes:
        parts = attributes[_NAMED_V2].parts[0].parts[0].parts
        chosen = _HASHES[parts[0].parts[0].raw].name if parts[0].tag == SEQUENCE else "sha256"
        named = next((each.body for each in parts if each.tag == OCTETS), b"")
        return new(chosen, certificate).digest() == named
    named = attributes[_NAMED].parts[0].parts[0].parts[0].body
    return new("sha1", certificate, usedforsecurity=False).digest() == named


def identity(certificate: x509.Certificate) -> bytes:
    """How a signature says whose it is: the issuer's name as it stands in the certificate, and the serial number."""
    parts = read(certificate.tbs_certificate_bytes).parts
    serial, _, issuer = parts[1:4] if parts[0].tag == _FIRST else parts[0:3]
    return sequence(issuer.raw, serial.raw)
