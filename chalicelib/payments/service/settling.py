"""From an order's cash to its insured legs: settled, or the cash goes back by itself.

An order without cash has no trade: its settlement by the insurance stands for it. Every step may be repeated.
"""

from dataclasses import dataclass

from chalicelib.errors import Unavailable
from chalicelib.payments.errors import OrderClosed
from chalicelib.payments.model import SETTLING, Insurance, Legs, Order, Refund
from chalicelib.payments.model.bookkeeping import covered, owed_back, received
from chalicelib.payments.model.insurance import Standing
from chalicelib.payments.service.insuring import Insuring
from chalicelib.payments.service.moves import Moves, follow
from chalicelib.payments.service.refunding import Refunding
from chalicelib.payments.store.orders import PaymentStore, Superseded
from chalicelib.platform.clock import Clock

_CAUSE = "insurance"


@dataclass(frozen=True, slots=True)
class Settling:
    """What the insurance answers is believed; what it does not answer is not assumed."""

    store: PaymentStore
    moves: Moves
    insuring: Insuring
    refunding: Refunding
    clock: Clock

    def finish(self, order: Order) -> Order:
        """Bring an order whose cash came in to its end: paid, or its cash on the way back.

        It stays `settling` while nobody knows; the sweep goes on. Once the pre-settlement's time is over nobody waits
        any longer: the cash goes back, and the settlement is reversed whatever became of it.
        """
        if order.status != SETTLING:
            return order
        try:
            outcome = self.insuring.settle(order)
        except Unavailable:
            if not self.insuring.expired(order):
                self.store.postpone(order, self.clock())
                return order
            return self.compensate(order, "abandoned")
        if outcome == "settled":
            return self._paid(order, "complete")
        return self.compensate(order, "abandoned" if outcome == "absent" else "refused")

    def compensate(self, order: Order, standing: Standing = "abandoned") -> Order:
        """The insurance does not pay, or nobody wants it to any more: what came in goes back. Once."""
        legs = Legs(cash=order.legs.cash)
        refund = Refund(
            number=order.next_refund_no,
            amount_fen=legs.total,
            legs=legs,
            asked_at=int(self.clock().timestamp()),
            cause=_CAUSE,
            voids=standing == "abandoned",
        )
        try:
            moved = self.moves.move(
                order,
                "compensate",
                entry=owed_back(order, refund, self.clock()),
                exactly=True,
                refunds={refund.number: refund.model_dump()},
                refund_tries=0,
                insurance=_standing(order, standing),
                insurance_note="not-settled",
            )
        except Superseded as other:
            return other.order
        return self.refunding.push(moved)

    def without_cash(self, order: Order) -> Order:
        """Settle an order that the insurance bears wholly; where it refuses, the order is all cash from now on.

        Raises Unavailable (the outcome is unknown), OrderClosed.
        """
        if _forsaken(order):
            raise OrderClosed
        if self.insuring.settle(order) == "settled":
            return self._paid(order, "settle")
        return self._uncover(order)

    def resolve(self, order: Order, *, close: bool) -> Order:
        """Bring an open order without cash to where its settlement is; past `pay_by` (or with `close`) close it.

        Raises Unavailable where the outcome stays unknown.
        """
        if not close and self.clock() < order.pay_by and not _forsaken(order):
            try:
                return self.without_cash(order)
            except Unavailable:
                self.store.postpone(order, self.clock())
                return order
        if not _forsaken(order):
            if self.insuring.query(order) == "settled":
                return self._paid(order, "settle")
            order = self._forsake(order)
        return self._close(order) if _forsaken(order) else order

    def _forsake(self, order: Order) -> Order:
        """First nobody may believe a settlement any more, then it is undone: another process may be settling now."""
        try:
            return self.moves.move(order, "forsake", exactly=True, insurance=_standing(order, "abandoned"))
        except Superseded as other:
            return other.order

    def _close(self, order: Order) -> Order:
        self.insuring.reverse(order, _void(order))
        try:
            return self.moves.move(order, "close")
        except Superseded as other:
            return other.order

    def _paid(self, order: Order, event: str) -> Order:
        entry = (covered if event == "complete" else received)(order, self.clock())
        try:
            return self.moves.move(
                order, event, follow(order), entry=entry, exactly=True, insurance=_standing(order, "settled")
            )
        except Superseded as other:
            return other.order

    def _uncover(self, order: Order) -> Order:
        legs = Legs(cash=order.total_fen).model_dump()
        try:
            return self.moves.move(
                order, "uncover", exactly=True, legs=legs, insurance=None, insurance_note="insurer-refused"
            )
        except Superseded as other:
            return other.order


def _standing(order: Order, standing: Standing) -> dict[str, object] | None:
    insurance: Insurance | None = order.insurance
    return insurance.model_copy(update={"standing": standing}).model_dump() if insurance else None


def _forsaken(order: Order) -> bool:
    return order.insurance is not None and order.insurance.standing == "abandoned"


def _void(order: Order) -> Refund:
    """What is told to the insurer so that this settlement can never be."""
    number = order.id.replace("ord_", "vod_", 1)
    return Refund(number=number, amount_fen=0, legs=Legs(), asked_at=0, voids=True)
