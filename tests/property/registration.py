"""A hospital's till and its patients on a cloud in memory: what they may do, in whatever order, and what must hold.

It knows the service's use-cases and what the payment app keeps; never how a use-case is done.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from urllib.parse import urlencode

from chalicelib import wiring
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.directory import Session
from chalicelib.errors import AppError
from chalicelib.payments.model import Order, fen
from tests.appointments import Patient, Till, a_patient, a_session, clinic_of, published
from tests.clock import HeldClock
from tests.cloud import QUEUES, STREAMS
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import Place, Remembered, cold_start, place

BEGINNING = datetime(2026, 11, 23, 23, 50, tzinfo=UTC)
PLACES = 3
ENDED = ("cancelled", "entered-in-error")
Trouble = tuple[int, Moment] | None
"""Which call of a process is its last, and whether its effect is still felt."""


@dataclass(repr=False)
class Clinic:
    """Two sessions of few slots, more patients than slots, and the payment app."""

    place: Place
    till: Till
    sessions: list[Session] = field(default_factory=list)
    patients: list[Patient] = field(default_factory=list)
    morning: Remembered = field(default_factory=dict)
    made: list[tuple[int, str]] = field(default_factory=list)
    """Patient and id of every hold that was answered."""
    orders: dict[str, Order] = field(default_factory=dict)
    told: list[dict[str, str]] = field(default_factory=list)
    """Notifications on their way."""

    def __repr__(self) -> str:
        return "clinic"

    def open_up(self) -> None:
        """The first morning."""
        self.sessions = [
            published(a_session(self.place.clock, places=PLACES, doctor=doctor)) for doctor in ("A", "B")
        ]
        self.patients = [a_patient(self.till.app, self.place.clock) for _ in range(4)]
        self.place.cloud.settle()
        self.morning = self.place.cloud.remember()

    def begin(self) -> None:
        """That morning again."""
        self.place.clock.now = BEGINNING
        self.place.cloud.return_to(self.morning)
        self.till.trades.clear()
        self.till.refunds.clear()
        self.till.down = False
        self.made.clear()
        self.orders.clear()
        self.told.clear()
        cold_start()

    def do(self, work: Callable[[], object], trouble: Trouble) -> object:
        """One process's work, which may die; what it refuses is its answer."""
        cloud = self.place.cloud
        strike = Strike(trouble[0], trouble[1], cloud.calls.die) if trouble else None
        try:
            return cloud.live(work, strike)
        except AppError as refusal:
            return refusal
        except Died:
            cold_start()
            return None

    # -- what patients do
    def hold(self, patient: int, session: int, index: int, trouble: Trouble) -> None:
        """Hold a slot; a patient whose answer was lost knows of no appointment."""
        held = self.do(lambda: self.patients[patient].hold(self.sessions[session], index), trouble)
        if held and not isinstance(held, AppError):
            appointment = (patient, held.id)  # type: ignore[attr-defined]
            if appointment not in self.made:
                self.made.append(appointment)

    def open_payment(self, which: int, trouble: Trouble) -> None:
        """Ask for the order of one of one's appointments."""
        patient, appointment = self.made[which % len(self.made)]
        order = self.do(lambda: self.patients[patient].pay(appointment), trouble)
        if isinstance(order, Order):
            self.orders[order.id] = order

    def pay(self, which: int) -> None:
        """Pay on the phone, if the trade still waits for it."""
        payable = [each for each in self.orders.values() if self._waits(each)]
        if payable:
            self.told.append(self.till.pay(payable[which % len(payable)]))

    def _waits(self, order: Order) -> bool:
        trade = self.till.trades.get(order.id)
        return bool(trade and trade["trade_status"] == "WAIT_BUYER_PAY")

    def cancel(self, which: int, trouble: Trouble) -> None:
        """Cancel one of one's appointments."""
        patient, appointment = self.made[which % len(self.made)]
        self.do(lambda: self.patients[patient].cancel(appointment), trouble)

    # -- what the payment app does
    def notify(self, which: int, trouble: Trouble, *, again: bool) -> None:
        """A notification arrives, perhaps not for the last time."""
        told = self.told[which % len(self.told)]
        body = urlencode(told).encode()

        def record() -> bool:
            wiring.payments().record(body)
            return True

        if self.do(record, trouble) is True and not again:
            self.told.remove(told)

    # -- what the cloud does
    def stream(self, trouble: Trouble) -> None:
        """Each table's stream is read once; a reader that dies gets the same again."""
        cloud = self.place.cloud
        for table, function in STREAMS.items():
            before = cloud.read_until.get(table, "0")
            event = cloud.stream(table)
            if event and self.do(lambda: cloud.invoke(function, event) or "read", trouble) != "read":  # noqa: B023
                cloud.read_until[table] = before

    def work(self, which: int, trouble: Trouble, *, twice: bool) -> None:
        """One waiting message is worked on; it stays if that failed, or if it comes twice."""
        cloud = self.place.cloud
        found = [(queue, each) for queue in QUEUES for each in cloud.waiting(queue)]
        if not found:
            return
        queue, message = found[which % len(found)]
        record = {"Records": [message.record(cloud.arns[queue])]}
        answer = self.do(lambda: cloud.invoke(QUEUES[queue], record) or {}, trouble)
        if isinstance(answer, dict) and not answer.get("batchItemFailures") and not twice:
            cloud.waiting(queue).remove(message)

    def sweep(self, trouble: Trouble) -> None:
        """The minute's round."""
        self.do(wiring.sweep, trouble)

    def settle(self) -> None:
        """The dust settles: everything answers again, and an hour passes minute by minute."""
        self.till.down = False
        for _ in range(4):
            self.place.cloud.settle()
            self.place.cloud.sweep()
            self.place.clock.turn(minutes=20)
        self.place.cloud.sweep()

    # -- what must hold
    def records(self) -> list[Appointment]:
        """Every appointment that was written down."""
        store = wiring.booking().appointments
        found = [store.list_own(each.citizen.id, 100, None)[0] for each in self.patients]
        return [each for own in found for each in own]

    def no_slot_is_sold_twice(self) -> None:
        """A standing appointment has its slot, and nobody else has it."""
        standing = [each for each in self.records() if each.status not in {"pending", *ENDED}]
        places = [(each.hold.clinic, each.hold.index) for each in standing]
        assert len(set(places)) == len(places), "a slot was sold twice"
        seen = {clinic_of(each).number: clinic_of(each).seen for each in self.sessions}
        for each in standing:
            hold = each.hold
            assert seen[hold.clinic].slots.get(hold.key) == -hold.until_ms, "a booked slot is not confirmed"
            assert seen[hold.clinic].people.get(hold.person_key) == hold.key, "a booked slot is another's"

    def money_is_where_it_belongs(self) -> None:
        """What came in and stayed is what standing appointments cost; every other payment went back."""
        standing = {each.order_id: each for each in self.records() if each.status not in {"pending", *ENDED}}
        for order_id, trade in self.till.trades.items():
            order = wiring.payments().find(order_id)
            assert order is not None, "a trade without an order"
            assert order.legs.total == order.total_fen, "legs do not add up"
            kept = trade["trade_status"] == "TRADE_SUCCESS"
            assert kept == (order_id in standing), f"{trade['trade_status']}, order {order.status}"
            if kept:
                assert order.status == "paid"
                assert fen(trade["total_amount"]) == standing[order_id].fee_fen
        assert standing.keys() <= self.till.trades.keys(), "an appointment that nobody paid for"
        assert self.till.received_fen == sum(each.fee_fen for each in standing.values())

    def nothing_is_left_over(self) -> None:
        """No hold that stands for ever, no message that was given up, no open cancellation."""
        now_ms = int(self.place.clock().timestamp() * 1000)
        held = [value for each in self.sessions for value in clinic_of(each).seen.slots.values() if value > 0]
        assert all(value <= now_ms for value in held), "a hold outlived its time"
        assert not self.place.cloud.dead_letters(), "a message was given up"
        assert not [each for each in self.records() if each.status == "pending"], (
            "an appointment stays pending"
        )


@contextmanager
def clinic() -> Iterator[Clinic]:
    """A clinic that has just opened."""
    clock = HeldClock(BEGINNING)
    with place(clock) as here, redirect_stdout(StringIO()):
        made = Clinic(here, Till(here.payment_app))
        made.open_up()
        yield made
