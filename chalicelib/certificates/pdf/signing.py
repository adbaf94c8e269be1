"""Signs a page as PAdES (ETSI EN 319 142-1): the signature's field, its dictionary, its envelope, and its stamp.

It must not know what the page says, who holds the signing key (signing is a callable), or where a stamp comes from.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from cryptography import x509

from chalicelib.certificates.model.types import SignatureBox
from chalicelib.certificates.pdf.cms import Envelope, Stamp
from chalicelib.certificates.pdf.document import Page, Unsigned, signature_dictionary, stream, written

_FIELD: Final = b"Signature"
_NO_CHANGES: Final = (
    b"/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]"
)
"""The signature certifies: whatever is changed afterwards breaks it (ISO 32000-1 12.8.2.2)."""
_EXTENSION: Final = b"/Extensions<</ESIC<</BaseVersion/1.7/ExtensionLevel 1>>>>"
_LOCKED_AND_PRINTED = 132
_SLACK = 32


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs: the certificate chain, and a callable from a message to its ECDSA P-256 signature (DER)."""

    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...]
    sign_message: Callable[[bytes], bytes]

    @classmethod
    def from_pem(cls, chain: bytes, sign_message: Callable[[bytes], bytes]) -> "Signatory":
        """`chain` holds the signer's certificate first, its issuers after it (RFC 5246 7.4.2 order)."""
        found = certificates_of(chain)
        return cls(found[0], found[1:], sign_message)


@lru_cache(maxsize=4)
def envelope_of(signatory: Signatory) -> Envelope:
    """An envelope with the signer's certificate and those between it and the root, which whoever validates has."""
    between = (each for each in signatory.issuers if each.issuer != each.subject)
    return Envelope((signatory.certificate, *between), signatory.sign_message)


@dataclass(frozen=True, slots=True)
class Material:
    """What whoever validates years later needs besides the signature: certificates and revocation lists (DER)."""

    certificates: tuple[bytes, ...] = ()
    revocation_lists: tuple[bytes, ...] = ()


def certificates_of(chain: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file, in its order."""
    return tuple(x509.load_pem_x509_certificates(chain))


def sign(
    pdf: bytes,
    signatory: Signatory,
    signed_at: datetime,
    box: SignatureBox,
    *,
    stamp: Stamp | None = None,
    stamp_size: int = 0,
    material: Material | None = None,
) -> bytes:
    """The PDF with a certifying PAdES signature over all of it; later changes break it.

    `box` is the field's left, bottom, right and top in points; `signed_at` is the time that it claims. With `stamp` the
    signature is stamped, where there is one to be had; `stamp_size` is how many bytes one usually has. Whatever
    `signatory.sign_message` and `stamp` raise comes through.
    """
    page, envelope = Page.of(pdf), envelope_of(signatory)
    size = envelope.size + (stamp_size + _SLACK if stamp else 0)
    while True:
        unsigned = _unsigned(page, signed_at, box, size, material or Material())
        closed = envelope.closed(unsigned.digest, stamp)
        if len(closed) <= unsigned.room:
            return unsigned.with_signature(closed)
        size = len(closed) + _SLACK


def _unsigned(page: Page, signed_at: datetime, box: SignatureBox, size: int, material: Material) -> Unsigned:
    """The page with a field, an unsigned signature in it, and the material to validate it."""
    field = page.next_number
    signature, look, store = field + 1, field + 2, field + 3
    sheet = page.first_sheet()
    objects = dict(page.objects)
    objects[sheet] = _with(objects[sheet], b"/Annots[%d 0 R]" % field)
    objects[page.root] = _with(objects[page.root], _catalogue_entries(field, signature, store))
    objects[field] = _field(box, signature, look, sheet)
    objects[signature] = signature_dictionary(_signature_entries(signed_at), size)
    objects[look] = _invisible(box)
    objects |= _store(store, material)
    return written(page, objects, signature)


def _catalogue_entries(field: int, signature: int, store: int) -> bytes:
    form = b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>" % field
    return form + b"/Perms<</DocMDP %d 0 R>>/DSS %d 0 R" % (signature, store) + _EXTENSION


def _signature_entries(signed_at: datetime) -> bytes:
    moment = f"{signed_at.astimezone(UTC):%Y%m%d%H%M%SZ}".encode()
    return b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:%s)" % moment + _NO_CHANGES


def _field(box: SignatureBox, signature: int, look: int, sheet: int) -> bytes:
    """The signature's field can be clicked; what is seen there is set by the template, in the page's own font."""
    return b"<</Type/Annot/Subtype/Widget/FT/Sig/T(%s)/F %d/Rect[%s]/V %d 0 R/AP<</N %d 0 R>>/P %d 0 R>>" % (
        _FIELD,
        _LOCKED_AND_PRINTED,
        b" ".join(b"%d" % edge for edge in box),
        signature,
        look,
        sheet,
    )


def _invisible(box: SignatureBox) -> bytes:
    left, bottom, right, top = box
    return stream(b"", b"/Type/XObject/Subtype/Form/BBox[0 0 %d %d]" % (right - left, top - bottom))


def _store(number: int, material: Material) -> dict[int, bytes]:
    """The document's security store (ETSI EN 319 142-1 5.4.2) and what it points to."""
    kinds = {b"Certs": material.certificates, b"CRLs": material.revocation_lists}
    objects: dict[int, bytes] = {}
    entries, at = b"/Type/DSS", number + 1
    for kind, found in kinds.items():
        numbers = range(at, at + len(found))
        objects |= {each: stream(der) for each, der in zip(numbers, found, strict=True)}
        entries += b"/%s[%s]" % (kind, b" ".join(b"%d 0 R" % each for each in numbers)) if found else b""
        at = numbers.stop
    return {number: b"<<%s>>" % entries} | objects


def _with(dictionary: bytes, entries: bytes) -> bytes:
    return dictionary.removesuffix(b">>") + entries + b">>"
