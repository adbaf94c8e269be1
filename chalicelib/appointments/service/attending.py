"""The day of the visit: check-in, what the hospital tells of it, and what happens when somebody stays silent.

The hospital's words come in any order, repeated or late. What no longer fits is refused for good and changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.appointments.errors import AppointmentNotOpen, CheckInTooEarly, CheckInTooLate
from chalicelib.appointments.model.appointment import Appointment, Event
from chalicelib.appointments.service.booking import Booking
from chalicelib.appointments.service.ending import hospital_event
from chalicelib.appointments.service.rereading import rereading
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.cases.service.cases import Cases
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.model.mandates import Action
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.outbox import Message, message
from chalicelib.policies.model import Policy
from chalicelib.policies.service import Policies
from chalicelib.types import CHINA, rfc3339

UNANSWERED = "booking-unanswered"
"""The kind of case that a booking without an answer becomes."""
_REMIND_EVERY = timedelta(hours=4)
"""Longer than a message is tried for; short enough that a hospital which was down for a day hears of it soon after."""
Visit = Literal["called", "fulfilled", "no-show"]
_EVENTS: dict[Visit, tuple[Event, str | None]] = {
    "called": ("call", "appointment-called"),
    "fulfilled": ("fulfil", None),
    "no-show": ("miss", "appointment-missed"),
}
"""What the hospital tells of a visit -> the record's event, and the notice to the citizen."""


@dataclass(frozen=True, slots=True)
class Attending:
    """From a booked appointment to the visit, or to none."""

    booking: Booking
    appointments: AppointmentStore
    cases: Cases
    policies: Policies
    clock: Clock

    def check_in(self, citizen: Citizen, appointment_id: str) -> Appointment:
        """Say that the patient is there; doing so twice is doing so once. After the slot's start it counts as late.

        The hospital's policy says how long before and after the start; for somebody else a mandate must stand still.
        Raises AppointmentUnknown, AppointmentNotOpen, CheckInTooEarly, CheckInTooLate, Unavailable, what
        `Cards.must_represent` raises.
        """
        return rereading(lambda: self._check_in(citizen, appointment_id))

    def _check_in(self, citizen: Citizen, appointment_id: str) -> Appointment:
        appointment = self.booking.kept(citizen, appointment_id)
        if appointment.status != "booked":
            return _present(appointment)
        self.booking.cards.must_represent(citizen, appointment.card_id, Action.APPOINTMENTS)
        now = self.clock()
        _must_be_in_time(appointment, self.policies.at(appointment.hospital_id, appointment.held_at), now)
        told = [
            _notice(appointment, "appointment-checked-in"),
            hospital_event(appointment, "appointment.checked-in"),
        ]
        late = now > appointment.starts_at
        try:
            there = self.appointments.move(appointment, "check-in", now, told, late=late)
        except AppointmentNotOpen:
            # perhaps by this very request: the write took effect, its answer was lost, the SDK tried again
            return _present(self.booking.kept(citizen, appointment_id))
        log.event("appointment.checked-in", appointment=there.id, hospital=there.hospital_id)
        return there

    def visit(self, appointment: Appointment, outcome: Visit) -> None:
        """Take in what the hospital tells of the visit. Whoever tells of it has taken the booking, too.

        Nobody has missed what has not begun. Whoever was seen has missed nothing: what counted for it is taken back.
        Raises AppointmentNotOpen, Unavailable.
        """
        event, kind = _EVENTS[outcome]
        now = self.clock()
        if event == "miss":
            if now < appointment.starts_at:
                raise AppointmentNotOpen
            self._missed(appointment)
            return
        told = [_notice(appointment, kind)] if kind else []
        if appointment.status == "noshow":
            told.append(_strike(appointment))
        self.appointments.move(appointment, event, now, told, confirmation="accepted")
        log.event("appointment.visit", appointment=appointment.id, outcome=outcome)
        self.booking.over(appointment)

    def look(self, appointment: Appointment) -> None:
        """The sweep's look at a booked appointment: missed, or unanswered, or to be looked at later.

        A hospital that never answered cannot testify that nobody came: such a miss counts no strike. Raises
        AppointmentNotOpen, Unavailable.
        """
        now, policy = self.clock(), self.policies.at(appointment.hospital_id, appointment.held_at)
        missed_at = _missed_at(appointment, policy)
        if now >= missed_at:
            self._miss(appointment)
        elif now < first_look(appointment, policy):
            self.appointments.postpone(appointment, first_look(appointment, policy))
        elif appointment.confirmation == "waiting":
            self._remind(appointment, min(now + _REMIND_EVERY, missed_at))
        else:
            self.appointments.postpone(appointment, missed_at)

    def _remind(self, appointment: Appointment, until: datetime) -> None:
        """Open a case, once, and tell the hospital again; the appointment stays booked, its slot is the patient's.

        A reminder is a new version of the record: an event that the hospital knows already would be passed over.
        """
        self.cases.open(appointment.id, "APPOINTMENT", UNANSWERED, hospital_id=appointment.hospital_id)
        self.appointments.postpone(appointment, until, [hospital_event(appointment, "appointment.booked")])
        log.event("appointment.unanswered", appointment=appointment.id, hospital=appointment.hospital_id)

    def heard(self, appointment: Appointment) -> None:
        """The hospital speaks of an appointment; where it was silent for too long, that is over. Raises Unavailable."""
        policy = self.policies.at(appointment.hospital_id, appointment.held_at)
        if self.clock() >= first_look(appointment, policy):
            self.cases.settle(appointment.id, "the hospital has answered")

    def _missed(self, appointment: Appointment) -> None:
        """The hospital's word that nobody came; what the sweep supposed before counts from now on."""
        if appointment.status == "noshow" and appointment.confirmation == "waiting":
            told = [_strike(appointment)]
            self.appointments.move(appointment, "testify", self.clock(), told, confirmation="accepted")
        else:
            self._miss(appointment, confirmation="accepted")

    def _miss(self, appointment: Appointment, **changes: object) -> None:
        told = [_notice(appointment, "appointment-missed")]
        if changes or appointment.confirmation == "accepted":
            told.append(_strike(appointment))
        self.appointments.move(appointment, "miss", self.clock(), told, **changes)
        log.event("appointment.missed", appointment=appointment.id, hospital=appointment.hospital_id)
        self.booking.over(appointment)


