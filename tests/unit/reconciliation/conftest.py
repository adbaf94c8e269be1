"""A day's money: orders that were paid, the payment app's bills, what hospitals said."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest

from chalicelib import wiring
from chalicelib.payments.model import Legs, Order
from chalicelib.payments.model.bookkeeping import received
from chalicelib.reconciliation.model.report import Report
from chalicelib.types import CHINA, new_id, rfc3339
from tests.bills import BillDesk, Line
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp, World
from tests.insurer import an_insurance
from tests.parties import HOSPITAL


@dataclass
class Books:
    """Pays orders, and tells what the hospital charged for them."""

    cloud: Cloud
    clock: HeldClock

    @property
    def today(self) -> date:
        return self.clock().astimezone(CHINA).date()

    def go_to(self, day: date, at: time) -> None:
        """Let it be that time of that day in China."""
        self.clock.now = datetime.combine(day, at, CHINA)

    def paid(self, legs: Legs | None = None, about: str = "") -> Order:
        """An order that is opened and paid this moment, its entry posted."""
        legs = legs or Legs(cash=50_00)
        order = Order(
            id=new_id("ord", self.clock()),
            about=about or new_id("apt", self.clock()),
            citizen_id="ctz_1",
            subject="挂号费",
            total_fen=legs.total,
            legs=legs,
            pay_by=self.clock() + timedelta(minutes=10),
            payee_id=HOSPITAL,
            insurance=an_insurance("quoted") if legs.insured else None,
        )
        payments = wiring.payments()
        payments.store.create(order, self.clock())
        entry = received(order, self.clock())
        settled = an_insurance("settled").model_dump() if legs.insured else None
        moved: Order = payments.asking.moves.move(order, "settle", entry=entry, insurance=settled)
        self.cloud.settle()
        return moved

    def charged(self, order: Order, fen: int | None = None, kind: str = "charge", number: str = "") -> None:
        """The hospital says so, with this moment as its time."""
        told = {
            "order_id": order.id,
            "kind": kind,
            "number": number or f"h-{order.id[-8:]}-{kind}",
            "amount_fen": order.total_fen if fen is None else fen,
            "occurred_at": rfc3339(self.clock()),
        }
        wiring.settlements().record(HOSPITAL, told)

    def reconciled(self, day: date) -> Report:
        return wiring.reconciling().run(day)

    def cases(self) -> dict[str, str]:
        """Open cases: id -> kind."""
        items = [each for each in self.cloud.items() if each["pk"]["S"].startswith("CASE#")]
        return {
            each["pk"]["S"].removeprefix("CASE#"): each["kind"]["S"]
            for each in items
            if each["status"]["S"] == "open"
        }


@pytest.fixture
def desk(cloud: Cloud, world: World, payment_app: PaymentApp) -> BillDesk:
    return BillDesk(world, payment_app)


@pytest.fixture
def books(cloud: Cloud, clock: HeldClock) -> Books:
    """It is noon."""
    kept = Books(cloud, clock)
    kept.go_to(kept.today, time(12))
    return kept


def line(order: Order) -> Line:
    """The bill's line of an order."""
    return Line(order.id, order.legs.cash)
