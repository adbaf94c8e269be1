"""Looking beyond the day that is compared: orders by their number, and the bills around it, each read once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from chalicelib.payments.model import Order
from chalicelib.payments.service.ledger import Ledger
from chalicelib.reconciliation.bills import Bills
from chalicelib.reconciliation.errors import BillNotReady, BillUnreadable
from chalicelib.reconciliation.model.movements import Key, Movement, at_hospitals, at_payment_app
from chalicelib.reconciliation.model.settling import History
from chalicelib.reconciliation.store import SettlementStore
from chalicelib.types import CHINA

_BEFORE = (1, 2, 3)
"""How many days ago what we learn today may have happened: a notification comes up to a day late, and then some."""
LAST_HOUR = timedelta(hours=1)


@dataclass
class OtherDays:
    """What other days say about a movement of `day`; remembers what it has read."""

    day: date
    today: date
    ledger: Ledger
    bills: Bills
    settlements: SettlementStore
    awaited: Callable[[Order], bool]
    _orders: dict[str, Order | None] = field(default_factory=dict)
    _read: dict[date, dict[Key, Movement] | None] = field(default_factory=dict)

    def posted(self, line: Movement) -> Movement | None:
        """Our entry about a bill's line, in whatever book."""
        order = self._order(line.order_id)
        entries = order.entries if order else []
        ours = (each for entry in entries for each in at_payment_app(entry))
        return next((each for each in ours if each.key == line.key), None)

    def known(self, line: Movement) -> bool:
        """Whether we know the order, and the refund, that a line is about."""
        order = self._order(line.order_id)
        return order is not None and (line.direction == "in" or line.number in order.refunds)

    def billed(self, ours: Movement) -> bool | None:
        """Whether a bill around the day has a line for our entry; None where the next one is not there yet."""
        around = [self.day + timedelta(days=1), *(self.day - timedelta(days=each) for each in _BEFORE)]
        bills = [self._bill(each) for each in around]
        if any(ours.key in bill for bill in bills if bill is not None):
            return True
        midnight = datetime.combine(around[0], time(), CHINA)
        return None if bills[0] is None and ours.at >= midnight - LAST_HOUR else False

    def history(self, order_id: str) -> History:
        """All that hospitals and we ever said of an order."""
        order = self._order(order_id)
        ours = [each for entry in (order.entries if order else []) for each in at_hospitals(entry)]
        told = [each.movement for each in self.settlements.of_order(order_id)]
        return History(order is not None, ours, told, order is None or self.awaited(order))

    def _order(self, order_id: str) -> Order | None:
        if order_id not in self._orders:
            self._orders[order_id] = self.ledger.order(order_id)
        return self._orders[order_id]

    def _bill(self, day: date) -> dict[Key, Movement] | None:
        if day not in self._read:
            self._read[day] = self._fetch(day)
        return self._read[day]

    def _fetch(self, day: date) -> dict[Key, Movement] | None:
        if day >= self.today:
            return None
        try:
            return self.bills.of(day).movements
        except (BillNotReady, BillUnreadable):
            return None
