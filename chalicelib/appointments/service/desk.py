"""The hospital's side: the detail behind a thin event, and the hospital's answer to a booking.

A hospital sees its own appointments only, and its patient under the name that this hospital alone knows.
"""

from dataclasses import dataclass

from chalicelib.appointments.errors import AppointmentNotOpen, AppointmentUnknown
from chalicelib.appointments.model.appointment import Appointment
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
        """Take in the hospital's answer: `accepted` with a queue number, or `rejected`, which gives the money back.

        The first answer counts, its repetitions change nothing. Raises AppointmentUnknown, AppointmentNotOpen,
        Unavailable.
        """
        appointment = self.for_institution(institution_id, appointment_id)
        if appointment.confirmation != "waiting":
            return
        if outcome == "accepted":
            self.appointments.move(
                appointment, "accept", self.clock(), confirmation=outcome, queue_number=queue_number
            )
        elif appointment.status == "booked":
            self.ending.end(appointment, "reject", "cancelled_by_site", confirmation="rejected")
        else:
            raise AppointmentNotOpen
