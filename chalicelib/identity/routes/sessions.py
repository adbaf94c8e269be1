"""Sessions and the citizen's own profile on the wire."""

from typing import Annotated

from pydantic import Field

from chalicelib import wiring
from chalicelib.errors import Unavailable
from chalicelib.identity.errors import AuthCodeInvalid
from chalicelib.identity.model.accounts import Citizen
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


@routes.on("POST", "/v1/sessions", status=201, errors=(AuthCodeInvalid, Unavailable))
def open_session(body: OpenSession) -> SessionView:
    """Log in with the payment app's auth code."""
    session = wiring.sessions().log_in(body.auth_code)
    account = session.account
    return SessionView(
        access_token=session.access_token,
        expires_at=session.expires_at,
        citizen=SessionCitizen(id=account.id, verified=account.person_id is not None),
    )


@routes.on("GET", "/v1/citizens/me", auth=wiring.citizen)
def get_me(caller: Citizen) -> Profile:
    """Who I am, masked."""
    account = caller.account
    return Profile(
        id=account.id,
        verified=account.person_id is not None,
        holder=account.holder,
        number_masked=account.number_masked,
    )
