"""The hospital's side: the detail behind a thin event, and what the hospital tells of a booking and the visit.

A hospital sees its own appointments only, and its patient under the name that this hospital alone knows.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.appointments.errors import AppointmentNotOpen, AppointmentUnknown, ClinicUnknown
from chalicelib.appointments.model.appointment import TRANSITIONS, Appointment, Event
from chalicelib.appointments.service.attending import Attending
from chalicelib.appointments.service.ending import Ending
from chalicelib.appointments.service.stopping import Stopping
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.cards.service.cards import Cards
from chalicelib.platform.clock import Clock
from chalicelib.platform.cursor import Cursors


@dataclass(frozen=True, slots=True)
class Patient:
    """Who comes: the name this hospital alone has for them, and their own, masked."""

    pseudonym: str
    holder: str


@dataclass(frozen=True, slots=True)
class Detail:
    """An appointment and its patient."""

    appointment: Appointment
    patient: Patient


@dataclass(frozen=True, slots=True)
class Roster:
    """A page of a session's appointments, whether the session is stopped, and the cursor of the next page."""

    details: list[Detail]
    stopped: bool
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Desk:
    """A hospital's appointment desk."""

    appointments: AppointmentStore
    cards: Cards
    ending: Ending
    attending: Attending
    stopping: Stopping
    cursors: Cursors
    clock: Clock

    def detail(self, institution_id: str, appointment_id: str) -> Detail:
        """An appointment at this hospital and who comes. Raises AppointmentUnknown for all others."""
        return self._detail(self.for_institution(institution_id, appointment_id))

    def roster(
        self, institution_id: str, practitioner_id: str, starts_at: datetime, limit: int, cursor: str | None
    ) -> Roster:
        """Who was ever booked in a session of this hospital.

        A page looks at `limit` holds and lists those that were paid: it may be short, and others may follow. Raises
        ClinicUnknown, Invalid for a foreign cursor.
        """
        clinic = self.stopping.published(institution_id, practitioner_id, starts_at)
        if clinic is None:
            raise ClinicUnknown
        scope = f"roster:{clinic.number}"
        page, last = self.appointments.roster(clinic.number, limit, self.cursors.open(scope, cursor))
        records = [self.appointments.find(*each) for each in page]
        booked = [each for each in records if each and each.confirmation]
        details = [self._detail(each) for each in booked]
        return Roster(details, clinic.stopped, self.cursors.seal(scope, last))

    def _detail(self, appointment: Appointment) -> Detail:
        card = self.cards.known(appointment.card_id)
        pseudonym = self.cards.pseudonym(appointment.hospital_id, card.person_id)
        return Detail(appointment, Patient(pseudonym, card.holder))

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
        gives the money back, even after the visit: the hospital never took the booking. The first one counts, its
        repetitions change nothing. Raises AppointmentUnknown, AppointmentNotOpen (for good: what is told no longer
        fits), Unavailable.
        """
        appointment = self.for_institution(institution_id, appointment_id)
        self.attending.heard(appointment)
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
        elif appointment.status in TRANSITIONS["reject"][0]:
            self.ending.end(appointment, "reject", "cancelled_by_site", confirmation="rejected")
        else:
            raise AppointmentNotOpen
