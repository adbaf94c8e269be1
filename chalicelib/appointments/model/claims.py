"""The rules of one clinic session: who may take which slot, and what must still be true when they do.

Pure: a session as last seen goes in, a claim comes out, or the fact that refuses it. A session maps slots to numbers
(positive: held until that Unix millisecond; negative: confirmed by the hold that ended then) and people to slots. A
positive number without a person is a slot that was given back and *cools*: nobody gets it before that moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from chalicelib.appointments.errors import AlreadyRegistered, SlotTaken
from chalicelib.appointments.model.places import Hold, Place, person_key, slot_index

HOLD_LIFE = timedelta(minutes=10)
"""How long a slot is held for somebody who has not paid."""


class Overtaken(Exception):
    """A session was not as it had been seen."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A session's slots and people at some moment; nothing known yet is an empty one."""

    slots: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)

    def holder(self, slot: str) -> str | None:
        """Who has a slot; None for one that is free, or cooling."""
        return next((person for person, taken in self.people.items() if taken == slot), None)

    def has(self, person: int, now_ms: int) -> bool:
        """Whether this person has a slot that keeps others out of it."""
        slot = self.people.get(person_key(person))
        return slot is not None and standing(self.slots[slot], now_ms)


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


def any_hold(seen: Seen, place: Place, person: int, now_ms: int) -> Hold | None:
    """This person's standing hold of whichever slot of the session."""
    mine = seen.people.get(person_key(person))
    return own_hold(seen, place.beside(slot_index(mine)), person, now_ms) if mine else None


def other_place(seen: Seen, place: Place, places: int, person: int, now_ms: int) -> Place | None:
    """A slot of the same session that can be had and has not begun; None where there is none.

    Different people are sent to different slots, so that those who lost one slot do not all lose the next one too.
    """
    beside = (place.beside(index) for index in range(places))
    free = [
        each
        for each in beside
        if each.starts_ms > now_ms and not standing(seen.slots.get(each.key, 0), now_ms)
    ]
    return free[person % len(free)] if free else None


def claim(
    seen: Seen, place: Place, person: int, now_ms: int, until_ms: int, cooling_ms: int | None = None
) -> Claim:
    """How this person takes this slot, given the session as seen.

    Whoever names the moment until which a slot cools may have it before.
    Raises AlreadyRegistered (the person is in this session), SlotTaken.
    """
    if seen.has(person, now_ms):
        raise AlreadyRegistered
    mine = seen.people.get(person_key(person))
    theirs = seen.slots.get(place.key)
    early = theirs == cooling_ms and seen.holder(place.key) is None
    if theirs is not None and standing(theirs, now_ms) and not early:
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
    before = seen.holder(slot)
    if before is not None and mine != slot:
        people[before] = slot
        gone_people = (before,)
    return Claim(hold, slots, people, gone_slots, gone_people)
