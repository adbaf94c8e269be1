"""Use-cases of payment orders, one file per errand: open, record a notification, ask, refund, keep the ledger.

Every step may be repeated and may crash after any call: the order says where it stands, and whatever changes the
world outside is recorded as an intent first (payment-order state machine; Alipay open platform v2).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.payments.model import SETTLING, Order, Payer
from chalicelib.payments.service.asking import Asking
from chalicelib.payments.service.insuring import Whose
from chalicelib.payments.service.notifying import Notifying
from chalicelib.payments.service.opening import Opening
from chalicelib.payments.service.refunding import Refunding
from chalicelib.payments.service.settling import Settling
from chalicelib.payments.store.orders import PaymentStore
from chalicelib.platform.clock import Clock


@dataclass(frozen=True, slots=True)
class Payments:
    """Payment orders, as other rooms see them."""

    store: PaymentStore
    opening: Opening
    notifying: Notifying
    asking: Asking
    refunding: Refunding
    settling: Settling
    clock: Clock

    def open(self, order: Order, payer: Payer, whose: Whose | None = None) -> Order:
        """Keep the order and make its trade, so that the citizen's phone can pay it; a repeat gives the same.

        With `whose`, the medical insurance is asked first what it bears, and the trade is for the rest alone; without
        cash the order is paid at once. Raises PaymentUnavailable and InsuranceUnavailable (outcome unknown, ask
        again), OrderClosed, PaymentRefused, Unavailable, and what `whose` raises.
        """
        return self.opening.open(order, payer, whose)

    def finish(self, order: Order) -> Order:
        """Settle the insured legs of an order whose cash has come in; `settling` while nobody knows the outcome.

        Where the insurance refuses, the cash goes back by itself.
        """
        return self.settling.finish(order)

    def record(self, body: bytes) -> None:
        """Take a notification in: verify its signature, keep it with one write; the work is done after.

        `body` is the form as it came. Raises NotificationMalformed, SignatureInvalid, Unavailable.
        """
        self.notifying.record(body)

    def settle(self, notification_id: str) -> Order | None:
        """Bring an order to where its recorded notification says; None for one that is not ours (now a case).

        Order, amount, seller and app must be our own order's. Safe to repeat, in any order. Raises Unavailable.
        """
        return self.notifying.settle(notification_id)

    def find(self, order_id: str) -> Order | None:
        """An order as it stands this moment."""
        return self.store.find(order_id)

    def due(self) -> Iterator[str]:
        """Ids of orders that stayed open and must be looked at, the longest due first."""
        return self.store.due(self.clock())

    def put_behind(self, order_id: str) -> None:
        """An order could not be brought further: all others come first. Raises Unavailable."""
        self.store.put_behind(order_id, self.clock())

    def resolve(self, order_id: str, *, close: bool = False) -> Order | None:
        """Ask the payment app how an open order stands, and believe it; past `pay_by` (or with `close`) close it.

        None where there is no such order. Raises Unavailable where the outcome stays unknown.
        """
        return self.asking.resolve(order_id, close=close)

    def keep(self, order: Order) -> Order:
        """A late payment found its slot still there: it counts."""
        return self.refunding.keep(order)

    def refund(self, order: Order, amount_fen: int | None = None, *, cause: str = "") -> Order:
        """Give a paid order's money back: all that is left, or `amount_fen` of it.

        The intent is kept first; the sweep goes on where this stopped, under the same number. A refund that is under
        way is only pushed. `cause` names why a part goes back: one cause gives back once, however often it is asked.
        Raises RefundExceedsPayment.
        """
        if order.status == SETTLING:
            return self.settling.compensate(order)
        return self.refunding.refund(order, amount_fen, cause)

    def retry(self, order: Order) -> Order:
        """Try a stuck refund again under its own number, as an operator does who has looked at its case."""
        return self.refunding.retry(order)
