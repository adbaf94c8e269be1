"""Sessions and the citizen's own profile on the wire."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from chalicelib import wiring
from chalicelib.errors import Unavailable
from chalicelib.identity.errors import AuthCodeInvalid, RefreshTokenInvalid, RefreshTokenReused, SessionEnded
from chalicelib.identity.model.accounts import Citizen, Role, Session, SessionRecord, WalletEntry
from chalicelib.types import Moment, Wire

routes = wiring.routes(__name__)


class OpenSession(Wire):
    """The single-use code of `my.getAuthCode`."""

    auth_code: Annotated[str, Field(min_length=1, max_length=200)]


class SessionCitizen(Wire):
    """The account that logged in; `verified` once a card was bound by face."""

    id: str
    verified: bool


class RefreshSession(Wire):
    """The refresh token that the last login or refresh answered with."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=200)]


class SessionView(Wire):
    """A bearer token, what makes the next one, and when each ends."""

    access_token: str
    expires_at: Moment
    refresh_token: str
    refresh_expires_at: Moment
    citizen: SessionCitizen


class OpenedSession(Wire):
    """One login that still stands; `expires_at` is its end, however often it is refreshed."""

    id: str
    opened_at: Moment
    refreshed_at: Moment
    expires_at: Moment
    current: bool


class OpenedSessions(Wire):
    """My sessions, newest first."""

    items: list[OpenedSession]
    cursor: None = None


class CarriedCard(Wire):
    """A card in my wallet: my own, or one that I may show for a family member."""

    id: str
    role: Role
    status: str
    level: int
    holder: str


class Profile(Wire):
    """Who I am, masked, and what I have."""

    id: str
    verified: bool
    holder: str | None
    number_masked: str | None
    sessions: int
    cards: list[CarriedCard]


@routes.on("POST", "/v1/sessions", status=201, errors=(AuthCodeInvalid, Unavailable))
def open_session(body: OpenSession) -> SessionView:
    """Log in with the payment app's auth code."""
    return _view(wiring.sessions().log_in(body.auth_code))


@routes.on(
    "POST",
    "/v1/sessions/refresh",
    errors=(RefreshTokenInvalid, RefreshTokenReused, SessionEnded, Unavailable),
)
def refresh_session(body: RefreshSession) -> SessionView:
    """Go on with a session whose access token has ended; the answer's refresh token serves the next time."""
    return _view(wiring.sessions().refresh(body.refresh_token))


@routes.on("GET", "/v1/sessions", auth=wiring.citizen)
def list_sessions(caller: Citizen) -> OpenedSessions:
    """Where I am logged in."""
    own = wiring.sessions().list_own(caller)
    return OpenedSessions(items=[_opened(each, record, caller.session_id) for each, record in own.items()])


@routes.on("DELETE", "/v1/sessions/{session_id}", status=204, auth=wiring.citizen, errors=(Unavailable,))
def end_session(caller: Citizen, session_id: str) -> None:
    """Log out: one of my sessions, or `current`; one that is over already stays over."""
    wiring.sessions().log_out(caller, caller.session_id if session_id == "current" else session_id)


@routes.on("DELETE", "/v1/sessions", status=204, auth=wiring.citizen, errors=(Unavailable,))
def end_all_sessions(caller: Citizen) -> None:
    """Log out everywhere, here too."""
    wiring.sessions().log_out_everywhere(caller)


@routes.on("GET", "/v1/citizens/me", auth=wiring.citizen)
def get_me(caller: Citizen) -> Profile:
    """Who I am, masked, and what I have."""
    account = caller.account
    return Profile(
        id=account.id,
        verified=account.person_id is not None,
        holder=account.holder,
        number_masked=account.number_masked,
        sessions=len(wiring.sessions().list_own(caller)),
        cards=[_carried(card_id, entry) for card_id, entry in sorted(account.wallet.items())],
    )


def _view(session: Session) -> SessionView:
    account = session.account
    return SessionView(
        access_token=session.access_token,
        expires_at=session.expires_at,
        refresh_token=session.refresh_token,
        refresh_expires_at=session.refresh_expires_at,
        citizen=SessionCitizen(id=account.id, verified=account.person_id is not None),
    )


def _opened(session_id: str, record: SessionRecord, current: str) -> OpenedSession:
    return OpenedSession(
        id=session_id,
        opened_at=_moment(record.opened_at),
        refreshed_at=_moment(record.refreshed_at),
        expires_at=_moment(record.ends_at),
        current=session_id == current,
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _carried(card_id: str, entry: WalletEntry) -> CarriedCard:
    return CarriedCard(
        id=card_id, role=entry.role, status=entry.status, level=entry.level, holder=entry.holder
    )
