"""Citizens as accounts of the payment app: their sessions, and what lies in their wallet. Pure data and rules.

One item holds all of it, so that the one read which shows that a session still stands also shows what its owner has.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from pydantic import AwareDatetime, Field

from chalicelib.types import Model

ACCESS_LIFE = timedelta(minutes=30)
REFRESH_LIFE = timedelta(days=30)
"""From login; refreshing does not lengthen it."""
REPEAT_LIFE = timedelta(seconds=60)
"""How long the answer to a refresh may be asked for again, since answers get lost."""
MOST_SESSIONS = 10
"""Per account; the next login ends the oldest."""


class SessionRecord(Model):
    """An open session as its account remembers it; moments are Unix seconds.

    `generation` counts refreshes; `receipts` are what this session's face scans proved, by purpose.
    """

    opened_at: int
    refreshed_at: int
    ends_at: int
    generation: int
    receipts: dict[str, str] = Field(default_factory=dict)


class Refresh(Model):
    """What a refresh token says: the session at the moment when it had been refreshed `generation` times."""

    citizen_id: str
    session_id: str
    generation: int


class Role(StrEnum):
    """By what right a card lies in a wallet."""

    OWN = "own"
    FAMILY = "family"


class WalletEntry(Model):
    """A card in an account's wallet: all that is needed to show a code of it.

    `reference` is what the code carries: the card's, or the mandate's by which it may be shown. `status` and `level`
    of an own card change together with the card; a family card's are asked for when they matter. `region` is there
    for an own card, whose offline codes tell it.
    """

    reference: str
    role: Role
    status: str
    level: int
    holder: str
    mandate_id: str | None = None
    until: int | None = None
    codes: bool = True
    """Whether its codes may be shown; a family card may be there for appointments alone."""
    region: str | None = None


class Account(Model):
    """A payment-app account that has logged in at least once. `user_id` is there only for older apps."""

    id: str
    app_id: str
    open_id: str
    user_id: str | None
    person_id: str | None
    holder: str | None
    number_masked: str | None
    sessions: dict[str, SessionRecord] = Field(default_factory=dict)
    wallet: dict[str, WalletEntry] = Field(default_factory=dict)


class Citizen(Model):
    """The caller of a citizen's route: the session that the token names, and the account as it stands now."""

    id: str
    session_id: str
    account: Account


class Session(Model):
    """A session that was just opened or refreshed, and its tokens."""

    access_token: str
    expires_at: AwareDatetime
    refresh_token: str
    refresh_expires_at: AwareDatetime
    account: Account
