"""The platform's daily bill: what it says of the trades, when it is there, and what a fault makes of it."""

import io
from datetime import date
from typing import Any

import pytest

from chalicelib.reconciliation.bills import _lines
from chalicelib.reconciliation.model.bill import Bill
from sandbox.faults import FaultSet
from sandbox.origin.routing import Refused
from sandbox.payment_app.apps import OWN_SELLER_ID
from sandbox.people import Person
from sandbox.world import World
from tests.sandbox.merchant import Merchant
from tests.sandbox.outside import HeldClock
from tests.sandbox.test_trades import REFUND, paid

QUERY = "alipay.data.dataservice.bill.downloadurl.query"
TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)
"""The held clock's days: it starts at ten in the morning in Beijing."""


def asked(merchant: Merchant, day: date | str = TODAY) -> dict[str, Any]:
    return merchant.call(QUERY, {"bill_type": "trade", "bill_date": str(day)})


def fetched(merchant: Merchant, outside: World, day: date = TODAY) -> bytes:
    token = asked(merchant, day)["bill_download_url"].rpartition("/")[2]
    return outside.payment_app.bills.fetch(token)


def told(merchant: Merchant, outside: World, day: date = TODAY) -> dict[tuple[str, str], int]:
    """The bill as the service reads it."""
    archive = io.BytesIO(fetched(merchant, outside, day))
    movements = Bill(OWN_SELLER_ID, day).movements(_lines(archive))
    return {each.key: each.amount_fen for each in movements}


@pytest.fixture
def traded(merchant: Merchant, outside: World, person: Person, held: HeldClock) -> str:
    """A trade of today, half of it given back tomorrow; it is the day after."""
    trade_no = paid(merchant, outside, person)
    held.turn(days=1)
    merchant.call(REFUND, {"out_trade_no": "ord_1", "refund_amount": "12.00", "out_request_no": "rfd_1"})
    held.turn(days=1)
    return trade_no


def faulty(outside: World, **bill: Any) -> None:
    outside.faults.set(FaultSet.model_validate({"bill": bill}))


def test_each_day_has_what_was_finished_on_it(traded: str, merchant: Merchant, outside: World) -> None:
    assert told(merchant, outside) == {("in", "ord_1"): 25_50}
    assert told(merchant, outside, TOMORROW) == {("out", "rfd_1"): 12_00}


def test_a_day_that_is_not_over_has_no_bill(merchant: Merchant, outside: World, person: Person) -> None:
    paid(merchant, outside, person)
    assert asked(merchant)["sub_code"] == "isp.bill_not_exist"
    assert asked(merchant, TOMORROW)["sub_code"] == "isp.bill_not_exist"
    faulty(outside, early=True)
    assert told(merchant, outside) == {("in", "ord_1"): 25_50}


@pytest.mark.parametrize("day", ["2026-11", "tomorrow", "2026-02-30"])
def test_only_days_have_bills(merchant: Merchant, day: str) -> None:
    assert asked(merchant, day)["sub_code"] == "isv.invalid-arguments"


def test_an_address_ends_after_thirty_seconds(
    traded: str, merchant: Merchant, outside: World, held: HeldClock
) -> None:
    token = asked(merchant)["bill_download_url"].rpartition("/")[2]
    held.turn(seconds=31)
    with pytest.raises(Refused):
        outside.payment_app.bills.fetch(token)


def test_a_fault_drops_alters_and_adds_lines(traded: str, merchant: Merchant, outside: World) -> None:
    faulty(outside, drop=["ord_1"], add=[{"orderNo": "ord_9", "requestNo": "rfd_9", "amountFen": 7}])
    assert told(merchant, outside) == {("out", "rfd_9"): 7}
    faulty(outside, alter={"ord_1": 1, "rfd_1": 2})
    assert told(merchant, outside) == {("in", "ord_1"): 1}
    assert told(merchant, outside, TOMORROW) == {("out", "rfd_1"): 2}
    faulty(outside, absent=True)
    assert asked(merchant)["sub_code"] == "isp.bill_not_exist"
