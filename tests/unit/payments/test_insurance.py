"""A fee that the medical insurance shares: settled once, or the citizen's cash comes back, whatever goes wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from chalicelib.payments.errors import InsuranceUnavailable
from chalicelib.payments.model import Legs, Order
from chalicelib.payments.model.legs import INSURED, NAMES
from chalicelib.payments.model.refunds import MOST_REFUND_TRIES
from chalicelib.types import CHINA
from tests.appointments import CARD_NUMBER, Patient, Till, a_patient, a_session, published
from tests.clock import HeldClock
from tests.cloud import QUEUES, STREAMS
from tests.faults.faults import Crash
from tests.insurer import Insurance
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import MemoryCloud, Place, Remembered, cold_start, place

SPLIT = Legs(gov=20_00, acct=10_00, other=0, cash=20_00)
MOST_CALLS = 200
BEGINNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Scene:
    """A patient whom the insurance insures, bearing 30 yuan of the 50, and everybody else who plays a part."""

    session: Session
    patient: Patient
    insurance: Insurance
    till: Till
    cloud: MemoryCloud
    clock: HeldClock

    def opened(self) -> Order:
        """The order of a new appointment."""
        return self.patient.pay(self.patient.hold(self.session, 3).id)

    def paid(self) -> Order:
        """The order, paid in both ways."""
        order = self.opened()
        self.notify(self.till.pay(order))
        self.cloud.settle()
        return self.now(order)

    def now(self, order: Order) -> Order:
        """The order as it stands."""
        found = wiring.payments().find(order.id)
        assert found is not None
        return found

    def order_of(self, appointment_id: str) -> Order:
        """An appointment's order."""
        found = wiring.payments().find(self.patient.sees(appointment_id).order_id)
        assert found is not None
        return found

    def tells(self, appointment_id: str) -> None:
        """Cash is paid, where any is wanted, and the payment app tells so."""
        order = self.order_of(appointment_id)
        if order.legs.cash:
            self.notify(self.till.pay(order))

    def notify(self, told: dict[str, str]) -> None:
        """A notification arrives."""
        wiring.payments().record(urlencode(told).encode())

    def minutes(self, minutes: int) -> None:
        """Time passes, with the sweep's rounds."""
        for _ in range(0, minutes, 2):
            self.clock.turn(minutes=2)
            self.cloud.sweep()
            self.cloud.settle()

    def works(self) -> None:
        """What streams and queues hold is worked on once; of what a process dies on, nothing is lost."""
        for table, function in STREAMS.items():
            before, event = self.cloud.read_until.get(table, "0"), self.cloud.stream(table)
            try:
                self.cloud.invoke(function, event or {"Records": []})
            except Crash:
                self.cloud.read_until[table] = before
                raise
        for queue, function in QUEUES.items():
            for each in list(self.cloud.waiting(queue)):
                if not self.cloud.invoke(function, {"Records": [each.record(self.cloud.arns[queue])]}):
                    self.cloud.waiting(queue).remove(each)

    def adds_up(self, order: Order) -> None:
        """What each party has is what the order says, and the book balances to what is still owed."""
        stands = self.now(order)
        kept = Legs() if stands.status == "closed" else stands.refundable
        borne = {leg: kept.of(leg) for leg in INSURED if kept.of(leg)}
        assert (self.till.received_fen, self.insurance.owes(stands)) == (kept.cash, borne)
        book = wiring.ledger().balance(self.clock().astimezone(CHINA).date())
        expected = {f"receivable:{leg}": amount for leg, amount in borne.items()}
        expected |= {"clearing:payment-app": kept.cash, f"payable:{stands.payee}": -kept.total}
        owed = {name: amount for name, amount in book.accounts.items() if amount}
        assert owed == {name: amount for name, amount in expected.items() if amount}
        assert not self.cloud.dead_letters()


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with place(HeldClock()) as made:
        yield made


