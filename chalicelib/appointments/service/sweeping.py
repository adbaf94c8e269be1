"""Picks up what stayed open: holds nobody paid, orders and visits nobody told us about, refunds on their way.

Unknown outcomes are asked for at the gateway, never assumed. One thing that fails leaves the others alone, and is put
behind them. A round has its time: what is left of a crowd is the next minute's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

from chalicelib.appointments.errors import AppointmentNotOpen
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.service.attending import Attending
from chalicelib.appointments.service.ending import Ending
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.errors import AppError
from chalicelib.payments.model import PAID, SETTLING, Order
from chalicelib.payments.service import Payments
from chalicelib.platform import log
from chalicelib.platform.clock import Clock, while_time_lasts

_ROUND = timedelta(seconds=14)
"""For orders, and once more for appointments; the function has less than a minute for all rooms."""


class Follower(Protocol):
    """Brings whatever an order pays for to where the order is."""

    def follow(self, order: Order) -> None:
        """Nothing to do unless money came in. Raises Unavailable: come again."""


@dataclass(frozen=True, slots=True)
class Sweeping:
    """The minute's round."""

    appointments: AppointmentStore
    payments: Payments
    paying: Follower
    book_free: Callable[[Appointment], Appointment]
    ending: Ending
    attending: Attending
    clock: Clock

    def sweep(self) -> None:
        """Bring every order and appointment that is due one step further."""
        for order_id in while_time_lasts(self.payments.due(), self.clock, _ROUND):
            if not _done(order_id, partial(self._order, order_id)):
                _done(order_id, partial(self.payments.put_behind, order_id))
        for citizen_id, each in while_time_lasts(self.appointments.due(self.clock()), self.clock, _ROUND):
            if not _done(each, partial(self._appointment, citizen_id, each)):
                _done(each, partial(self.appointments.put_behind, citizen_id, each, self.clock()))

    def _order(self, order_id: str) -> None:
        order = self.payments.resolve(order_id)
        if order and order.status == "refunding":
            self.payments.refund(order)
        elif order:
            self.paying.follow(order)

    def _appointment(self, citizen_id: str, appointment_id: str) -> None:
        appointment = self.appointments.find(citizen_id, appointment_id)
        if appointment is None:
            return
        if appointment.status == "pending" and appointment.free:
            self.book_free(appointment)
        elif appointment.status == "pending" and self.clock() >= appointment.hold_expires_at:
            self._expire(appointment)
        elif appointment.status == "cancelled":
            self.ending.wind_up(appointment)
        elif appointment.status == "booked":
            self.attending.look(appointment)

    def _expire(self, appointment: Appointment) -> None:
        """Nobody can pay any more after this; whoever did in the last moment gets the slot."""
        order = self.payments.resolve(appointment.order_id, close=True)
        if order and order.status in (*PAID, SETTLING):
            self.paying.follow(order)
            return
        self.ending.end(appointment, "expire", "hold_expired")


def _done(thing: str, step: Callable[[], None]) -> bool:
    """Whether the step was made, or somebody else was faster."""
    try:
        step()
    except AppointmentNotOpen:
        log.event("sweep.overtaken", about=thing)
    except AppError as error:
        log.event("sweep.postponed", about=thing, code=error.code)
        return False
    except Exception as error:  # noqa: BLE001  (one broken record must not keep the others waiting)
        log.fault("sweep.failed", error, about=thing)
        return False
    return True
