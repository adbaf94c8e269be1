"""The rules of one clinic session: who may take which slot, and what must still be true when they do.

Pure: a session as last seen goes in, a claim comes out, or the fact that refuses it. A session maps slots to numbers
(positive: held until that Unix millisecond; negative: confirmed by the hold that ended then) and people to slots.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from chalicelib.appointments.errors import AlreadyRegistered, SlotTaken
from chalicelib.appointments.model.places import Hold, Place, person_key

HOLD_LIFE = timedelta(minutes=10)
"""How long a slot is held for somebody who has not paid."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A session's slots and people at some moment; nothing known yet is an empty one."""

    slots: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)

    def holder(self, slot: str) -> str:
        """Who has a slot."""
        return next(person for person, taken in self.people.items() if taken == slot)


@dataclass(frozen=True, slots=True)
class Claim:
    """One write that takes a slot: what it must find (None: nothing), what it removes, and the hold it makes."""

    hold: Hold
    slots: Mapping[str, int | None]
    people: Mapping[str, str | None]
    gone_slots: tuple[str, ...] = ()
    gone_people: tuple[str, ...] = ()


def standing(value: int, now_ms: int) -> bool:
    """Whether a slot's number keeps others out: confirmed, or held and not expired."""
    return value < 0 or value > now_ms


def own_hold(seen: Seen, place: Place, person: int, now_ms: int) -> Hold | None:
    """This person's standing hold of this very slot: asking for it again gives the same."""
    until_ms = seen.slots.get(place.key, 0)
    mine = seen.people.get(person_key(person)) == place.key
    return Hold(place.clinic, place.index, until_ms, person) if mine and until_ms > now_ms else None


def claim(seen: Seen, place: Place, person: int, now_ms: int, until_ms: int) -> Claim:
    """How this person takes this slot, given the session as seen.

    Raises AlreadyRegistered (the person is in this session), SlotTaken.
    """
    mine = seen.people.get(person_key(person))
    if mine is not None and standing(seen.slots[mine], now_ms):
        raise AlreadyRegistered
    theirs = seen.slots.get(place.key)
    if theirs is not None and standing(theirs, now_ms):
        raise SlotTaken
    return _takeover(seen, Hold(place.clinic, place.index, until_ms, person), mine)


def _takeover(seen: Seen, hold: Hold, mine: str | None) -> Claim:
    """Take a slot that is free, or whose hold has expired; my own expired hold elsewhere goes."""
    me, slot = hold.person_key, hold.key
    slots: dict[str, int | None] = {slot: seen.slots.get(slot)}
    people: dict[str, str | None] = {me: mine}
    gone_slots: tuple[str, ...] = ()
    gone_people: tuple[str, ...] = ()
    if mine is not None and mine != slot:
        slots[mine] = seen.slots[mine]
        gone_slots = (mine,)
    if slot in seen.slots and mine != slot:
        before = seen.holder(slot)
        people[before] = slot
        gone_people = (before,)
    return Claim(hold, slots, people, gone_slots, gone_people)
