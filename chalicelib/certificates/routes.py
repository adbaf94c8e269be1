"""Certificates on the wire: the catalogue, requests, status, download."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from chalicelib import wiring
from chalicelib.certificates.errors import CertificateNotFound, CertificateNotReady, CertificateTypeUnknown
from chalicelib.certificates.model import Certificate, CertificateStatus, CertificateType
from chalicelib.identity.errors import (
    FaceNotPassed,
    FacePending,
    VerificationExpired,
    VerificationNotFound,
    VerificationPurpose,
)
from chalicelib.identity.model import Citizen
from chalicelib.platform.http import JSON, Reply
from chalicelib.types import Moment, Wire

routes = wiring.routes(__name__)

Shown = Literal["gathering", "issued", "rejected"]
_POLL_SECONDS = 2
_VERIFICATION = (
    FaceNotPassed,
    FacePending,
    VerificationExpired,
    VerificationNotFound,
    VerificationPurpose,
)


def _printable(text: str) -> str:
    """What the certificates' typeface can print: characters of GBK, no control characters."""
    try:
        text.encode("gbk")
    except UnicodeEncodeError as error:
        raise ValueError("holds a character that cannot be printed") from error
    if not text.isprintable() or text != text.strip():
        raise ValueError("must be plain text without control characters or outer spaces")
    return text


class LabelView(Wire):
    """A text in both languages."""

    zh: str
    en: str


class PurposeView(LabelView):
    """A usual purpose; any other may be given in words."""

    code: str


class TypeView(Wire):
    """A certificate type: what it needs, from which department, how long it takes, how long it holds."""

    id: str
    name: LabelView
    department_id: str
    department_name: LabelView
    fact: str
    purposes: list[PurposeView]
    typical_seconds: int
    valid_days: int
    formats: list[str]


class TypeList(Wire):
    """The catalogue; it fits one page."""

    items: list[TypeView]
    cursor: None = None


class RequestCertificates(Wire):
    """Which certificates, on whose face verification, for what. `subject` may only be oneself, so far."""

    types: Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=5)]
    verification_id: Annotated[str, Field(min_length=1, max_length=64)]
    purpose: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_printable)]
    subject: Literal["self"] = "self"


class RequestedView(Wire):
    """A certificate on its way; ask for it again after `interval` seconds."""

    id: str
    type: str
    status: Shown
    interval: int


class RequestedList(Wire):
    """One per requested type, in the order of the request."""

    items: list[RequestedView]


class ReasonView(LabelView):
    """Why a certificate was refused, and what can be done."""

    code: str


class CertificateView(Wire):
    """A certificate: status, serial number, validity, formats. It is `gathering` until it is decided and signed."""

    id: str
    type: str
    type_name: LabelView
    status: Shown
    purpose: LabelView
    requested_at: Moment
    serial: str | None
    issued_at: Moment | None
    valid_until: Moment | None
    formats: list[str]
    reason: ReasonView | None


class CertificateList(Wire):
    """My certificates, newest first."""

    items: list[CertificateView]
    cursor: str | None


class Page(Wire):
    """Where a list goes on, and by how much."""

    cursor: Annotated[str, Field(max_length=1024)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class Download(Wire):
    """The format to download; `redirect=false` gives the address as JSON, for a page that cannot follow."""

    format: Literal["pdf"] = "pdf"
    redirect: bool = True


class LinkView(Wire):
    """An address that gives the file to whoever holds it, and until when."""

    url: str
    expires_at: Moment


@routes.on("GET", "/v1/certificate-types")
def list_certificate_types() -> TypeList:
    """The catalogue of certificates."""
    return TypeList(items=[_type_view(kind) for kind in wiring.certificates().types()])


@routes.on(
    "POST",
    "/v1/certificates",
    status=202,
    auth=wiring.citizen,
    errors=(CertificateTypeUnknown, *_VERIFICATION),
)
def request_certificates(caller: Citizen, body: RequestCertificates) -> RequestedList:
    """Ask for certificates; they are gathered and signed meanwhile."""
    types = list(dict.fromkeys(body.types))
    requested = wiring.certificates().request(caller, types, body.verification_id, body.purpose)
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
        requested_at=certificate.requested_at,
        serial=paper.serial if paper else None,
        issued_at=paper.issued_at if paper else None,
        valid_until=paper.valid_until if paper else None,
        formats=list(kind.formats),
        reason=ReasonView(**reason.model_dump()) if reason else None,
    )


def _type_view(kind: CertificateType) -> TypeView:
    return TypeView(
        id=kind.id,
        name=LabelView(**kind.name.model_dump()),
        department_id=kind.department_id,
        department_name=LabelView(**kind.department_name.model_dump()),
        fact=kind.fact,
        purposes=[PurposeView(code=code, **label.model_dump()) for code, label in kind.purposes.items()],
        typical_seconds=kind.typical_seconds,
        valid_days=kind.valid_days,
        formats=list(kind.formats),
    )
