"""Money on its way back: wholly or in part, under numbers that stay the same at every try.

The refund is kept first, then asked for; an order has one refund under way at a time. Cash goes back through the
payment app; an insurer's legs fall with it, since what is not claimed is not paid.
"""

from dataclasses import dataclass

from chalicelib.errors import Unavailable
from chalicelib.payments.alipay import Trades
from chalicelib.payments.errors import RefundExceedsPayment
from chalicelib.payments.model.bookkeeping import given_back, kept, owed_back
from chalicelib.payments.model.ledger import Entry
from chalicelib.payments.model.orders import MOST_REFUND_TRIES, PAID, REFUND_KNOWN_AFTER, Order, Refund
from chalicelib.payments.model.trades import RefundOutcome, yuan
from chalicelib.payments.service.moves import Moves
from chalicelib.payments.store.notifications import NotificationStore
from chalicelib.payments.store.orders import PaymentStore, Superseded
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.outbox import Message, message


@dataclass(frozen=True, slots=True)
class Refunding:
    """Whatever was paid either counts or goes back."""

    store: PaymentStore
    cases: NotificationStore
    trades: Trades
    moves: Moves
    clock: Clock

    def keep(self, order: Order) -> Order:
        """A late payment found its slot still there: it counts."""
        if order.status != "late_paid":
            return order
        return self._move(order, "keep", kept(order, self.clock()))

    def refund(self, order: Order, amount_fen: int | None, cause: str) -> Order:
        """Keep the intent, then push it as far as it goes now. Raises RefundExceedsPayment, Unavailable."""
        if cause and any(each.cause == cause for each in order.refunds.values()):
            return self.push(order)
        if order.status in PAID:
            order = self._ask(order, amount_fen, cause)
        return self.push(order)

    def _ask(self, order: Order, amount_fen: int | None, cause: str) -> Order:
        left = order.refundable
        wanted = left.total if amount_fen is None else amount_fen
        if wanted > left.total or (amount_fen is not None and amount_fen <= 0):
            raise RefundExceedsPayment
        refund = Refund(
            number=order.next_refund_no,
            amount_fen=wanted,
            legs=left.part(wanted),
            asked_at=int(self.clock().timestamp()),
            cause=cause,
        )
        return self._move(order, "refund", owed_back(order, refund, self.clock()), refund, refund_tries=0)

    def push(self, order: Order) -> Order:
        """Bring the refund that is under way one step further; an order without one stays as it is."""
        refund = order.going_back
        if refund is None or order.status != "refunding":
            return order
        outcome = self._outcome(order, refund)
        if outcome == "returned":
            return self._returned(order, refund)
        if outcome == "partly" or order.refund_tries >= MOST_REFUND_TRIES:
            return self._stuck(order, refund, "refund-part" if outcome == "partly" else "refund-stuck")
        self.store.postpone(order, self.clock(), tried=1)
        return order

    def _outcome(self, order: Order, refund: Refund) -> RefundOutcome:
        if refund.legs.cash == 0:
            return "returned"
        try:
            if self.trades.refund(order, refund):
                return "returned"
            if self.clock().timestamp() < refund.asked_at + REFUND_KNOWN_AFTER.total_seconds():
                return "absent"
            return self.trades.refund_outcome(order, refund)
        except Unavailable:
            return "absent"

    def _returned(self, order: Order, refund: Refund) -> Order:
        whole = order.refunded_fen + refund.amount_fen == order.total_fen
        event = "return" if whole else "return_part"
        after = refund.model_copy(update={"status": "returned"})
        entry = given_back(order, refund, self.clock())
        messages = [_tell(order, refund, whole=whole), *([_settle(order, refund)] if refund.retried else [])]
        return self._move(order, event, entry, after, *messages)

    def _stuck(self, order: Order, refund: Refund, kind: str) -> Order:
        """The case first: a process that dies between the two writes opens the same case again."""
        facts = {"order_id": order.id, "amount_fen": refund.amount_fen}
        self.cases.open_case(refund.number, kind, self.clock(), **facts)
        log.event("refund.stuck", order=order.id, kind=kind)
        return self._move(order, "give_up", None, refund.model_copy(update={"status": "stuck"}))

    def retry(self, order: Order) -> Order:
        """Try a stuck refund again, under its own number."""
        refund = order.going_back
        if order.status != "refund_stuck" or refund is None:
            return order
        asked_at = int(self.clock().timestamp())
        again = refund.model_copy(update={"status": "asked", "asked_at": asked_at, "retried": True})
        return self.push(self._move(order, "retry", None, again, refund_tries=0))

    def _move(
        self,
        order: Order,
        event: str,
        entry: Entry | None,
        refund: Refund | None = None,
        *messages: Message,
        **changes: object,
    ) -> Order:
        """Let it happen to this very version; whoever was here before has done it, so theirs is the answer."""
        if refund:
            after = order.refunds | {refund.number: refund}
            changes["refunds"] = {number: each.model_dump() for number, each in after.items()}
        try:
            return self.moves.move(order, event, *messages, entry=entry, exactly=True, **changes)
        except Superseded as other:
            return other.order


def _settle(order: Order, refund: Refund) -> Message:
    """The refund was stuck, so there is a case; it closes with the money back."""
    return message("payments", "case.settle", refund.number, order.version + 1, reason="the money is back")


def _tell(order: Order, refund: Refund, *, whole: bool) -> Message:
    """The citizen is told; of a part, how much."""
    kind = "payment-refunded" if whole else "payment-partly-refunded"
    ids = {"citizen": order.citizen_id, "kind": kind, "amount": yuan(refund.amount_fen)}
    return message("notices", "notice.send", order.id, order.version + 1, **ids)
