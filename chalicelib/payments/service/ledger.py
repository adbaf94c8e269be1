"""The double-entry ledger: posting orders' entries to the day's book, and summing a day up.

An entry is born on its order, in the write that moves the order; the book is made of these, so it can be made again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.errors import Unavailable
from chalicelib.payments.model import Order
from chalicelib.payments.model.ledger import Balance, Entry, balance
from chalicelib.payments.store.ledger import LedgerStore
from chalicelib.payments.store.orders import PaymentStore
from chalicelib.platform import log


@dataclass(frozen=True, slots=True)
class Ledger:
    """Books by day in China."""

    store: LedgerStore
    orders: PaymentStore

    def post(self, told: Mapping[str, Any]) -> None:
        """Work off a message `ledger.post`: the entry it names goes into its book, once. Raises Unavailable."""
        order = self.orders.find(told["about"])
        entry = next((each for each in order.entries if each.id == told["entry"]), None) if order else None
        if entry is None:
            raise Unavailable
        self.store.post(entry)
        log.event("ledger.posted", entry=entry.id, day=entry.day.isoformat())

    def entries(self, day: date) -> Iterator[Entry]:
        """All of a day's entries, by id. Raises Unavailable."""
        return self.store.entries(day)

    def order(self, order_id: str) -> Order | None:
        """An order with the entries that it made, posted or not. Raises Unavailable."""
        return self.orders.find(order_id)

    def balance(self, day: date) -> Balance:
        """A day's trial balance: fen by account, debits positive, all together zero. Raises Unavailable."""
        return balance(day, self.store.entries(day))
