"""What the wire says of shares: wishes, what was shared, what is shown. Pure models; knows no service."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from chalicelib.certificates.model.certificates import Standing
from chalicelib.certificates.model.shares import Form, ShareState
from chalicelib.certificates.routes.wire import LabelView
from chalicelib.types import Moment, Wire

_HOUR, _DAY = 60, 24 * 60


def _plain(text: str) -> str:
    """One line of text, as somebody reads it."""
    if not text.isprintable() or text != text.strip():
        raise ValueError("must be plain text without control characters or outer spaces")
    return text


class ShareCertificate(Wire):
    """To whom a certificate is to be shown: once, in one form, to whoever has a link; or to an institution.

    A link stands for an hour unless told otherwise, a week at most; an institution's share for a day, ninety at most,
    and may be read `uses` times (once unless told otherwise).
    """

    kind: Literal["link", "institution"]
    purpose: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_plain)]
    expires_in_minutes: Annotated[int, Field(ge=1, le=90 * _DAY)] | None = None
    format: Form | None = None
    institution_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    uses: Annotated[int, Field(ge=1, le=100)] | None = None

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        if self.kind == "link" and (self.institution_id or self.uses):
            raise ValueError("a link is for whoever has it, once: neither institutionId nor uses")
        if self.kind == "institution" and (self.format or not self.institution_id):
            raise ValueError("an institution is named by institutionId, and fetches any format")
        if self.kind == "link" and (self.expires_in_minutes or 0) > 7 * _DAY:
            raise ValueError("a link stands for a week at most")
        return self

    @property
    def life(self) -> timedelta:
        """How long it stands."""
        return timedelta(minutes=self.expires_in_minutes or (_HOUR if self.kind == "link" else _DAY))


class ReceiverView(Wire):
    """The institution that it is shared with."""

    id: str
    name: str


class ShareView(Wire):
    """One share as its citizen sees it. `standing` is the certificate's; a share of one that fell shows nothing."""

    id: str
    kind: Literal["link", "institution"]
    certificate: str
    type: str
    type_name: LabelView
    serial: str
    holder: str | None
    purpose: str
    format: Form | None
    institution: ReceiverView | None
    status: ShareState
    standing: Standing | None
    uses_left: int
    created_at: Moment
    expires_at: Moment
    used_at: list[Moment]


class SharedView(ShareView):
    """A share that was just made; `link` is told here and nowhere else, and opens once."""

    link: str | None


class ShareList(Wire):
    """My shares, newest first."""

    items: list[ShareView]
    cursor: str | None


class OpenShare(Wire):
    """A link's secret, from behind `#`, and what the opener's device calls itself: with it, it may ask again."""

    secret: Annotated[str, Field(min_length=1, max_length=200, repr=False)]
    opener: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,64}$", repr=False)]


class OpenedView(Wire):
    """What a shared certificate is, and an address of its file, both for five minutes."""

    type: str
    type_name: LabelView
    serial: str
    issuer: LabelView
    issued_at: Moment
    valid_until: Moment
    purpose: str
    format: Form
    url: str
    expires_at: Moment


class WithUsView(Wire):
    """A certificate that was shared with the caller: for what, how often it may still be fetched, until when."""

    id: str
    type: str
    type_name: LabelView
    serial: str
    issuer: LabelView
    holder: str | None
    purpose: str
    formats: list[str]
    status: ShareState
    standing: Standing | None
    uses_left: int
    created_at: Moment
    expires_at: Moment


class WithUsList(Wire):
    """What was shared with the caller, newest first."""

    items: list[WithUsView]
    cursor: str | None


class Document(Wire):
    """In which form; `redirect=false` gives the address as JSON."""

    format: Form = "pdf"
    redirect: bool = True
