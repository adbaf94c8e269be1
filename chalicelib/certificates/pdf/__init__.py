"""Gateway to the PDF makers: sets a certificate with typst and signs it as PAdES with pyHanko.

The only package that imports typst, pyHanko, segno or the font; the certificate worker alone loads it, with
its first certificate. It must not know how a certificate came about, where it is kept, or who holds the
signing key: signing is a callable.
"""

from dataclasses import dataclass

from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.types import SignatureBox
from chalicelib.certificates.pdf.page import render
from chalicelib.certificates.pdf.signing import Signatory, sign
from chalicelib.platform.clock import Clock

__all__ = ["Press", "Signatory", "render", "sign"]


@dataclass(frozen=True, slots=True)
class Press:
    """Prints and signs for one signatory."""

    signatory: Signatory
    clock: Clock

    def certify(self, content: CertificateContent, box: SignatureBox) -> bytes:
        """The signed PDF. Raises GlyphMissing, and what signing raises."""
        return sign(render(content), self.signatory, self.clock(), box)