@pytest.fixture
def scene(here: Place) -> Scene:
    here.world.received.clear()
    here.begin()
    here.clock.now = BEGINNING
    insurance, till = Insurance(here.world), Till(here.payment_app)
    session = published(a_session(here.clock))
    patient = a_patient(here.payment_app, here.clock)
    here.cloud.settle()
    return Scene(session, patient, insurance, till, here.cloud, here.clock)


# -- the way it should go
def test_cash_is_paid_for_its_leg_alone_then_the_insurance_settles_the_rest(scene: Scene) -> None:
    order = scene.opened()
    assert (order.legs, order.status) == (SPLIT, "paying")
    assert scene.till.trades[order.id]["total_amount"] == "20.00"
    assert [order.leg_state(leg) for leg in NAMES] == ["created", "created", "none", "created"]
    assert scene.insurance.settled == {}
    for _ in range(3):
        scene.notify(scene.till.pay(order))
    scene.cloud.settle()
    paid = scene.now(order)
    assert (paid.status, scene.patient.sees(order.about).status) == ("paid", "booked")
    assert [paid.leg_state(leg) for leg in NAMES] == ["success", "success", "none", "success"]
    assert len(scene.insurance.settled) == 1
    scene.adds_up(order)


def test_the_citizen_may_pay_all_of_it_in_cash(scene: Scene) -> None:
    held = scene.patient.hold(scene.session, 3)
    order = wiring.paying().pay(scene.patient.citizen, held.id, use_insurance=False)
    assert order is not None
    assert order.legs == Legs(cash=50_00)
    assert scene.insurance.asked("pre-settlements") == []
    assert scene.patient.pay(held.id).legs == Legs(cash=50_00), "what the first request says counts"


def test_what_the_insurance_bears_wholly_is_settled_at_once_without_a_trade(scene: Scene) -> None:
    scene.insurance.bears = {"gov": 40_00, "acct": 0, "other": 10_00}
    order = scene.opened()
    assert (order.status, order.trade_no, scene.till.trades) == ("paid", None, {})
    assert scene.patient.sees(order.about).status == "booked"
    scene.cloud.settle()
    scene.adds_up(order)


def test_only_the_pre_settlement_carries_the_cards_number_and_no_log_does(
    scene: Scene, log_lines: Callable[[], str]
) -> None:
    scene.notify(scene.till.pay(scene.opened()))
    scene.cloud.settle()
    carrying = [each for each in scene.insurance.world.received if CARD_NUMBER.encode() in each.body]
    assert [each.path for each in carrying] == ["/insurer/pre-settlements"]
    assert CARD_NUMBER not in log_lines()
    assert CARD_NUMBER not in str(scene.cloud.items())


# -- no insurance: all cash, and the citizen is told why
@pytest.mark.parametrize("mood", ["down", "lost", "forged", "miscounting"])
def test_an_insurer_in_trouble_keeps_nobody_from_paying(scene: Scene, mood: str) -> None:
    scene.insurance.mood = mood
    order = scene.opened()
    assert (order.legs, order.insurance_note) == (Legs(cash=50_00), "insurer-unavailable")
    assert scene.till.trades[order.id]["total_amount"] == "50.00"


@pytest.mark.parametrize(("mood", "note"), [("uninsured", "not-insured"), ("refusing", "insurer-refused")])
def test_whom_the_insurance_does_not_cover_pays_all(scene: Scene, mood: str, note: str) -> None:
    scene.insurance.mood = mood
    order = scene.opened()
    assert (order.legs.cash, order.insurance_note) == (50_00, note)


# -- the settlement's answer is not known
@pytest.mark.parametrize("mood", ["down", "lost", "another-request", "miscounting"])
def test_an_unknown_settlement_is_asked_for_and_never_assumed(scene: Scene, mood: str) -> None:
    order = scene.opened()
    scene.insurance.mood = mood
    scene.notify(scene.till.pay(order))
    scene.cloud.settle()
    assert (scene.now(order).status, scene.patient.sees(order.about).status) == ("settling", "pending")
    scene.insurance.mood = ""
    scene.minutes(2)
    assert (scene.now(order).status, scene.patient.sees(order.about).status) == ("paid", "booked")
    assert len(scene.insurance.settled) == 1
    scene.adds_up(order)


