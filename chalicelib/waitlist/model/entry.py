"""A waitlist entry and its life. Pure data; everything not in `TRANSITIONS` is forbidden.

Prepaying and waiting are two statuses, since people take the one for the other: only who has paid stands in the queue.
A match is one write together with its slot and its appointment, so nothing leads back from it.
"""

from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime

from chalicelib.types import CHINA, Fen, Model

Status = Literal["pending-payment", "active", "matched", "fulfilled", "unfulfilled", "withdrawn", "lapsed"]
Event = Literal["activate", "match", "fulfil", "expire", "withdraw", "lapse"]

TRANSITIONS: dict[Event, tuple[tuple[Status, ...], Status]] = {
    "activate": (("pending-payment",), "active"),
    "match": (("active",), "matched"),
    "fulfil": (("matched",), "fulfilled"),
    "expire": (("active",), "unfulfilled"),
    "withdraw": (("pending-payment", "active"), "withdrawn"),
    "lapse": (("pending-payment",), "lapsed"),
}
"""Event -> the statuses it may happen in, and the one it leads to."""

STANDING: tuple[Status, ...] = ("pending-payment", "active")
OVER: tuple[Status, ...] = ("unfulfilled", "withdrawn", "lapsed")
"""Ended without a slot: whatever was paid goes back."""

PAY_WITHIN = timedelta(minutes=10)
MOST_ENTRIES = 5
"""Queues that one person may stand in at once."""


class Day(Model):
    """One department's day in China: what a queue is for."""

    hospital_id: str
    department_id: str
    date: date

    @property
    def key(self) -> str:
        """The queue's name."""
        return f"{self.hospital_id}#{self.department_id}#{self.date.isoformat()}"

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.date, datetime.min.time(), CHINA)


class Entry(Model):
    """One person's place in a queue.

    `fee_fen` is prepaid: the highest that a slot they wait for may cost. `practitioner_id`: only this one's slots will
    do. `cost_fen` is what the slot cost that they got.
    """

    id: str
    citizen_id: str
    card_id: str
    person_id: str
    day: Day
    practitioner_id: str | None = None
    hospital_name: str
    fee_fen: Fen
    latest_fulfilment_at: AwareDatetime
    pay_by: AwareDatetime
    status: Status = "pending-payment"
    place: str | None = None
    """Its sort key in the queue: the moment it was paid, then its id."""
    appointment_id: str | None = None
    cost_fen: Fen | None = None
    version: int = 1

    @property
    def order_id(self) -> str:
        """The payment order of this entry."""
        return self.id.replace("wle_", "ord_", 1)

    @property
    def difference_fen(self) -> int:
        """What of the prepaid is not needed."""
        return self.fee_fen - self.cost_fen if self.cost_fen is not None else 0
