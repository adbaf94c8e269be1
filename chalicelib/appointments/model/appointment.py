"""An appointment's record and its life. Pure data: the record is a projection of a hold, then has a life of its own.

Statuses and cancellation reasons are FHIR's and the national booking field's; everything not in `TRANSITIONS` is
forbidden.
"""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from chalicelib.appointments.model.claims import HOLD_LIFE
from chalicelib.appointments.model.places import Hold
from chalicelib.types import Fen, Model

Status = Literal[
    "pending", "booked", "checked-in", "arrived", "fulfilled", "noshow", "cancelled", "entered-in-error"
]
Confirmation = Literal["waiting", "accepted", "rejected"]
Reason = Literal[
    "cancelled_by_citizen",
    "cancelled_by_site",
    "cancelled_by_service",
    "rescheduled_by_citizen",
    "hold_expired",
    "payment_failed",
    "clinic_stopped",
    "waitlist_unfulfilled",
]
Event = Literal[
    "book",
    "expire",
    "fail",
    "withdraw",
    "accept",
    "confirm",
    "reject",
    "check-in",
    "call",
    "fulfil",
    "miss",
    "testify",
    "stop",
    "move",
    "give-up",
    "correct",
]

TRANSITIONS: dict[Event, tuple[tuple[Status, ...], Status]] = {
    "book": (("pending",), "booked"),
    "expire": (("pending",), "cancelled"),
    "fail": (("pending",), "cancelled"),
    "withdraw": (("pending", "booked"), "cancelled"),
    "accept": (("booked",), "booked"),
    "confirm": (("checked-in",), "checked-in"),
    "reject": (("booked", "noshow"), "cancelled"),
    "check-in": (("booked",), "checked-in"),
    "call": (("booked", "checked-in", "noshow"), "arrived"),
    "fulfil": (("booked", "checked-in", "arrived", "noshow"), "fulfilled"),
    "miss": (("booked", "checked-in"), "noshow"),
    "testify": (("noshow",), "noshow"),
    "stop": (("pending", "booked", "checked-in"), "cancelled"),
    "move": (("booked",), "cancelled"),
    "give-up": (("booked",), "cancelled"),
    "correct": (("booked", "checked-in", "arrived", "fulfilled", "noshow", "cancelled"), "entered-in-error"),
}
"""Event -> the statuses it may happen in, and the one it leads to.

A miss may be a supposition: whoever was called or seen after all has missed nothing, and `testify` is the hospital's
word that nobody came where the sweep had supposed it. Seen counts more than called, called more than missed, in
whatever order it is told.
"""


class Appointment(Model):
    """One person's registration, kept in the account that made it."""

    id: str
    citizen_id: str
    card_id: str
    hospital_id: str
    hospital_name: str
    department_id: str = ""
    department_name: str
    practitioner_name: str
    practitioner_id: str = ""
    session_starts_at: AwareDatetime | None = None
    """With the practitioner, the session as its hospital published it."""
    starts_at: AwareDatetime
    hold_expires_at: AwareDatetime
    fee_fen: Fen
    status: Status = "pending"
    confirmation: Confirmation | None = None
    queue_number: int | None = None
    pickup_code: str | None = None
    reason: Reason | None = None
    late: bool = False
    moved_from: str | None = None
    moved_to: str | None = None
    paid_by: str | None = None
    """The order that paid, where it is another appointment's: a move takes the money along."""
    cool_until_ms: int | None = None
    """When the slot given back can be had again (Unix ms); drawn once, with the cancellation."""
    checked_in_at: AwareDatetime | None = None
    cancelled_at: AwareDatetime | None = None
    version: int = 1

    @property
    def held_at(self) -> datetime:
        """When it was held; the hospital's rules of that moment are its own."""
        return self.hold_expires_at - HOLD_LIFE

    @property
    def free(self) -> bool:
        """Whether there is nothing to pay: then no order is ever made, and holding is booking."""
        return self.fee_fen == 0

    @property
    def order_id(self) -> str:
        """The payment order of this appointment; it exists once the citizen asks to pay, and never where it is free."""
        return self.paid_by or self.id.replace("apt_", "ord_", 1)

    @property
    def hold(self) -> Hold:
        """The hold that the id names."""
        hold = Hold.parse(self.id)
        if hold is None:
            raise ValueError("an appointment's id must name its hold")
        return hold