def test_a_lost_answer_is_found_by_the_query_that_follows(scene: Scene) -> None:
    order = scene.opened()
    scene.insurance.mood, scene.insurance.only = "lost", ("settlements",)
    scene.notify(scene.till.pay(order))
    scene.cloud.settle()
    assert scene.now(order).status == "paid"
    assert len(scene.insurance.asked("queries")) == 1


def test_an_insurer_that_stays_silent_costs_the_appointment_never_the_cash(scene: Scene) -> None:
    order = scene.opened()
    scene.insurance.mood = "lost"  # it settles, and nobody learns of it
    scene.notify(scene.till.pay(order))
    scene.minutes(34)
    assert (scene.now(order).status, scene.till.received_fen) == ("refunding", 0)
    seen = scene.patient.sees(order.about)
    assert (seen.status, seen.reason) == ("cancelled", "payment_failed")
    scene.insurance.mood = ""
    scene.minutes(4)
    assert scene.now(order).status == "refunded"
    assert scene.insurance.voided == {order.settlement_no}
    scene.adds_up(order)


def test_a_silent_insurer_is_waited_for_once_a_round_not_once_per_order(scene: Scene) -> None:
    orders = []
    for index in (1, 2, 3):
        patient = a_patient(scene.till.app, scene.clock)
        orders.append(patient.pay(patient.hold(scene.session, index).id))
    scene.insurance.mood = "down"
    for order in orders:
        scene.notify(scene.till.pay(order))
    scene.cloud.settle()
    asked = len(scene.insurance.asked("settlements"))
    scene.clock.turn(minutes=2)
    wiring.sweep()
    assert len(scene.insurance.asked("settlements")) == asked + 1
    scene.insurance.mood = ""
    scene.minutes(2)
    assert {scene.now(order).status for order in orders} == {"paid"}


def test_a_settlement_that_is_refused_gives_the_cash_back_by_itself(scene: Scene) -> None:
    order = scene.opened()
    scene.insurance.mood = "settlement-refusing"
    scene.notify(scene.till.pay(order))
    scene.cloud.settle()
    ended = scene.now(order)
    assert (ended.status, ended.insurance_note, ended.refunded_fen) == ("refunded", "not-settled", 20_00)
    assert [ended.leg_state(leg) for leg in NAMES] == ["refund", "fail", "none", "fail"]
    seen = scene.patient.sees(order.about)
    assert (seen.status, seen.reason) == ("cancelled", "payment_failed")
    scene.adds_up(order)


# -- without cash there is no trade to ask for
def test_a_whole_settlement_that_is_refused_becomes_all_cash(scene: Scene) -> None:
    scene.insurance.bears = {"gov": 50_00, "acct": 0, "other": 0}
    scene.insurance.mood = "settlement-refusing"
    order = scene.opened()
    assert (order.status, order.legs, order.insurance_note) == ("paying", Legs(cash=50_00), "insurer-refused")


def test_a_whole_settlement_nobody_knows_of_is_settled_by_asking_again(scene: Scene) -> None:
    scene.insurance.bears = {"gov": 50_00, "acct": 0, "other": 0}
    scene.insurance.only = ("settlements", "queries")
    held = scene.patient.hold(scene.session, 3)
    scene.insurance.mood = "down"
    with pytest.raises(InsuranceUnavailable):
        scene.patient.pay(held.id)
    scene.clock.turn(seconds=10)
    scene.insurance.mood = ""
    order = scene.patient.pay(held.id)
    scene.cloud.settle()
    assert (order.status, scene.patient.sees(held.id).status) == ("paid", "booked")
    scene.adds_up(order)


