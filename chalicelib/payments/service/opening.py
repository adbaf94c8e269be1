"""Opening an order: kept first, then its trade made at the payment app."""

from dataclasses import dataclass

from chalicelib.errors import Unavailable
from chalicelib.payments.alipay import Trades
from chalicelib.payments.errors import OrderClosed, PaymentUnavailable
from chalicelib.payments.model import Order, Payer
from chalicelib.payments.model.bookkeeping import received
from chalicelib.payments.service.asking import Asking
from chalicelib.payments.service.moves import Moves, follow
from chalicelib.payments.store.orders import PaymentStore, Superseded
from chalicelib.platform.clock import Clock


@dataclass(frozen=True, slots=True)
class Opening:
    """From the first request to a trade that can be paid."""

    store: PaymentStore
    trades: Trades
    moves: Moves
    asking: Asking
    clock: Clock

    def open(self, order: Order, payer: Payer) -> Order:
        """Keep the order and make its trade. Raises PaymentUnavailable, OrderClosed, PaymentRefused."""
        standing = self.store.create(order, self.clock())
        if standing.status == "closed":
            raise OrderClosed
        if standing.status not in {"created", "unknown"}:
            return standing
        try:
            if standing.legs.cash == 0:
                entry = received(standing, self.clock())
                return self.moves.move(standing, "settle", follow(standing), entry=entry)
            return self._offer(standing, payer)
        except Superseded as other:
            return other.order

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
