"""What the payment app tells about a trade, and money as it writes it. Pure data."""

import re
from typing import Literal

from chalicelib.types import Fen, Model

TradeStatus = Literal["WAIT_BUYER_PAY", "TRADE_CLOSED", "TRADE_SUCCESS", "TRADE_FINISHED"]
RefundOutcome = Literal["returned", "absent", "partly"]
"""What became of a refund's request: the money is back, nobody knows yet, or some channels refused their part."""

_YUAN = re.compile(r"^(0|[1-9]\d{0,8})\.(\d{2})$", re.ASCII)


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
