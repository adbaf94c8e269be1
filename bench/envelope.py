"""A signature's envelope written by hand (CMS, RFC 5652): nothing in it varies but two digests and a signature.

For a page written by hand alone, so that the distance to it is known. Knows no file and no key.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

_LONG = 0x80
_SEQUENCE, _SET, _OCTETS, _INTEGER, _OID = 0x30, 0x31, 0x04, 0x02, 0x06


def tlv(tag: int, *parts: bytes) -> bytes:
    """A value with its tag and its length."""
    body = b"".join(parts)
    size = len(body)
    if size < _LONG:
        return bytes((tag, size)) + body
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG | len(digits))) + digits + body


def sequence(*parts: bytes) -> bytes:
    """What stands in this order."""
    return tlv(_SEQUENCE, *parts)


def set_of(*parts: bytes, tag: int = _SET) -> bytes:
    """What has no order: DER sorts it by its bytes."""
    return tlv(tag, *sorted(parts))


def context(number: int, *parts: bytes) -> bytes:
    """A part named by its number in the whole, made of other values."""
    return tlv(0xA0 | number, *parts)


def octets(value: bytes) -> bytes:
    """A string of bytes."""
    return tlv(_OCTETS, value)


def integer(value: int) -> bytes:
    """A whole number that is not negative."""
    return tlv(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """An object identifier."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return tlv(_OID, *(_base128(arc) for arc in (40 * first + second, *rest)))


def _base128(arc: int) -> bytes:
    digits = [arc & 0x7F]
    while arc := arc >> 7:
        digits.append(_LONG | arc & 0x7F)
    return bytes(reversed(digits))


_DATA: Final = oid("1.2.840.113549.1.7.1")
_SIGNED_DATA: Final = oid("1.2.840.113549.1.7.2")
_SHA256: Final = sequence(oid("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256: Final = sequence(oid("1.2.840.10045.4.3.2"))
_CONTENT_TYPE: Final = sequence(oid("1.2.840.113549.1.9.3"), set_of(_DATA))
_MESSAGE_DIGEST: Final = oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE: Final = oid("1.2.840.113549.1.9.16.2.47")
_ATTRIBUTES = 0xA0
_SIZE = 640
"""Bytes of an envelope without certificates and stamp, at the most: a serial number and a signature vary in length."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What of the envelope is the same in every document of one signer."""

    certificates: tuple[bytes, ...]
    """DER, the signer's first."""
    identity: bytes
    signing_certificate: bytes

    @classmethod
    def of(cls, certificates: tuple[x509.Certificate, ...]) -> "Envelope":
        """The signer's certificate comes first."""
        encoded = tuple(each.public_bytes(Encoding.DER) for each in certificates)
        digest = sequence(sequence(sequence(octets(sha256(encoded[0]).digest()))))
        return cls(
            encoded,
            _identity(certificates[0]),
            sequence(_SIGNING_CERTIFICATE, set_of(digest)),
        )

    @property
    def size(self) -> int:
        """Bytes of the whole without a stamp, at the most."""
        return _SIZE + len(self.identity) + sum(len(each) for each in self.certificates)

    def attributes(self, digest: bytes) -> tuple[bytes, ...]:
        """What is signed, about a document with this SHA-256."""
        message = sequence(_MESSAGE_DIGEST, set_of(octets(digest)))
        return (_CONTENT_TYPE, message, self.signing_certificate)

    def to_sign(self, digest: bytes) -> bytes:
        """The bytes that the signature is over."""
        return set_of(*self.attributes(digest))

    def closed(self, digest: bytes, signature: bytes) -> bytes:
        """The envelope with its signature."""
        signer = sequence(
            integer(1),
            self.identity,
            _SHA256,
            set_of(*self.attributes(digest), tag=_ATTRIBUTES),
            _ECDSA_SHA256,
            octets(signature),
        )
        signed = sequence(
            integer(1),
            set_of(_SHA256),
            sequence(_DATA),
            set_of(*self.certificates, tag=_ATTRIBUTES),
            set_of(signer),
        )
        return sequence(_SIGNED_DATA, context(0, signed))


def _identity(certificate: x509.Certificate) -> bytes:
    """How a signature says whose it is: issuer and serial number."""
    return sequence(certificate.issuer.public_bytes(), integer(certificate.serial_number))
