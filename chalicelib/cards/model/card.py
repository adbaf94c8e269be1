"""A card and its state. Pure data and rules."""

from enum import StrEnum

from pydantic import AwareDatetime

from chalicelib.types import Model

REFERENCE_LENGTH = 16
"""The last 16 characters of a card's id (80 bits): what its code carries and its item is keyed by."""


class CardStatus(StrEnum):
    """A card's state (`state-machines`: Card)."""

    BOUND = "bound"
    SUSPENDED = "suspended"
    LOCKED = "locked"
    UNLINKED = "unlinked"
    CANCELLED = "cancelled"


TRANSITIONS: dict[str, tuple[tuple[CardStatus, ...], CardStatus]] = {
    "bind": ((), CardStatus.BOUND),
}

USABLE = (CardStatus.BOUND,)


class Physical(StrEnum):
    """The physical card's state, as its bureau tells."""

    ACTIVE = "active"
    LOST = "lost"
    LOCKED = "locked"
    CANCELLED = "cancelled"


class Card(Model):
    """One person's card. `sealed` holds name and identity number, `number_sealed` the card's number.

    `citizen_id` is the account that has it, None where only family members show it. `physical` mirrors the physical
    card, known by a keyed hash of its number (`physical_ref`); `held` says why its holder suspended it.
    """

    id: str
    citizen_id: str | None
    person_id: str
    status: CardStatus
    level: int
    holder: str
    number_masked: str
    id_number_masked: str
    region: str
    sealed: bytes
    number_sealed: bytes
    physical_ref: str
    physical: Physical
    physical_version: int
    held: str | None
    bank_masked: str | None
    bound_at: AwareDatetime
    version: int


def reference(card_id: str) -> str:
    """The part of a card's id that its code carries."""
    return card_id[-REFERENCE_LENGTH:]
