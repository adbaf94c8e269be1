"""Notifications: signed, sent until `success` comes back, on the documented ladder, and as the faults let them."""

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from sandbox.faults import FaultSet
from sandbox.people import Person
from sandbox.world import Place, World
from tests.sandbox.merchant import Merchant
from tests.sandbox.outside import Api, HeldClock, Inline, Seen

PATH = "/v1/payments/alipay/notify"
LADDER_MINUTES = [4, 10, 10, 60, 120, 360, 900]

Paid = Callable[[], str]


def form(seen: Seen) -> dict[str, str]:
    return dict(parse_qsl(seen.body.decode(), keep_blank_values=True))


def platform_signed(merchant: Merchant, params: dict[str, str]) -> bool:
    covered = "&".join(
        f"{name}={params[name]}"
        for name in sorted(params)
        if name not in {"sign", "sign_type"} and params[name]
    )
    try:
        merchant.platform_key.verify(base64.b64decode(params["sign"]), covered.encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


@pytest.fixture
def pay(merchant: Merchant, outside: World, person: Person, backend: Api) -> Paid:
    """Makes a trade of the next order, pays it and has the notification tried; the trade's number."""

    def pay_one() -> str:
        number = len(outside.payment_app.trades.every())
        content = {"out_trade_no": f"ord_{number}", "total_amount": "25.50", "subject": "挂号费 a+b%20"}
        node = merchant.call(
            "alipay.trade.create", {**content, "buyer_id": person.user_id}, notify_url=backend.url + PATH
        )
        trade, _ = outside.payment_app.trades.pay(node["trade_no"])
        notifications = outside.payment_app.notifications
        notify_id = notifications.raise_one(trade)
        notifications.deliver_soon(notify_id)
        return trade.trade_no

    return pay_one


def states(outside: World) -> list[str]:
    return [each.state for each in outside.payment_app.notifications.every()]


def outcomes(outside: World) -> list[str]:
    return [
        attempt.outcome for each in outside.payment_app.notifications.every() for attempt in each.attempts
    ]


def faulty(outside: World, **fault: Any) -> None:
    outside.faults.set(FaultSet.model_validate(fault))


def test_a_merchant_that_says_success_is_told_once(
    pay: Paid, outside: World, backend: Api, held: HeldClock
) -> None:
    backend.on("POST", PATH, (200, b"success"))
    pay()
    held.turn(days=3)
    outside.payment_app.notifications.timer.run_due()
    assert (states(outside), len(backend.at(PATH))) == (["delivered"], 1)


def test_what_it_is_told_is_signed_and_complete(pay: Paid, merchant: Merchant, backend: Api) -> None:
    backend.on("POST", PATH, (200, b"success"))
    trade_no = pay()
    [seen] = backend.at(PATH)
    params = form(seen)
    assert seen.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert platform_signed(merchant, params)
    assert not platform_signed(merchant, {**params, "total_amount": "0.01"})
    told = {
        name: params[name] for name in ("trade_no", "out_trade_no", "trade_status", "total_amount", "subject")
    }
    assert told == {
        "trade_no": trade_no,
        "out_trade_no": "ord_0",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "25.50",
        "subject": "挂号费 a+b%20",
    }
    assert params["fund_bill_list"] == '[{"amount":"25.50","fundChannel":"ALIPAYACCOUNT"}]'
    assert params["notify_type"] == "trade_status_sync"
    assert {"seller_id", "app_id", "buyer_id", "buyer_open_id", "notify_id", "gmt_payment"} <= set(params)


@pytest.mark.parametrize(
    "body", [b"SUCCESS", b"success\n", b"", b"fail", b'"success"', b"\xef\xbb\xbfsuccess"]
)
def test_anything_but_the_seven_bytes_is_not_success(
    pay: Paid, outside: World, backend: Api, body: bytes
) -> None:
    backend.on("POST", PATH, (200, body))
    pay()
    assert states(outside) == ["waiting"]


@pytest.mark.parametrize("status", [201, 302, 401, 500])
def test_success_with_another_status_is_not_success(
    pay: Paid, outside: World, backend: Api, status: int
) -> None:
    backend.on("POST", PATH, (status, b"success"))
    pay()
    assert states(outside) == ["waiting"]


def test_the_ladder_is_the_documented_one_and_then_ends(
    pay: Paid, outside: World, backend: Api, held: HeldClock
) -> None:
    pay()
    timer = outside.payment_app.notifications.timer
    for rung, minutes in enumerate(LADDER_MINUTES, start=1):
        held.turn(minutes=minutes, seconds=-1)
        assert timer.run_due() == 0
        held.turn(seconds=1)
        assert timer.run_due() == 1
        assert len(backend.at(PATH)) == rung + 1
    held.turn(days=30)
    assert timer.run_due() == 0
    assert (states(outside), len(backend.at(PATH))) == (["exhausted"], 8)


def test_every_try_is_the_same_notification_at_another_time(
    pay: Paid, outside: World, merchant: Merchant, backend: Api, held: HeldClock
) -> None:
    pay()
    held.turn(minutes=4)
    outside.payment_app.notifications.timer.run_due()
    first, second = (form(seen) for seen in backend.at(PATH))
    assert first["notify_id"] == second["notify_id"]
    assert first["notify_time"] != second["notify_time"]
    assert platform_signed(merchant, first)
    assert platform_signed(merchant, second)


def test_a_time_scale_shortens_the_ladder(pay: Paid, outside: World, backend: Api, held: HeldClock) -> None:
    faulty(outside, timeScale=0.001)
    pay()
    held.turn(seconds=0.25)
    assert outside.payment_app.notifications.timer.run_due() == 1


def test_a_dropped_notification_never_leaves_and_comes_once_the_fault_is_gone(
    pay: Paid, outside: World, backend: Api, held: HeldClock
) -> None:
    backend.on("POST", PATH, (200, b"success"))
    faulty(outside, notification={"kind": "dropped"})
    pay()
    assert (outcomes(outside), len(backend.at(PATH))) == (["dropped"], 0)
    faulty(outside)
    held.turn(minutes=4)
    outside.payment_app.notifications.timer.run_due()
    assert (states(outside), len(backend.at(PATH))) == (["delivered"], 1)


def test_a_doubled_notification_comes_twice_as_the_same_bytes(
    pay: Paid, outside: World, backend: Api
) -> None:
    backend.on("POST", PATH, (200, b"success"))
    faulty(outside, notification={"kind": "doubled"})
    pay()
    first, second = backend.at(PATH)
    assert first.body == second.body
    assert states(outside) == ["delivered"]


def test_a_forged_notification_comes_first_and_is_not_the_platforms(
    pay: Paid, outside: World, merchant: Merchant, backend: Api
) -> None:
    backend.on("POST", PATH, (200, b"success"))
    faulty(outside, notification={"kind": "forged"})
    pay()
    assert [platform_signed(merchant, form(seen)) for seen in backend.at(PATH)] == [False, True]
    assert outcomes(outside) == ["forged", "delivered"]


def test_a_late_notification_comes_late(pay: Paid, outside: World, backend: Api, held: HeldClock) -> None:
    backend.on("POST", PATH, (200, b"success"))
    faulty(outside, notification={"kind": "late", "seconds": 30})
    pay()
    assert backend.at(PATH) == []
    held.turn(seconds=30)
    outside.payment_app.notifications.timer.run_due()
    assert (states(outside), len(backend.at(PATH))) == (["delivered"], 1)


def test_reordered_notifications_overtake_each_other(
    pay: Paid, outside: World, merchant: Merchant, backend: Api, held: HeldClock
) -> None:
    backend.on("POST", PATH, (200, b"success"))
    faulty(outside, notification={"kind": "reordered", "seconds": 30})
    pay()
    pay()
    assert backend.at(PATH) == []
    outside.payment_app.notifications.deliver(outside.payment_app.notifications.every()[1].notify_id)
    assert [form(seen)["out_trade_no"] for seen in backend.at(PATH)] == ["ord_1", "ord_0"]


def test_a_refund_is_told_with_its_request(
    pay: Paid, outside: World, merchant: Merchant, backend: Api
) -> None:
    backend.on("POST", PATH, (200, b"success"))
    trade_no = pay()
    wanted = {"trade_no": trade_no, "refund_amount": "10.00", "out_request_no": "r1"}
    merchant.call("alipay.trade.refund", wanted)
    merchant.call("alipay.trade.refund", wanted)
    told = [form(seen) for seen in backend.at(PATH)]
    assert len(told) == 2
    assert (told[1]["out_biz_no"], told[1]["refund_fee"], told[1]["trade_status"]) == (
        "r1",
        "10.00",
        "TRADE_SUCCESS",
    )
    assert platform_signed(merchant, told[1])


def test_a_resent_notification_goes_out_whatever_its_state(pay: Paid, outside: World, backend: Api) -> None:
    backend.on("POST", PATH, (200, b"success"))
    pay()
    notifications = outside.payment_app.notifications
    assert notifications.resend(notifications.every()[0].notify_id)
    assert len(backend.at(PATH)) == 2


def test_an_unreachable_merchant_is_tried_again(
    pay: Paid, outside: World, backend: Api, held: HeldClock
) -> None:
    backend.close()
    pay()
    assert outcomes(outside) == ["unreachable"]
    assert states(outside) == ["waiting"]


def test_what_was_not_delivered_is_taken_up_after_a_restart(
    pay: Paid, outside: World, backend: Api, held: HeldClock
) -> None:
    pay()
    backend.on("POST", PATH, (200, b"success"))
    again = World(Place(outside.place.state, outside.place.authority), held, Inline())
    again.payment_app.notifications.resume()
    held.turn(minutes=4)
    again.payment_app.notifications.timer.run_due()
    assert states(again) == ["delivered"]
    again.close()
