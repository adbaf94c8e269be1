"""What a process remembers for one second of sessions that had nothing left: the crowd behind costs no call.

Whoever was seen in the session is never refused from memory, nor is anybody after a hold or an end in this process, or
once one of the holds that were seen has come to its end. So somebody can have got in unseen only where a slot was given
back and taken again in other processes within that very second; to them it says *taken*, and a second later, theirs.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.appointments.model.claims import standing
from chalicelib.appointments.model.clinic import Clinic
from chalicelib.appointments.model.places import Place, milliseconds, moment_of, person_key, slot_key

_MEMORY = timedelta(seconds=1)
_MOST = 1000
"""Sessions remembered at once."""


@dataclass(frozen=True, slots=True)
class _Known:
    until: datetime
    people: frozenset[str]
    confirmed: frozenset[str]
    full: bool


@dataclass(frozen=True, slots=True)
class SoldOut:
    """Sessions that were seen a moment ago."""

    _known: dict[int, _Known] = field(default_factory=dict)

    def learn(self, clinic: Clinic, now: datetime) -> None:
        """Remember a session as a refused write showed it."""
        seen, now_ms = clinic.seen, milliseconds(now)
        full = all(standing(seen.slots.get(slot_key(each), 0), now_ms) for each in range(clinic.places))
        confirmed = frozenset(slot for slot, value in seen.slots.items() if value < 0)
        ends = (moment_of(value) for value in seen.slots.values() if value > now_ms)
        until = min((now + _MEMORY, *ends))
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[clinic.number] = _Known(until, frozenset(seen.people), confirmed, full)

    def forget(self, number: int) -> None:
        """A session has changed."""
        self._known.pop(number, None)

    def refuses(self, place: Place, person: int, now: datetime, *, any_time: bool) -> bool:
        """Whether there is nothing to be had, for somebody who was not in the session."""
        known = self._known.get(place.clinic)
        if known is None or now >= known.until or person_key(person) in known.people:
            return False
        return known.full or (not any_time and place.key in known.confirmed)
