"""The ledger: nothing is posted that does not balance, and nothing is lost or doubled on the way to the book."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from chalicelib.payments.model import Legs, Order
from chalicelib.payments.model.bookkeeping import given_back, kept, owed_back, received, reversed_
from chalicelib.payments.model.ledger import (
    CLEARING,
    OWED_BACK,
    Balance,
    Entry,
    balance,
    payable,
    receivable,
    reversal,
)
from chalicelib.payments.model.legs import INSURED
from chalicelib.payments.model.refunds import Refund
from chalicelib.payments.store import ledger as store
from chalicelib.platform.outbox import message
from chalicelib.types import CHINA
from tests.api import Api
from tests.appointments import Patient, Till, notify
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.insurer import an_insurance

PART = st.integers(0, 1_000_000)


def an_order(legs: Legs) -> Order:
    return Order(
        id="ord_1",
        about="apt_1",
        citizen_id="ctz_1",
        subject="挂号费",
        total_fen=legs.total,
        legs=legs,
        pay_by=HeldClock()(),
        payee_id="hos_1",
        insurance=an_insurance("quoted") if legs.insured else None,
    )


@given(st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.integers(-9, 9)))
def test_only_postings_that_add_up_to_zero_make_an_entry(postings: dict[str, int]) -> None:
    def make() -> Entry:
        return Entry(id="e", order_id="o", at="2026-11-23T00:00:00.000Z", postings=postings)

    if len(postings) < 2 or sum(postings.values()) != 0 or 0 in postings.values():
        with pytest.raises(ValidationError):
            make()
    else:
        assert make().postings == postings


@given(
    PART,
    PART,
    PART,
    PART,
    st.sampled_from(["in time", "late"]),
    st.lists(st.integers(0, 2_000_000), max_size=4),
)
def test_after_any_refunds_the_book_shows_what_the_payee_still_has(
    gov: int, acct: int, other: int, cash: int, when: str, parts: list[int]
) -> None:
    order, now = an_order(Legs(gov=gov, acct=acct, other=other, cash=cash)), HeldClock()()
    late = when == "late"
    made = [received(order, now, late=late), kept(order, now) if late else None]
    back = Legs()
    for number, wanted in enumerate(parts):
        left = order.legs.less(back)
        legs = left.part(min(wanted, left.total))
        refund = Refund(number=f"rfd_{number}", amount_fen=legs.total, legs=legs, asked_at=0)
        made += [owed_back(order, refund, now), given_back(order, refund, now), reversed_(order, refund, now)]
        back = order.legs.less(left.less(legs))
    sums = balance(date(2026, 11, 23), [each for each in made if each])
    assert sums.total == 0
    assert sums.accounts.get(payable("hos_1"), 0) == back.total - order.total_fen
    assert sums.accounts.get(CLEARING, 0) == cash - back.cash
    assert sums.accounts.get(OWED_BACK, 0) == 0
    for leg in INSURED:
        assert sums.accounts.get(reversal(leg), 0) == 0
        assert sums.accounts.get(receivable(leg), 0) == order.legs.of(leg) - back.of(leg)


def test_an_entry_after_midnight_in_china_belongs_to_the_new_day() -> None:
    def day(at: str) -> date:
        return Entry(id="e", order_id="o", at=at, postings={"a": 1, "b": -1}).day

    assert day("2026-11-22T15:59:59.999Z") == date(2026, 11, 22)
    assert day("2026-11-22T16:00:00.000Z") == date(2026, 11, 23)


# -- in the cloud
@pytest.fixture
def order(session: Session, patient: Patient, till: Till) -> Order:
    return patient.pay(patient.hold(session, 3).id)


def today(clock: HeldClock) -> Balance:
    return wiring.ledger().balance(clock().astimezone(CHINA).date())


def test_a_payment_is_posted_once_however_often_it_is_told(
    order: Order, till: Till, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    till.pay(order)
    for _ in range(3):
        notify(api, till.tells(order))
        cloud.settle()
    told = message("payments", "ledger.post", order.id, 2, entry=f"{order.id}:received")["body"]
    wiring.ledger().post(told)
    posted = today(clock)
    assert posted.entries == 1
    assert posted.accounts == {CLEARING: 50_00, payable(order.payee): -50_00}


def test_a_refunded_payment_leaves_nothing_on_any_account(
    order: Order, patient: Patient, till: Till, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    notify(api, till.pay(order))
    cloud.settle()
    patient.cancel(order.about)
    cloud.settle()
    posted = today(clock)
    assert posted.entries == 3
    assert set(posted.accounts.values()) == {0}


def test_a_late_payment_is_nobodys_until_it_counts_or_goes_back(
    order: Order, till: Till, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    clock.turn(minutes=11)
    cloud.sweep()
    notify(api, till.pay(order))
    cloud.settle()
    posted = today(clock)
    assert posted.entries == 3
    assert payable(order.payee) not in posted.accounts
    assert set(posted.accounts.values()) == {0}


def test_a_day_is_summed_up_over_all_its_pages(
    cloud: Cloud, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_PAGE", 2)
    book = wiring.ledger().store
    for number in range(7):
        at = "2026-11-23T01:00:00.000Z"
        book.post(Entry(id=f"e{number}", order_id="o", at=at, postings={"a": 1, "b": -1}))
    summed = wiring.ledger().balance(date(2026, 11, 23))
    assert (summed.entries, summed.accounts) == (7, {"a": 7, "b": -7})
