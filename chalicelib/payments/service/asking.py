"""Bringing an order to where its trade is: what was notified, what is asked for, and the end of its time."""

from dataclasses import dataclass

from chalicelib.errors import Unavailable
from chalicelib.payments.alipay import Trades
from chalicelib.payments.model import OPEN, TRANSITIONS, Order, Trade
from chalicelib.payments.model.bookkeeping import deposited, received
from chalicelib.payments.model.ledger import Entry
from chalicelib.payments.service.moves import Moves, follow
from chalicelib.payments.service.settling import Settling
from chalicelib.payments.store.notifications import NotificationStore
from chalicelib.payments.store.orders import PaymentStore, Superseded
from chalicelib.platform import log
from chalicelib.platform.clock import Clock


@dataclass(frozen=True, slots=True)
class Asking:
    """What the payment app says is believed; what it does not say is not assumed."""

    store: PaymentStore
    cases: NotificationStore
    trades: Trades
    moves: Moves
    settling: Settling
    clock: Clock

    def learn(self, order: Order, trade: Trade, *, asked: bool = False) -> Order:
        """Apply what the payment app says, if the order's status has any use for it.

        What was told comes again until all that follows is done; what was asked for (`asked`) does not, so the change
        itself asks for the rest.
        """
        events = _events(order, trade)
        event = next((each for each in events if order.status in TRANSITIONS[each][0]), None)
        if event is None:
            return order
        entry = self._entry(order, event) if trade.paid else None
        messages = [follow(order)] if asked and trade.paid else []
        try:
            return self.moves.move(order, event, *messages, entry=entry, trade_no=trade.trade_no)
        except Superseded as other:
            return self.learn(other.order, trade, asked=asked)

    def resolve(self, order_id: str, *, close: bool = False) -> Order | None:
        """Ask how an open order stands, and believe it; past `pay_by` (or with `close`) close it."""
        order = self.store.find(order_id)
        if order is None or order.status not in OPEN:
            return order
        if order.insurance and order.legs.cash == 0:
            return self.settling.resolve(order, close=close)
        trade = self.trades.query(order)
        if trade and (trade.paid or trade.closed):
            return self._believe(order, trade)
        if not close and self.clock() < order.pay_by:
            self.store.postpone(order, self.clock())
            return order
        if trade and not self.trades.close(order):
            raise Unavailable
        try:
            return self.moves.move(order, "close")
        except Superseded as other:
            return other.order

    def _entry(self, order: Order, event: str) -> Entry | None:
        if event == "take_cash":
            return deposited(order, self.clock())
        return received(order, self.clock(), late=event == "settle_late")

    def _believe(self, order: Order, trade: Trade) -> Order:
        if trade.total_fen == order.legs.cash:
            return self.learn(order, trade, asked=True)
        self.cases.open_case(
            order.id, "another-amount", self.clock(), order_id=order.id, amount_fen=trade.total_fen
        )
        log.event("payment.misfit", order=order.id, kind="another-amount")
        self.store.postpone(order, self.clock())
        return order


def _events(order: Order, trade: Trade) -> tuple[str, ...]:
    """What the trade leads to, by the order's status: cash alone pays no order that the insurance shares."""
    if trade.paid:
        return ("take_cash",) if order.insurance else ("settle", "settle_late")
    return ("close",) if trade.closed else ()
