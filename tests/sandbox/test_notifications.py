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
def pay(merchant: Merchant, world: World, person: Person, api: Api) -> Paid:
    """Makes a trade of the next order, pays it and has the notification tried; the trade's number."""

    def pay_one() -> str:
        number = len(world.payment_app.trades.every())
        content = {"out_trade_no": f"ord_{number}", "total_amount": "25.50", "subject": "挂号费 a+b%20"}
        node = merchant.call(
            "alipay.trade.create", {**content, "buyer_id": person.user_id}, notify_url=api.url + PATH
        )
        trade, _ = world.payment_app.trades.pay(node["trade_no"])
        notifications = world.payment_app.notifications
        notify_id = notifications.raise_one(trade)
        notifications.deliver_soon(notify_id)
        return trade.trade_no

    return pay_one


def states(world: World) -> list[str]:
    return [each.state for each in world.payment_app.notifications.every()]


def outcomes(world: World) -> list[str]:
    return [attempt.outcome for each in world.payment_app.notifications.every() for attempt in each.attempts]


def faulty(world: World, **fault: Any) -> None:
    world.faults.set(FaultSet.model_validate(fault))


def test_a_merchant_that_says_success_is_told_once(
    pay: Paid, world: World, api: Api, clock: HeldClock
) -> None:
    api.on("POST", PATH, (200, b"success"))
    pay()
    clock.turn(days=3)
    world.payment_app.notifications.timer.run_due()
    assert (states(world), len(api.at(PATH))) == (["delivered"], 1)


def test_what_it_is_told_is_signed_and_complete(pay: Paid, merchant: Merchant, api: Api) -> None:
    api.on("POST", PATH, (200, b"success"))
    trade_no = pay()
    [seen] = api.at(PATH)
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
def test_anything_but_the_seven_bytes_is_not_success(pay: Paid, world: World, api: Api, body: bytes) -> None:
    api.on("POST", PATH, (200, body))
    pay()
    assert states(world) == ["waiting"]


@pytest.mark.parametrize("status", [201, 302, 401, 500])
def test_success_with_another_status_is_not_success(pay: Paid, world: World, api: Api, status: int) -> None:
    api.on("POST", PATH, (status, b"success"))
    pay()
    assert states(world) == ["waiting"]


def test_the_ladder_is_the_documented_one_and_then_ends(
    pay: Paid, world: World, api: Api, clock: HeldClock
) -> None:
    pay()
    timer = world.payment_app.notifications.timer
    for rung, minutes in enumerate(LADDER_MINUTES, start=1):
        clock.turn(minutes=minutes, seconds=-1)
        assert timer.run_due() == 0
        clock.turn(seconds=1)
        assert timer.run_due() == 1
        assert len(api.at(PATH)) == rung + 1
    clock.turn(days=30)
    assert timer.run_due() == 0
    assert (states(world), len(api.at(PATH))) == (["exhausted"], 8)


def test_every_try_is_the_same_notification_at_another_time(
    pay: Paid, world: World, merchant: Merchant, api: Api, clock: HeldClock
) -> None:
    pay()
    clock.turn(minutes=4)
    world.payment_app.notifications.timer.run_due()
    first, second = (form(seen) for seen in api.at(PATH))
    assert first["notify_id"] == second["notify_id"]
    assert first["notify_time"] != second["notify_time"]
    assert platform_signed(merchant, first)
    assert platform_signed(merchant, second)


def test_a_time_scale_shortens_the_ladder(pay: Paid, world: World, api: Api, clock: HeldClock) -> None:
    faulty(world, timeScale=0.001)
    pay()
    clock.turn(seconds=0.25)
    assert world.payment_app.notifications.timer.run_due() == 1


