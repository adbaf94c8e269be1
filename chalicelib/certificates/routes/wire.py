"""What the wire says of certificates: bodies, queries and answers. Pure models; knows no service."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from chalicelib.certificates.model.certificates import Standing
from chalicelib.certificates.model.requests import MOST_TYPES
from chalicelib.types import Moment, Wire

Shown = Literal["gathering", "deferred", "review", "issued", "rejected", "abandoned"]


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


class FamilyMember(Wire):
    """Somebody for whom the caller acts, by a mandate that covers certificates."""

    mandate_id: Annotated[str, Field(min_length=1, max_length=64)]


class RequestCertificates(Wire):
    """Which certificates, about whom, on the caller's face verification, for what.

    Without `verificationId` what this session proved before serves, if it still does.
    """

    types: Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=MOST_TYPES)]
    verification_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    purpose: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_printable)]
    subject: Literal["self"] | FamilyMember = "self"


class RequestedView(Wire):
    """A certificate on its way; ask for it again after `interval` seconds (null: nothing will change any more)."""

    id: str
    type: str
    status: Shown
    interval: int | None


class RequestedList(Wire):
    """One per requested type, in the order of the request; the same request again meets the same items."""

    items: list[RequestedView]


class ReasonView(LabelView):
    """Why there is no certificate, and what can be done; an appealable decision can be contested."""

    code: str
    appealable: bool


class SubjectView(Wire):
    """The family member a certificate is about, masked, and the mandate by which it was requested."""

    mandate_id: str
    holder: str


class CertificateView(Wire):
    """A request for a certificate, and the certificate once it is there.

    `gathering` until it is decided and signed; `deferred` while a department is late, `review` while a person looks:
    ask again after `interval` seconds (null in the end). `dueBy` is when the law wants it decided. `abandoned`: the
    consent ended. Another request about the same facts has the same `certificateId`; `standing` is how that
    certificate stands now (valid, suspended, revoked, expired). `subject` is null where it is about oneself.
    """

    id: str
    type: str
    type_name: LabelView
    status: Shown
    purpose: LabelView
    subject: SubjectView | None
    requested_at: Moment
    due_by: Moment
    interval: int | None
    certificate_id: str | None
    serial: str | None
    issued_at: Moment | None
    valid_until: Moment | None
    standing: Standing | None
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

    format: Literal["pdf", "sd-jwt", "json"] = "pdf"
    redirect: bool = True


class LinkView(Wire):
    """An address that gives the file to whoever holds it, and until when."""

    url: str
    expires_at: Moment
