"""Money on its way back: in parts, under stable numbers, never too much, and never forgotten."""

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from chalicelib.payments.errors import RefundExceedsPayment
from chalicelib.payments.model import Order
from chalicelib.payments.model.refunds import MOST_REFUND_TRIES
from tests.api import Api
from tests.appointments import Killed, Patient, Till, killed_before_call, notify
from tests.clock import HeldClock
from tests.cloud import Cloud


@pytest.fixture
def order(session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud) -> Order:
    opened = patient.pay(patient.hold(session, 3).id)
    notify(api, till.pay(opened))
    cloud.settle()
    return now(opened)


def now(order: Order) -> Order:
    found = wiring.payments().find(order.id)
    assert found is not None
    return found


def cases(cloud: Cloud) -> list[str]:
    return [item["kind"]["S"] for item in cloud.items() if item["pk"]["S"].startswith("CASE#")]


def test_parts_go_back_under_numbers_of_their_own_until_nothing_is_left(
    order: Order, till: Till, cloud: Cloud
) -> None:
    part = wiring.payments().refund(order, 20_00, cause="cheaper")
    assert (part.status, part.refunded_fen, till.received_fen) == ("partially_refunded", 20_00, 30_00)
    rest = wiring.payments().refund(part)
    assert (rest.status, rest.refunded_fen, till.received_fen) == ("refunded", 50_00, 0)
    first = order.refund_request_no
    assert till.refunds == {first: "20.00", f"{first}_2": "30.00"}
    cloud.settle()
    told = [item for item in cloud.items() if "payment" in item.get("kind", {}).get("S", "")]
    amounts = {item["kind"]["S"]: item["names"]["M"].get("amount") for item in told}
    assert amounts == {"payment-partly-refunded": {"S": "20.00"}, "payment-refunded": None}


@pytest.mark.parametrize("amount", [50_01, 0, -1])
def test_never_more_goes_back_than_was_paid(order: Order, till: Till, amount: int) -> None:
    with pytest.raises(RefundExceedsPayment):
        wiring.payments().refund(order, amount)
    part = wiring.payments().refund(order, 20_00)
    with pytest.raises(RefundExceedsPayment):
        wiring.payments().refund(part, 30_01)
    assert now(order).refunded_fen == 20_00


def test_one_cause_gives_back_once(order: Order, till: Till) -> None:
    for _ in range(3):
        wiring.payments().refund(now(order), 20_00, cause="cheaper")
    assert till.refunds == {order.refund_request_no: "20.00"}


def test_whoever_read_the_order_before_another_refund_gives_nothing_back(order: Order, till: Till) -> None:
    wiring.payments().refund(order, 20_00)
    assert wiring.payments().refund(order, 20_00).refunded_fen == 20_00
    assert till.refunds == {order.refund_request_no: "20.00"}


def test_a_process_that_dies_anywhere_gives_the_part_back_once(
    order: Order, till: Till, cloud: Cloud, clock: HeldClock
) -> None:
    for number in range(6):
        calls: list[str] = []
        try:
            with killed_before_call(number, calls):
                wiring.payments().refund(now(order), 20_00, cause="cheaper")
        except Killed:
            clock.turn(minutes=2)
            cloud.sweep()
    wiring.payments().refund(now(order), 20_00, cause="cheaper")
    assert now(order).status == "partially_refunded"
    assert till.refunds == {order.refund_request_no: "20.00"}


def test_a_refund_that_cannot_be_found_is_asked_for_ten_seconds_later_and_tried_again(
    order: Order, till: Till, cloud: Cloud, clock: HeldClock
) -> None:
    till.silent = True
    assert wiring.payments().refund(order).status == "refunding"
    assert till.app.calls("alipay.trade.fastpay.refund.query") == []
    clock.turn(minutes=2)
    cloud.sweep()
    assert len(till.app.calls("alipay.trade.fastpay.refund.query")) == 1
    till.silent = False
    clock.turn(minutes=2)
    cloud.sweep()
    assert now(order).status == "refunded"
    numbers = {each["biz_content"]["out_request_no"] for each in till.app.calls("alipay.trade.refund")}
    assert numbers == {order.refund_request_no}


def test_an_exhausted_refund_is_one_case_and_an_operator_can_try_it_again(
    order: Order, till: Till, cloud: Cloud, clock: HeldClock
) -> None:
    till.silent = True
    wiring.payments().refund(order)
    for _ in range(MOST_REFUND_TRIES):
        clock.turn(minutes=2)
        cloud.sweep()
    stuck = now(order)
    assert stuck.status == "refund_stuck"
    assert cases(cloud) == ["refund-stuck"]
    assert wiring.payments().refund(stuck) == stuck
    again = wiring.payments().retry(stuck)
    assert again.status == "refunding"
    till.silent = False
    clock.turn(minutes=2)
    cloud.sweep()
    assert now(order).status == "refunded"
    assert till.refunds == {order.refund_request_no: "50.00"}
    assert cases(cloud) == ["refund-stuck"]


def test_a_process_that_dies_while_giving_up_opens_the_case_all_the_same(
    order: Order, till: Till, cloud: Cloud, clock: HeldClock
) -> None:
    till.silent = True
    wiring.payments().refund(order)
    for _ in range(MOST_REFUND_TRIES - 1):
        clock.turn(minutes=2)
        cloud.sweep()
    clock.turn(minutes=2)
    for number in range(3):
        calls: list[str] = []
        try:
            with killed_before_call(number, calls):
                wiring.payments().refund(now(order))
        except Killed:
            continue
    cloud.sweep()
    assert now(order).status == "refund_stuck"
    assert cases(cloud) == ["refund-stuck"]


def test_a_refund_that_reached_only_some_channels_is_a_case_at_once(
    order: Order, till: Till, cloud: Cloud, clock: HeldClock
) -> None:
    till.silent = till.partly = True
    wiring.payments().refund(order)
    clock.turn(minutes=2)
    cloud.sweep()
    assert now(order).status == "refund_stuck"
    assert cases(cloud) == ["refund-part"]


def test_an_order_refunded_before_refunds_were_kept_still_reads(order: Order, cloud: Cloud) -> None:
    table = wiring.payments().store.table
    done = wiring.payments().refund(order)
    item = table.get({"pk": f"ORDER#{order.id}", "sk": "ORDER"})
    assert item is not None
    table.put_all([{name: value for name, value in item.items() if name not in {"refunds", "entries"}}])
    read = now(order)
    assert (read.status, read.refunded_fen) == ("refunded", 50_00)
    assert list(read.refunds) == list(done.refunds)
