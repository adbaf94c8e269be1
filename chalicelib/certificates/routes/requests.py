"""Certificates on the wire: requests, status, download."""

from chalicelib import wiring
from chalicelib.certificates.errors import (
    CertificateNotFound,
    CertificateNotReady,
    CertificateOwnOnly,
    CertificateStillPaper,
    CertificateTypeUnknown,
)
from chalicelib.certificates.model.requests import Request, RequestStatus
from chalicelib.certificates.model.shares import ShareKind
from chalicelib.certificates.routes.share_wire import ShareCertificate, SharedView
from chalicelib.certificates.routes.shares import share_view
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
from chalicelib.certificates.service.listing import Seen
from chalicelib.certificates.service.sharing import Wish
from chalicelib.certificates.share_errors import CertificateNotStanding, ReceiverUnknown, TooManyShares
from chalicelib.config import settings
from chalicelib.identity.errors import FACE_REFUSALS
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.errors import MANDATE_REFUSALS
from chalicelib.platform.http import JSON, Call, Reply
from chalicelib.platform.idempotency import KeyReused

routes = wiring.routes(__name__)

_INTERVALS = {
    RequestStatus.GATHERING: 1,
    RequestStatus.ISSUING: 1,
    RequestStatus.DEFERRED: 60,
    RequestStatus.REVIEW: 3600,
}
"""Seconds after which it makes sense to ask again."""
_SHOWN: dict[RequestStatus, Shown] = {
    RequestStatus.GATHERING: "gathering",
    RequestStatus.ISSUING: "gathering",
    RequestStatus.DEFERRED: "deferred",
    RequestStatus.REVIEW: "review",
    RequestStatus.ISSUED: "issued",
    RequestStatus.REJECTED: "rejected",
    RequestStatus.ABANDONED: "abandoned",
}


@routes.on(
    "POST",
    "/v1/certificates",
    status=202,
    auth=wiring.citizen,
    errors=(
        CertificateTypeUnknown,
        CertificateStillPaper,
        CertificateOwnOnly,
        *MANDATE_REFUSALS,
        *FACE_REFUSALS,
    ),
)
def request_certificates(caller: Citizen, body: RequestCertificates) -> RequestedList:
    """Ask for certificates; they are gathered and signed meanwhile."""
    types = list(dict.fromkeys(body.types))
    mandate_id = None if body.subject == "self" else body.subject.mandate_id
    requested = wiring.requesting().request(caller, types, body.verification_id, body.purpose, mandate_id)
    return RequestedList(
        items=[
            RequestedView(
                id=each.id, type=each.type_id, status=_shown(each), interval=_INTERVALS.get(each.status)
            )
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
    url, expires_at = wiring.certificates().download_link(caller, certificate_id, query.format)
    if query.redirect:
        return Reply(302, headers={"Location": url})
    return Reply(200, LinkView(url=url, expires_at=expires_at).model_dump_json(by_alias=True), JSON)


@routes.on(
    "POST",
    "/v1/certificates/{certificate_id}/shares",
    status=201,
    auth=wiring.citizen,
    errors=(
        CertificateNotFound,
        CertificateNotReady,
        CertificateNotStanding,
        ReceiverUnknown,
        TooManyShares,
        KeyReused,
        *MANDATE_REFUSALS,
    ),
    repeatable=True,  # the share itself is the record of the key: a link's secret is kept nowhere
)
def share_certificate(caller: Citizen, certificate_id: str, call: Call, body: ShareCertificate) -> SharedView:
    """Show a certificate to whoever has a link, once, or to an institution."""
    sharing = wiring.sharing()
    share = sharing.share(caller, certificate_id, _wish(body, call.headers.get("idempotency-key")))
    secret = sharing.secret(share)
    link = f"{settings().public_base_url}/s/#{secret}" if secret else None
    return SharedView(**dict(share_view(share, sharing.certificate(share))), link=link)


def _wish(asked: ShareCertificate, key: str | None) -> Wish:
    link = asked.kind == "link"
    return Wish(
        kind=ShareKind(asked.kind),
        purpose=asked.purpose,
        life=asked.life,
        form=(asked.format or "pdf") if link else None,
        institution_id=asked.institution_id,
        uses=asked.uses or 1,
        key=key,
    )


def _shown(request: Request) -> Shown:
    """How far a citizen needs to know."""
    return _SHOWN[request.status]


def _view(seen: Seen) -> CertificateView:
    request = seen.request
    kind = wiring.certificates().kind(request)
    reason = request.doubt if request.status is RequestStatus.REVIEW else request.reason
    return CertificateView(
        id=request.id,
        type=request.type_id,
        type_name=LabelView(**kind.name.model_dump()),
        status=_shown(request),
        purpose=LabelView(**kind.purpose_label(request.purpose).model_dump()),
        subject=_subject(request),
        requested_at=request.requested_at,
        due_by=request.due_by,
        interval=_INTERVALS.get(request.status),
        certificate_id=request.certificate_id,
        serial=request.serial,
        issued_at=request.issued_at,
        valid_until=request.valid_until,
        standing=seen.standing,
        formats=list(request.formats or kind.formats),
        reason=ReasonView(**reason.model_dump(), appealable=request.appealable) if reason else None,
    )


def _subject(request: Request) -> SubjectView | None:
    if request.mandate_id is None:
        return None
    return SubjectView(mandate_id=request.mandate_id, holder=request.holder or "")
