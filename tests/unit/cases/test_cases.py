"""Cases: opened once, closed with a reason or by themselves, and everything that was done stays readable."""

from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from chalicelib.cases.service.cases import Cases
from chalicelib.payments.model import Order
from chalicelib.payments.model.refunds import MOST_REFUND_TRIES
from tests.api import Api
from tests.appointments import Killed, Patient, Till, killed_before_call, notify
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.unit.cases.conftest import Admin


@pytest.fixture
def cases(cloud: Cloud) -> Cases:
    return wiring.cases()


@pytest.fixture
def stuck(session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud, clock: HeldClock) -> Order:
    """An order whose refund nobody can find."""
    order = patient.pay(patient.hold(session, 3).id)
    notify(api, till.pay(order))
    cloud.settle()
    till.silent = True
    wiring.payments().refund(wiring.payments().store.find(order.id) or order)
    for _ in range(MOST_REFUND_TRIES):
        clock.turn(minutes=2)
        cloud.sweep()
    return order


def ids(answer: dict[str, Any]) -> list[str]:
    return [each["id"] for each in answer["items"]]


def audited(cloud: Cloud, case_id: str) -> list[tuple[str | None, str | None]]:
    trail = [each for each in cloud.items() if each["pk"]["S"] == f"AUDIT#CASE#{case_id}"]
    changes = sorted(trail, key=lambda each: each["sk"]["S"])
    return [(each["before"].get("S"), each["after"].get("S")) for each in changes]


def test_a_case_is_opened_once_and_closed_by_a_human_for_good(
    cases: Cases, admin: Admin, cloud: Cloud, clock: HeldClock
) -> None:
    assert cases.open("c-1", "TEST", "something-wrong", order_id="ord_1")
    assert cases.open("c-1", "TEST", "something-wrong", order_id="ord_2")
    closed = admin("close", caseId="c-1")
    assert (closed["status"], closed["facts"]) == ("closed", {"orderId": "ord_1"})
    assert not cases.open("c-1", "TEST", "something-wrong")
    assert admin("close", caseId="c-1")["code"] == "case-not-open"
    (act,) = admin("show", caseId="c-1")["acts"]
    assert (act["deed"], act["by"], act["reason"]) == ("close", "op-17", "the bank has confirmed it")
    assert admin("list") == {"items": [], "cursor": None}
    cloud.settle()
    assert audited(cloud, "c-1") == [(None, "open"), ("open", "closed")]


def test_what_closed_by_itself_opens_again_when_it_is_wrong_again(cases: Cases, admin: Admin) -> None:
    cases.open("c-1", "TEST", "something-wrong", amount_fen=1)
    cases.settle("c-1", "the difference is gone")
    cases.settle("c-1", "the difference is gone")
    assert ids(admin("list")) == []
    assert cases.open("c-1", "TEST", "something-wrong", amount_fen=2)
    assert ids(admin("list")) == ["c-1"]
    shown = admin("show", caseId="c-1")
    assert shown["facts"] == {"amountFen": 2}
    assert [each["deed"] for each in shown["acts"]] == ["settle", "reopen"]


def test_open_cases_are_listed_the_oldest_first_in_pages_and_by_kind(
    cases: Cases, admin: Admin, clock: HeldClock
) -> None:
    for number in range(7):
        cases.open(f"c-{number}", "TEST", "odd" if number % 2 else "even")
        clock.turn(seconds=1)
    first = admin("list", limit=3)
    rest = admin("list", limit=100, cursor=first["cursor"])
    assert ids(first) + ids(rest) == [f"c-{number}" for number in range(7)]
    assert rest["cursor"] is None
    assert ids(admin("list", kind="odd")) == ["c-1", "c-3", "c-5"]


