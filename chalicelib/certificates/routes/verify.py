"""Verification on the wire: whoever holds a certificate asks whether it is genuine and how it stands. No login."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from chalicelib import wiring
from chalicelib.certificates.errors import CertificateNotFound
from chalicelib.certificates.model.certificates import Certificate
from chalicelib.certificates.routes.wire import LabelView
from chalicelib.certificates.service.reasons import told_code, told_reason
from chalicelib.types import Moment, Wire

routes = wiring.routes(__name__)


class StatusListView(Wire):
    """Where the certificate's status is in a list that anyone may fetch for all of them alike."""

    uri: str
    index: int


class PublicReasonView(LabelView):
    """Why a certificate does not hold, as its department tells anyone."""

    code: str


class VerifiedView(Wire):
    """What a genuine certificate says of itself to whoever holds it; nothing about its holder.

    `status` is how it stood `at` that moment, `since` when, for the `reason` that its department tells to anyone.
    `contentDigest` is what stands behind `#` in the paper's code, `digests` the SHA-256 (hex) of each form's file.
    """

    id: str
    status: Literal["not-yet", "valid", "suspended", "revoked", "expired"]
    at: Moment
    since: Moment
    reason: PublicReasonView | None
    type: str
    type_name: LabelView
    serial: str
    identifier: str | None
    issuer: LabelView
    issued_at: Moment
    valid_until: Moment
    content_digest: str | None
    digests: dict[str, str]
    status_list: StatusListView | None


class AtMoment(Wire):
    """The moment that is asked about, RFC 3339 with its offset; now, unless told."""

    at: Annotated[AwareDatetime, Field(strict=False)] | None = None


@routes.on("GET", "/v1/verify/{certificate_id}", errors=(CertificateNotFound,))
def verify_certificate(certificate_id: str, query: AtMoment) -> VerifiedView:
    """Whether a certificate is genuine, and how it stands or stood, for whoever holds it."""
    found, stood, at = wiring.verifying().verify(certificate_id, query.at)
    return VerifiedView(
        id=found.id,
        status=stood.status,
        at=at,
        since=stood.since,
        reason=told(stood.reason),
        type=found.type_id,
        type_name=LabelView(**found.type_name.model_dump()),
        serial=found.serial,
        identifier=found.identifier or None,
        issuer=LabelView(**found.issuer.model_dump()),
        issued_at=found.issued_at,
        valid_until=found.valid_until,
        content_digest=found.content_digest,
        digests=found.digests,
        status_list=listed(found),
    )


def told(code: str | None) -> PublicReasonView | None:
    """A reason as anyone is told it."""
    public, why = told_code(code), told_reason(code)
    return PublicReasonView(code=public, zh=why.zh, en=why.en) if public and why else None


def listed(certificate: Certificate) -> StatusListView | None:
    """Where a certificate's status is."""
    uri = wiring.verifying().status_uri(certificate)
    if uri is None or certificate.status_index is None:
        return None
    return StatusListView(uri=uri, index=certificate.status_index)
