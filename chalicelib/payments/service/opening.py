"""Opening an order: kept first, then its trade made at the payment app."""

from dataclasses import dataclass

from chalicelib.errors import Unavailable
from chalicelib.payments.alipay import Trades
from chalicelib.payments.errors import InsuranceUnavailable, OrderClosed, PaymentUnavailable
from chalicelib.payments.model import Order, Payer
from chalicelib.payments.model.bookkeeping import received
from chalicelib.payments.service.asking import Asking
from chalicelib.payments.service.insuring import Insuring, Whose
from chalicelib.payments.service.moves import Moves, follow
from chalicelib.payments.service.settling import Settling
from chalicelib.payments.store.orders import PaymentStore, Superseded
from chalicelib.platform.clock import Clock


@dataclass(frozen=True, slots=True)
class Opening:
    """From the first request to a trade that can be paid."""

    store: PaymentStore
    trades: Trades
    moves: Moves
    asking: Asking
    insuring: Insuring
    settling: Settling
    clock: Clock

    def open(self, order: Order, payer: Payer, whose: Whose | None = None) -> Order:
        """Keep the order and make its trade. Raises PaymentUnavailable (a kind of it), OrderClosed, PaymentRefused."""
        standing = self._kept(order, whose)
        if standing.status == "closed":
            raise OrderClosed
        if standing.status not in {"created", "unknown"}:
            return standing
        try:
            if standing.legs.cash == 0:
                standing = self._without_cash(standing)
            return standing if standing.status not in {"created", "unknown"} else self._offer(standing, payer)
        except Superseded as other:
            return other.order

    def _kept(self, order: Order, whose: Whose | None) -> Order:
        """The order that stands, or this one: with the legs that the insurance bears, if the citizen wants that."""
        if whose is None or order.total_fen == 0 or not self.insuring.connected():
            return self.store.create(order, self.clock())
        standing = self.store.find(order.id)
        return standing or self.store.create(self.insuring.covered(order, whose), self.clock())

    def _without_cash(self, order: Order) -> Order:
        if order.insurance is None:
            return self.moves.move(order, "settle", follow(order), entry=received(order, self.clock()))
        try:
            return self.settling.without_cash(order)
        except Unavailable as error:
            self._doubt(order)
            raise InsuranceUnavailable from error

    def _offer(self, order: Order, payer: Payer) -> Order:
        try:
            trade_no = self.trades.create(order, payer)
        except Unavailable as error:
            self._doubt(order)
            raise PaymentUnavailable from error
        if trade_no is None:
            return self.asking.resolve(order.id) or order
        return self.moves.move(order, "offer", trade_no=trade_no)

    def _doubt(self, order: Order) -> None:
        try:
            self.moves.move(order, "doubt")
        except Superseded:
            return  # in doubt already, or known by now
