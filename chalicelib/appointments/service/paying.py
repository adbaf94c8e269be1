"""Paying for a held slot, and what a settled payment leads to: the slot confirmed, the appointment booked.

A slot that costs nothing is booked by whoever comes first: the message of its record, the citizen, the sweep.

Each step may crash and is repeated by the redelivered message or by the sweep; the hold's end is the fence that keeps
a late payment from confirming somebody else's slot.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from chalicelib.appointments.errors import (
    AppointmentNotOpen,
    ClinicStopped,
    HoldExpired,
    TooManyAppointments,
)
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.service.attending import first_look
from chalicelib.appointments.service.booking import Booking
from chalicelib.appointments.service.ending import Ending, hospital_event
from chalicelib.appointments.service.insurance import InsuredPatients
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.appointments.store.clinics import ClinicStore
from chalicelib.errors import Unavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.payments.errors import OrderClosed
from chalicelib.payments.model import PAID, Legs, Order, Payer
from chalicelib.payments.service import Payments
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.outbox import Message, message
from chalicelib.policies.service import Policies

_SUBJECT = "挂号费"
_CODE_DIGITS = 8
_AROUND = timedelta(seconds=30)
"""Before a hold's end nobody drops its claim on the day, as far as two clocks can agree."""


@dataclass(frozen=True, slots=True)
class Paying:
    """From a hold to a booked appointment."""

    booking: Booking
    ending: Ending
    appointments: AppointmentStore
    clinics: ClinicStore
    payments: Payments
    patients: InsuredPatients
    policies: Policies
    clock: Clock

    def pay(self, citizen: Citizen, appointment_id: str, *, use_insurance: bool = True) -> Order | None:
        """The order whose trade the citizen's phone pays; asking again gives the same order.

        None where there is nothing to pay: it is booked. The patient's medical insurance bears its share, unless the
        citizen wants to pay all of it: what the first request says counts. Raises AppointmentUnknown,
        AppointmentNotOpen, HoldExpired, PaymentUnavailable, InsuranceUnavailable, PaymentRefused, Unavailable.
        """
        appointment = self.booking.kept(citizen, appointment_id)
        if appointment.free:
            self._without_order(appointment)
            return None
        paid = self.payments.find(appointment.paid_by) if appointment.paid_by else None
        if paid:
            return paid
        self._must_be_payable(appointment)
        payer = Payer(open_id=citizen.account.open_id, user_id=citizen.account.user_id)
        try:
            whose = partial(self.patients.of, citizen, appointment) if use_insurance else None
            order = self.payments.open(_order(appointment), payer, whose)
        except OrderClosed as closed:
            raise HoldExpired from closed
        self.follow(order)
        return order

    def _without_order(self, appointment: Appointment) -> None:
        self._must_be_payable(appointment)
        if self.book_free(appointment).status == "cancelled":
            raise HoldExpired

    def book_held(self, told: Mapping[str, Any]) -> None:
        """Book a hold that costs nothing (message `appointment.book`). Raises Unavailable: it comes again."""
        appointment = self.appointments.find(told["citizen"], told["about"])
        if appointment:
            self.book_free(appointment)

    def book_free(self, appointment: Appointment) -> Appointment:
        """The appointment as it stands afterwards: booked, or cancelled where its slot was lost. Raises Unavailable."""
        if appointment.status != "pending" or not appointment.free:
            return appointment
        try:
            return self._book(appointment)
        except AppointmentNotOpen:  # somebody else was faster
            return self.appointments.find(appointment.citizen_id, appointment.id) or appointment

    def _must_be_payable(self, appointment: Appointment) -> None:
        if appointment.status == "cancelled" and appointment.reason != "hold_expired":
            raise AppointmentNotOpen
        late = appointment.status == "pending" and self.clock() >= appointment.hold_expires_at
        if late or appointment.status == "cancelled":
            raise HoldExpired

    def follow(self, order: Order) -> None:
        """Bring the appointment to where its order is: nothing to do unless money came in. Raises Unavailable.

        While the insurance has not settled, the order waits; where it never will, the appointment ends.
        """
        order = self.payments.finish(order)
        if order.failed:
            self._fail(order)
        if order.status not in PAID:
            return
        appointment = self._paid_for(order)
        if appointment.status == "pending":
            try:
                appointment = self._book(appointment)
            except AppointmentNotOpen as overtaken:
                raise Unavailable from overtaken
        if order.id != appointment.order_id:
            self.payments.refund(order)  # another order has paid for it already
        elif appointment.status == "cancelled":
            self.ending.wind_up(appointment)
        else:
            self.payments.keep(order)

    def _fail(self, order: Order) -> None:
        appointment = self._paid_for(order)
        if appointment.status == "pending":
            try:
                self.ending.end(appointment, "fail", "payment_failed")
            except AppointmentNotOpen as overtaken:
                raise Unavailable from overtaken

    def _paid_for(self, order: Order) -> Appointment:
        """What the order pays for now: the appointment it was opened for, or where that was moved to."""
        found = self._kept(order, order.about)
        while found.moved_to:
            found = self._kept(order, found.moved_to)
        return found

    def _kept(self, order: Order, about: str) -> Appointment:
        found = self.appointments.find(order.citizen_id, about)
        if found is None:
            raise Unavailable
        return found

    def _book(self, appointment: Appointment) -> Appointment:
        try:
            self.clinics.confirm(appointment.hold)
            if self.clock() + _AROUND >= appointment.hold_expires_at:
                self.booking.count_late(appointment)
        except (HoldExpired, TooManyAppointments):
            return self.ending.end(appointment, "expire", "hold_expired")
        except ClinicStopped:
            return self.ending.end(appointment, "stop", "clinic_stopped")
        booked = self.appointments.move(
            appointment,
            "book",
            self.clock(),
            _booked(appointment),
            confirmation="waiting",
            due_at=int(first_look(appointment, self.policies.of(appointment.hospital_id)).timestamp()),
            pickup_code=pickup_code(),
        )
        log.event("appointment.booked", appointment=booked.id, hospital=booked.hospital_id)
        return booked


def pickup_code() -> str:
    """A new code by which the hospital's desk finds an appointment; it says nothing by itself."""
    return f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}d}"


def _booked(appointment: Appointment) -> list[Message]:
    """The hospital and the citizen are told."""
    version, citizen = appointment.version + 1, appointment.citizen_id
    kind = "appointment-booked"
    return [
        hospital_event(appointment, "appointment.booked"),
        message("notices", "notice.send", appointment.id, version, citizen=citizen, kind=kind),
    ]


def _order(appointment: Appointment) -> Order:
    """All cash, until the insurance says what it bears."""
    return Order(
        id=appointment.order_id,
        about=appointment.id,
        citizen_id=appointment.citizen_id,
        subject=_SUBJECT,
        total_fen=appointment.fee_fen,
        legs=Legs(cash=appointment.fee_fen),
        pay_by=appointment.hold_expires_at,
        payee_id=appointment.hospital_id,
    )
