"""One person's limit across sessions: claimed before a hold, given back when there is none or when it ends.

A claim that a crash left over is found out when the limit would refuse: the sessions' own items tell what stands.
Days that are past go along with whatever else is written about a person whose item has been seen.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.appointments.errors import Barred, TooManyAppointments
from chalicelib.appointments.model.claims import HOLD_LIFE
from chalicelib.appointments.model.limits import Day, Entry
from chalicelib.appointments.model.places import Place, milliseconds, moment_of, person_token
from chalicelib.appointments.store.clinics import ClinicStore
from chalicelib.appointments.store.limits import Changed, LimitStore, Seen
from chalicelib.errors import Unavailable
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Write
from chalicelib.platform.rounds import rounds
from chalicelib.types import CHINA

_UNDER_WAY = timedelta(seconds=30)
"""A claim this young may belong to a request that has not held yet: no request lives longer."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim wrote."""

    person_id: str
    on: date
    entry: Entry
    seen: Seen


def day_of(starts_ms: int) -> date:
    """The day in China."""
    return _day(moment_of(starts_ms))


def _day(starts_at: datetime) -> date:
    return starts_at.astimezone(CHINA).date()


def _must_not_be_barred(seen: Seen, now: datetime) -> None:
    if seen.barred_until and seen.barred_until > now.timestamp():
        raise Barred


@dataclass(frozen=True, slots=True)
class Limiting:
    """Claims and gives back. `most_per_day` is the city's own rule, as it is now."""

    store: LimitStore
    clinics: ClinicStore
    most_per_day: Callable[[], int]
    clock: Clock

    def claim(self, person_id: str, place: Place, now: datetime) -> Claimed:
        """Claim one appointment of the day, for a hold whose end the claim tells.

        One write for the first of a day, two else. Raises TooManyAppointments, Barred, Unavailable.
        """
        on, seen = day_of(place.starts_ms), Seen()
        for _ in rounds():
            _must_not_be_barred(seen, now)
            day, entry = self._with_one_more(person_id, seen.day(on), place, now)
            try:
                return Claimed(person_id, on, entry, self._write(person_id, {on: day}, seen))
            except Changed as changed:
                seen = changed.seen
        raise Unavailable

    def exchange(
        self, person_id: str, starts_at: datetime, entry: Entry, place: Place, now: datetime
    ) -> tuple[Entry, Write]:
        """A claim against another one, perhaps of another day: the new one, and the write, refused with Changed.

        The write belongs into the transaction that gives up the one hold and makes the other. Raises
        TooManyAppointments, Barred, Unavailable.
        """
        seen, left, on = self.store.find(person_id), _day(starts_at), day_of(place.starts_ms)
        _must_not_be_barred(seen, now)
        rest = seen.day(left).minus(entry, held=True)
        day, new = self._with_one_more(person_id, rest if on == left else seen.day(on), place, now)
        days = {**self._past(seen), left: rest, on: day}
        return new, self.store.writing(person_id, days, seen)

    def count_late(self, person_id: str, starts_at: datetime, entry: Entry, now: datetime) -> None:
        """A hold that was confirmed late counts on its day, though its claim may have been dropped when it ran out.

        Doing it again changes nothing. Raises TooManyAppointments where another took its place, Unavailable.
        """
        on, seen = _day(starts_at), self.store.find(person_id)
        for _ in rounds():
            day = seen.day(on)
            if entry in day.entries:
                return
            admitting = self._admitting(person_id, day, entry.clinic, now)
            try:
                self._write(person_id, {on: admitting.plus(entry)}, seen)
            except Changed as changed:
                seen = changed.seen
            else:
                return
        raise Unavailable

    def give_back(self, claimed: Claimed) -> None:
        """No hold came of a claim. Raises Unavailable: the claim is found out later, then."""
        self._without(claimed.person_id, claimed.on, claimed.entry, claimed.seen, held=False)

    def end(self, person_id: str, starts_at: datetime, entry: Entry) -> None:
        """The hold of a claim ended; doing it again changes nothing. Raises Unavailable."""
        self._without(person_id, _day(starts_at), entry, self.store.find(person_id), held=True)

    def forget_past(self, person_id: str) -> None:
        """Let a person's item stay small: one read, and a write where there is something to forget.

        Raises Unavailable; whatever is written next forgets it, then.
        """
        seen = self.store.find(person_id)
        if self._past(seen):
            with suppress(Changed):
                self._write(person_id, {}, seen)

    def _write(self, person_id: str, days: Mapping[date, Day], seen: Seen) -> Seen:
        return self.store.write(person_id, {**self._past(seen), **days}, seen)

    def _past(self, seen: Seen) -> dict[date, Day]:
        """Nothing is left of days that are over: no slot of theirs can be had."""
        today = _day(self.clock())
        return {on: Day() for on in seen.days if on < today}

    def _without(self, person_id: str, on: date, entry: Entry, seen: Seen, *, held: bool) -> None:
        for _ in rounds():
            day = seen.day(on)
            if entry not in day.entries:
                return
            try:
                self._write(person_id, {on: day.minus(entry, held=held)}, seen)
            except Changed as changed:
                seen = changed.seen
            else:
                return
        raise Unavailable

    def _with_one_more(self, person_id: str, day: Day, place: Place, now: datetime) -> tuple[Day, Entry]:
        admitting = self._admitting(person_id, day, place.clinic, now)
        entry = Entry(place.clinic, admitting.fresh(milliseconds(now + HOLD_LIFE)))
        return admitting.plus(entry), entry

    def _admitting(self, person_id: str, day: Day, clinic: int, now: datetime) -> Day:
        most = self.most_per_day()
        if day.admits(clinic, most):
            return day
        true = day.only(each for each in day.entries if self._stands(person_id, each, now))
        if not true.admits(clinic, most):
            raise TooManyAppointments
        return true

    def _stands(self, person_id: str, entry: Entry, now: datetime) -> bool:
        if moment_of(entry.until_ms) - HOLD_LIFE + _UNDER_WAY > now:
            return True
        clinic = self.clinics.find(entry.clinic)
        person = person_token(person_id, entry.clinic)
        return clinic is not None and clinic.seen.has(person, milliseconds(now))
