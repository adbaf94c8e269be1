"""The medical insurance's part of an order: asked beforehand, settled once, reversed when money goes back.

The port is here, since it is payments that need it; `chalicelib.payments.insurer` speaks it over HTTP.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.errors import Unavailable
from chalicelib.exchange.errors import DepartmentUnavailable
from chalicelib.exchange.model import Department
from chalicelib.exchange.service import Exchange
from chalicelib.payments.model import (
    INSURER,
    Declined,
    Insurance,
    Insured,
    Note,
    Order,
    Quote,
    Refund,
)
from chalicelib.payments.model.insurance import Outcome
from chalicelib.platform import log
from chalicelib.platform.clock import Clock

Whose = Callable[[], Insured | None]
"""Finds out whose insurance; None where the card cannot be used now."""
_FACT, _PURPOSE = "pre-settlement", "pay-with-insurance"


class Insurer(Protocol):
    """A medical insurance. Every call may be repeated under its own number and has one effect.

    `party` is its entry in the registry: address and key. What cannot be known is raised as Unavailable.
    """

    def presettle(self, party: Department, order: Order, insured: Insured, now: datetime) -> Quote | Declined:
        """Who would bear what of the order's total (预结算)."""

    def settle(self, party: Department, order: Order, now: datetime) -> Outcome:
        """Settle the order's pre-settlement exactly as it stands (结算): `settled` or `refused`."""

    def query(self, party: Department, order: Order, now: datetime) -> Outcome:
        """What became of the order's settlement."""

    def reverse(self, party: Department, order: Order, refund: Refund, now: datetime) -> bool:
        """Undo the refund's insured legs (冲正), or all that ever was or will be settled, where the refund voids.

        False where the insurer refuses for good.
        """


@dataclass(frozen=True, slots=True)
class Insuring:
    """Asks the insurance that is registered as `INSURER`."""

    insurer: Insurer
    exchange: Exchange
    clock: Clock

    def connected(self) -> bool:
        """Whether there is an insurance to ask. Raises Unavailable."""
        try:
            self.exchange.connected(INSURER)
        except DepartmentUnavailable:
            return False
        return True

    def covered(self, order: Order, whose: Whose) -> Order:
        """The order with the legs that the insurance would bear; all cash, with a note why, where it bears none.

        The insurer asked for a split and nothing moved: an insurer in trouble never keeps anybody from paying.
        """
        insured = whose()
        if insured is None:
            return _in_cash(order, "card-not-usable")
        names = {"purpose": _PURPOSE, "case_id": order.id}
        party = self.exchange.reading(INSURER, _FACT, insured.person_id, **names)
        try:
            answer = self.insurer.presettle(party, order, insured, self.clock())
        except Unavailable:
            return _in_cash(order, "insurer-unavailable")
        if isinstance(answer, Declined):
            return _in_cash(order, answer.note)
        log.event("order.quoted", order=order.id, insured=answer.legs.insured, cash=answer.legs.cash)
        return _quoted(order, answer)

    def settle(self, order: Order) -> Outcome:
        """Settle, and where the answer does not come, ask what became of it. Raises Unavailable: still unknown.

        A pre-settlement whose time is over is only asked for.
        """
        party = self.exchange.connected(INSURER)
        if self.expired(order):
            return self.insurer.query(party, order, self.clock())
        try:
            return self.insurer.settle(party, order, self.clock())
        except Unavailable:
            return self._after_silence(party, order)

    def _after_silence(self, party: Department, order: Order) -> Outcome:
        found = self.insurer.query(party, order, self.clock())
        if found == "absent":
            raise Unavailable  # it may still be on its way; the same number settles once
        return found

    def query(self, order: Order) -> Outcome:
        """What became of the settlement. Raises Unavailable."""
        return self.insurer.query(self.exchange.connected(INSURER), order, self.clock())

    def reverse(self, order: Order, refund: Refund) -> bool:
        """Undo what a refund says; False where the insurer refuses for good. Raises Unavailable."""
        return self.insurer.reverse(self.exchange.connected(INSURER), order, refund, self.clock())

    def expired(self, order: Order) -> bool:
        """Whether the pre-settlement can no longer be settled."""
        return order.insurance is not None and self.clock().timestamp() >= order.insurance.valid_until


def _in_cash(order: Order, note: Note) -> Order:
    log.event("order.all-cash", order=order.id, note=note)
    return order.model_copy(update={"insurance_note": note})


def _quoted(order: Order, quote: Quote) -> Order:
    if quote.legs.insured == 0:
        return order
    insurance = Insurance(quote_id=quote.id, digest=quote.digest, valid_until=quote.valid_until)
    return Order.model_validate(order.model_dump() | {"legs": quote.legs, "insurance": insurance})