@pytest.mark.parametrize(("mood", "ends"), [("down", ("cancelled", "closed")), ("lost", ("booked", "paid"))])
def test_a_hold_that_ends_while_nobody_knows_waits_for_the_insurers_word(
    scene: Scene, mood: str, ends: tuple[str, str]
) -> None:
    scene.insurance.bears = {"gov": 50_00, "acct": 0, "other": 0}
    scene.insurance.mood, scene.insurance.only = mood, ("settlements", "queries", "reversals")
    held = scene.patient.hold(scene.session, 3)
    with pytest.raises(InsuranceUnavailable):
        scene.patient.pay(held.id)
    scene.minutes(12)
    assert scene.patient.sees(held.id).status == "pending"
    scene.insurance.mood = ""
    scene.minutes(4)
    seen = scene.patient.sees(held.id)
    order = scene.order_of(held.id)
    assert (seen.status, order.status) == ends
    scene.adds_up(order)


def test_who_cancels_before_the_insurer_answers_leaves_nothing_settled(scene: Scene) -> None:
    scene.insurance.bears = {"gov": 50_00, "acct": 0, "other": 0}
    scene.insurance.mood, scene.insurance.only = "lost", ("settlements", "queries")
    held = scene.patient.hold(scene.session, 3)
    with pytest.raises(InsuranceUnavailable):
        scene.patient.pay(held.id)
    scene.patient.cancel(held.id)
    scene.insurance.mood = ""
    scene.minutes(4)
    order = scene.order_of(held.id)
    assert order.status == "refunded"
    scene.adds_up(order)


# -- money back
@pytest.fixture
def paid(scene: Scene) -> Order:
    return scene.paid()


def test_a_cancelled_appointment_reverses_every_leg(scene: Scene, paid: Order) -> None:
    scene.patient.cancel(paid.about)
    scene.cloud.settle()
    assert scene.now(paid).status == "refunded"
    assert [scene.now(paid).leg_state(leg) for leg in NAMES] == ["refund", "refund", "none", "refund"]
    scene.adds_up(paid)


def test_a_part_goes_back_in_the_order_of_the_legs_and_never_exceeds_one(scene: Scene, paid: Order) -> None:
    for cause, amount in (("a", 5_00), ("b", 20_00), ("b", 20_00), ("c", 25_00)):
        wiring.payments().refund(scene.now(paid), amount, cause=cause)
        scene.cloud.settle()
        scene.adds_up(paid)
    back = [each.legs for each in scene.now(paid).refunds.values()]
    assert back == [Legs(cash=5_00), Legs(cash=15_00, acct=5_00), Legs(acct=5_00, gov=20_00)]
    assert scene.now(paid).status == "refunded"


@pytest.mark.parametrize("mood", ["down", "lost", "forged"])
def test_cash_does_not_wait_for_the_insurers_reversal(scene: Scene, paid: Order, mood: str) -> None:
    scene.insurance.mood = mood
    scene.patient.cancel(paid.about)
    scene.cloud.settle()
    assert (scene.now(paid).status, scene.till.received_fen) == ("refunding", 0)
    scene.insurance.mood = ""
    scene.minutes(2)
    assert scene.now(paid).status == "refunded"
    assert scene.till.refunds == {paid.refund_request_no: "20.00"}
    scene.adds_up(paid)


def test_the_insurers_reversal_does_not_wait_for_cash(scene: Scene, paid: Order) -> None:
    scene.till.silent = True
    scene.patient.cancel(paid.about)
    assert (scene.now(paid).status, scene.insurance.owes(paid)) == ("refunding", {})
    scene.till.silent = False
    scene.minutes(2)
    scene.adds_up(paid)


def test_a_day_without_the_insurer_is_one_case_and_heals_all_the_same(scene: Scene, paid: Order) -> None:
    scene.insurance.mood = "down"
    scene.patient.cancel(paid.about)
    scene.minutes(2 * (MOST_REFUND_TRIES + 3))
    cases = [each["kind"]["S"] for each in scene.cloud.items() if each["pk"]["S"].startswith("CASE#")]
    assert (scene.now(paid).status, cases) == ("refunding", ["reversal-overdue"])
    scene.insurance.mood = ""
    scene.minutes(2)
    assert scene.now(paid).status == "refunded"


