"""Signs a PDF as PAdES with pyHanko.

Imports pyHanko, which is in the certificate worker's layer. It must not know what the page says, or who holds the
signing key: signing is a callable.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import (
    PdfCMSEmbedder,
    SigAppearanceSetup,
    SigIOSetup,
    SigMDPSetup,
    SigObjSetup,
)
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from chalicelib.certificates.model.types import SignatureBox

_DIGEST = "sha256"
_FIELD = "Signature"
_CMS_OVERHEAD = (
    1024  # bytes of a CMS beside its certificates: attributes, identifiers, an ECDSA P-256 signature
)
_SEE_THROUGH = StaticStampStyle(
    border_width=0, background=RawContent(b" ", box=BoxConstraints(width=1, height=1)), background_opacity=1
)
"""The signature's field can be clicked; what is seen there is set by the template, in the page's own font."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs: the certificate chain, and a callable from a message to its ECDSA P-256 signature (DER)."""

    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...]
    sign_message: Callable[[bytes], bytes]

    @classmethod
    def from_pem(cls, chain: bytes, sign_message: Callable[[bytes], bytes]) -> "Signatory":
        """`chain` holds the signer's certificate first, its issuers after it (RFC 5246 7.4.2 order)."""
        found = [x509.Certificate.load(der) for _, _, der in pem.unarmor(chain, multiple=True)]
        return cls(found[0], tuple(found[1:]), sign_message)


def sign(pdf: bytes, signatory: Signatory, signed_at: datetime, box: SignatureBox) -> bytes:
    """The PDF with a certifying PAdES signature over all of it; later changes break it (ETSI EN 319 142-1).

    `box` is the field's left, bottom, right and top in points; `signed_at` is the time that it claims.
    Whatever `signatory.sign_message` raises comes through. Must not be called from a running event loop.
    """
    writer = _Appender(BytesIO(pdf))
    writer.register_extension(ESIC_EXTENSION_1)
    embedding = PdfCMSEmbedder(new_field_spec=SigFieldSpec(_FIELD, box=box)).write_cms(_FIELD, writer)
    next(embedding)
    embedding.send(_signature_dictionary(signatory, signed_at))
    prepared, output = embedding.send(SigIOSetup(md_algorithm=_DIGEST, in_place=False))
    embedding.send(asyncio.run(_ChainSigner(signatory).sign_digest(prepared.document_digest)))
    return bytes(output.getbuffer())


class _Appender(IncrementalPdfFileWriter):
    """Adds a signature and nothing else: the page's metadata, and its time, stay as they were set."""

    def _update_meta(self) -> None:
        """It would write the wall clock and a second copy of the metadata (5 kB) into each file."""


class _ChainSigner(Signer):
    """A pyHanko signer without a key: it formats the CMS and lets the signatory's callable sign it."""

    def __init__(self, signatory: Signatory) -> None:
        super().__init__(
            signing_cert=signatory.certificate,
            cert_registry=SimpleCertificateStore.from_certs(signatory.issuers),  # type: ignore[no-untyped-call]
        )
        self._sign_message = signatory.sign_message

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002
        """One blocking call is right here: the event loop around it serves nothing else."""
        return self._sign_message(data)

    async def sign_digest(self, digest: bytes) -> Any:  # noqa: ANN401
        """The CMS over a document's digest, with the attributes that PAdES wants."""
        attributes = PdfCMSSignedAttributes()
        return await self.async_sign(digest, _DIGEST, use_pades=True, signed_attr_settings=attributes)


def _signature_dictionary(signatory: Signatory, signed_at: datetime) -> SigObjSetup:
    certificates = (signatory.certificate, *signatory.issuers)
    reserved = _CMS_OVERHEAD + sum(len(certificate.dump()) for certificate in certificates)
    return SigObjSetup(
        sig_placeholder=SignatureObject(
            timestamp=signed_at,
            subfilter=SigSeedSubFilter.PADES,
            bytes_reserved=2 * reserved,  # written in hexadecimal
        ),
        mdp_setup=SigMDPSetup(md_algorithm=_DIGEST, certify=True, docmdp_perms=MDPPerm.NO_CHANGES),
        appearance_setup=SigAppearanceSetup(style=_SEE_THROUGH, timestamp=signed_at, name=None),
    )
