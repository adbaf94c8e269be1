"""Payment orders and their refunds. Pure data and rules.

An order's status is changed only along `TRANSITIONS`. Legs add up to the total, refunds never exceed the legs, and
once money goes back the status follows from the refunds: the model checks all of it whenever an order is built, so
before every write and from every written item.
"""

from datetime import timedelta
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from chalicelib.payments.model.insurance import Insurance, Note, Standing
from chalicelib.payments.model.ledger import Entry
from chalicelib.payments.model.legs import NAMES, Leg, Legs, LegState
from chalicelib.payments.model.refunds import Refund
from chalicelib.types import Fen, Model

Status = Literal[
    "created",
    "unknown",
    "paying",
    "settling",
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
    "take_cash": (("created", "unknown", "paying", "closed"), "settling"),
    "complete": (("settling",), "paid"),
    "compensate": (("settling",), "refunding"),
    "uncover": (("created", "unknown"), "created"),
    "forsake": (("created", "unknown"), "unknown"),
    "settle_late": (("closed",), "late_paid"),
    "keep": (("late_paid",), "paid"),
    "close": (("created", "unknown", "paying"), "closed"),
    "refund": (("paid", "late_paid", "partially_refunded"), "refunding"),
    "return_half": (("refunding",), "refunding"),
    "return": (("refunding",), "refunded"),
    "return_part": (("refunding",), "partially_refunded"),
    "give_up": (("refunding",), "refund_stuck"),
    "retry": (("refund_stuck",), "refunding"),
}
"""Event -> the statuses it may happen in, and the one it leads to."""

OPEN: tuple[Status, ...] = ("created", "unknown", "paying")
SETTLING: Status = "settling"
"""The cash has come in, and the insurance has not settled its legs yet."""
PAID: tuple[Status, ...] = ("paid", "late_paid", "partially_refunded")
"""Money of the citizen's is with us, and none of it is on its way back."""

FIRST_QUESTION_AFTER = timedelta(minutes=2)
"""When an order without a notification is asked for at the gateway."""
NEXT_QUESTION_AFTER = timedelta(minutes=1)


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
    insurance: Insurance | None = None
    insurance_note: Note | None = None
    trade_no: str | None = None
    refunds: dict[str, Refund] = Field(default_factory=dict)
    refund_tries: int = 0
    entries: list[Entry] = Field(default_factory=list)
    version: int = 1

    @model_validator(mode="after")
    def _settles(self) -> Self:
        if self.legs.total != self.total_fen:
            raise ValueError("the legs do not add up to the total")
        self._must_be_insured()
        for leg in NAMES:
            if self._refunded_of(leg, {"asked", "stuck", "returned"}) > self.taken.of(leg):
                raise ValueError("more would go back than was paid")
        going = [each for each in self.refunds.values() if each.status != "returned"]
        if len(going) > 1:
            raise ValueError("one refund at a time")
        if self.status in _AFTER_REFUND and self.status != self._status_of_refunds(going):
            raise ValueError("the status does not follow from the refunds")
        if self.refunds and self.status not in _AFTER_REFUND:
            raise ValueError("an order with refunds cannot stand as if there were none")
        return self

    def _must_be_insured(self) -> None:
        """Legs of the insurance stand and fall with its pre-settlement, and are settled before an order is paid."""
        if (self.insurance is None) != (self.legs.insured == 0):
            raise ValueError("the insurance's legs and its pre-settlement come together")
        allowed = _STANDINGS.get(self.status, ("settled", "refused", "abandoned"))
        if self.insurance and self.insurance.standing not in allowed:
            raise ValueError("the status does not follow from the insurance")

    def _status_of_refunds(self, going: list[Refund]) -> Status | None:
        if not self.refunds:
            return None
        if going:
            return "refunding" if going[0].status == "asked" else "refund_stuck"
        return "refunded" if self.refunded_fen == self.taken.total else "partially_refunded"

    def _refunded_of(self, leg: Leg, statuses: set[str]) -> int:
        return sum(each.legs.of(leg) for each in self.refunds.values() if each.status in statuses)

    @property
    def payee(self) -> str:
        """Whom the money is owed to."""
        return self.payee_id or self.about

    @property
    def taken(self) -> Legs:
        """What is or was to come in: the legs, without those that the insurance did not settle after all."""
        bears = self.insurance is None or self.insurance.bears
        return self.legs if bears else Legs(cash=self.legs.cash)

    @property
    def failed(self) -> bool:
        """Its cash goes or went back, since the insurance did not settle."""
        return self.status in _AFTER_REFUND and self.taken != self.legs

    @property
    def settlement_no(self) -> str:
        """The insurance's request number of this order's settlement."""
        return self.id.replace("ord_", "set_", 1)

    @property
    def refunded_fen(self) -> int:
        """What has gone back."""
        return sum(each.amount_fen for each in self.refunds.values() if each.status == "returned")

    @property
    def refundable(self) -> Legs:
        """What could still go back, by leg."""
        left = self.taken
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
        if self.status in OPEN or (self.status == SETTLING and leg != "cash"):
            return "created"
        if self.status == "closed" or self.taken.of(leg) == 0:
            return "fail"
        return "refund" if self._refunded_of(leg, {"returned"}) == amount else "success"


_AFTER_REFUND = {"refunding", "partially_refunded", "refunded", "refund_stuck"}
_STANDINGS: dict[str, tuple[Standing, ...]] = {
    "created": ("quoted",),
    "unknown": ("quoted", "abandoned"),
    "paying": ("quoted",),
    "closed": ("quoted", "abandoned"),
    "settling": ("quoted",),
    "paid": ("settled",),
    "late_paid": (),
    "partially_refunded": ("settled",),
}
"""Status -> how the insurance may stand in it, where an order has one."""