def test_a_dropped_notification_never_leaves_and_comes_once_the_fault_is_gone(
    pay: Paid, world: World, api: Api, clock: HeldClock
) -> None:
    api.on("POST", PATH, (200, b"success"))
    faulty(world, notification={"kind": "dropped"})
    pay()
    assert (outcomes(world), len(api.at(PATH))) == (["dropped"], 0)
    faulty(world)
    clock.turn(minutes=4)
    world.payment_app.notifications.timer.run_due()
    assert (states(world), len(api.at(PATH))) == (["delivered"], 1)


def test_a_doubled_notification_comes_twice_as_the_same_bytes(pay: Paid, world: World, api: Api) -> None:
    api.on("POST", PATH, (200, b"success"))
    faulty(world, notification={"kind": "doubled"})
    pay()
    first, second = api.at(PATH)
    assert first.body == second.body
    assert states(world) == ["delivered"]


def test_a_forged_notification_comes_first_and_is_not_the_platforms(
    pay: Paid, world: World, merchant: Merchant, api: Api
) -> None:
    api.on("POST", PATH, (200, b"success"))
    faulty(world, notification={"kind": "forged"})
    pay()
    assert [platform_signed(merchant, form(seen)) for seen in api.at(PATH)] == [False, True]
    assert outcomes(world) == ["forged", "delivered"]


def test_a_late_notification_comes_late(pay: Paid, world: World, api: Api, clock: HeldClock) -> None:
    api.on("POST", PATH, (200, b"success"))
    faulty(world, notification={"kind": "late", "seconds": 30})
    pay()
    assert api.at(PATH) == []
    clock.turn(seconds=30)
    world.payment_app.notifications.timer.run_due()
    assert (states(world), len(api.at(PATH))) == (["delivered"], 1)


def test_reordered_notifications_overtake_each_other(
    pay: Paid, world: World, merchant: Merchant, api: Api, clock: HeldClock
) -> None:
    api.on("POST", PATH, (200, b"success"))
    faulty(world, notification={"kind": "reordered", "seconds": 30})
    pay()
    pay()
    assert api.at(PATH) == []
    world.payment_app.notifications.deliver(world.payment_app.notifications.every()[1].notify_id)
    assert [form(seen)["out_trade_no"] for seen in api.at(PATH)] == ["ord_1", "ord_0"]


def test_a_refund_is_told_with_its_request(pay: Paid, world: World, merchant: Merchant, api: Api) -> None:
    api.on("POST", PATH, (200, b"success"))
    trade_no = pay()
    wanted = {"trade_no": trade_no, "refund_amount": "10.00", "out_request_no": "r1"}
    merchant.call("alipay.trade.refund", wanted)
    merchant.call("alipay.trade.refund", wanted)
    told = [form(seen) for seen in api.at(PATH)]
    assert len(told) == 2
    assert (told[1]["out_biz_no"], told[1]["refund_fee"], told[1]["trade_status"]) == (
        "r1",
        "10.00",
        "TRADE_SUCCESS",
    )
    assert platform_signed(merchant, told[1])


def test_a_resent_notification_goes_out_whatever_its_state(pay: Paid, world: World, api: Api) -> None:
    api.on("POST", PATH, (200, b"success"))
    pay()
    notifications = world.payment_app.notifications
    assert notifications.resend(notifications.every()[0].notify_id)
    assert len(api.at(PATH)) == 2


def test_an_unreachable_merchant_is_tried_again(pay: Paid, world: World, api: Api, clock: HeldClock) -> None:
    api.close()
    pay()
    assert outcomes(world) == ["unreachable"]
    assert states(world) == ["waiting"]


def test_what_was_not_delivered_is_taken_up_after_a_restart(
    pay: Paid, world: World, api: Api, clock: HeldClock
) -> None:
    pay()
    api.on("POST", PATH, (200, b"success"))
    again = World(Place(world.place.state, world.place.authority), clock, Inline())
    again.payment_app.notifications.resume()
    clock.turn(minutes=4)
    again.payment_app.notifications.timer.run_due()
    assert states(again) == ["delivered"]
    again.close()
