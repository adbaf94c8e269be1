"""Use-cases of payment orders: open, record a notification, settle, ask the gateway, close, refund.

Every step may be repeated and may crash after any call: the order says where it stands, and whatever changes the
world outside is recorded as an intent first (payment-order state machine; Alipay open platform v2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from chalicelib.errors import Unavailable
from chalicelib.payments.alipay import Trades
from chalicelib.payments.errors import NotificationMalformed, OrderClosed, PaymentUnavailable
from chalicelib.payments.model import (
    MOST_REFUND_TRIES,
    OPEN,
    PAID,
    TRANSITIONS,
    Notification,
    Order,
    Payer,
    Trade,
)
from chalicelib.payments.store import PaymentStore, Superseded
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.outbox import Message, message
from chalicelib.platform.signatures import SignatureInvalid

_MOST_FIELDS = 100


@dataclass(frozen=True, slots=True)
class Payments:
    """Payment orders."""

    store: PaymentStore
    trades: Trades
    clock: Clock

    def open(self, order: Order, payer: Payer) -> Order:
        """Keep the order and make its trade, so that the citizen's phone can pay it; a repeat gives the same.

        A free order (total 0) is paid at once. Raises PaymentUnavailable (outcome unknown, ask again), OrderClosed,
        PaymentRefused.
        """
        standing = self.store.create(order, self.clock())
        if standing.status == "closed":
            raise OrderClosed
        if standing.status not in {"created", "unknown"}:
            return standing
        if standing.legs.cash == 0:
            return self._move(standing, "settle", outbox=[_follow(standing)])
        return self._offer(standing, payer)

    def _offer(self, order: Order, payer: Payer) -> Order:
        try:
            trade_no = self.trades.create(order, payer)
        except Unavailable as error:
            self._move(order, "doubt")
            raise PaymentUnavailable from error
        if trade_no is None:
            return self.resolve(order.id) or order
        return self._move(order, "offer", trade_no=trade_no)

    def _move(self, order: Order, event: str, **changes: object) -> Order:
        """Let an event happen, unless the order has moved on: then the order as it stands."""
        try:
            moved = self.store.move(order, event, self.clock(), **changes)
        except Superseded as other:
            return other.order
        log.event("order.moved", order=order.id, event=event, status=moved.status)
        return moved

    def record(self, body: bytes) -> None:
        """Take a notification in: verify its signature, keep it with one write; the work is done after.

        `body` is the form as it came. Raises NotificationMalformed, SignatureInvalid, Unavailable.
        """
        told = self.trades.notification(_form(body))
        if told is None:
            raise SignatureInvalid
        self.store.record(told, self.clock())
        log.event("payment.notified", notification=told.id, order=told.order_id, status=told.trade.status)

    def settle(self, notification_id: str) -> Order | None:
        """Bring an order to where its recorded notification says; None for one that is not ours (now a case).

        Order, amount, seller and app must be our own order's. Safe to repeat, in any order. Raises Unavailable.
        """
        told = self.store.notification(notification_id)
        if told is None:
            raise Unavailable
        order = self.store.find(told.order_id)
        misfit = self._misfit(told, order)
        if misfit or order is None:
            self.store.open_case(told, misfit, self.clock())
            log.event("payment.misfit", notification=told.id, order=told.order_id, kind=misfit)
            return None
        return self._learn(order, told.trade)

    def _misfit(self, told: Notification, order: Order | None) -> str:
        if not self.trades.ours(told):
            return "another-merchant"
        if order is None:
            return "order-unknown"
        if told.trade.total_fen != order.legs.cash:
            return "another-amount"
        if order.trade_no and told.trade.trade_no != order.trade_no:
            return "another-trade"
        return ""

    def _learn(self, order: Order, trade: Trade, *, asked: bool = False) -> Order:
        """Apply what the payment app says, if the order's status has any use for it.

        What was told comes again until all that follows is done; what was asked for (`asked`) does not, so the change
        itself asks for the rest.
        """
        events = ("settle", "settle_late") if trade.paid else ("close",) if trade.closed else ()
        for event in events:
            if order.status in TRANSITIONS[event][0]:
                follow = {"outbox": [_follow(order)]} if asked and trade.paid else {}
                changes = {"trade_no": trade.trade_no, **follow}
                try:
                    moved = self.store.move(order, event, self.clock(), **changes)
                except Superseded as other:
                    return self._learn(other.order, trade, asked=asked)
                log.event("order.moved", order=order.id, event=event, status=moved.status)
                return moved
        return order

    def find(self, order_id: str) -> Order | None:
        """An order as it stands this moment."""
        return self.store.find(order_id)

    def due(self) -> list[str]:
        """Ids of orders that stayed open and must be looked at."""
        return self.store.due(self.clock())

    def resolve(self, order_id: str, *, close: bool = False) -> Order | None:
        """Ask the payment app how an open order stands, and believe it; past `pay_by` (or with `close`) close it.

        None where there is no such order. Raises Unavailable where the outcome stays unknown.
        """
        order = self.store.find(order_id)
        if order is None or order.status not in OPEN:
            return order
        trade = self.trades.query(order)
        if trade and (trade.paid or trade.closed):
            return self._believe(order, trade)
        if not close and self.clock() < order.pay_by:
            self.store.postpone(order, self.clock())
            return order
        if trade and not self.trades.close(order):
            raise Unavailable
        return self._move(order, "close")

    def _believe(self, order: Order, trade: Trade) -> Order:
        if trade.total_fen == order.legs.cash:
            return self._learn(order, trade, asked=True)
        log.event("payment.misfit", order=order.id, kind="another-amount")
        self.store.postpone(order, self.clock())
        return order

    def keep(self, order: Order) -> Order:
        """A late payment found its slot still there: it counts."""
        return self._move(order, "keep") if order.status == "late_paid" else order

    def refund(self, order: Order) -> Order:
        """Give a paid order's money back, wholly. The intent is kept first; the sweep goes on where this stopped."""
        if order.status in PAID:
            order = self._move(order, "refund")
        return self._push(order) if order.status == "refunding" else order

    def _push(self, order: Order) -> Order:
        try:
            moved = order.legs.cash == 0 or self.trades.refund(order)
        except Unavailable:
            moved = False
        if moved:
            return self._move(order, "return", outbox=[_refunded(order)])
        if order.refund_tries >= MOST_REFUND_TRIES:
            log.event("refund.stuck", order=order.id)
            return self._move(order, "give_up")
        self.store.postpone(order, self.clock(), tried=1)
        return order


def _follow(order: Order) -> Message:
    """Whatever was paid for follows, even if this process ends here."""
    return message("payments", "payment.follow", order.id, order.version + 1)


def _refunded(order: Order) -> Message:
    """The citizen is told."""
    ids = {"citizen": order.citizen_id, "kind": "payment-refunded"}
    return message("notices", "notice.send", order.id, order.version + 1, **ids)


def _form(body: bytes) -> Mapping[str, str]:
    """The form's values, decoded once. Raises NotificationMalformed; a name that comes twice is malformed too."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as error:
        raise NotificationMalformed from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise NotificationMalformed
    return form
