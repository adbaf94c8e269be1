"""The ends of an appointment before the visit: cancelled by the citizen or the hospital, or never paid.

The record is changed first; what follows (the slot, the money) may be repeated until it is done, by the caller, by a
redelivered message or by the sweep.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from chalicelib.appointments.errors import AppointmentNotOpen, CancelTooLate
from chalicelib.appointments.model.appointment import Appointment, Event, Reason
from chalicelib.appointments.model.places import milliseconds
from chalicelib.appointments.service.booking import Booking
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.appointments.store.clinics import ClinicStore
from chalicelib.errors import Unavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.payments.model import OPEN, PAID
from chalicelib.payments.service import Payments
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.outbox import Message, message
from chalicelib.policies.service import Policies
from chalicelib.types import CHINA


@dataclass(frozen=True, slots=True)
class Ending:
    """Cancels, gives slots back and money too."""

    booking: Booking
    appointments: AppointmentStore
    clinics: ClinicStore
    payments: Payments
    policies: Policies
    clock: Clock

    def cancel(self, citizen: Citizen, appointment_id: str) -> Appointment:
        """Cancel while the hospital's rules allow it; what was paid goes back. Cancelling twice is cancelling once.

        Raises AppointmentUnknown, CancelTooLate, AppointmentNotOpen, Unavailable.
        """
        appointment = self.booking.kept(citizen, appointment_id)
        if appointment.status == "cancelled":
            return _by_citizen(appointment)
        self.must_be_in_time(appointment)
        cool_until_ms = self.cooling(appointment)
        try:
            return self.end(
                appointment, "withdraw", "cancelled_by_citizen", **_if_any(cool_until_ms=cool_until_ms)
            )
        except AppointmentNotOpen:
            # perhaps by this very request: the write took effect, its answer was lost, the SDK tried again
            return _by_citizen(self.booking.kept(citizen, appointment_id))

    def must_be_in_time(self, appointment: Appointment) -> None:
        """Raises CancelTooLate, with the moment until which it was possible. An unpaid hold may go until its slot."""
        until = appointment.starts_at
        if appointment.status != "pending":
            until = self.policies.at(appointment.hospital_id, appointment.held_at).cancel_until(until)
        if self.clock() >= until:
            raise _too_late(until)

    def cooling(self, appointment: Appointment) -> int | None:
        """When the slot of a booked appointment may come back (Unix ms), at random: nobody can wait for it.

        None where the hospital's rules want no delay, or nobody had paid.
        """
        most = self.policies.of(appointment.hospital_id).most_cooling_minutes
        if appointment.status != "booked" or most == 0:
            return None
        return milliseconds(self.clock()) + 1 + secrets.randbelow(most * 60_000)

    def end(self, appointment: Appointment, event: Event, reason: Reason, **changes: object) -> Appointment:
        """Cancel the record, then wind it up as far as it goes now; the sweep does the rest.

        Raises AppointmentNotOpen, Unavailable where the record itself could not be changed.
        """
        ended = self.appointments.move(
            appointment,
            event,
            self.clock(),
            _messages(appointment, event),
            reason=reason,
            **changes,
        )
        log.event("appointment.ended", appointment=ended.id, reason=reason)
        try:
            self.wind_up(ended)
        except Unavailable:
            log.event("appointment.winding-up-later", appointment=ended.id)
        return ended

    def wind_up(self, appointment: Appointment) -> None:
        """Give a cancelled appointment's slot back and its money, as often as need be. Raises Unavailable.

        One that was moved has neither: both went along.
        """
        if appointment.moved_to:
            return
        self.clinics.release(appointment.hold, cool_until_ms=appointment.cool_until_ms)
        self.booking.let_go(appointment)
        order = self.payments.find(appointment.order_id)
        if order and order.status in OPEN:
            order = self.payments.resolve(order.id, close=True)
        if order and order.status in PAID:
            self.payments.refund(order)
        self.appointments.rest(appointment)


def _if_any(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _too_late(until: datetime) -> CancelTooLate:
    here = until.astimezone(CHINA)
    return CancelTooLate(
        f"It was possible until {here:%Y-%m-%d %H:%M}, China time.",
        f"可取消或改约的截止时间为北京时间{here:%Y-%m-%d %H:%M}。",
    )


def _by_citizen(appointment: Appointment) -> Appointment:
    """A cancelled appointment, if the citizen did it. Raises AppointmentNotOpen."""
    if appointment.reason != "cancelled_by_citizen":
        raise AppointmentNotOpen
    return appointment


def _messages(appointment: Appointment, event: Event) -> list[Message]:
    """The citizen is told of every end; the hospital, of one that it knew and did not make itself."""
    version = appointment.version + 1
    kind = "clinic-stopped" if event == "stop" else "appointment-cancelled"
    citizen, hospital = appointment.citizen_id, appointment.hospital_name
    day = appointment.starts_at.astimezone(CHINA).date().isoformat()
    told = [
        message(
            "notices",
            "notice.send",
            appointment.id,
            version,
            citizen=citizen,
            kind=kind,
            hospital=hospital,
            day=day,
        )
    ]
    if appointment.status == "booked" and event not in {"reject", "stop"}:
        told.append(hospital_event(appointment, "appointment.cancelled"))
    return told


def hospital_event(appointment: Appointment, event: str) -> Message:
    """A message that tells the hospital of the appointment's next version."""
    version = appointment.version + 1
    hospital = appointment.hospital_id
    return message("events", "event.deliver", appointment.id, version, institution=hospital, event=event)
