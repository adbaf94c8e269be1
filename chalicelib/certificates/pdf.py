"""Gateway to the PDF makers: sets a certificate with typst and signs it as PAdES with pyHanko.

The only module that imports typst, pyHanko, segno or the font; the certificate worker alone loads it, with
its first certificate. It must not know how a certificate came about, where it is kept, or who holds the
signing key: signing is a callable.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import BytesIO
from typing import Any, Final, cast

import certificate_fonts
import segno
import typst
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

from chalicelib.certificates import catalogue
from chalicelib.certificates.errors import GlyphMissing
from chalicelib.certificates.model import CertificateContent, SignatureBox
from chalicelib.platform.clock import Clock
from chalicelib.types import CHINA

_STANDARD: Final = "a-2u"
"""PDF/A-2b for archives, and every character mapped to Unicode, so that text can be selected."""
_QR_MASK = 3  # fixed: choosing the best of eight costs more than drawing, and scanners read any of them
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


def render(content: CertificateContent) -> bytes:
    """The unsigned page as PDF/A-2u; byte for byte the same for the same content.

    Raises GlyphMissing if a character has no glyph in the certificates' typeface.
    """
    printed = _printed(content)
    _require_glyphs(printed)
    page = _compiler().compile(
        str(catalogue.template(content.type_id)),
        format="pdf",
        sys_inputs={"content": json.dumps(printed, ensure_ascii=False)},
        pdf_standards=[_STANDARD],
        timestamp=int(content.issued_at.timestamp()),
    )
    return cast(bytes, page)


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


@dataclass(frozen=True, slots=True)
class Press:
    """Prints and signs for one signatory."""

    signatory: Signatory
    clock: Clock

    def certify(self, content: CertificateContent, box: SignatureBox) -> bytes:
        """The signed PDF. Raises GlyphMissing, and what signing raises."""
        return sign(render(content), self.signatory, self.clock(), box)


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


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(certificate_fonts.DIRECTORY)],
    )
    return typst.Compiler(root=str(catalogue.FOLDER), font_paths=fonts, ignore_system_fonts=True)


def _printed(content: CertificateContent) -> dict[str, Any]:
    """Every value as the template prints it."""
    return {
        "typeName": content.name.model_dump(),
        "serial": content.serial,
        "holderName": content.holder_name,
        "holderIdNumber": content.holder_id_number,
        "region": content.region.model_dump(),
        "purpose": content.purpose.model_dump(),
        "issuer": content.issuer.model_dump(),
        "asOf": _day(content.as_of),
        "issuedAt": _minute(content.issued_at),
        "issuedOn": _day(content.issued_at.astimezone(CHINA).date()),
        "validUntil": _day(content.valid_until),
        "verifyUrl": content.verify_url,
        "qr": _qr(content.verify_url),
    }


def _qr(url: str) -> str:
    code = segno.make_qr(url, error="m", mask=_QR_MASK, boost_error=False)
    return str(code.svg_inline(border=0))


def _day(day: date) -> dict[str, str]:
    return {
        "zh": f"{day.year}年{day.month}月{day.day}日",
        "en": f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    }


def _minute(moment: datetime) -> dict[str, str]:
    local = moment.astimezone(CHINA)
    day, clock = _day(local.date()), f"{local:%H:%M:%S}"
    return {"zh": f"{day['zh']} {clock}（北京时间）", "en": f"{day['en']}, {clock} China Standard Time"}


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _require_glyphs(printed: dict[str, Any]) -> None:
    for field, value in printed.items():
        if certificate_fonts.missing("".join(_texts(value))):
            raise GlyphMissing(detail=f"The typeface lacks a character of {field}.")


def _texts(value: str | dict[str, str]) -> Iterator[str]:
    return iter([value]) if isinstance(value, str) else iter(value.values())
