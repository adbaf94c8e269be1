"""Payment orders, their legs, and what the payment app tells about a trade. Pure data and rules.

An order's status is changed only along `TRANSITIONS`; its legs add up to its total, which the model itself checks
whenever an order is built, so before every write and from every written item.
"""

import re
from datetime import timedelta
from typing import Literal, Self

from pydantic import AwareDatetime, model_validator

from chalicelib.types import Fen, Model

Status = Literal[
    "created", "unknown", "paying", "paid", "late_paid", "closed", "refunding", "refunded", "refund_stuck"
]

TRANSITIONS: dict[str, tuple[tuple[Status, ...], Status]] = {
    "doubt": (("created",), "unknown"),
    "offer": (("created", "unknown"), "paying"),
    "settle": (("created", "unknown", "paying"), "paid"),
    "settle_late": (("closed",), "late_paid"),
    "keep": (("late_paid",), "paid"),
    "close": (("created", "unknown", "paying"), "closed"),
    "refund": (("paid", "late_paid"), "refunding"),
    "return": (("refunding",), "refunded"),
    "give_up": (("refunding",), "refund_stuck"),
}
"""Event -> the statuses it may happen in, and the one it leads to."""

OPEN: tuple[Status, ...] = ("created", "unknown", "paying")
PAID: tuple[Status, ...] = ("paid", "late_paid")

FIRST_QUESTION_AFTER = timedelta(minutes=2)
"""When an order without a notification is asked for at the gateway."""
NEXT_QUESTION_AFTER = timedelta(minutes=1)
REFUND_RETRY_AFTER = timedelta(seconds=30)
MOST_REFUND_TRIES = 20
"""After so many tries a refund is a case for a human."""

_YUAN = re.compile(r"^(0|[1-9]\d{0,8})\.(\d{2})$", re.ASCII)


class Legs(Model):
    """Who bears how much, in fen: pooled fund, personal account, other funds, cash through the payment app."""

    gov: Fen = 0
    acct: Fen = 0
    other: Fen = 0
    cash: Fen = 0

    @property
    def total(self) -> int:
        """What all legs pay together."""
        return self.gov + self.acct + self.other + self.cash


class Order(Model):
    """One payment for one thing. `about` is the thing's id in the room that sells it.

    The id is the merchant's `out_trade_no` as well. Nobody can pay after `pay_by`.
    """

    id: str
    about: str
    citizen_id: str
    subject: str
    total_fen: Fen
    legs: Legs
    pay_by: AwareDatetime
    status: Status = "created"
    trade_no: str | None = None
    refund_tries: int = 0
    version: int = 1

    @model_validator(mode="after")
    def _settles(self) -> Self:
        if self.legs.total != self.total_fen:
            raise ValueError("the legs do not add up to the total")
        return self

    @property
    def refund_request_no(self) -> str:
        """The refund's idempotency key: one full refund per order, the same at every try."""
        return self.id.replace("ord_", "rfd_", 1)


TradeStatus = Literal["WAIT_BUYER_PAY", "TRADE_CLOSED", "TRADE_SUCCESS", "TRADE_FINISHED"]


class Trade(Model):
    """What the payment app says about a trade, asked for or told."""

    status: TradeStatus
    trade_no: str
    total_fen: Fen
    refunded: bool = False
    """The news is about a refund of ours: its own answer settles it, so it changes nothing here."""

    @property
    def paid(self) -> bool:
        """Money came in. After a full refund the platform says TRADE_CLOSED instead."""
        return self.status in {"TRADE_SUCCESS", "TRADE_FINISHED"}

    @property
    def closed(self) -> bool:
        """Nobody paid, and nobody can any more."""
        return self.status == "TRADE_CLOSED" and not self.refunded


class Notification(Model):
    """A notification's facts: whose trade at which merchant, and how it stands."""

    id: str
    order_id: str
    app_id: str
    seller_id: str
    trade: Trade


class Payer(Model):
    """Whose purse: the account's ids at the payment app."""

    open_id: str
    user_id: str | None = None


def yuan(amount_fen: int) -> str:
    """`1234` -> `12.34`: how the payment app writes money."""
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


def fen(amount_yuan: str) -> int:
    """`12.34` -> `1234`. ValueError for anything but yuan with two decimals."""
    found = _YUAN.match(amount_yuan)
    if not found:
        raise ValueError("an amount must be yuan with two decimals")
    return int(found[1]) * 100 + int(found[2])
