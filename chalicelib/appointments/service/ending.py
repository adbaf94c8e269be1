"""The ends of an appointment before the visit: cancelled by the citizen or the hospital, or never paid.

The record is changed first; what follows (the slot, the money) may be repeated until it is done, by the caller, by a
redelivered message or by the sweep.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.appointments.errors import AppointmentNotOpen, CancelTooLate
from chalicelib.appointments.model.appointment import Appointment, Event, Reason
from chalicelib.appointments.model.places import milliseconds
from chalicelib.appointments.service.booking import Booking
from chalicelib.appointments.service.rereading import rereading
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.appointments.store.clinics import ClinicStore
from chalicelib.errors import Unavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.payments.model import OPEN, PAID, SETTLING
from chalicelib.payments.service import Payments
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.outbox import Message, message
from chalicelib.policies.service import Policies
from chalicelib.types import CHINA

KEPT = timedelta(minutes=2)
"""How long a slot that is given back is kept for those who wait for it, where the hospital's rules want no delay."""


class Waitlist(Protocol):
    """Those who wait for a department's day."""

    def waiting(self, appointment: Appointment) -> bool:
        """Whether anybody waits for a slot like this appointment's."""

    def returned(self, appointment: Appointment) -> None:
        """This appointment's slot was given back; told as often as need be. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Cancels, gives slots back and money too."""

    booking: Booking
    appointments: AppointmentStore
    clinics: ClinicStore
    payments: Payments
    policies: Policies
    waitlist: Waitlist
    clock: Clock

    def cancel(self, citizen: Citizen, appointment_id: str) -> Appointment:
        """Cancel while the hospital's rules allow it; what was paid goes back. Cancelling twice is cancelling once.

        Raises AppointmentUnknown, CancelTooLate, AppointmentNotOpen, Unavailable.
        """
        return rereading(lambda: self._withdrawn(citizen, appointment_id))

    def _withdrawn(self, citizen: Citizen, appointment_id: str) -> Appointment:
        appointment = self.booking.kept(citizen, appointment_id)
        if appointment.status == "cancelled":
            return _by_citizen(appointment)
        self.must_be_in_time(appointment)
        try:
            return self.end(appointment, "withdraw", "cancelled_by_citizen")
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
        """When everybody may have the slot that a citizen gives back (Unix ms); None: at once.

        That of a booked appointment comes back at random, as the hospital's rules want it: nobody can lie in wait for
        it. Where somebody waits in a queue, it is kept for them.
        """
        most = self.policies.of(appointment.hospital_id).most_cooling_minutes
        delays = appointment.status == "booked" and most > 0
        drawn = milliseconds(self.clock()) + 1 + secrets.randbelow(most * 60_000) if delays else 0
        return max(drawn, self._kept(appointment)) or None

    def _kept(self, appointment: Appointment) -> int:
        """Until when the slot is kept for those who wait (Unix ms); 0 where nobody does."""
        return milliseconds(self.clock() + KEPT) if self.waitlist.waiting(appointment) else 0

    def end(self, appointment: Appointment, event: Event, reason: Reason, **changes: object) -> Appointment:
        """Cancel the record, then wind it up as far as it goes now; the sweep does the rest.

        Raises AppointmentNotOpen, Unavailable where the record itself could not be changed.
        """
        if event == "withdraw":
            changes["cool_until_ms"] = self.cooling(appointment)
        elif event != "stop":
            changes["cool_until_ms"] = self._kept(appointment) or None
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
        if appointment.reason != "clinic_stopped":
            self.waitlist.returned(appointment)
        self._give_back(appointment)
        self.appointments.rest(appointment)

    def _give_back(self, appointment: Appointment) -> None:
        """All that is left of the money. Where a part of it is on its way, the rest goes once that has arrived."""
        order = self.payments.find(appointment.order_id)
        if order and order.status in OPEN:
            order = self.payments.resolve(order.id, close=True)
        if order and order.status in (*PAID, SETTLING):
            order = self.payments.refund(order)
        if order and order.status in {"refunding", "refund_stuck"} and order.refundable.total:
            raise Unavailable


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
