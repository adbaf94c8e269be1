"""Money on the wire and within, and the algebra of an order's legs."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.payments.model import TRANSITIONS, Legs, Order, Refund, Status, fen, yuan
from chalicelib.payments.model.legs import NAMES
from chalicelib.types import new_id
from tests.clock import HeldClock
from tests.insurer import an_insurance

RefundStatus = Literal["asked", "returned", "stuck"]
MONEY = st.integers(0, 10_000_000_00)


@given(MONEY)
def test_yuan_have_two_decimals_and_come_back_as_fen(amount: int) -> None:
    assert fen(yuan(amount)) == amount


@pytest.mark.parametrize("text", ["", "1", "1.0", "1.000", "01.00", "-1.00", "1,00", " 1.00", "1e2", "1.0０"])
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="two decimals"):
        fen(text)


@given(st.tuples(MONEY, MONEY, MONEY, MONEY), st.integers(-3, 3))
def test_an_order_whose_legs_do_not_add_up_cannot_be_made(
    parts: tuple[int, int, int, int], error: int
) -> None:
    legs = Legs(
        **{name: part // 4 for name, part in zip(("gov", "acct", "other", "cash"), parts, strict=True)}
    )
    total = legs.total + error

    def make() -> Order:
        return Order(
            id="ord_1",
            about="apt_1",
            citizen_id="ctz_1",
            subject="挂号费",
            total_fen=total,
            legs=legs,
            pay_by=HeldClock()(),
            insurance=an_insurance("quoted") if legs.insured else None,
        )

    if error:
        with pytest.raises(ValidationError):
            make()
    else:
        assert make().total_fen == legs.total


def test_a_refund_has_one_request_number_of_its_own() -> None:
    order_id = new_id("ord", HeldClock()())
    order = Order(
        id=order_id, about="a", citizen_id="c", subject="s", total_fen=0, legs=Legs(), pay_by=HeldClock()()
    )
    assert order.refund_request_no == order_id.replace("ord_", "rfd_")


def test_money_that_came_in_never_leads_back_to_an_open_order() -> None:
    after_money = {"paid", "late_paid", "refunding", "partially_refunded", "refunded", "refund_stuck"}
    for allowed, status in TRANSITIONS.values():
        if status not in after_money:
            assert not after_money & set(allowed)


@pytest.mark.parametrize(
    ("status", "states"),
    [
        ("created", ["created", "none", "none", "created"]),
        ("paying", ["created", "none", "none", "created"]),
        ("closed", ["fail", "none", "none", "fail"]),
        ("paid", ["success", "none", "none", "success"]),
        ("partially_refunded", ["refund", "none", "none", "success"]),
    ],
)
def test_each_leg_stands_as_its_order_and_refunds_say(status: Status, states: list[str]) -> None:
    order = mixed(status, {"r": a_refund(100)} if status == "partially_refunded" else {})
    assert [order.leg_state(leg) for leg in NAMES] == states


@pytest.mark.parametrize(
    ("status", "refunds"),
    [
        ("paid", [("returned", 10)]),
        ("refunded", [("returned", 10)]),
        ("refunded", []),
        ("partially_refunded", [("returned", 100), ("returned", 50)]),
        ("refunding", [("stuck", 10)]),
        ("refunding", [("asked", 10), ("asked", 10)]),
        ("refunding", [("returned", 100), ("asked", 51)]),
    ],
)
def test_an_order_that_does_not_follow_from_its_refunds_cannot_be_made(
    status: Status, refunds: list[tuple[RefundStatus, int]]
) -> None:
    """The legs are 100 in cash and 50 from the pooled fund."""
    with pytest.raises(ValidationError):
        mixed(status, {str(n): a_refund(amount, state) for n, (state, amount) in enumerate(refunds)})


def a_refund(amount: int, status: RefundStatus = "returned") -> Refund:
    legs = Legs(cash=min(amount, 100), gov=max(0, amount - 100))
    return Refund(number="r", amount_fen=amount, legs=legs, status=status, asked_at=0)


def mixed(status: Status, refunds: dict[str, Refund]) -> Order:
    return Order(
        id="ord_1",
        about="apt_1",
        citizen_id="ctz_1",
        subject="s",
        total_fen=150,
        legs=Legs(cash=100, gov=50),
        pay_by=HeldClock()(),
        status=status,
        refunds=refunds,
        insurance=an_insurance("quoted" if status in {"created", "paying", "closed"} else "settled"),
    )
