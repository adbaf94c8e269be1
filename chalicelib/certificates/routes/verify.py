"""Verification on the wire: whoever holds a certificate asks whether it is genuine. No login."""

from typing import Literal

from chalicelib import wiring
from chalicelib.certificates.errors import CertificateNotFound
from chalicelib.certificates.routes.wire import LabelView
from chalicelib.types import Moment, Wire

routes = wiring.routes(__name__)


class VerifiedView(Wire):
    """What a genuine certificate says of itself to whoever holds it; nothing about its holder.

    `contentDigest` is what stands behind `#` in the paper's code, `sha256` (hex) that of the PDF file.
    """

    id: str
    status: Literal["valid", "expired"]
    type: str
    type_name: LabelView
    serial: str
    issuer: LabelView
    issued_at: Moment
    valid_until: Moment
    content_digest: str
    sha256: str


@routes.on("GET", "/v1/verify/{certificate_id}", errors=(CertificateNotFound,))
def verify_certificate(certificate_id: str) -> VerifiedView:
    """Whether a certificate is genuine and still holds, for whoever holds it."""
    record, holds = wiring.verifying().verify(certificate_id)
    return VerifiedView(
        id=certificate_id,
        status="valid" if holds else "expired",
        type=record.type_id,
        type_name=LabelView(**record.type_name.model_dump()),
        serial=record.serial,
        issuer=LabelView(**record.issuer.model_dump()),
        issued_at=record.issued_at,
        valid_until=record.valid_until,
        content_digest=record.content_digest,
        sha256=record.sha256,
    )
