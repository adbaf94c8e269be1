"""Trades as the open platform keeps them: one per order, paid once, refunded once per request."""

from typing import Any

import pytest

from sandbox.origin.routing import Refused
from sandbox.payment_app.accounts import open_id
from sandbox.payment_app.apps import OWN_APP_ID, OWN_SELLER_ID
from sandbox.people import Person
from sandbox.world import Place, World
from tests.sandbox.merchant import Merchant
from tests.sandbox.outside import HeldClock, Inline

CREATE, QUERY, CLOSE, REFUND = (f"alipay.trade.{verb}" for verb in ("create", "query", "close", "refund"))
REFUND_QUERY = "alipay.trade.fastpay.refund.query"


def order(person: Person, **changed: Any) -> dict[str, Any]:
    wanted = {
        "out_trade_no": "ord_1",
        "total_amount": "25.50",
        "subject": "挂号费",
        "buyer_id": person.user_id,
        "seller_id": OWN_SELLER_ID,
        "product_code": "JSAPI_PAY",
        **changed,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def created(merchant: Merchant, person: Person, **changed: Any) -> str:
    return str(merchant.call(CREATE, order(person, **changed))["trade_no"])


def paid(merchant: Merchant, outside: World, person: Person) -> str:
    trade_no = created(merchant, person)
    outside.payment_app.trades.pay(trade_no)
    return trade_no


def refused(merchant: Merchant, method: str, content: dict[str, Any]) -> str:
    node = merchant.call(method, content)
    assert node["code"] == "40004"
    return str(node["sub_code"])


def test_a_repeated_order_is_the_same_trade(merchant: Merchant, person: Person) -> None:
    assert created(merchant, person) == created(merchant, person)


@pytest.mark.parametrize("changed", [{"total_amount": "25.51"}, {"subject": "别的"}, {"body": "b"}])
def test_an_order_number_means_one_order(merchant: Merchant, person: Person, changed: dict[str, Any]) -> None:
    created(merchant, person)
    assert refused(merchant, CREATE, order(person, **changed)) == "ACQ.CONTEXT_INCONSISTENT"


@pytest.mark.parametrize(
    "changed",
    [
        {"total_amount": amount}
        for amount in ("0", "0.00", "-1", "1.234", "01", "1e3", "100000000.01", "", "一元", " 1", "1.")
    ]
    + [
        {"subject": "a=b"},
        {"subject": "a&b"},
        {"subject": "a/b"},
        {"subject": None},
        {"subject": "x" * 257},
        {"out_trade_no": "has space"},
        {"out_trade_no": "x" * 65},
        {"out_trade_no": None},
        {"buyer_id": None},
        {"buyer_id": "2088000000000000"},
        {"buyer_open_id": "nobody"},
        {"time_expire": "tomorrow"},
        {"timeout_express": "5x"},
    ],
)
def test_an_order_that_cannot_be_is_refused(
    merchant: Merchant, outside: World, person: Person, changed: dict[str, Any]
) -> None:
    assert refused(merchant, CREATE, order(person, **changed)) == "ACQ.INVALID_PARAMETER"
    assert outside.payment_app.trades.every() == []


@pytest.mark.parametrize(
    ("text", "fen"), [("0.01", 1), ("1", 100), ("1.5", 150), ("25.50", 2550), ("100000000", 10**10)]
)
def test_yuan_are_counted_in_fen(
    merchant: Merchant, outside: World, person: Person, text: str, fen: int
) -> None:
    assert outside.payment_app.trades.get(created(merchant, person, total_amount=text)).total_fen == fen


def test_another_seller_and_a_useless_notify_url_are_refused(merchant: Merchant, person: Person) -> None:
    assert refused(merchant, CREATE, order(person, seller_id="2088")) == "ACQ.INVALID_RECEIVE_ACCOUNT"
    node = merchant.call(CREATE, order(person), notify_url="ftp://x")
    assert node["sub_code"] == "ACQ.INVALID_PARAMETER"


def test_a_buyer_is_known_by_open_id(merchant: Merchant, outside: World, person: Person) -> None:
    in_app = open_id(OWN_APP_ID, person.user_id)
    trade_no = created(merchant, person, buyer_id=None, buyer_open_id=in_app)
    assert outside.payment_app.trades.get(trade_no).buyer_id == person.user_id


def test_a_query_tells_the_state_and_the_amounts(merchant: Merchant, outside: World, person: Person) -> None:
    trade_no = created(merchant, person)
    before = merchant.call(QUERY, {"out_trade_no": "ord_1"})
    assert (before["trade_status"], before["trade_no"]) == ("WAIT_BUYER_PAY", trade_no)
    outside.payment_app.trades.pay(trade_no)
    after = merchant.call(QUERY, {"trade_no": trade_no})
    assert (after["trade_status"], after["total_amount"]) == ("TRADE_SUCCESS", "25.50")
    assert after["send_pay_date"] == "2026-11-23 10:00:00"


def test_a_trade_is_paid_once(merchant: Merchant, outside: World, person: Person) -> None:
    trade_no = created(merchant, person)
    assert [outside.payment_app.trades.pay(trade_no)[1] for _ in range(2)] == [True, False]
    assert refused(merchant, CREATE, order(person)) == "ACQ.TRADE_HAS_SUCCESS"


def test_a_closed_trade_cannot_be_paid(merchant: Merchant, outside: World, person: Person) -> None:
    trade_no = created(merchant, person)
    assert merchant.call(CLOSE, {"out_trade_no": "ord_1"})["trade_no"] == trade_no
    with pytest.raises(Refused, match="trade-closed"):
        outside.payment_app.trades.pay(trade_no)
    assert refused(merchant, CLOSE, {"trade_no": trade_no}) == "ACQ.TRADE_STATUS_ERROR"
    assert refused(merchant, CREATE, order(person)) == "ACQ.TRADE_HAS_CLOSE"


@pytest.mark.parametrize(
    "terms",
    [{"time_expire": "2026-11-23 10:05:00"}, {"time_expire": "2026-11-23 10:05"}, {"timeout_express": "5m"}],
)
def test_a_trade_closes_when_its_time_is_over(
    merchant: Merchant, outside: World, person: Person, held: HeldClock, terms: dict[str, str]
) -> None:
    trade_no = created(merchant, person, **terms)
    held.turn(minutes=4, seconds=59)
    assert outside.payment_app.trades.get(trade_no).status == "WAIT_BUYER_PAY"
    held.turn(seconds=1)
    assert merchant.call(QUERY, {"trade_no": trade_no})["trade_status"] == "TRADE_CLOSED"


def test_a_refund_request_moves_money_once(merchant: Merchant, outside: World, person: Person) -> None:
    trade_no = paid(merchant, outside, person)
    wanted = {"trade_no": trade_no, "refund_amount": "10.00", "out_request_no": "r1"}
    first, again = merchant.call(REFUND, wanted), merchant.call(REFUND, wanted)
    assert (first["fund_change"], first["refund_fee"]) == ("Y", "10.00")
    assert (again["fund_change"], again["refund_fee"]) == ("N", "10.00")
    other = {**wanted, "refund_amount": "9.00"}
    assert refused(merchant, REFUND, other) == "ACQ.DISCORDANT_REPEAT_REQUEST"


def test_refunds_add_up_to_the_trade_and_then_close_it(
    merchant: Merchant, outside: World, person: Person
) -> None:
    trade_no = paid(merchant, outside, person)
    merchant.call(REFUND, {"trade_no": trade_no, "refund_amount": "10.00", "out_request_no": "r1"})
    assert outside.payment_app.trades.get(trade_no).status == "TRADE_SUCCESS"
    too_much = {"trade_no": trade_no, "refund_amount": "15.51", "out_request_no": "r2"}
    assert refused(merchant, REFUND, too_much) == "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"
    whole = merchant.call(REFUND, {**too_much, "refund_amount": "15.50"})
    assert whole["refund_fee"] == "25.50"
    assert outside.payment_app.trades.get(trade_no).status == "TRADE_CLOSED"


def test_an_unpaid_trade_cannot_be_refunded(merchant: Merchant, person: Person) -> None:
    wanted = {"trade_no": created(merchant, person), "refund_amount": "1.00", "out_request_no": "r1"}
    assert refused(merchant, REFUND, wanted) == "ACQ.TRADE_STATUS_ERROR"


def test_a_refund_that_was_not_received_has_no_status(
    merchant: Merchant, outside: World, person: Person
) -> None:
    asked = {"trade_no": paid(merchant, outside, person), "out_request_no": "r1"}
    assert merchant.call(REFUND_QUERY, asked) == {"code": "10000", "msg": "Success"}
    merchant.call(REFUND, {**asked, "refund_amount": "1.00"})
    assert merchant.call(REFUND_QUERY, asked)["refund_status"] == "REFUND_SUCCESS"


@pytest.mark.parametrize("method", [QUERY, CLOSE, REFUND])
def test_an_unknown_trade_does_not_exist(merchant: Merchant, method: str) -> None:
    content = {"out_trade_no": "none", "refund_amount": "1.00"}
    assert refused(merchant, method, content) == "ACQ.TRADE_NOT_EXIST"


def test_trades_survive_a_restart(
    merchant: Merchant, outside: World, person: Person, held: HeldClock
) -> None:
    trade_no = paid(merchant, outside, person)
    again = World(Place(outside.place.state, outside.place.authority), held, Inline())
    assert again.payment_app.trades.get(trade_no).status == "TRADE_SUCCESS"
    again.close()
