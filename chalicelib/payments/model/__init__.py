"""Payment orders, their refunds, what the payment app tells, and the ledger's entries. Pure data and rules."""

from chalicelib.payments.model.insurance import INSURER, Declined, Insurance, Insured, Note, Quote
from chalicelib.payments.model.legs import Legs
from chalicelib.payments.model.orders import (
    FIRST_QUESTION_AFTER,
    OPEN,
    PAID,
    SETTLING,
    TRANSITIONS,
    Order,
    Status,
)
from chalicelib.payments.model.refunds import Refund
from chalicelib.payments.model.trades import Notification, Payer, Trade, TradeStatus, fen, yuan

__all__ = [
    "FIRST_QUESTION_AFTER",
    "INSURER",
    "OPEN",
    "PAID",
    "SETTLING",
    "TRANSITIONS",
    "Declined",
    "Insurance",
    "Insured",
    "Legs",
    "Note",
    "Notification",
    "Order",
    "Payer",
    "Quote",
    "Refund",
    "Status",
    "Trade",
    "TradeStatus",
    "fen",
    "yuan",
]
