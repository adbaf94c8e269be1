"""Sessions, the citizen's own profile and face verifications on the wire."""

from typing import Annotated

from pydantic import Field

from chalicelib import wiring
from chalicelib.errors import Unavailable
from chalicelib.identity.errors import AuthCodeInvalid, IdentityNumberInvalid, VerificationNotFound
from chalicelib.identity.model import Citizen, Purpose, VerificationStatus
from chalicelib.types import Moment, Wire

routes = wiring.routes(__name__)


class OpenSession(Wire):
    """The single-use code of `my.getAuthCode`."""

    auth_code: Annotated[str, Field(min_length=1, max_length=200)]


class SessionCitizen(Wire):
    """The account that logged in; `verified` once a card was bound by face."""

    id: str
    verified: bool


class SessionView(Wire):
    """A bearer token and its end."""

    access_token: str
    expires_at: Moment
    citizen: SessionCitizen


class Profile(Wire):
    """Who I am, masked, and what I have."""

    id: str
    verified: bool
    holder: str | None
    number_masked: str | None


class OpenVerification(Wire):
    """Whose face is to be scanned, and for what."""

    real_name: Annotated[str, Field(min_length=1, max_length=60)]
    id_number: Annotated[str, Field(min_length=1, max_length=40)]
    purpose: Purpose


class OpenedVerification(Wire):
    """Where the scan happens, and until when."""

    id: str
    certify_url: str
    expires_at: Moment


class VerificationView(Wire):
    """How a scan ended, and until when it serves."""

    id: str
    status: VerificationStatus
    valid_until: Moment | None
    reason: str | None


@routes.on("POST", "/v1/sessions", status=201, errors=(AuthCodeInvalid, Unavailable))
def open_session(body: OpenSession) -> SessionView:
    """Log in with the payment app's auth code."""
    session = wiring.identity().log_in(body.auth_code)
    account = session.account
    return SessionView(
        access_token=session.access_token,
        expires_at=session.expires_at,
        citizen=SessionCitizen(id=account.id, verified=account.person_id is not None),
    )


@routes.on("GET", "/v1/citizens/me", auth=wiring.citizen)
def get_me(caller: Citizen) -> Profile:
    """Who I am, masked."""
    account = wiring.identity().account(caller.id)
    return Profile(
        id=account.id,
        verified=account.person_id is not None,
        holder=account.holder,
        number_masked=account.number_masked,
    )


@routes.on(
    "POST",
    "/v1/face-verifications",
    status=201,
    auth=wiring.citizen,
    errors=(IdentityNumberInvalid, Unavailable),
)
def open_verification(caller: Citizen, body: OpenVerification) -> OpenedVerification:
    """Open a face scan."""
    verification, address = wiring.identity().open_verification(
        caller, body.real_name, body.id_number, body.purpose
    )
    return OpenedVerification(id=verification.id, certify_url=address, expires_at=verification.expires_at)


@routes.on(
    "POST",
    "/v1/face-verifications/{verification_id}/complete",
    auth=wiring.citizen,
    errors=(VerificationNotFound, Unavailable),
    repeatable=True,
)
def complete_verification(caller: Citizen, verification_id: str) -> VerificationView:
    """Ask how the scan ended."""
    verification = wiring.identity().complete_verification(caller, verification_id)
    return VerificationView(
        id=verification.id,
        status=verification.status,
        valid_until=verification.valid_until,
        reason=verification.reason,
    )
