"""Payment orders, their refunds, what the payment app tells, and the ledger's entries. Pure data and rules."""

from chalicelib.payments.model.legs import Legs
from chalicelib.payments.model.orders import (
    FIRST_QUESTION_AFTER,
    OPEN,
    PAID,
    TRANSITIONS,
    Order,
    Payer,
    Refund,
    Status,
)
from chalicelib.payments.model.trades import Notification, Trade, TradeStatus, fen, yuan

__all__ = [
    "FIRST_QUESTION_AFTER",
    "OPEN",
    "PAID",
    "TRANSITIONS",
    "Legs",
    "Notification",
    "Order",
    "Payer",
    "Refund",
    "Status",
    "Trade",
    "TradeStatus",
    "fen",
    "yuan",
]
