"""Certificates on the wire: requests, status, download."""

from chalicelib import wiring
from chalicelib.certificates.errors import (
    CertificateNotFound,
    CertificateNotReady,
    CertificateOwnOnly,
    CertificateTypeUnknown,
)
from chalicelib.certificates.model.certificates import Certificate, CertificateStatus
from chalicelib.certificates.routes.wire import (
    CertificateList,
    CertificateView,
    Download,
    LabelView,
    LinkView,
    Page,
    ReasonView,
    RequestCertificates,
    RequestedList,
    RequestedView,
    Shown,
    SubjectView,
)
from chalicelib.identity.errors import FACE_REFUSALS
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.errors import MANDATE_REFUSALS
from chalicelib.platform.http import JSON, Reply

routes = wiring.routes(__name__)

_POLL_SECONDS = 2


@routes.on(
    "POST",
    "/v1/certificates",
    status=202,
    auth=wiring.citizen,
    errors=(CertificateTypeUnknown, CertificateOwnOnly, *MANDATE_REFUSALS, *FACE_REFUSALS),
)
def request_certificates(caller: Citizen, body: RequestCertificates) -> RequestedList:
    """Ask for certificates; they are gathered and signed meanwhile."""
    types = list(dict.fromkeys(body.types))
    mandate_id = None if body.subject == "self" else body.subject.mandate_id
    requested = wiring.requesting().request(caller, types, body.verification_id, body.purpose, mandate_id)
    return RequestedList(
        items=[
            RequestedView(id=each.id, type=each.type_id, status=_status(each), interval=_POLL_SECONDS)
            for each in requested
        ]
    )


@routes.on("GET", "/v1/certificates", auth=wiring.citizen)
def list_certificates(caller: Citizen, query: Page) -> CertificateList:
    """My certificates."""
    found, cursor = wiring.certificates().list_own(caller, query.cursor, query.limit)
    return CertificateList(items=[_view(each) for each in found], cursor=cursor)


@routes.on("GET", "/v1/certificates/{certificate_id}", auth=wiring.citizen, errors=(CertificateNotFound,))
def get_certificate(caller: Citizen, certificate_id: str) -> CertificateView:
    """One of my certificates."""
    return _view(wiring.certificates().get(caller, certificate_id))


@routes.on(
    "GET",
    "/v1/certificates/{certificate_id}/download",
    status=302,
    auth=wiring.citizen,
    errors=(CertificateNotFound, CertificateNotReady),
)
def download_certificate(caller: Citizen, certificate_id: str, query: Download) -> Reply:
    """Where to fetch the file, for five minutes."""
    url, expires_at = wiring.certificates().download_link(caller, certificate_id)
    if query.redirect:
        return Reply(302, headers={"Location": url})
    return Reply(200, LinkView(url=url, expires_at=expires_at).model_dump_json(by_alias=True), JSON)


def _status(certificate: Certificate) -> Shown:
    """How far a citizen needs to know."""
    match certificate.status:
        case CertificateStatus.ISSUED:
            return "issued"
        case CertificateStatus.REJECTED:
            return "rejected"
        case _:
            return "gathering"


def _view(certificate: Certificate) -> CertificateView:
    kind = wiring.certificates().kind(certificate)
    reason, status = certificate.reason, _status(certificate)
    paper = certificate if status == "issued" else None  # a number is no paper's before the paper is there
    return CertificateView(
        id=certificate.id,
        type=certificate.type_id,
        type_name=LabelView(**kind.name.model_dump()),
        status=status,
        purpose=LabelView(**kind.purpose_label(certificate.purpose).model_dump()),
        subject=_subject(certificate),
        requested_at=certificate.requested_at,
        serial=paper.serial if paper else None,
        issued_at=paper.issued_at if paper else None,
        valid_until=paper.valid_until if paper else None,
        formats=list(kind.formats),
        reason=ReasonView(**reason.model_dump()) if reason else None,
    )


def _subject(certificate: Certificate) -> SubjectView | None:
    if certificate.mandate_id is None:
        return None
    return SubjectView(mandate_id=certificate.mandate_id, holder=certificate.holder or "")
