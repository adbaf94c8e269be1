"""A card as it stands. Pure data and rules; how it changes is told in `life`."""

from enum import StrEnum

from pydantic import AwareDatetime, computed_field

from chalicelib.cards.errors import CodeExpired, unusable
from chalicelib.errors import AppError
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


_ASKED_ABOUT_SECONDS = 2 * 24 * 3600
_MOST_MOMENTS = 32
USABLE = (CardStatus.BOUND,)
FINAL = (CardStatus.UNLINKED, CardStatus.CANCELLED)
"""Nothing happens to such a card any more; its person may bind another."""


class Physical(StrEnum):
    """The physical card's state, as its bureau tells."""

    ACTIVE = "active"
    LOST = "lost"
    LOCKED = "locked"
    CANCELLED = "cancelled"


class Hold(StrEnum):
    """Why a card's holder suspended it."""

    LOST = "lost"
    """The physical card, or the phone."""
    RISK = "risk"
    """They do not trust where it was shown."""
    NOT_ME = "not-me"
    """Somebody else used it."""


class Card(Model):
    """One person's card. `sealed` holds name and identity number, `number_sealed` the card's number.

    `citizen_id` is the account that has it, None where only family members show it, and `bound_by` the face
    verification by which it got there. `physical` mirrors the physical card, known by a keyed hash of its number
    (`physical_ref`); `moved_at` (Unix seconds) is when it left another account, `stopped_at` when it went out of use
    the last time, and `resumed_at` when that was over; `moved_before` and `stopped_before` are the earlier times that
    a code may still be asked about. Status and level are never set: they follow from the rest, so no two of them can
    contradict each other.
    """

    id: str
    citizen_id: str | None
    person_id: str
    holder: str
    number_masked: str
    id_number_masked: str
    region: str
    sealed: bytes
    number_sealed: bytes
    physical_ref: str
    physical: Physical
    physical_version: int
    held: Hold | None = None
    unlinked: bool = False
    bank_masked: str | None = None
    bound_at: AwareDatetime
    bound_by: str | None = None
    moved_at: int | None = None
    moved_before: tuple[int, ...] = ()
    stopped_at: int | None = None
    stopped_before: tuple[int, ...] = ()
    resumed_at: int | None = None
    version: int

    @computed_field  # type: ignore[prop-decorator]
    @property
    def status(self) -> CardStatus:
        """What the card's holder, the physical card and the link to it come to: the gravest of them."""
        if self.physical is Physical.CANCELLED:
            return CardStatus.CANCELLED
        if self.unlinked:
            return CardStatus.UNLINKED
        if self.physical is Physical.LOCKED:
            return CardStatus.LOCKED
        return CardStatus.SUSPENDED if self.held or self.physical is Physical.LOST else CardStatus.BOUND

    @computed_field  # type: ignore[prop-decorator]
    @property
    def level(self) -> int:
        """2 where a bank account is linked, so that the card can pay; suspending or locking it changes nothing."""
        return 2 if self.bank_masked else 1

    def require_usable(self) -> None:
        """Raises CardSuspended, CardLocked, CardUnlinked or CardCancelled where the card may not be used now."""
        if self.status not in USABLE:
            raise unusable(self.status)

    def refusal_of_code(self, minted_at: int) -> AppError | None:
        """Why the card's own code, minted at this Unix second, may not be used; None where it may.

        A code counts by the second: one of the very second in which the card moved may be the former account's. One
        that was out when the card went out of use stays dead, also where the card is in use again by now.
        """
        if self.status not in USABLE:
            return unusable(self.status)
        moved = self.moved_at is not None and minted_at <= self.moved_at
        stopped = self.stopped_at is not None and minted_at < self.stopped_at
        return CodeExpired() if moved or stopped else None

    def refusal_of_offline_code(self, minted_at: int, presented_at: float) -> AppError | None:
        """Why the card's offline code of this Unix second, shown at that moment, does not count; None where it does.

        A counter without a network cannot know that a card went out of use, or to another account: what was shown
        before counts, what was shown after does not, also where the card is in use again by now.
        """
        if any(minted_at <= at <= presented_at for at in _all(self.stopped_before, self.stopped_at)):
            return unusable(CardStatus.SUSPENDED if self.status in USABLE else self.status)
        if any(minted_at <= at <= presented_at for at in _all(self.moved_before, self.moved_at)):
            return CodeExpired()
        return None

    def stamped(self, at: int) -> "Card":
        """The card after a change, with the Unix second `at` if the change took it out of use or back into it."""
        stopped = self.stopped_at is not None and self.resumed_at is None
        if stopped == (self.status not in USABLE):
            return self
        if stopped:
            return self.model_copy(update={"resumed_at": at})
        before = _lately(_all(self.stopped_before, self.stopped_at), at)
        return self.model_copy(update={"stopped_at": at, "stopped_before": before, "resumed_at": None})

    def left(self, at: int) -> dict[str, object]:
        """What a move out of its account at this Unix second changes."""
        return {"moved_at": at, "moved_before": _lately(_all(self.moved_before, self.moved_at), at)}


def _all(before: tuple[int, ...], last: int | None) -> tuple[int, ...]:
    return before if last is None else (*before, last)


def _lately(moments: tuple[int, ...], at: int) -> tuple[int, ...]:
    """Those that a code may still be asked about: an offline code lives a day, and is redeemed within another."""
    return tuple(each for each in moments if at - each <= _ASKED_ABOUT_SECONDS)[-_MOST_MOMENTS:]


def reference(card_id: str) -> str:
    """The part of a card's id that its code carries."""
    return card_id[-REFERENCE_LENGTH:]
