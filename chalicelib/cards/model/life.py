"""A card's life as a pure machine: a card and an event give the card as it is then, or a refusal. Knows no storage.

Its holder reports it lost, resumes, unlinks, links a bank account, moves it to another account; the bureau tells what
became of the physical card. What has happened already changes nothing: the very same card comes back. Every change
counts `version` up by one.
"""

from enum import StrEnum

from chalicelib.cards.errors import (
    CardCancelled,
    CardHeldByBureau,
    CardNotUsable,
    CardTransitionRefused,
    CardUnlinked,
)
from chalicelib.cards.model.card import FINAL, Card, CardStatus, Hold, Physical


class Event(StrEnum):
    """What may happen to a card. The last four are the bureau's word about the physical one."""

    SUSPEND = "suspend"
    RESUME = "resume"
    UNLINK = "unlink"
    LINK_BANK = "link-bank"
    UNLINK_BANK = "unlink-bank"
    MOVE = "move"
    FOUND = "physical-active"
    LOST = "physical-lost"
    LOCKED = "physical-locked"
    CANCELLED = "physical-cancelled"


_BOUND, _SUSPENDED, _LOCKED = CardStatus.BOUND, CardStatus.SUSPENDED, CardStatus.LOCKED
_UNLINKED, _CANCELLED = CardStatus.UNLINKED, CardStatus.CANCELLED

MIRRORS: dict[Physical, Event] = {
    Physical.ACTIVE: Event.FOUND,
    Physical.LOST: Event.LOST,
    Physical.LOCKED: Event.LOCKED,
    Physical.CANCELLED: Event.CANCELLED,
}

TRANSITIONS: dict[tuple[CardStatus, Event], tuple[CardStatus, ...]] = {
    (_BOUND, Event.SUSPEND): (_SUSPENDED,),
    (_SUSPENDED, Event.SUSPEND): (_SUSPENDED,),
    (_LOCKED, Event.SUSPEND): (_LOCKED,),
    (_BOUND, Event.RESUME): (_BOUND,),
    (_SUSPENDED, Event.RESUME): (_BOUND,),
    (_BOUND, Event.UNLINK): (_UNLINKED,),
    (_SUSPENDED, Event.UNLINK): (_UNLINKED,),
    (_LOCKED, Event.UNLINK): (_UNLINKED,),
    (_UNLINKED, Event.UNLINK): (_UNLINKED,),
    (_BOUND, Event.LINK_BANK): (_BOUND,),
    (_BOUND, Event.UNLINK_BANK): (_BOUND,),
    (_BOUND, Event.MOVE): (_BOUND,),
    (_SUSPENDED, Event.MOVE): (_SUSPENDED,),
    (_LOCKED, Event.MOVE): (_LOCKED,),
    (_BOUND, Event.FOUND): (_BOUND,),
    (_SUSPENDED, Event.FOUND): (_BOUND, _SUSPENDED),
    (_LOCKED, Event.FOUND): (_BOUND, _SUSPENDED),
    (_BOUND, Event.LOST): (_SUSPENDED,),
    (_SUSPENDED, Event.LOST): (_SUSPENDED,),
    (_LOCKED, Event.LOST): (_SUSPENDED,),
    (_BOUND, Event.LOCKED): (_LOCKED,),
    (_SUSPENDED, Event.LOCKED): (_LOCKED,),
    (_LOCKED, Event.LOCKED): (_LOCKED,),
    (_BOUND, Event.CANCELLED): (_CANCELLED,),
    (_SUSPENDED, Event.CANCELLED): (_CANCELLED,),
    (_LOCKED, Event.CANCELLED): (_CANCELLED,),
    **{(final, event): (final,) for final in FINAL for event in MIRRORS.values()},
}
"""State x event -> the states that may follow; what is not here is refused. Two follow where a hold decides."""


def suspend(card: Card, reason: Hold) -> Card:
    """The holder takes it out of use: reported lost, at risk, or used by somebody else. The first reason stays.

    A locked card stays locked, and is suspended once it is unlocked. Raises CardUnlinked, CardCancelled.
    """
    admit(card, Event.SUSPEND)
    return card if card.held else _changed(card, held=reason)


def resume(card: Card) -> Card:
    """The holder takes it back into use, at the level it had. Raises CardUnlinked, CardCancelled, CardHeldByBureau."""
    admit(card, Event.RESUME)
    if card.physical is not Physical.ACTIVE:
        raise CardHeldByBureau
    return _changed(card, held=None)


def unlink(card: Card) -> Card:
    """The holder gives it up, for good. Raises CardCancelled."""
    admit(card, Event.UNLINK)
    return _changed(card, unlinked=True)


def link_bank(card: Card, bank_masked: str) -> Card:
    """Its bank account is known: level 2. Raises what the card's state makes of it, see `refusal`."""
    admit(card, Event.LINK_BANK)
    return _changed(card, bank_masked=bank_masked)


def unlink_bank(card: Card) -> Card:
    """Without a bank account again: level 1. Raises what the card's state makes of it, see `refusal`."""
    admit(card, Event.UNLINK_BANK)
    return _changed(card, bank_masked=None)


def move(card: Card, citizen_id: str, *, at: int, by: str) -> Card:
    """Its person takes it into this account at Unix second `at`, `by` a face verification.

    Hold and bank account stay with it. A card that only family showed is taken in the same way, and no code of its
    own is out. Raises CardUnlinked, CardCancelled.
    """
    admit(card, Event.MOVE)
    if card.citizen_id == citizen_id:
        return card
    left = {} if card.citizen_id is None else card.left(at)
    return _changed(card, citizen_id=citizen_id, bound_by=by, **left)


def mirror(card: Card, physical: Physical, version: int) -> Card:
    """The bureau's word about the physical card. An older version, or one for a card that ended, changes nothing."""
    if card.status in FINAL or version <= card.physical_version:
        return card
    return _changed(card, physical=physical, physical_version=version)


def refusal(card: Card) -> CardNotUsable | CardTransitionRefused:
    """Why an event that is not in `TRANSITIONS` may not happen to this card: the most telling fact."""
    if card.status is CardStatus.UNLINKED:
        return CardUnlinked()
    if card.status is CardStatus.CANCELLED:
        return CardCancelled()
    return CardTransitionRefused() if card.physical is Physical.ACTIVE else CardHeldByBureau()


def admit(card: Card, event: Event) -> None:
    """Whether the event may happen to this card at all. Raises what `refusal` says."""
    if (card.status, event) not in TRANSITIONS:
        raise refusal(card)


def _changed(card: Card, **changes: object) -> Card:
    if all(getattr(card, name) == value for name, value in changes.items()):
        return card
    return card.model_copy(update=changes | {"version": card.version + 1})
