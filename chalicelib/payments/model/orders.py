"""Payment orders and their refunds. Pure data and rules.

An order's status is changed only along `TRANSITIONS`. Legs add up to the total, refunds never exceed the legs, and
once money goes back the status follows from the refunds: the model checks all of it whenever an order is built, so
before every write and from every written item.
"""

from datetime import timedelta
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from chalicelib.payments.model.ledger import Entry
from chalicelib.payments.model.legs import NAMES, Leg, Legs, LegState
from chalicelib.types import Fen, Model

Status = Literal[
    "created",
    "unknown",
    "paying",
    "paid",
    "late_paid",
    "closed",
    "refunding",
    "partially_refunded",
    "refunded",
    "refund_stuck",
]

TRANSITIONS: dict[str, tuple[tuple[Status, ...], Status]] = {
    "doubt": (("created",), "unknown"),
    "offer": (("created", "unknown"), "paying"),
    "settle": (("created", "unknown", "paying"), "paid"),
    "settle_late": (("closed",), "late_paid"),
    "keep": (("late_paid",), "paid"),
    "close": (("created", "unknown", "paying"), "closed"),
    "refund": (("paid", "late_paid", "partially_refunded"), "refunding"),
    "return": (("refunding",), "refunded"),
    "return_part": (("refunding",), "partially_refunded"),
    "give_up": (("refunding",), "refund_stuck"),
    "retry": (("refund_stuck",), "refunding"),
}
"""Event -> the statuses it may happen in, and the one it leads to."""

OPEN: tuple[Status, ...] = ("created", "unknown", "paying")
PAID: tuple[Status, ...] = ("paid", "late_paid", "partially_refunded")
"""Money of the citizen's is with us, and none of it is on its way back."""

FIRST_QUESTION_AFTER = timedelta(minutes=2)
"""When an order without a notification is asked for at the gateway."""
NEXT_QUESTION_AFTER = timedelta(minutes=1)
REFUND_RETRY_AFTER = timedelta(seconds=30)
REFUND_KNOWN_AFTER = timedelta(seconds=10)
"""Before that, a refund that the payment app cannot find may still be under way there."""
MOST_REFUND_TRIES = 20
"""After so many tries a refund is a case for a human."""


class Refund(Model):
    """Some of an order's money on its way back. `cause` names why, so that one cause gives back once.

    `asked_at` are Unix seconds; `number` is the payment app's `out_request_no`, the same at every try.
    """

    number: str
    amount_fen: Fen
    legs: Legs
    status: Literal["asked", "returned", "stuck"] = "asked"
    asked_at: int
    cause: str = ""
    retried: bool = False
    """It was stuck, and a human had it tried again."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.legs.total != self.amount_fen:
            raise ValueError("the legs of a refund do not add up to its amount")
        return self


class Order(Model):
    """One payment for one thing. `about` is the thing's id in the room that sells it, `payee_id` who is owed.

    The id is the merchant's `out_trade_no` as well. Nobody can pay after `pay_by`.
    """

    id: str
    about: str
    citizen_id: str
    subject: str
    total_fen: Fen
    legs: Legs
    pay_by: AwareDatetime
    payee_id: str = ""
    status: Status = "created"
    trade_no: str | None = None
    refunds: dict[str, Refund] = Field(default_factory=dict)
    refund_tries: int = 0
    entries: list[Entry] = Field(default_factory=list)
    version: int = 1

    @model_validator(mode="after")
    def _settles(self) -> Self:
        if self.legs.total != self.total_fen:
            raise ValueError("the legs do not add up to the total")
        for leg in NAMES:
            if self._refunded_of(leg, {"asked", "stuck", "returned"}) > self.legs.of(leg):
                raise ValueError("more would go back than was paid")
        going = [each for each in self.refunds.values() if each.status != "returned"]
        if len(going) > 1:
            raise ValueError("one refund at a time")
        if self.status in _AFTER_REFUND and self.status != self._status_of_refunds(going):
            raise ValueError("the status does not follow from the refunds")
        if self.refunds and self.status not in _AFTER_REFUND:
            raise ValueError("an order with refunds cannot stand as if there were none")
        return self

    def _status_of_refunds(self, going: list[Refund]) -> Status | None:
        if not self.refunds:
            return None
        if going:
            return "refunding" if going[0].status == "asked" else "refund_stuck"
        return "refunded" if self.refunded_fen == self.total_fen else "partially_refunded"

    def _refunded_of(self, leg: Leg, statuses: set[str]) -> int:
        return sum(each.legs.of(leg) for each in self.refunds.values() if each.status in statuses)

    @property
    def payee(self) -> str:
        """Whom the money is owed to."""
        return self.payee_id or self.about

    @property
    def refunded_fen(self) -> int:
        """What has gone back."""
        return sum(each.amount_fen for each in self.refunds.values() if each.status == "returned")

    @property
    def refundable(self) -> Legs:
        """What could still go back, by leg."""
        left = self.legs
        for each in self.refunds.values():
            left = left.less(each.legs)
        return left

    @property
    def going_back(self) -> Refund | None:
        """The refund that is under way or stuck."""
        return next((each for each in self.refunds.values() if each.status != "returned"), None)

    @property
    def refund_request_no(self) -> str:
        """The first refund's idempotency key."""
        return self.id.replace("ord_", "rfd_", 1)

    @property
    def next_refund_no(self) -> str:
        """The next refund's: derived from the order and how many there were."""
        return f"{self.refund_request_no}_{len(self.refunds) + 1}" if self.refunds else self.refund_request_no

    def leg_state(self, leg: Leg) -> LegState:
        """How one leg stands: it follows from the order and its refunds, so the two can never disagree."""
        amount = self.legs.of(leg)
        if amount == 0:
            return "none"
        if self.status in OPEN:
            return "created"
        if self.status == "closed":
            return "fail"
        return "refund" if self._refunded_of(leg, {"returned"}) == amount else "success"


_AFTER_REFUND = {"refunding", "partially_refunded", "refunded", "refund_stuck"}


class Payer(Model):
    """Whose purse: the account's ids at the payment app."""

    open_id: str
    user_id: str | None = None
