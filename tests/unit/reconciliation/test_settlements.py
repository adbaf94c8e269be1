"""What hospitals say they charged: recorded once, acknowledged, kept after, whatever comes again or contradicts."""

import json
from datetime import date, datetime
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.reconciliation.model.settling import Settlement
from chalicelib.reconciliation.store import SettlementStore
from chalicelib.types import new_id
from chalicelib.wiring import core_table
from tests.api import Api, ApiAnswer
from tests.appointments import Killed, killed_before_call
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Party
from tests.parties import HOSPITAL, PHARMACY, a_party
from tests.unit.reconciliation.conftest import Books

PATH = "/v1/callbacks/settlements"
ORDER = "ord_01JDABCDEFGHJKMNPQRSTVWXYZ"
DAY = date(2028, 2, 29)
CHARGE = {
    "orderId": ORDER,
    "kind": "charge",
    "number": "T-1",
    "amountFen": 50_00,
    "occurredAt": "2028-02-28T16:30:00Z",
}


@pytest.fixture
def hospital(cloud: Cloud) -> Party:
    return a_party(HOSPITAL)


@pytest.fixture
def store(cloud: Cloud) -> SettlementStore:
    return SettlementStore(core_table())


def tell(api: Api, party: Party, clock: HeldClock, body: Any, **signing: Any) -> ApiAnswer:
    clock.turn(milliseconds=1)
    raw = json.dumps(body).encode()
    return api.post(PATH, raw, headers=party.headers("POST", PATH, raw, now=clock().timestamp(), **signing))


def test_a_word_is_acknowledged_and_kept_on_its_day_in_china(
    api: Api, hospital: Party, clock: HeldClock, cloud: Cloud, store: SettlementStore
) -> None:
    assert tell(api, hospital, clock, CHARGE).status == 202
    assert list(store.on(DAY)) == []
    cloud.settle()
    (kept,) = store.on(DAY)
    assert [kept] == store.of_order(ORDER)
    assert (kept.institution_id, kept.amount_fen, kept.movement.day) == (HOSPITAL, 50_00, DAY)
    assert cloud.dead_letters() == []


def test_what_is_told_again_counts_once(
    api: Api, hospital: Party, clock: HeldClock, cloud: Cloud, store: SettlementStore
) -> None:
    for key in ("told-once", "told-once", "told-anew"):
        assert tell(api, hospital, clock, CHARGE, key=key).status == 202
    tell(api, hospital, clock, CHARGE | {"occurredAt": "2028-02-29T00:30:00+08:00"})
    cloud.settle()
    assert len(list(store.on(DAY))) == len(store.of_order(ORDER)) == 1
    assert not [each for each in cloud.items() if each["pk"]["S"].startswith("CASE#")]


@pytest.mark.parametrize("other", [{"amountFen": 51_00}, {"occurredAt": "2028-03-01T00:00:00Z"}])
def test_another_word_under_the_same_number_is_a_case_and_the_first_counts(
    api: Api, hospital: Party, clock: HeldClock, cloud: Cloud, store: SettlementStore, other: dict[str, Any]
) -> None:
    for each in (CHARGE, CHARGE | other, CHARGE | other):
        tell(api, hospital, clock, each)
        cloud.settle()
    assert [each.amount_fen for each in store.of_order(ORDER)] == [50_00]
    assert list(store.on(date(2028, 3, 1))) == []
    (case,) = wiring.cases().listed(10, "settlement-contradicted", None)[0]
    assert case.facts["order_id"] == ORDER


def test_two_hospitals_and_both_directions_may_use_the_same_number(
    cloud: Cloud, store: SettlementStore
) -> None:
    told = {"order_id": ORDER, "number": "1", "amount_fen": 5, "occurred_at": "2028-02-29T04:00:00Z"}
    for institution in ("hos_a", "hos_b"):
        for kind in ("charge", "reverse"):
            wiring.settlements().record(institution, told | {"kind": kind})
    assert len(list(store.on(DAY))) == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"amountFen": 0},
        {"amountFen": -1},
        {"amountFen": 50.5},
        {"amountFen": 10**12},
        {"kind": "refund"},
        {"orderId": "1"},
        {"number": ""},
        {"number": "张三"},
        {"occurredAt": "2028-02-30T00:00:00Z"},
        {"occurredAt": "2028-02-29T00:00:00"},
        {"occurredAt": "0001-01-01T00:00:00+14:00"},
        {"occurredAt": "9999-12-31T23:59:59Z"},
        {"patient": "张三"},
    ],
)
def test_what_no_till_would_say_is_refused(
    api: Api, hospital: Party, clock: HeldClock, wrong: dict[str, Any]
) -> None:
    assert tell(api, hospital, clock, CHARGE | wrong).status == 422


def test_only_hospitals_have_tills_here(api: Api, clock: HeldClock, cloud: Cloud) -> None:
    answer = tell(api, a_party(PHARMACY), clock, CHARGE)
    assert (answer.status, answer.json["code"]) == (403, "topic-forbidden")


def test_a_process_that_dies_while_it_is_kept_keeps_it_in_the_end(
    books: Books, store: SettlementStore
) -> None:
    order = new_id("ord", books.clock())
    told = {"order_id": order, "kind": "charge", "number": "1", "amount_fen": 5}
    for number in range(5):
        calls: list[str] = []
        try:
            with killed_before_call(number, calls):
                wiring.settlements().record(HOSPITAL, told | {"occurred_at": "2028-02-29T04:00:00Z"})
            break
        except Killed:
            continue
    at = datetime.fromisoformat("2028-02-29T04:00:00Z")
    expected = Settlement(
        institution_id=HOSPITAL, order_id=order, kind="charge", number="1", amount_fen=5, occurred_at=at
    )
    assert (list(store.on(DAY)), store.of_order(order)) == ([expected], [expected])
