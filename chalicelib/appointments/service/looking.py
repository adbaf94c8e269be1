"""One appointment as its citizen looks at it: with its money, and until when its hospital's rules allow what.

It changes nothing, and must not know how anything is changed.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.service.booking import Booking
from chalicelib.identity.model.accounts import Citizen
from chalicelib.payments.model import Order
from chalicelib.payments.service import Payments
from chalicelib.policies.service import Policies


@dataclass(frozen=True, slots=True)
class Detail:
    """What there is to know. `order` is None while nobody asked to pay, and where the money went along with a move."""

    appointment: Appointment
    order: Order | None
    cancel_until: datetime
    check_in_from: datetime
    check_in_until: datetime


@dataclass(frozen=True, slots=True)
class Looking:
    """Looks an appointment up."""

    booking: Booking
    payments: Payments
    policies: Policies

    def detail(self, citizen: Citizen, appointment_id: str) -> Detail:
        """One of the caller's appointments. Raises AppointmentUnknown, also for somebody else's."""
        found = self.booking.get(citizen, appointment_id)
        policy = self.policies.at(found.hospital_id, found.held_at)
        starts = found.starts_at
        return Detail(
            appointment=found,
            order=None if found.moved_to else self.payments.find(found.order_id),
            cancel_until=starts if found.status == "pending" else policy.cancel_until(starts),
            check_in_from=policy.check_in_from(starts),
            check_in_until=policy.check_in_until(starts),
        )
