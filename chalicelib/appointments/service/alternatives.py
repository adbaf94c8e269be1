"""Where else somebody may go: free slots of the same department, on the day of an appointment and those after.

A booked appointment moves to a slot of its own fee alone: no other is suggested for it.
"""

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.appointments.service.booking import Booking
from chalicelib.appointments.service.directory import Directory, FreeSlot
from chalicelib.identity.model.accounts import Citizen
from chalicelib.platform.clock import Clock
from chalicelib.types import CHINA

_DAYS = 7
_MOST = 20


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Suggests other slots."""

    booking: Booking
    directory: Directory
    clock: Clock

    def find(self, citizen: Citizen, appointment_id: str) -> list[FreeSlot]:
        """Up to 20 free slots, the earliest days first, within seven days: seven queries at most.

        The first day is the appointment's own, or today where that is over. Raises AppointmentUnknown.
        """
        appointment = self.booking.get(citizen, appointment_id)
        fee_fen = appointment.fee_fen if appointment.status == "booked" else None
        first = max(appointment.starts_at, self.clock()).astimezone(CHINA).date()
        found: list[FreeSlot] = []
        for each in range(_DAYS):
            wanted = _MOST - len(found)
            if not wanted:
                break
            day = first + timedelta(days=each)
            free, _ = self.directory.list_free(
                appointment.hospital_id, appointment.department_id, day, wanted, None, fee_fen=fee_fen
            )
            found += free
        return found
