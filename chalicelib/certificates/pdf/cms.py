"""A signature's envelope, made by pyHanko: CMS (RFC 5652) with the attributes of PAdES (ETSI EN 319 142-1 6.3).

It must not know files, keys (signing is a callable) or where a stamp comes from.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from asn1crypto.parser import emit
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

Stamp = Callable[[bytes], bytes | None]
"""From a signature to a time-stamp token over it (DER), or None where there is none to be had."""

_DIGEST: Final = "sha256"
_CONTEXT: Final = 2
"""ASN.1's class of tags that mean something in their context alone."""
_OVERHEAD: Final = 768
"""Bytes of an envelope beside its certificates and its stamp: attributes, identifiers, an ECDSA P-256 signature."""


def parsed(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The certificate as pyHanko wants it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


class Envelope(Signer):
    """A pyHanko signer without a key: it makes the envelope and lets a callable sign (ECDSA P-256, DER).

    `chain`: the signer's certificate, then those that shall travel with it.
    """

    def __init__(self, chain: tuple[x509.Certificate, ...], sign_message: Callable[[bytes], bytes]) -> None:
        shown = [parsed(each) for each in chain]
        super().__init__(
            signing_cert=shown[0],
            cert_registry=SimpleCertificateStore.from_certs(shown[1:]),  # type: ignore[no-untyped-call]
        )
        self._sign_message = sign_message
        self.size = _OVERHEAD + sum(len(each.dump()) for each in shown)
        """Bytes without a stamp, at the most."""

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002
        """One blocking call is right here: the event loop around it serves nothing else."""
        return self._sign_message(data)

    def closed(self, digest: bytes, stamp: Stamp | None) -> bytes:
        """The envelope (DER) over a document with this SHA-256, stamped where there is a stamp to be had.

        Must not be called from a running event loop.
        """
        attributes = PdfCMSSignedAttributes()
        signing = self.async_sign(digest, _DIGEST, use_pades=True, signed_attr_settings=attributes)
        made = asyncio.run(signing)
        plain = bytes(made.dump())
        token = stamp(made["content"]["signer_infos"][0]["signature"].native) if stamp else None
        return _stamped(plain, token) if token else plain


def _stamped(envelope: bytes, token: bytes) -> bytes:
    """The envelope with a time-stamp token over its one signature (RFC 3161, appendix A), put together as bytes.

    asn1crypto takes any length whose last byte is 0x80 for an indefinite one, and encodes whatever lies below once more
    at each level: with a token in it that is hours, for one signature in a hundred or so.
    """
    whole = cms.ContentInfo.load(envelope)
    signed, signer = whole["content"].contents, whole["content"]["signer_infos"][0].contents
    before = signed.removesuffix(_set(_sequence(signer)))
    stamp = _sequence(cms.CMSAttributeType("signature_time_stamp_token").dump() + _set(token))
    stamped = _sequence(before + _set(_sequence(signer + emit(_CONTEXT, 1, 1, stamp))))
    return _sequence(whole["content_type"].dump() + emit(_CONTEXT, 1, 0, stamped))


def _sequence(contents: bytes) -> bytes:
    return bytes(emit(0, 1, 16, contents))


def _set(contents: bytes) -> bytes:
    return bytes(emit(0, 1, 17, contents))
