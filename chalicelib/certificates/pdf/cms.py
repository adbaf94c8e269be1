"""A signature's envelope: CMS (RFC 5652) with the attributes of PAdES (ETSI EN 319 142-1 6.3), ECDSA with SHA-256.

Written by hand because nothing in it varies but two digests, a signature and a stamp: a library's tree of objects for
it costs more than setting the page. It must not know files, keys or where a stamp comes from.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from chalicelib.certificates.pdf.der import context, integer, octets, oid, sequence, set_of
from chalicelib.certificates.pdf.stamps import identity

_DATA: Final = oid("1.2.840.113549.1.7.1")
_SIGNED_DATA: Final = oid("1.2.840.113549.1.7.2")
_SHA256: Final = sequence(oid("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256: Final = sequence(oid("1.2.840.10045.4.3.2"))
_CONTENT_TYPE: Final = sequence(oid("1.2.840.113549.1.9.3"), set_of(_DATA))
_MESSAGE_DIGEST: Final = oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE: Final = oid("1.2.840.113549.1.9.16.2.47")
_TIME_STAMP: Final = oid("1.2.840.113549.1.9.16.2.14")
_ATTRIBUTES = 0xA0
SIZE = 640
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
            identity(certificates[0]),
            sequence(_SIGNING_CERTIFICATE, set_of(digest)),
        )

    @property
    def size(self) -> int:
        """Bytes of the whole without a stamp, at the most."""
        return SIZE + len(self.identity) + sum(len(each) for each in self.certificates)

    def attributes(self, digest: bytes) -> tuple[bytes, ...]:
        """What is signed, about a document with this SHA-256."""
        message = sequence(_MESSAGE_DIGEST, set_of(octets(digest)))
        return (_CONTENT_TYPE, message, self.signing_certificate)

    def to_sign(self, digest: bytes) -> bytes:
        """The bytes that the signature is over."""
        return set_of(*self.attributes(digest))

    def closed(self, digest: bytes, signature: bytes, stamp: bytes | None) -> bytes:
        """The envelope with its signature and, if there is one, the time-stamp token over that signature."""
        signer = sequence(
            integer(1),
            self.identity,
            _SHA256,
            set_of(*self.attributes(digest), tag=_ATTRIBUTES),
            _ECDSA_SHA256,
            octets(signature),
            *([context(1, sequence(_TIME_STAMP, set_of(stamp)))] if stamp else []),
        )
        signed = sequence(
            integer(1),
            set_of(_SHA256),
            sequence(_DATA),
            set_of(*self.certificates, tag=_ATTRIBUTES),
            set_of(signer),
        )
        return sequence(_SIGNED_DATA, context(0, signed))
