"""Gateway to the PDF maker: sets a certificate with typst and signs it as PAdES, up to B-LT.

The only package that imports typst, segno or the font; the certificate worker alone loads it, with
its first certificate. It must not know how a certificate came about, where it is kept, or who holds the
signing key: signing is a callable.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding

from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.types import SignatureBox
from chalicelib.certificates.pdf.page import render, require_glyphs
from chalicelib.certificates.pdf.revocation import Chain, Revocations, SignerRevoked
from chalicelib.certificates.pdf.revocation import over_http as fetch_list
from chalicelib.certificates.pdf.signing import Material, Signatory, certificates_of, sign
from chalicelib.certificates.pdf.stamping import Stamper
from chalicelib.certificates.pdf.stamping import over_http as ask_over_http
from chalicelib.platform.clock import Clock

__all__ = [
    "Chain",
    "Material",
    "Press",
    "Revocations",
    "Signatory",
    "SignerRevoked",
    "Stamper",
    "ask_over_http",
    "certificates_of",
    "fetch_list",
    "render",
    "sign",
]


@dataclass(frozen=True, slots=True)
class Press:
    """Prints and signs for one signatory: B-B, B-T with a stamper, B-LT when its issuers' lists are to be had too."""

    signatory: Signatory
    clock: Clock
    stamper: Stamper | None = None
    revocations: Revocations | None = None

    def require_glyphs(self, content: CertificateContent) -> None:
        """Raises GlyphMissing for a character that cannot be printed."""
        require_glyphs(content)

    def certify(self, content: CertificateContent, box: SignatureBox) -> bytes:
        """The signed PDF. Raises GlyphMissing, SignerRevoked, and what signing raises."""
        page = render(content)
        if self.stamper is None:
            return sign(page, self.signatory, self.clock(), box, material=self._material())
        return sign(
            page,
            self.signatory,
            self.clock(),
            box,
            stamp=self.stamper.stamp,
            stamp_size=self.stamper.size,
            material=self._material(),
        )

    def _material(self) -> Material:
        """What the signature itself does not hold: the stamper's issuers below its root, and every list."""
        issuers = self.stamper.chain[1:] if self.stamper else ()
        between = tuple(each.public_bytes(Encoding.DER) for each in issuers if each.issuer != each.subject)
        return Material(between, self.revocations.lists() if self.revocations else ())
