"""A citizen's verbs about sessions: log in, be recognised."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from chalicelib.identity.errors import SessionEnded
from chalicelib.identity.model.accounts import (
    ACCESS_LIFE,
    MOST_SESSIONS,
    REFRESH_LIFE,
    Account,
    Citizen,
    Session,
    SessionRecord,
)
from chalicelib.identity.model.persons import digest_id
from chalicelib.identity.store.accounts import AccountStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.keys import Mac
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
        self._make_room(account)
        log.event("session.opened", citizen=account.id)
        return self._session(account, session_id, now)

    def _make_room(self, account: Account) -> None:
        """End the sessions that are over, and the oldest of too many."""
        newest_first = sorted(
            account.sessions, key=lambda each: account.sessions[each].opened_at, reverse=True
        )
        if len(newest_first) > MOST_SESSIONS:
            self.store.end_sessions(account.id, newest_first[MOST_SESSIONS:])

    def _session(self, account: Account, session_id: str, now: datetime) -> Session:
        expires_at = (now + ACCESS_LIFE).replace(microsecond=0)
        claims = {
            "sub": account.id,
            "sid": session_id,
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
        }
        token = self.tokens.issue(_SESSION_TOKEN, claims)
        return Session(access_token=token, expires_at=expires_at, account=account)

    def recognise(self, token: str) -> Citizen:
        """Who holds this session token: its signature is checked in this process, its session with one read.

        Raises TokenInvalid, TokenExpired, SessionEnded.
        """
        now = self.clock().timestamp()
        claims = self.tokens.read(_SESSION_TOKEN, token, now)
        account = self.store.find(claims["sub"])
        record = account.sessions.get(claims["sid"]) if account else None
        if account is None or record is None or record.ends_at <= now:
            raise SessionEnded
        return Citizen(id=account.id, session_id=claims["sid"], account=account)
