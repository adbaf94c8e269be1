"""A trade and its refunds, as data. It must not know where they are kept or how they are asked for."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

Status = Literal["WAIT_BUYER_PAY", "TRADE_SUCCESS", "TRADE_CLOSED"]


class Refund(BaseModel):
    """One refund of a trade; its out_request_no is what makes a repetition harmless."""

    out_request_no: str
    amount_fen: int
    reason: str | None
    refunded_at: datetime


class Trade(BaseModel):
    """One trade. Money is in fen; times are UTC."""

    trade_no: str
    app_id: str
    seller_id: str
    out_trade_no: str
    total_fen: int
    subject: str
    body: str | None
    buyer_id: str
    notify_url: str | None
    passback_params: str | None
    created_at: datetime
    expires_at: datetime
    status: Status = "WAIT_BUYER_PAY"
    paid_at: datetime | None = None
    closed_at: datetime | None = None
    refunds: list[Refund] = []

    @property
    def refunded_fen(self) -> int:
        """What went back to the buyer so far."""
        return sum(refund.amount_fen for refund in self.refunds)

    def refund(self, out_request_no: str) -> Refund | None:
        """The refund of that request, or None."""
        return next((refund for refund in self.refunds if refund.out_request_no == out_request_no), None)

    def same_order(self, other: "Trade") -> bool:
        """Whether a repeated request asks for this very trade."""
        return _terms(self) == _terms(other)


def _terms(trade: Trade) -> tuple[object, ...]:
    return trade.total_fen, trade.subject, trade.body, trade.buyer_id, trade.passback_params
