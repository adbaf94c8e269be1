"""A signature's envelope, made by pyHanko: CMS (RFC 5652) with the attributes of PAdES (ETSI EN 319 142-1 6.3).

It must not know files, keys (signing is a callable) or where a stamp comes from.
"""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from asn1crypto import cms, core, parser
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

Stamp = Callable[[bytes], bytes | None]
"""From a signature to a time-stamp token over it (DER), or None where there is none to be had."""

_DIGEST: Final = "sha256"
_CONTEXT: Final = 2
"""The class of a tag that is named by its number in the whole (X.690 8.1.2.2)."""
_TO_THE_SIGNER: Final = 4
"""Levels of an envelope: ContentInfo, its content, SignedData, the signers, the one signer."""
_NO_DIGEST: Final = sha256(b"a digest of nothing").digest()
_LONGEST_SIGNATURE: Final = 72
_SLACK: Final = 16
"""Of the lengths that grow with a signature: a byte or two for each level."""


def parsed(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The certificate as pyHanko wants it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


class Envelope(Signer):
    """A pyHanko signer without a key: it makes the envelope, and a callable signs (ECDSA P-256, DER).

    `chain`: the signer's certificate, then those that shall travel with it. pyHanko makes one envelope in a process: in
    the next ones only the digest, the signature and the stamp differ, and building it anew takes longer than the page.
    """

    def __init__(self, chain: tuple[x509.Certificate, ...], sign_message: Callable[[bytes], bytes]) -> None:
        shown = [parsed(each) for each in chain]
        super().__init__(
            signing_cert=shown[0],
            cert_registry=SimpleCertificateStore.from_certs(shown[1:]),  # type: ignore[no-untyped-call]
        )
        self._sign_message = sign_message
        self._to_sign = b""
        self._made = self._pattern()
        self.size = len(self._made) + _LONGEST_SIGNATURE + _SLACK
        """Bytes without a stamp, at the most."""

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002
        """What pyHanko wants signed is kept; the signature is put in by `closed`."""
        self._to_sign = data
        return b""

    def _pattern(self) -> bytes:
        """An envelope over a digest of nothing. Must not be called from a running event loop."""
        settings = PdfCMSSignedAttributes()
        made = asyncio.run(
            self.async_sign(_NO_DIGEST, _DIGEST, use_pades=True, signed_attr_settings=settings)
        )
        return bytes(made.dump())

    def closed(self, digest: bytes, stamp: Stamp | None) -> bytes:
        """The envelope (DER) over a document with this SHA-256, stamped where there is a stamp to be had."""
        signature = self._sign_message(self._to_sign.replace(_NO_DIGEST, digest))
        token = stamp(signature) if stamp else None
        end = bytes(core.OctetString(signature).dump()) + (_unsigned(token) if token else b"")
        return _ended(self._made.replace(_NO_DIGEST, digest), _TO_THE_SIGNER, end)


def parts(contents: bytes) -> list[bytes]:
    """The values in a value, as they stand there."""
    found = []
    while contents:
        size = parser.peek(contents)
        found.append(contents[:size])
        contents = contents[size:]
    return found


def _unsigned(token: bytes) -> bytes:
    """A signer's unsigned attributes: the stamp.

    Put together of bytes, here and below: asn1crypto takes a length that ends in 80 by chance for one of unknown
    length, and encodes anew what it holds, twice as often for each level: seconds, for one certificate
    in five.
    """
    kind = cms.CMSAttributeType("signature_time_stamp_token").dump()
    attribute = parser.emit(0, 1, core.Sequence.tag, kind + parser.emit(0, 1, core.Set.tag, token))
    return bytes(parser.emit(_CONTEXT, 1, 1, attribute))


def _ended(value: bytes, depth: int, end: bytes) -> bytes:
    """A value with another end: what is last in what is last in it, so many levels deep, is replaced."""
    kind, method, tag, _, contents, _ = parser.parse(value)
    *before, last = parts(contents)
    ended = _ended(last, depth - 1, end) if depth else end
    return bytes(parser.emit(kind, method, tag, b"".join(before) + ended))
