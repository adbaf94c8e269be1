"""Which entry each money event of an order makes. Pure; None where no money is concerned.

Ids are made of the order's or the refund's own number, so a step that is repeated writes the same entry again.
"""

from datetime import datetime

from chalicelib.payments.model.ledger import CLEARING, DEPOSITS, OWED_BACK, Entry, payable, receivable
from chalicelib.payments.model.legs import Leg
from chalicelib.payments.model.orders import Order, Refund
from chalicelib.types import rfc3339

_INSURED: tuple[Leg, ...] = ("gov", "acct", "other")


def received(order: Order, at: datetime, *, late: bool = False) -> Entry | None:
    """The order was paid: cash lies at the payment app, insurers owe their legs; late money is only a deposit."""
    debits = {CLEARING: order.legs.cash, **{receivable(leg): order.legs.of(leg) for leg in _INSURED}}
    whose = DEPOSITS if late else payable(order.payee)
    return _entry(order, f"{order.id}:received", at, debits | {whose: -order.total_fen})


def kept(order: Order, at: datetime) -> Entry | None:
    """A late payment counts: the deposit is the payee's."""
    return _entry(
        order, f"{order.id}:kept", at, {DEPOSITS: order.total_fen, payable(order.payee): -order.total_fen}
    )


def owed_back(order: Order, refund: Refund, at: datetime) -> Entry | None:
    """A refund was asked for: the payee's claim (or the deposit) falls, and what insurers would owe with it."""
    whose = DEPOSITS if order.status == "late_paid" else payable(order.payee)
    credits_ = {OWED_BACK: -refund.legs.cash, **{receivable(leg): -refund.legs.of(leg) for leg in _INSURED}}
    return _entry(order, f"{refund.number}:owed", at, {whose: refund.amount_fen} | credits_)


def given_back(order: Order, refund: Refund, at: datetime) -> Entry | None:
    """A refund's cash has left the payment app."""
    cash = refund.legs.cash
    return _entry(order, f"{refund.number}:returned", at, {OWED_BACK: cash, CLEARING: -cash})


def _entry(order: Order, entry_id: str, at: datetime, postings: dict[str, int]) -> Entry | None:
    moved = {account: amount for account, amount in postings.items() if amount}
    return Entry(id=entry_id, order_id=order.id, at=rfc3339(at), postings=moved) if moved else None
