"""Handing a slot that can be had to somebody who waited for it and has paid already.

Who that is, and whether they are next, the waitlist knows. The seat comes as writes: the waitlist commits them together
with its own, so that nobody can have the slot without having been in the queue, or leave the queue without the slot.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from chalicelib.appointments.errors import AlreadyRegistered, SlotTaken
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.claims import Claim, claim, standing
from chalicelib.appointments.model.clinic import Clinic
from chalicelib.appointments.model.directory import Availability
from chalicelib.appointments.model.places import Place, milliseconds, person_token
from chalicelib.appointments.model.records import appointment_of
from chalicelib.appointments.service.limiting import Claimed, Limiting
from chalicelib.appointments.service.paying import pickup_code
from chalicelib.appointments.store.availability import AvailabilityStore
from chalicelib.appointments.store.clinics import ClinicStore
from chalicelib.appointments.store.seats import SeatStore
from chalicelib.errors import Unavailable
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Write
from chalicelib.platform.outbox import Message, message
from chalicelib.types import CHINA

_MOST_SESSIONS = 100


@dataclass(frozen=True, slots=True)
class Opening:
    """A slot that can be had by those who wait, in its session as it was seen."""

    shown: Availability
    clinic: Clinic
    place: Place


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets the slot, and the order that paid for it."""

    citizen_id: str
    card_id: str
    person_id: str
    order_id: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A slot for somebody: what is still to be committed, and the day that was claimed for it."""

    appointment: Appointment
    writes: list[Write]
    claimed: Claimed

    @property
    def messages(self) -> tuple[Message, Message]:
        """The hospital is told of a booking, the citizen of what they got."""
        new = self.appointment
        booked = {"institution": new.hospital_id, "event": "appointment.booked"}
        told = {
            "citizen": new.citizen_id,
            "kind": "waitlist-fulfilled",
            "hospital": new.hospital_name,
            "day": new.starts_at.astimezone(CHINA).date().isoformat(),
        }
        return (
            message("events", "event.deliver", new.id, new.version, **booked),
            message("notices", "notice.send", new.id, new.version, **told),
        )


@dataclass(frozen=True, slots=True)
class Handing:
    """Slots that can be had."""

    clinics: ClinicStore
    availability: AvailabilityStore
    seats: SeatStore
    limiting: Limiting
    clock: Clock

    def openings(
        self, hospital_id: str, department_id: str, day: date, returned: int | None
    ) -> Iterator[Opening]:
        """The slots of a department's day that can be had now, or are kept for those who wait.

        What is shown may be a moment old; `returned`: the session of which something is known to have come back.
        """
        now_ms = milliseconds(self.clock())
        for _, shown in self.availability.list_day(hospital_id, department_id, day, _MOST_SESSIONS, None):
            clinic = self.clinics.find(shown.clinic) if _worth_a_look(shown, returned) else None
            if clinic and not clinic.stopped:
                places = (shown.session.place(shown.clinic, index) for index in range(clinic.places))
                yield from (
                    Opening(shown, clinic, each) for each in places if _to_be_had(clinic, each, now_ms)
                )

    def seat(self, opening: Opening, receiver: Receiver) -> Seat:
        """The slot for this person, whose day is claimed by this.

        Raises SlotTaken, AlreadyRegistered, TooManyAppointments, Barred, Unavailable.
        """
        now = self.clock()
        _must_not_be_in(opening.clinic, receiver.person_id, milliseconds(now))
        claimed = self.limiting.claim(receiver.person_id, opening.place, now)
        try:
            made = self._claim(opening, receiver.person_id, claimed.entry.until_ms)
        except (SlotTaken, AlreadyRegistered):
            self.give_back(claimed)
            raise
        record = appointment_of(made.hold, receiver.citizen_id, receiver.card_id, opening.shown)
        booked = record.model_copy(
            update={
                "status": "booked",
                "confirmation": "waiting",
                "pickup_code": pickup_code(),
                "paid_by": receiver.order_id,
            }
        )
        return Seat(booked, self.seats.seating(opening.clinic, made, booked), claimed)

    def give_back(self, claimed: Claimed) -> None:
        """The day of a seat that was not taken; where that fails, it is found out later."""
        with suppress(Unavailable):
            self.limiting.give_back(claimed)

    def _claim(self, opening: Opening, person_id: str, until_ms: int) -> Claim:
        clinic, place = opening.clinic, opening.place
        person = person_token(person_id, clinic.number)
        cooling_ms = clinic.seen.slots.get(place.key)
        return claim(clinic.seen, place, person, milliseconds(self.clock()), until_ms, cooling_ms)


def _worth_a_look(shown: Availability, returned: int | None) -> bool:
    """Whether a session may have a slot to be had: not every one is confirmed."""
    confirmed = sum(value < 0 for value in shown.taken.values())
    return shown.clinic == returned or (not shown.stopped and confirmed < shown.session.places)


def _to_be_had(clinic: Clinic, place: Place, now_ms: int) -> bool:
    """Not begun, and free, or given back by somebody and cooling."""
    value = clinic.seen.slots.get(place.key, 0)
    cooling = value > now_ms and clinic.seen.holder(place.key) is None
    return place.starts_ms > now_ms and (cooling or not standing(value, now_ms))


def _must_not_be_in(clinic: Clinic, person_id: str, now_ms: int) -> None:
    """Raises AlreadyRegistered, before anything is claimed."""
    if clinic.seen.has(person_token(person_id, clinic.number), now_ms):
        raise AlreadyRegistered
