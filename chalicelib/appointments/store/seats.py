"""A slot for somebody who has paid already: the session's item, the roster and the record, as writes of a transaction.

It must not know who they are, nor why they get it.
"""

from dataclasses import dataclass

from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.claims import Claim
from chalicelib.appointments.model.clinic import Clinic
from chalicelib.appointments.model.places import clinic_key
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.appointments.store.terms import confirmed, gone, overtaken, wanted
from chalicelib.errors import Unavailable
from chalicelib.platform.dynamo import Table, Write


@dataclass(frozen=True, slots=True)
class SeatStore:
    """The writes."""

    appointments: AppointmentStore
    sessions: Table

    def seating(self, clinic: Clinic, claim: Claim, appointment: Appointment) -> list[Write]:
        """The slot confirmed, and the appointment booked. Refused with Overtaken where the session has changed."""
        session = self.sessions.update(
            {"pk": clinic_key(clinic.number)},
            overtaken,
            expect=wanted(clinic, claim),
            assign=confirmed(claim.hold),
            remove=gone(claim),
            add={"v": 1},
        )
        record = self.appointments.creation(appointment, lambda _: Unavailable())
        entry = self.appointments.listing(appointment, lambda _: Unavailable())
        return [session, record, entry]
