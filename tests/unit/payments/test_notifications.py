"""What the payment app tells us: believed only when signed, kept once, answered with one word."""

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from chalicelib.payments.errors import PaymentUnavailable
from chalicelib.payments.model import Order
from tests.api import Api
from tests.appointments import FORM, NOTIFY, Patient, Till, killed_before_call, notify
from tests.clock import HeldClock
from tests.cloud import Cloud


@pytest.fixture
def order(session: Session, patient: Patient, till: Till) -> Order:
    return patient.pay(patient.hold(session, 3).id)


def recorded(cloud: Cloud) -> int:
    return sum(item["pk"]["S"].startswith("NOTIFICATION#") for item in cloud.items())


def test_a_signed_notification_is_answered_success_after_one_write(
    order: Order, till: Till, api: Api
) -> None:
    told = till.pay(order)
    calls: list[str] = []
    with killed_before_call(99, calls):
        answer = notify(api, told)
    assert (answer.status, answer.body) == (200, b"success")
    assert calls == ["PutItem"]


def test_the_same_notification_again_is_answered_the_same_and_kept_once(
    order: Order, till: Till, api: Api, cloud: Cloud
) -> None:
    told = till.pay(order)
    assert [notify(api, told).body for _ in range(3)] == [b"success"] * 3
    assert recorded(cloud) == 1


def test_a_notification_with_any_value_changed_is_refused(
    order: Order, till: Till, api: Api, cloud: Cloud
) -> None:
    told = till.pay(order)
    for name, value in told.items():
        answer = notify(api, told | {name: value[:-1] + ("0" if value[-1] != "0" else "1")})
        assert (answer.status, answer.code) == (401, "signature-invalid"), name
    assert notify(api, {k: v for k, v in told.items() if k != "sign"}).code == "signature-invalid"
    assert notify(api, told | {"extra": "1"}).code == "signature-invalid"
    assert recorded(cloud) == 0


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"a", b"a=1&a=2", b"&".join([b"a=1"] * 101), b"a=%ff"])
def test_a_body_that_is_no_form_is_malformed(api: Api, body: bytes) -> None:
    answer = api.call("POST", NOTIFY, body, headers=FORM)
    assert (answer.status, answer.code) in {(400, "malformed-form"), (401, "signature-invalid")}


def test_json_is_not_taken(api: Api) -> None:
    assert api.post(NOTIFY, {"out_trade_no": "1"}).status == 415


def test_values_are_decoded_once(order: Order, till: Till, api: Api) -> None:
    till.pay(order)
    assert notify(api, till.tells(order, subject="100%25 + 1 & more")).body == b"success"


def test_a_signed_message_about_something_else_is_not_a_payment(
    order: Order, till: Till, api: Api, cloud: Cloud
) -> None:
    told = till.app.notification(notify_type="servicemarket_order_notify", notify_id="1")
    assert notify(api, told).code == "signature-invalid"
    assert recorded(cloud) == 0


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"total_amount": "50.01"}, "another-amount"),
        ({"seller_id": "2088000000000009"}, "another-merchant"),
        ({"app_id": "2021000000000009"}, "another-merchant"),
        ({"out_trade_no": "ord_01JAUNKN0WN000000000000000"}, "order-unknown"),
        ({"trade_no": "2026999"}, "another-trade"),
    ],
)
def test_a_signed_notification_that_does_not_fit_becomes_a_case_and_changes_nothing(
    order: Order, till: Till, api: Api, cloud: Cloud, changed: dict[str, str], kind: str
) -> None:
    till.pay(order)
    assert notify(api, till.tells(order, **changed)).body == b"success"
    cloud.settle()
    assert standing(order) == order
    cases = [item["kind"]["S"] for item in cloud.items() if item["pk"]["S"].startswith("CASE#")]
    assert cases == [kind]
    assert cloud.dead_letters() == []


def standing(order: Order) -> Order:
    found = wiring.payments().find(order.id)
    assert found is not None
    return found


@pytest.mark.parametrize("moment", ["paying", "closed", "refunded"])
@pytest.mark.parametrize("changed", [{"total_amount": "0.01"}, {"seller_id": "2088000000000009"}])
def test_a_misfit_changes_nothing_whenever_it_comes(
    order: Order,
    patient: Patient,
    till: Till,
    api: Api,
    cloud: Cloud,
    clock: HeldClock,
    moment: str,
    changed: dict[str, str],
) -> None:
    if moment == "refunded":
        notify(api, till.pay(order))
        cloud.settle()
        patient.cancel(order.about)
    elif moment == "closed":
        clock.turn(minutes=11)
        cloud.sweep()
    cloud.settle()
    before = standing(order)
    calls: list[str] = []
    with killed_before_call(99, calls):
        answer = notify(api, till.tells(order, trade_status="TRADE_SUCCESS", **changed))
    assert (answer.body, calls) == (b"success", ["PutItem"])
    cloud.settle()
    assert standing(order) == before
    assert sum(item["pk"]["S"].startswith("CASE#") for item in cloud.items()) == 1


def test_a_payment_told_while_our_own_call_for_the_trade_is_in_doubt_is_believed(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud
) -> None:
    held = patient.hold(session, 3)
    till.down = True
    with pytest.raises(PaymentUnavailable):
        patient.pay(held.id)
    order = wiring.payments().find(patient.sees(held.id).order_id)
    assert order is not None
    assert (order.status, order.trade_no) == ("unknown", None)
    asked = till.app.calls("alipay.trade.create")[-1]["biz_content"]
    till.trades[order.id] = {
        "out_trade_no": order.id,
        "trade_no": "2026000000000000000000000042",
        "total_amount": asked["total_amount"],
        "trade_status": "WAIT_BUYER_PAY",
    }
    assert notify(api, till.pay(order)).body == b"success"
    cloud.settle()
    assert (standing(order).status, standing(order).trade_no) == ("paid", "2026000000000000000000000042")
    assert patient.sees(held.id).status == "booked"


@pytest.mark.parametrize("first", ["TRADE_SUCCESS", "TRADE_FINISHED", "WAIT_BUYER_PAY", "TRADE_CLOSED"])
def test_notifications_in_any_order_end_where_the_money_is(
    order: Order, patient: Patient, till: Till, api: Api, cloud: Cloud, first: str
) -> None:
    till.pay(order)
    for status in (first, "TRADE_SUCCESS", "WAIT_BUYER_PAY", "TRADE_CLOSED"):
        notify(api, till.tells(order, trade_status=status))
        cloud.settle()
    assert standing(order).status == "paid"
    assert patient.sees(order.about).status == "booked"
    assert till.received_fen == order.total_fen


def test_an_amount_that_the_gateway_itself_tells_wrong_is_one_case(
    order: Order, till: Till, cloud: Cloud, clock: HeldClock
) -> None:
    till.pay(order)
    till.trades[order.id]["total_amount"] = "0.01"
    for _ in range(3):
        clock.turn(minutes=2)
        cloud.sweep()
    assert standing(order).status == "paying"
    cases = [item["kind"]["S"] for item in cloud.items() if item["pk"]["S"].startswith("CASE#")]
    assert cases == ["another-amount"]
