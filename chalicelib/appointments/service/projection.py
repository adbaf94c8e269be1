"""What follows from a change of a session's own item: what is shown as free, and the appointment of a new hold.

Fed by the table's stream, at least once and in order per session; every step may be repeated and may come late.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.appointments.errors import AppointmentUnknown
from chalicelib.appointments.model.clinic import Clinic
from chalicelib.appointments.model.directory import Availability
from chalicelib.appointments.model.places import Hold
from chalicelib.appointments.model.records import appointment_of
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.appointments.store.availability import AvailabilityStore
from chalicelib.appointments.store.clinics import of_image
from chalicelib.platform import log

NewHold = tuple[Hold, Clinic]


@dataclass(frozen=True, slots=True)
class Projection:
    """Keeps availability and appointment records in step with the sessions."""

    availability: AvailabilityStore
    appointments: AppointmentStore

    def follow(self, event: Mapping[str, Any]) -> None:
        """Apply a stream event of the clinic table. Raises Unavailable: the stream brings it again."""
        latest: dict[int, Clinic] = {}
        holds: list[NewHold] = []
        for change in (record["dynamodb"] for record in event["Records"]):
            if "NewImage" not in change or "OldImage" not in change:
                continue
            before, after = of_image(change["OldImage"]), of_image(change["NewImage"])
            latest[after.number] = after
            hold = after.made(before.seen.slots)
            if hold:
                holds.append((hold, after))
        shown = {number: self.availability.follow(clinic) for number, clinic in latest.items()}
        for hold, clinic in holds:
            self._write_down(hold, clinic, shown[clinic.number] or self.availability.find(clinic))

    def _write_down(self, hold: Hold, clinic: Clinic, shown: Availability | None) -> None:
        if shown is None or clinic.last is None:
            log.event("hold.without-session", appointment=hold.id)
            return
        last = clinic.last
        try:
            self.appointments.create(appointment_of(hold, last.citizen_id, last.card_id, shown))
        except AppointmentUnknown:
            # another account that carries this person's card was faster to ask for it
            log.event("hold.of-another-account", appointment=hold.id)
