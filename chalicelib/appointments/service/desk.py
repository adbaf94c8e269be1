"""The hospital's side: the detail behind a thin event, and what the hospital tells of a booking and the visit.

A hospital sees its own appointments only, and its patient under the name that this hospital alone knows.
"""

from dataclasses import dataclass

from chalicelib.appointments.errors import AppointmentNotOpen, AppointmentUnknown
from chalicelib.appointments.model.appointment import Appointment, Event
from chalicelib.appointments.service.attending import Attending
from chalicelib.appointments.service.ending import Ending
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.cards.service.cards import Cards
from chalicelib.platform.clock import Clock


@dataclass(frozen=True, slots=True)
class Patient:
    """Who comes: the name this hospital alone has for them, and their own, masked."""

    pseudonym: str
    holder: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A hospital's appointment desk."""

    appointments: AppointmentStore
    cards: Cards
    ending: Ending
    attending: Attending
    clock: Clock

    def detail(self, institution_id: str, appointment_id: str) -> tuple[Appointment, Patient]:
        """An appointment at this hospital and who comes. Raises AppointmentUnknown for all others."""
        found = self.for_institution(institution_id, appointment_id)
        card = self.cards.known(found.card_id)
        return found, Patient(self.cards.pseudonym(institution_id, card.person_id), card.holder)

    def for_institution(self, institution_id: str, appointment_id: str) -> Appointment:
        """An appointment at this hospital that somebody asked to pay. Raises AppointmentUnknown for all others."""
        owner = self.appointments.owner(appointment_id)
        found = self.appointments.find(owner, appointment_id) if owner else None
        if found is None or found.hospital_id != institution_id or found.confirmation is None:
            raise AppointmentUnknown
        return found

    def acknowledge(
        self, institution_id: str, appointment_id: str, outcome: str, queue_number: int | None
    ) -> None:
        """Take in what the hospital tells: its answer to the booking, or how the visit went (see `Attending.visit`).

        The answer is `accepted` with a queue number, also when the patient is there already, or `rejected`, which
        gives the money back. The first one counts, its repetitions change nothing. Raises AppointmentUnknown,
        AppointmentNotOpen (for good: what is told no longer fits), Unavailable.
        """
        appointment = self.for_institution(institution_id, appointment_id)
        match outcome:
            case "called" | "fulfilled" | "no-show":
                self.attending.visit(appointment, outcome)
            case _:
                self._answer(appointment, outcome, queue_number)

    def _answer(self, appointment: Appointment, outcome: str, queue_number: int | None) -> None:
        if appointment.confirmation != "waiting":
            return
        if outcome == "accepted":
            event: Event = "confirm" if appointment.status == "checked-in" else "accept"
            self.appointments.move(
                appointment, event, self.clock(), confirmation=outcome, queue_number=queue_number
            )
        elif appointment.status == "booked":
            self.ending.end(appointment, "reject", "cancelled_by_site", confirmation="rejected")
        else:
            raise AppointmentNotOpen