def test_a_reversal_that_is_refused_is_a_case_and_can_be_tried_again(scene: Scene, paid: Order) -> None:
    scene.insurance.mood = "reversal-refusing"
    scene.patient.cancel(paid.about)
    assert (scene.now(paid).status, scene.till.received_fen) == ("refund_stuck", 0)
    scene.insurance.mood = ""
    wiring.payments().retry(scene.now(paid))
    scene.cloud.settle()
    scene.adds_up(paid)


# -- bad moments
def test_a_payment_after_the_hold_counts_if_the_slot_is_still_there_or_goes_back(scene: Scene) -> None:
    order = scene.opened()
    told = scene.till.pay(order)
    scene.till.trades[order.id]["trade_status"] = "WAIT_BUYER_PAY"
    scene.minutes(12)
    assert (scene.now(order).status, scene.patient.sees(order.about).status) == ("closed", "cancelled")
    scene.till.trades[order.id]["trade_status"] = "TRADE_SUCCESS"
    scene.notify(told)
    scene.minutes(2)
    assert scene.now(order).status == "refunded"
    scene.adds_up(order)


def test_who_cancels_while_the_insurance_settles_gets_the_cash_back(scene: Scene) -> None:
    order = scene.opened()
    scene.insurance.mood = "lost"
    scene.notify(scene.till.pay(order))
    scene.cloud.settle()
    scene.patient.cancel(order.about)
    assert scene.till.received_fen == 0
    scene.insurance.mood = ""
    scene.minutes(2)
    assert (scene.now(order).status, scene.patient.sees(order.about).reason) == (
        "refunded",
        "cancelled_by_citizen",
    )
    scene.adds_up(order)


STEPS = ("pay", "notify", "settle", "cancel", "sweep")


@pytest.mark.parametrize("bears", [30_00, 50_00])
@pytest.mark.parametrize("moment", [Moment.BEFORE, Moment.AFTER])
@pytest.mark.parametrize("dies", STEPS)
def test_a_process_that_dies_at_any_call_leaves_nothing_that_does_not_heal(
    here: Place, scene: Scene, dies: str, moment: Moment, bears: int
) -> None:
    """Every call of each step is once the last of its process, the insurer's and the payment app's among them."""
    scene.insurance.bears = {"gov": bears, "acct": 0, "other": 0}
    morning = here.cloud.remember()
    for number in range(MOST_CALLS):
        again(here, scene, morning)
        if not errand(scene, dies, Strike(number, moment, here.cloud.calls.die)):
            return
    raise AssertionError("more calls than anybody would make")


def again(here: Place, scene: Scene, morning: Remembered) -> None:
    """The same morning, for the insurance and the till as well."""
    here.clock.now = BEGINNING
    here.cloud.return_to(morning)
    cold_start()
    for kept in (scene.till.trades, scene.till.refunds, scene.insurance.quotes, scene.insurance.settled):
        kept.clear()
    scene.insurance.reversed.clear()
    scene.insurance.voided.clear()


def errand(scene: Scene, dies: str, strike: Strike) -> bool:
    """Paid, settled, cancelled; one step's process dies and is done again. Whether it made so many calls."""
    held = scene.patient.hold(scene.session, 3)
    steps: dict[str, Callable[[], object]] = {
        "pay": lambda: scene.patient.pay(held.id),
        "notify": lambda: scene.tells(held.id),
        "settle": scene.works,
        "cancel": lambda: scene.patient.cancel(held.id),
        "sweep": wiring.sweep,
    }
    struck = False
    for name in STEPS:
        if name == "sweep":
            scene.clock.turn(minutes=2)
        try:
            scene.cloud.live(steps[name], strike if name == dies else None)
        except Died:
            cold_start()
            scene.cloud.live(steps[name])
            struck = True
    scene.minutes(4)
    order = scene.order_of(held.id)
    assert order.status == "refunded"
    scene.adds_up(order)
    return struck
