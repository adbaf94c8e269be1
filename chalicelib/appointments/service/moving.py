"""Rescheduling: a booked slot against another of the same hospital and fee, with one write; the money stays.

Whoever asks either has the new slot or still has the old one. It must not know how payments work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.appointments.errors import (
    AlreadyRegistered,
    AppointmentNotOpen,
    RescheduleNotPossible,
    SlotTaken,
    SlotUnknown,
    TooManyAppointments,
)
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.claims import Claim, Overtaken, claim
from chalicelib.appointments.model.clinic import Clinic
from chalicelib.appointments.model.limits import Entry
from chalicelib.appointments.model.places import Place, milliseconds, person_token
from chalicelib.appointments.model.records import appointment_of
from chalicelib.appointments.model.wishes import offering
from chalicelib.appointments.service.booking import Booking
from chalicelib.appointments.service.ending import Ending, hospital_event
from chalicelib.appointments.service.paying import pickup_code
from chalicelib.appointments.service.rereading import rereading
from chalicelib.appointments.store.limits import Changed
from chalicelib.appointments.store.swaps import Swap, SwapStore, without
from chalicelib.errors import AppError, Unavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.model.mandates import Action
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.outbox import Message, message
from chalicelib.platform.rounds import rounds

_ROUNDS = 6
"""Tries at most: in each something had changed since it was seen, and the slot may still be had."""


@dataclass(frozen=True, slots=True)
class Moving:
    """Moves booked appointments."""

    booking: Booking
    ending: Ending
    swaps: SwapStore
    clock: Clock

    def reschedule(self, citizen: Citizen, appointment_id: str, slot_id: str) -> Appointment:
        """The appointment that takes the place of a booked one; asking again gives the same.

        Until the deadline for cancelling, to a slot of the same hospital and fee. The new day counts instead of the
        old one. Raises AppointmentUnknown, AppointmentNotOpen, CancelTooLate, RescheduleNotPossible, SlotUnknown,
        SlotTaken, AlreadyRegistered, ClinicStopped, TooManyAppointments, Barred, Unavailable, what `Cards.usable`
        raises; the old one stays as it is then.
        """
        place = Place.parse(slot_id)
        if place is None:
            raise SlotUnknown
        return rereading(lambda: self._reschedule(citizen, appointment_id, place))

    def _reschedule(self, citizen: Citizen, appointment_id: str, place: Place) -> Appointment:
        old = self.booking.get(citizen, appointment_id)
        if old.moved_to:
            return self._again(citizen, old, place)
        try:
            return self._move(citizen, old, place)
        except (AppointmentNotOpen, SlotTaken, AlreadyRegistered, TooManyAppointments) as refusal:
            # perhaps by this very request: its answer was lost, or it came twice at once
            now = self.booking.get(citizen, appointment_id)
            if now.moved_to is None:
                raise refusal from None
            return self._again(citizen, now, place)

    def returned(self, told: Mapping[str, Any]) -> None:
        """The slot of a moved appointment came back (message `slot.returned`). Raises Unavailable: it comes again."""
        old = self.booking.appointments.find(told["citizen"], told["about"])
        if old:
            self.ending.waitlist.returned(old)

    def _again(self, citizen: Citizen, old: Appointment, place: Place) -> Appointment:
        if old.moved_to:
            new = self.booking.get(citizen, old.moved_to)
            if (new.hold.clinic, new.hold.index) == (place.clinic, place.index):
                return new
        raise AppointmentNotOpen

    def _move(self, citizen: Citizen, old: Appointment, place: Place) -> Appointment:
        if old.status != "booked":
            raise AppointmentNotOpen
        self.ending.must_be_in_time(old)
        if place.starts_ms <= milliseconds(self.clock()):
            raise SlotUnknown
        card = self.booking.cards.usable(citizen, old.card_id, Action.APPOINTMENTS)
        refusal: AppError = SlotTaken()
        for _ in rounds(_ROUNDS):
            clinic = _fitting(self.booking.clinics.find(place.clinic), place, old)
            swap = self._swap(old, place, clinic, card.person_id)
            try:
                self.swaps.swap(swap, self.clock())
            except Overtaken:
                refusal = SlotTaken()
                continue
            except Changed:
                refusal = Unavailable()
                continue
            log.event("appointment.moved", appointment=old.id, to=swap.new.id)
            self.booking.sold_out.forget(old.hold.clinic)
            return swap.new
        raise refusal

    def _swap(self, old: Appointment, place: Place, clinic: Clinic, person_id: str) -> Swap:
        now, claimed_before = self.clock(), Entry(old.hold.clinic, old.hold.until_ms)
        entry, day = self.booking.limiting.exchange(person_id, old.starts_at, claimed_before, place, now)
        claimed = self._claim(old, place, clinic, person_id, entry.until_ms)
        shown = self.booking.availability.find(clinic)
        if shown is None:
            raise SlotUnknown
        new = appointment_of(claimed.hold, old.citizen_id, old.card_id, shown).model_copy(
            update={
                "status": "booked",
                "confirmation": "waiting",
                "pickup_code": pickup_code(),
                "moved_from": old.id,
                "paid_by": old.order_id,
            }
        )
        return Swap(old, new, claimed, clinic, day, self.ending.cooling(old), _messages(old, new))

    def _claim(self, old: Appointment, place: Place, clinic: Clinic, person_id: str, until_ms: int) -> Claim:
        """How the new slot is taken; within one session, the person is not in the way of themself."""
        seen = without(clinic.seen, old.hold) if clinic.number == old.hold.clinic else clinic.seen
        person = person_token(person_id, clinic.number)
        return claim(seen, place, person, milliseconds(self.clock()), until_ms)


def _fitting(clinic: Clinic | None, place: Place, old: Appointment) -> Clinic:
    """The session, if the appointment may be moved to this slot of it.

    Raises SlotUnknown, ClinicStopped, RescheduleNotPossible.
    """
    clinic = offering(clinic, place)
    if clinic.hospital_id != old.hospital_id:
        raise RescheduleNotPossible("The slot is at another hospital.", "该号源属于其他医院。")
    if clinic.fee_fen != old.fee_fen:
        raise RescheduleNotPossible("The slot has another fee.", "该号源的挂号费不同。")
    if (place.clinic, place.index) == (old.hold.clinic, old.hold.index):
        raise RescheduleNotPossible("The appointment has this slot already.", "该预约已是此号源。")
    return clinic


def _messages(old: Appointment, new: Appointment) -> tuple[Message, ...]:
    """The hospital loses the one and gets the other; the citizen is told once; whoever waits may have the old slot."""
    told = {"citizen": new.citizen_id, "kind": "appointment-rescheduled"}
    booked = {"institution": new.hospital_id, "event": "appointment.booked"}
    return (
        hospital_event(old, "appointment.cancelled"),
        message("events", "event.deliver", new.id, new.version, **booked),
        message("notices", "notice.send", new.id, new.version, **told),
        message("events", "slot.returned", old.id, old.version + 1, citizen=old.citizen_id),
    )