def first_look(appointment: Appointment, policy: Policy) -> datetime:
    """When a booked appointment wants a first look: its answer is overdue, or it begins.

    The hospital's time runs from the end of the hold, so it is never shorter than the policy says.
    """
    answer_by = appointment.hold_expires_at + timedelta(minutes=policy.answer_minutes)
    return min(answer_by, appointment.starts_at)


def _missed_at(appointment: Appointment, policy: Policy) -> datetime:
    """When somebody who never came has missed it; check-in is over before."""
    minutes = max(policy.noshow_minutes, policy.late_minutes + 1)
    return appointment.starts_at + timedelta(minutes=minutes)


def _present(appointment: Appointment) -> Appointment:
    """An appointment whose patient is there. Raises AppointmentNotOpen for others."""
    if appointment.status not in ("checked-in", "arrived"):
        raise AppointmentNotOpen
    return appointment


def _must_be_in_time(appointment: Appointment, policy: Policy, now: datetime) -> None:
    opens = policy.check_in_from(appointment.starts_at)
    closes = policy.check_in_until(appointment.starts_at)
    if now < opens:
        at = opens.astimezone(CHINA)
        raise CheckInTooEarly(f"Check-in opens at {rfc3339(opens)}.", f"{at:%Y-%m-%d %H:%M} 起可签到。")
    if now > closes:
        at = closes.astimezone(CHINA)
        raise CheckInTooLate(f"Check-in closed at {rfc3339(closes)}.", f"签到已于 {at:%Y-%m-%d %H:%M} 截止。")


def _notice(appointment: Appointment, kind: str) -> Message:
    version, citizen = appointment.version + 1, appointment.citizen_id
    return message("notices", "notice.send", appointment.id, version, citizen=citizen, kind=kind)


def _strike(appointment: Appointment) -> Message:
    """Asks for the appointment to count as it stands then."""
    version = appointment.version + 1
    return message("events", "noshow.count", appointment.id, version, citizen=appointment.citizen_id)