def test_a_page_of_one_kind_goes_on_behind_many_of_another(
    cases: Cases, admin: Admin, clock: HeldClock
) -> None:
    for number in range(12):
        cases.open(f"c-{number:02}", "TEST", "rare" if number > 9 else "frequent")
        clock.turn(seconds=1)
    found, cursor = [], None
    for _ in range(12):
        page = admin("list", kind="rare", limit=1, **({"cursor": cursor} if cursor else {}))
        found += ids(page)
        cursor = page["cursor"]
        if cursor is None:
            break
    assert found == ["c-10", "c-11"]


@pytest.mark.parametrize(
    "asked",
    [
        {"action": "burn"},
        {"action": "list", "limit": 1_000_000},
        {"action": "list", "cursor": "AAAA"},
        {"action": "close", "caseId": "c-1"},
        {"action": "close", "caseId": "c-1", "by": "op-1", "reason": "call 13800000000 please"},
        {"action": "show", "caseId": ""},
        {},
    ],
)
def test_what_is_wrong_with_a_request_is_an_answer(cloud: Cloud, asked: dict[str, Any]) -> None:
    assert cloud.invoke("admin_cases", asked)["code"] == "payload-invalid"


@pytest.mark.parametrize("action", ["show", "close", "retry"])
def test_a_case_that_is_not_there(admin: Admin, action: str) -> None:
    assert admin(action, caseId="c-1")["code"] == "case-unknown"


def test_two_humans_at_once_do_not_both_close_it(cases: Cases, admin: Admin) -> None:
    cases.open("c-1", "TEST", "something-wrong")
    before = cases.find("c-1")
    admin("close", caseId="c-1")
    with pytest.raises(Exception, match="case-moved"):
        cases._act(before, "close", "op-18", "I was second", "close")


# -- stuck refunds
def test_a_stuck_refund_is_tried_again_and_its_case_closes_by_itself(
    stuck: Order, till: Till, admin: Admin, cloud: Cloud
) -> None:
    (case,) = ids(admin("list", kind="refund-stuck"))
    till.silent = False
    assert admin("retry", caseId=case)["outcome"] == "refunded"
    cloud.settle()
    shown = admin("show", caseId=case)
    assert shown["status"] == "closed"
    assert [(each["deed"], each["by"]) for each in shown["acts"]] == [
        ("retry", "op-17"),
        ("settle", "zerotrip"),
    ]
    assert ids(admin("list")) == []
    assert till.refunds == {stuck.refund_request_no: "50.00"}


def test_a_refund_that_is_still_stuck_keeps_its_case(
    stuck: Order, till: Till, admin: Admin, cloud: Cloud, clock: HeldClock
) -> None:
    (case,) = ids(admin("list"))
    assert admin("retry", caseId=case)["outcome"] == "refunding"
    for _ in range(MOST_REFUND_TRIES):
        clock.turn(minutes=2)
        cloud.sweep()
    assert ids(admin("list")) == [case]
    till.silent = False
    assert admin("retry", caseId=case)["outcome"] == "refunded"
    cloud.settle()
    assert ids(admin("list")) == []


def test_a_case_of_another_kind_cannot_be_tried_again(cases: Cases, admin: Admin) -> None:
    cases.open("c-1", "TEST", "something-wrong")
    assert admin("retry", caseId="c-1")["code"] == "deed-impossible"
    assert admin("show", caseId="c-1")["acts"] == []


def test_a_process_that_dies_while_trying_again_loses_neither_money_nor_case(
    stuck: Order, till: Till, admin: Admin, cloud: Cloud, clock: HeldClock
) -> None:
    (case,) = ids(admin("list"))
    till.silent = False
    for number in range(12):
        calls: list[str] = []
        try:
            with killed_before_call(number, calls):
                admin("retry", caseId=case)
        except Killed:
            cloud.settle()
            continue
        break
    clock.turn(minutes=2)
    cloud.sweep()
    assert admin("show", caseId=case)["status"] == "closed"
    assert till.refunds == {stuck.refund_request_no: "50.00"}
