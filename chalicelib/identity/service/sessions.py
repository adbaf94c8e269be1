"""A citizen's verbs about sessions: log in, be recognised, go on, log out."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, NoReturn

from chalicelib.identity.errors import RefreshTokenInvalid, RefreshTokenReused, SessionEnded
from chalicelib.identity.model.accounts import (
    ACCESS_LIFE,
    MOST_SESSIONS,
    REFRESH_LIFE,
    REPEAT_LIFE,
    Account,
    Citizen,
    Refresh,
    Session,
    SessionRecord,
)
from chalicelib.identity.model.persons import digest_id
from chalicelib.identity.service.refresh_tokens import RefreshTokens
from chalicelib.identity.store.accounts import AccountStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.keys import Mac
from chalicelib.platform.outbox import message
from chalicelib.platform.tokens import Tokens
from chalicelib.types import new_id

if TYPE_CHECKING:
    from chalicelib.identity.face import PaymentAppIdentity

_SESSION_TOKEN = "session+jwt"  # noqa: S105  (a token's kind, not a token)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions. `app` is made on first use: most requests only show a token."""

    store: AccountStore
    app: Callable[[], PaymentAppIdentity]
    tokens: Tokens
    refresh_tokens: RefreshTokens
    mac: Mac
    clock: Clock

    def log_in(self, auth_code: str) -> Session:
        """Open a session with the payment app's single-use code.

        The account is keyed on (app id, open id). Raises AuthCodeInvalid, Unavailable.
        """
        login = self.app().exchange_code(auth_code)
        now = self.clock()
        digest = hmac.new(self.mac.derive("account"), f"{login.app_id}\0{login.open_id}".encode(), sha256)
        fresh = Account(
            id=digest_id("ctz", digest.digest()),
            app_id=login.app_id,
            open_id=login.open_id,
            user_id=login.user_id,
            person_id=None,
            holder=None,
            number_masked=None,
        )
        seconds = int(now.timestamp())
        record = SessionRecord(
            opened_at=seconds,
            refreshed_at=seconds,
            ends_at=seconds + int(REFRESH_LIFE.total_seconds()),
            generation=0,
        )
        session_id = new_id("ses", now)
        account = self.store.open_session(fresh, session_id, record, now)
        self._make_room(account, session_id, seconds)
        log.event("session.opened", citizen=account.id)
        return self._session(account, session_id)

    def _make_room(self, account: Account, fresh: str, now: int) -> None:
        """End the sessions that are over, and the oldest of too many; the one just opened stays."""
        standing = _standing(account, now)
        newest_first = sorted(
            standing, key=lambda each: (each == fresh, standing[each].opened_at, each), reverse=True
        )
        gone = account.sessions.keys() - set(newest_first[:MOST_SESSIONS])
        if gone:
            self.store.end_sessions(account.id, sorted(gone))

    def refresh(self, token: str) -> Session:
        """Go on with a session: a new access token, and the refresh token for the next time.

        A refresh token serves once. Within a minute it may come again, since the answer may have been lost: then the
        same refresh token is answered. Later it means that two devices hold it, so the session ends. Raises
        RefreshTokenInvalid, RefreshTokenReused, SessionEnded, Unavailable.
        """
        refresh = self.refresh_tokens.read(token)
        now = int(self.clock().timestamp())
        account = self.store.advance(refresh, now)
        record = _standing(account, now).get(refresh.session_id) if account else None
        if account is None or record is None:
            raise SessionEnded
        if record.generation <= refresh.generation:
            raise RefreshTokenInvalid  # ahead of what we remember: no answer of ours ever said that
        repeated = record.generation == refresh.generation + 1
        if not repeated or now - record.refreshed_at > REPEAT_LIFE.total_seconds():
            self._end_stolen(account.id, refresh.session_id)
        return self._session(account, refresh.session_id)

    def _end_stolen(self, citizen_id: str, session_id: str) -> NoReturn:
        notice = message("notices", "notice.send", session_id, citizen=citizen_id, kind="session-reused")
        self.store.end_stolen(citizen_id, session_id, notice)
        log.event("session.reused", citizen=citizen_id, session=session_id)
        log.measure("RefreshTokenReused", 1)
        raise RefreshTokenReused

    def _session(self, account: Account, session_id: str) -> Session:
        """The tokens of a session as it stands; what they say follows from the record."""
        record = account.sessions[session_id]
        expires_at = min(record.refreshed_at + int(ACCESS_LIFE.total_seconds()), record.ends_at)
        claims = {"sub": account.id, "sid": session_id, "iat": record.refreshed_at, "exp": expires_at}
        refresh = Refresh(citizen_id=account.id, session_id=session_id, generation=record.generation)
        return Session(
            access_token=self.tokens.issue(_SESSION_TOKEN, claims),
            expires_at=datetime.fromtimestamp(expires_at, UTC),
            refresh_token=self.refresh_tokens.write(refresh),
            refresh_expires_at=datetime.fromtimestamp(record.ends_at, UTC),
            account=account,
        )

    def recognise(self, token: str) -> Citizen:
        """Who holds this session token: its signature is checked in this process, its session with one read.

        Raises TokenInvalid, TokenExpired, SessionEnded.
        """
        now = self.clock().timestamp()
        claims = self.tokens.read(_SESSION_TOKEN, token, now)
        account = self.store.find(claims["sub"])
        if account is None or claims["sid"] not in _standing(account, now):
            raise SessionEnded
        return Citizen(id=account.id, session_id=claims["sid"], account=account)

    def list_own(self, citizen: Citizen) -> dict[str, SessionRecord]:
        """The caller's open sessions by id, newest first."""
        standing = _standing(citizen.account, self.clock().timestamp())
        return dict(sorted(standing.items(), key=lambda each: (each[1].opened_at, each[0]), reverse=True))

    def log_out(self, citizen: Citizen, session_id: str) -> None:
        """End one of the caller's sessions, at once; one that is none of theirs, or over, changes nothing."""
        if session_id in citizen.account.sessions:
            self.store.end_sessions(citizen.id, [session_id])
            log.event("session.ended", citizen=citizen.id, session=session_id)

    def log_out_everywhere(self, citizen: Citizen) -> None:
        """End all of the caller's sessions, this one too."""
        self.store.end_all_sessions(citizen.id)
        log.event("session.all-ended", citizen=citizen.id)


def _standing(account: Account, now: float) -> dict[str, SessionRecord]:
    """The sessions that are not over."""
    return {each: record for each, record in account.sessions.items() if record.ends_at > now}
