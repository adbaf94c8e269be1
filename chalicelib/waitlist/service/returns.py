"""What appointments tell and ask the waitlist: a slot came back, and does anybody wait (`ending.Waitlist`)."""

from dataclasses import dataclass

from chalicelib.appointments.model.appointment import Appointment
from chalicelib.platform.clock import Clock
from chalicelib.types import CHINA
from chalicelib.waitlist.model.entry import Day
from chalicelib.waitlist.store.queues import QueueStore


@dataclass(frozen=True, slots=True)
class Returns:
    """Slots that come back."""

    queues: QueueStore
    clock: Clock

    def waiting(self, appointment: Appointment) -> bool:
        """Whether anybody waits for a slot like this appointment's. Raises Unavailable."""
        return self.queues.mark(_day(appointment)) is not None

    def returned(self, appointment: Appointment) -> None:
        """The slot was given back: it counts for estimates if it had been sold, and those who wait are served.

        Safe to repeat. Raises Unavailable.
        """
        now, day = self.clock(), _day(appointment)
        if appointment.confirmation:
            at = appointment.cancelled_at or now
            self.queues.note_return(day, appointment.id, day.begins - at, now)
        self.queues.wake(day, appointment.id, appointment.version, now)


def _day(appointment: Appointment) -> Day:
    return Day(
        hospital_id=appointment.hospital_id,
        department_id=appointment.department_id,
        date=appointment.starts_at.astimezone(CHINA).date(),
    )
