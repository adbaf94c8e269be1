"""A clinic session that does not take place (停诊), or does after all; what becomes of everybody in it.

One conditional write on the session's own item is the stop: after it nobody can hold or confirm a slot there. Whoever
was confirmed before is on the session's roster, which is then worked off page by page: each appointment is ended with
its money back. Any step may be repeated; a lost message is found again by the sweep.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.appointments.errors import AppointmentNotOpen, ClinicUnknown
from chalicelib.appointments.model.appointment import TRANSITIONS
from chalicelib.appointments.model.clinic import Clinic
from chalicelib.appointments.model.places import clinic_number, milliseconds, moment_of
from chalicelib.appointments.model.stops import SECOND_LOOK, Stop
from chalicelib.appointments.service.ending import Ending
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.appointments.store.clinics import ClinicStore
from chalicelib.appointments.store.stops import StopStore
from chalicelib.errors import Unavailable
from chalicelib.platform import log
from chalicelib.platform.clock import Clock, while_time_lasts
from chalicelib.types import decode_base32

_PAGE = 20
"""Appointments ended by one message: each may cost a call of the payment app."""
_MOST_STEPS = 8
"""Numbers that a session may have stepped over; one step happens once in a million million sessions."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """Stops sessions and resumes them."""

    clinics: ClinicStore
    appointments: AppointmentStore
    stops: StopStore
    ending: Ending
    clock: Clock

    def announce(
        self, hospital_id: str, practitioner_id: str, starts_at: datetime, action: str, at: datetime
    ) -> None:
        """Take in a hospital's word that its session is `stopped` or `resumed`; the latest word (`at`) counts.

        A session is named as the hospital published it: by practitioner and start. Raises ClinicUnknown, Unavailable.
        """
        clinic = self.published(hospital_id, practitioner_id, starts_at)
        if clinic is None:
            raise ClinicUnknown
        if action == "stopped":
            self.stop(clinic, at)
        else:
            self.resume(clinic, at)

    def published(self, hospital_id: str, practitioner_id: str, starts_at: datetime) -> Clinic | None:
        """A hospital's session as it stands this moment; None where it published none."""
        starts = int(starts_at.timestamp())
        for attempt in range(_MOST_STEPS):
            clinic = self.clinics.find(clinic_number(practitioner_id, starts_at, attempt))
            if clinic is None or (clinic.hospital_id, clinic.starts) == (hospital_id, starts):
                return clinic
        return None

    def stop(self, clinic: Clinic, at: datetime) -> None:
        """Nobody can take or confirm a slot from now on; all appointments will be ended. Raises Unavailable."""
        at_ms = milliseconds(at)
        if clinic.announced > at_ms:
            return
        if clinic.announced < at_ms:
            self.clinics.stop(clinic, at_ms)
        self.stops.open(Stop(clinic=clinic.number, at_ms=at_ms), self.clock())
        log.event("clinic.stopped", hospital=clinic.hospital_id, day=clinic.day)

    def resume(self, clinic: Clinic, at: datetime) -> None:
        """Its slots are free again, but for what was not ended yet, which stands. Raises Unavailable."""
        at_ms = milliseconds(at)
        if clinic.announced < at_ms:
            self.clinics.resume(clinic, at_ms)
            log.event("clinic.resumed", hospital=clinic.hospital_id, day=clinic.day)

    def work(self, message: dict[str, Any]) -> None:
        """End one page of a stopped session's appointments (message `clinic.end`). Raises Unavailable."""
        stop = self.stops.find(decode_base32(message["clinic"]), int(message["stop"]))
        if stop and stop.version == message["version"]:
            self._step(stop)

    def sweep(self) -> None:
        """Go on with every stop that is due. Raises Unavailable after it tried all."""
        due = while_time_lasts(self.stops.due(self.clock()), self.clock)
        found = (self.stops.find(clinic, at_ms) for clinic, at_ms in due)
        postponed = [stop for stop in found if stop and not self._stepped(stop)]
        if postponed:
            raise Unavailable

    def _stepped(self, stop: Stop) -> bool:
        try:
            self._step(stop)
        except Unavailable:
            return False
        return True

    def _step(self, stop: Stop) -> None:
        clinic = self.clinics.find(stop.clinic)
        if stop.status == "ended" or clinic is None or not clinic.stopped:
            self.stops.close(stop)
            return
        page, last = self.appointments.roster(stop.clinic, _PAGE, stop.after)
        done = [self._ended(citizen_id, appointment_id) for citizen_id, appointment_id in page]
        if not all(done):
            raise Unavailable
        self._go_on(stop, last)

    def _go_on(self, stop: Stop, last: dict[str, Any] | None) -> None:
        now, again = self.clock(), moment_of(stop.at_ms) + SECOND_LOOK
        if last:
            self.stops.proceed(stop, last, now)
        elif now < again:
            self.stops.look_again(stop, again)
        else:
            self.stops.close(stop)

    def _ended(self, citizen_id: str, appointment_id: str) -> bool:
        """Whether nothing of this appointment is left to end; one that fails must not keep the others waiting."""
        appointment = self.appointments.find(citizen_id, appointment_id)
        stoppable, _ = TRANSITIONS["stop"]
        if appointment is None or appointment.status not in stoppable:
            return True
        try:
            self.ending.end(appointment, "stop", "clinic_stopped")
        except AppointmentNotOpen:
            return True
        except Unavailable:
            return False
        return True
