"""Which entry each money event of an order makes. Pure; None where no money is concerned.

Ids are made of the order's or the refund's own number, so a step that is repeated writes the same entry again.
"""

from datetime import datetime

from chalicelib.payments.model.ledger import (
    CLEARING,
    DEPOSITS,
    OWED_BACK,
    Entry,
    payable,
    receivable,
    reversal,
)
from chalicelib.payments.model.legs import INSURED
from chalicelib.payments.model.orders import SETTLING, Order
from chalicelib.payments.model.refunds import Refund
from chalicelib.types import rfc3339


def received(order: Order, at: datetime, *, late: bool = False) -> Entry | None:
    """The order was paid: cash lies at the payment app, insurers owe their legs; late money is only a deposit."""
    debits = {CLEARING: order.legs.cash, **{receivable(leg): order.legs.of(leg) for leg in INSURED}}
    whose = DEPOSITS if late else payable(order.payee)
    return _entry(order, f"{order.id}:received", at, debits | {whose: -order.total_fen})


def deposited(order: Order, at: datetime) -> Entry | None:
    """An order's cash came in before the insurance settled: so far it is a deposit."""
    cash = order.legs.cash
    return _entry(order, f"{order.id}:deposited", at, {CLEARING: cash, DEPOSITS: -cash})


def covered(order: Order, at: datetime) -> Entry | None:
    """The insurance settled as well: the deposit is the payee's, and so is what insurers owe now."""
    debits = {DEPOSITS: order.legs.cash, **{receivable(leg): order.legs.of(leg) for leg in INSURED}}
    return _entry(order, f"{order.id}:received", at, debits | {payable(order.payee): -order.total_fen})


def kept(order: Order, at: datetime) -> Entry | None:
    """A late payment counts: the deposit is the payee's."""
    return _entry(
        order, f"{order.id}:kept", at, {DEPOSITS: order.total_fen, payable(order.payee): -order.total_fen}
    )


def owed_back(order: Order, refund: Refund, at: datetime) -> Entry | None:
    """A refund was asked for: the payee's claim (or the deposit) falls; citizen and insurers are owed their legs."""
    whose = DEPOSITS if order.status in {"late_paid", SETTLING} else payable(order.payee)
    credits_ = {OWED_BACK: -refund.legs.cash, **{reversal(leg): -refund.legs.of(leg) for leg in INSURED}}
    return _entry(order, f"{refund.number}:owed", at, {whose: refund.amount_fen} | credits_)


def given_back(order: Order, refund: Refund, at: datetime) -> Entry | None:
    """A refund's cash has left the payment app."""
    cash = refund.legs.cash
    return _entry(order, f"{refund.number}:returned", at, {OWED_BACK: cash, CLEARING: -cash})


def reversed_(order: Order, refund: Refund, at: datetime) -> Entry | None:
    """The insurer has reversed a refund's legs: it no longer owes them."""
    undone = {reversal(leg): refund.legs.of(leg) for leg in INSURED}
    cancelled = {receivable(leg): -refund.legs.of(leg) for leg in INSURED}
    return _entry(order, f"{refund.number}:reversed", at, undone | cancelled)


def _entry(order: Order, entry_id: str, at: datetime, postings: dict[str, int]) -> Entry | None:
    moved = {account: amount for account, amount in postings.items() if amount}
    return Entry(id=entry_id, order_id=order.id, at=rfc3339(at), postings=moved) if moved else None
