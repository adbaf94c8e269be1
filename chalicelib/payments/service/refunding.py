"""Money on its way back: wholly or in part, under numbers that stay the same at every try.

The refund is kept first, then asked for; an order has one refund under way at a time. Cash goes back through the
payment app, and the medical insurance reverses its legs, each whether or not the other answers.
"""

from dataclasses import dataclass

from chalicelib.errors import Unavailable
from chalicelib.payments.alipay import Trades
from chalicelib.payments.errors import RefundExceedsPayment
from chalicelib.payments.model.bookkeeping import given_back, kept, owed_back, reversed_
from chalicelib.payments.model.ledger import Entry
from chalicelib.payments.model.orders import PAID, Order
from chalicelib.payments.model.refunds import MOST_REFUND_TRIES, REFUND_KNOWN_AFTER, Refund
from chalicelib.payments.model.trades import RefundOutcome, yuan
from chalicelib.payments.service.insuring import Insuring
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
    insuring: Insuring
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
        for step in (self._give_cash, self._reverse, self._finish):
            refund = order.going_back
            if refund is None or order.status != "refunding":
                return order
            order = step(order, refund)
        return order

    def _give_cash(self, order: Order, refund: Refund) -> Order:
        if not refund.owes_cash:
            return order
        outcome = self._outcome(order, refund)
        if outcome == "returned":
            entry = given_back(order, refund, self.clock())
            return self._back(order, refund.model_copy(update={"cash_back": True}), entry)
        tried_enough = order.refund_tries >= MOST_REFUND_TRIES
        if outcome == "partly" or tried_enough:
            return self._stuck(order, refund, "refund-part" if outcome == "partly" else "refund-stuck")
        return order

    def _reverse(self, order: Order, refund: Refund) -> Order:
        if not refund.owes_insured:
            return order
        try:
            if not self.insuring.reverse(order, refund):
                return self._stuck(order, refund, "reversal-refused")
        except Unavailable:
            if order.refund_tries >= MOST_REFUND_TRIES:  # a human should know; nobody's cash waits for it
                self._open_case(order, refund, "reversal-overdue")
            return order
        entry = reversed_(order, refund, self.clock())
        return self._back(order, refund.model_copy(update={"insured_back": True}), entry)

    def _finish(self, order: Order, refund: Refund) -> Order:
        """Nothing is owed any more, or it is tried again later."""
        if refund.owes_cash or refund.owes_insured:
            self.store.postpone(order, self.clock(), tried=1)
            return order
        return self._back(order, refund, None)

    def _outcome(self, order: Order, refund: Refund) -> RefundOutcome:
        try:
            if self.trades.refund(order, refund):
                return "returned"
            if self.clock().timestamp() < refund.asked_at + REFUND_KNOWN_AFTER.total_seconds():
                return "absent"
            return self.trades.refund_outcome(order, refund)
        except Unavailable:
            return "absent"

    def _back(self, order: Order, refund: Refund, entry: Entry | None) -> Order:
        """A half of a refund is done, with its entry; with the last one, the refund is."""
        if refund.owes_cash or refund.owes_insured:
            return self._move(order, "return_half", entry, refund)
        whole = order.refunded_fen + refund.amount_fen == order.taken.total
        event = "return" if whole else "return_part"
        after = refund.model_copy(update={"status": "returned"})
        had_case = refund.retried or order.refund_tries >= MOST_REFUND_TRIES
        messages = [_tell(order, refund, whole=whole), *([_settle(order, refund)] if had_case else [])]
        return self._move(order, event, entry, after, *messages)

    def _stuck(self, order: Order, refund: Refund, kind: str) -> Order:
        """The case first: a process that dies between the two writes opens the same case again."""
        self._open_case(order, refund, kind)
        log.event("refund.stuck", order=order.id, kind=kind)
        return self._move(order, "give_up", None, refund.model_copy(update={"status": "stuck"}))

    def _open_case(self, order: Order, refund: Refund, kind: str) -> None:
        facts = {"order_id": order.id, "amount_fen": refund.amount_fen}
        self.cases.open_case(refund.number, kind, self.clock(), **facts)

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
    """The refund was stuck or overdue, so there is a case; it closes with the money back."""
    return message("payments", "case.settle", refund.number, order.version + 1, reason="the money is back")


def _tell(order: Order, refund: Refund, *, whole: bool) -> Message:
    """The citizen is told; of a part, how much."""
    kind = "payment-refunded" if whole else "payment-partly-refunded"
    ids = {"citizen": order.citizen_id, "kind": kind, "amount": yuan(refund.amount_fen)}
    return message("notices", "notice.send", order.id, order.version + 1, **ids)
