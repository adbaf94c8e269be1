"""The medical insurance's part of an order: asked beforehand, settled once, reversed when money goes back.

The port is here, since it is payments that need it; `chalicelib.payments.insurer` speaks it over HTTP.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from chalicelib.errors import Unavailable
from chalicelib.exchange.errors import DepartmentUnavailable
from chalicelib.exchange.model import Basis, Department
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

T = TypeVar("T")
Whose = Callable[[], Insured | None]
"""Finds out whose insurance; None where the card cannot be used now."""
SPARED = timedelta(seconds=10)
"""How long a process that met a silent insurer spares everybody else the wait."""
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


@dataclass(slots=True)
class Silence:
    """Until when (Unix seconds) nobody of this process need ask."""

    until: float = 0


@dataclass(frozen=True, slots=True)
class Insuring:
    """Asks the insurance that is registered as `INSURER`.

    What is under way costs a silent insurer's time limit once in `SPARED`, not once per order: a worker's batch and the
    sweep's round go on with everything else. A pre-settlement always asks: who pays would lose their insurance.
    """

    insurer: Insurer
    exchange: Exchange
    clock: Clock
    silence: Silence = field(default_factory=Silence, compare=False)

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
        party = self.exchange.reading(
            INSURER, _FACT, insured.person_id, purpose=_PURPOSE, case_id=order.id, basis=Basis.DUTY
        )
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
            return self._ask(lambda now: self.insurer.query(party, order, now))
        return self._ask(lambda now: self._settled(party, order, now))

    def _settled(self, party: Department, order: Order, now: datetime) -> Outcome:
        try:
            return self.insurer.settle(party, order, now)
        except Unavailable:
            found = self.insurer.query(party, order, now)
        if found == "absent":
            raise Unavailable  # it may still be on its way; the same number settles once
        return found

    def query(self, order: Order) -> Outcome:
        """What became of the settlement. Raises Unavailable."""
        party = self.exchange.connected(INSURER)
        return self._ask(lambda now: self.insurer.query(party, order, now))

    def reverse(self, order: Order, refund: Refund) -> bool:
        """Undo what a refund says; False where the insurer refuses for good. Raises Unavailable."""
        party = self.exchange.connected(INSURER)
        return self._ask(lambda now: self.insurer.reverse(party, order, refund, now))

    def _ask(self, question: Callable[[datetime], T]) -> T:
        """The answer. Raises Unavailable: there is none, or lately there was none."""
        now = self.clock()
        if now.timestamp() < self.silence.until:
            raise Unavailable
        try:
            return question(now)
        except Unavailable:
            self.silence.until = (self.clock() + SPARED).timestamp()
            raise

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
