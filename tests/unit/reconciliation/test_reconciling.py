"""A day's three sides beside each other: what differs becomes a case, and what agrees again closes it."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.payments.model import Legs, Order
from chalicelib.payments.model.bookkeeping import given_back, owed_back
from tests.appointments import Killed, killed_before_call
from tests.bills import BillDesk, Line
from tests.cloud import Cloud
from tests.unit.reconciliation.conftest import Books, line

MORNING, NOON = time(9, 20), time(12)


@pytest.fixture
def day(books: Books) -> date:
    """The day that is reconciled on the next morning."""
    return books.today


def next_morning(books: Books) -> None:
    books.go_to(books.today + timedelta(days=1), MORNING)


def given(books: Books, order: Order, fen: int) -> Order:
    """So much went back, in both books' words."""
    refunding = wiring.payments().refunding
    refunded = refunding._ask(order, fen, "")
    refund = refunded.going_back
    assert refund is not None
    entry = given_back(refunded, refund, refunding.clock())
    returned = refunding._back(refunded, refund.model_copy(update={"cash_back": True}), entry)
    books.cloud.settle()
    return returned


def test_a_day_on_which_all_agree_is_done(books: Books, desk: BillDesk, day: date, cloud: Cloud) -> None:
    order = given(books, books.paid(), 20_00)
    books.charged(order)
    books.charged(order, 20_00, "reverse")
    desk.says(day, line(order), Line(order.id, 20_00, refund=order.refund_request_no))
    next_morning(books)
    (report,) = cloud.invoke("reconcile", {})["reports"]
    assert (report["day"], report["status"], report["differences"], report["open"]) == (
        str(day),
        "complete",
        {},
        0,
    )
    both = {"inCount": 1, "inFen": 50_00, "outCount": 1, "outFen": 20_00}
    assert [report[side] for side in ("ledger", "platform", "owed", "hospitals")] == [both] * 4
    assert report["feesFen"] == 12
    assert report["accounts"]["clearing:payment-app"] == 30_00
    assert books.cases() == {}
    assert cloud.invoke("reconcile", {}) == {"reports": []}


def test_each_side_is_compared_with_its_own_legs(books: Books, desk: BillDesk, day: date) -> None:
    mixed = books.paid(Legs(gov=30_00, acct=5_00, cash=15_00))
    insured = books.paid(Legs(gov=40_00, other=1_00))
    for order in (mixed, insured):
        books.charged(order)
    desk.says(day, line(mixed))
    next_morning(books)
    report = books.reconciled(day)
    assert report.settled
    assert (report.ledger.in_fen, report.owed.in_fen) == (15_00, 91_00)
    assert report.accounts["receivable:gov"] == 70_00


def test_every_difference_is_a_case_that_closes_by_itself_when_it_is_gone(
    books: Books, desk: BillDesk, day: date
) -> None:
    dropped, altered, untold, overcharged = (books.paid() for _ in range(4))
    for order in (dropped, altered):
        books.charged(order)
    books.charged(overcharged, 51_00)
    desk.says(day, *(line(each) for each in (untold, overcharged)), Line(altered.id, 1), Line("x-1", 7))
    next_morning(books)
    report = books.reconciled(day)
    assert books.cases() == {
        f"{day}.platform.missing-at-platform.in.{dropped.id}": "missing-at-platform",
        f"{day}.platform.amount-differs.in.{altered.id}": "amount-differs",
        f"{day}.platform.missing-in-ledger.in.x-1": "missing-in-ledger",
        f"{day}.hospital.{untold.payee}.missing-at-hospital.in.{untold.id}": "missing-at-hospital",
        f"{day}.hospital.{untold.payee}.amount-differs.in.h-{overcharged.id[-8:]}-charge": "amount-differs",
    }
    assert (report.open, sum(report.differences.values())) == (5, 5)
    before = books.cloud.items()
    books.reconciled(day)
    assert books.cloud.items() == before
    desk.says(day, *(line(each) for each in (dropped, altered, untold, overcharged)))
    books.go_to(day, NOON)
    books.charged(untold)
    books.go_to(day + timedelta(days=1), time(15))
    report = books.reconciled(day)
    assert (list(books.cases().values()), report.open) == (["amount-differs"], 1)


def test_what_a_human_closed_stays_closed_and_the_day_is_done(
    books: Books, desk: BillDesk, day: date
) -> None:
    desk.says(day, Line("x-1", 7))
    next_morning(books)
    assert books.reconciled(day).open == 1
    (case,) = books.cases()
    wiring.cases().close(case, "op-1", "another shop of the same seller")
    report = books.reconciled(day)
    assert (report.open, report.differences, report.settled) == (0, {"missing-in-ledger": 1}, True)


def test_an_order_that_was_never_paid_here_differs_in_its_state(
    books: Books, desk: BillDesk, day: date
) -> None:
    order = books.paid()
    books.charged(order)
    desk.says(day, line(order), Line(order.id, 5, refund=order.refund_request_no))
    next_morning(books)
    books.reconciled(day)
    assert list(books.cases().values()) == ["missing-in-ledger"]
    wiring.payments().refunding._ask(order, 5, "")
    books.reconciled(day)
    assert list(books.cases().values()) == ["state-differs"]


def test_a_hospital_says_nothing_of_a_prepayment_that_waits_for_a_slot(
    books: Books, desk: BillDesk, day: date
) -> None:
    waiting = books.paid(about="wle_01JAWAITING000000000000000")
    desk.says(day, line(waiting))
    next_morning(books)
    assert books.reconciled(day).settled


# -- midnight
def test_a_trade_before_midnight_whose_notification_came_after_is_no_difference(
    books: Books, desk: BillDesk, day: date
) -> None:
    books.go_to(day + timedelta(days=1), time(0, 4))
    order = books.paid()
    books.charged(order)
    desk.says(day, Line(order.id, 50_00, at="23:59:59"))
    desk.says(day + timedelta(days=1))
    for number in range(2):
        books.go_to(day + timedelta(days=1 + number), MORNING)
        report = books.reconciled(day + timedelta(days=number))
        assert (report.differences, report.shifted, report.settled) == ({}, 1, True)


def test_an_entry_just_before_midnight_waits_for_the_next_days_bill(
    books: Books, desk: BillDesk, day: date, cloud: Cloud
) -> None:
    books.go_to(day, time(23, 59))
    order = books.paid()
    books.charged(order)
    desk.says(day)
    next_morning(books)
    report = books.reconciled(day)
    assert (report.carried, report.differences, report.settled) == (1, {}, False)
    desk.says(day + timedelta(days=1), Line(order.id, 50_00, at="00:00:01"))
    books.go_to(day + timedelta(days=2), MORNING)
    assert [each["day"] for each in cloud.invoke("reconcile", {})["reports"]] == [
        str(day),
        str(day + timedelta(days=1)),
    ]
    assert books.cases() == {}
    assert books.reconciled(day).settled


def test_what_the_next_bill_does_not_tell_either_is_a_difference_in_the_end(
    books: Books, desk: BillDesk, day: date
) -> None:
    books.go_to(day, time(23, 59))
    books.charged(books.paid())
    for ahead in range(2):
        desk.says(day + timedelta(days=ahead))
    books.go_to(day + timedelta(days=2), MORNING)
    assert books.reconciled(day).differences == {"missing-at-platform": 1}


# -- the bill is late, or no bill at all
def test_a_bill_that_is_not_there_yet_is_never_a_day_without_trades(
    books: Books, desk: BillDesk, day: date, cloud: Cloud
) -> None:
    order = books.paid()
    books.charged(order)
    next_morning(books)
    (report,) = cloud.invoke("reconcile", {})["reports"]
    assert (report["status"], report["differences"]) == ("waiting", {})
    assert books.cases() == {}
    books.go_to(day + timedelta(days=4), MORNING)
    cloud.invoke("reconcile", {"day": str(day)})
    assert list(books.cases().values()) == ["bill-missing"]
    desk.says(day, line(order))
    assert books.reconciled(day).settled
    assert books.cases() == {}


def test_an_unreadable_bill_is_a_case_until_it_can_be_read(books: Books, desk: BillDesk, day: date) -> None:
    desk.archives[str(day)] = b"PK"
    next_morning(books)
    assert books.reconciled(day).status == "unreadable"
    assert list(books.cases().values()) == ["bill-unreadable"]
    desk.says(day)
    assert books.reconciled(day).settled
    assert books.cases() == {}


def test_a_bill_that_is_gone_again_takes_nothing_back(books: Books, desk: BillDesk, day: date) -> None:
    desk.says(day, Line("x-1", 7))
    next_morning(books)
    first = books.reconciled(day)
    desk.archives.clear()
    assert books.reconciled(day) == first
    assert list(books.cases().values()) == ["missing-in-ledger"]


def test_the_schedule_goes_back_to_unfinished_days_and_not_before_the_first(
    books: Books, desk: BillDesk, day: date, cloud: Cloud
) -> None:
    next_morning(books)
    assert [each["day"] for each in cloud.invoke("reconcile", {})["reports"]] == [str(day)]
    for ahead in range(4):
        desk.says(day + timedelta(days=ahead))
    books.go_to(day + timedelta(days=4), MORNING)
    ran = [each["day"] for each in cloud.invoke("reconcile", {})["reports"]]
    assert ran == [str(day + timedelta(days=ahead)) for ahead in range(4)]
    assert cloud.invoke("reconcile", {})["reports"] == []


def test_trouble_with_one_day_does_not_keep_another_from_its_own(
    books: Books, desk: BillDesk, day: date, cloud: Cloud
) -> None:
    next_morning(books)
    books.reconciled(day)
    for ahead in range(2):
        desk.says(day + timedelta(days=ahead))
    books.go_to(day + timedelta(days=2), MORNING)
    desk.archives[str(day)] = b"x" * 10
    desk.refused = {str(day)}
    with pytest.raises(ExceptionGroup):
        cloud.invoke("reconcile", {})
    kept = wiring.reconciling().reports.find(day + timedelta(days=1))
    assert kept is not None
    assert kept.settled


def test_every_scheduled_run_counts_what_waits_for_a_human(
    books: Books, desk: BillDesk, day: date, cloud: Cloud, log_lines: Callable[[], str]
) -> None:
    desk.says(day)
    next_morning(books)
    for expected in (0, 3, 2):
        for number in range(expected):
            wiring.cases().open(f"c-{number}", "TEST", "something-wrong")
        log_lines()
        cloud.invoke("reconcile", {})
        assert f'"OpenCases":[{expected}.0]' in log_lines().replace(" ", "")
        wiring.cases().settle("c-2", "it is well again")


@pytest.mark.parametrize("asked", ["2026-02-30", "yesterday", "2999-01-01", 20261122, None])
def test_what_is_wrong_with_the_day_is_an_answer(desk: BillDesk, cloud: Cloud, asked: Any) -> None:
    assert cloud.invoke("reconcile", {"day": asked})["code"] == "payload-invalid"


# -- crashes
def test_kinds_are_told_as_they_are(books: Books, desk: BillDesk, day: date, cloud: Cloud) -> None:
    desk.says(day, Line("x-1", 7))
    next_morning(books)
    (report,) = cloud.invoke("reconcile", {"day": str(day)})["reports"]
    assert report["differences"] == {"missing-in-ledger": 1}


def test_a_run_that_dies_before_any_call_is_made_whole_by_the_next(
    books: Books, desk: BillDesk, day: date
) -> None:
    gone, dropped = books.paid(), books.paid()
    for order in (gone, dropped):
        books.charged(order)
    desk.says(day, Line("x-1", 7))
    next_morning(books)
    books.reconciled(day)
    desk.says(day, line(gone), Line("x-2", 8))
    for number in range(60):
        calls: list[str] = []
        try:
            with killed_before_call(number, calls):
                report = books.reconciled(day)
            break
        except Killed:
            continue
    assert sorted(books.cases()) == [
        f"{day}.platform.missing-at-platform.in.{dropped.id}",
        f"{day}.platform.missing-in-ledger.in.x-2",
    ]
    assert report.open == 2
    assert wiring.reconciling().reports.marks(day) == set(books.cases())


def test_entries_name_the_movements_that_are_compared(books: Books) -> None:
    """The reconciliation takes numbers from entries' ids: whoever names entries otherwise breaks it here."""
    order = books.paid(Legs(gov=10, cash=20))
    asked = wiring.payments().refunding._ask(order, 15, "")
    refund = asked.going_back
    assert refund is not None
    entries = [owed_back(order, refund, books.clock()), given_back(order, refund, books.clock())]
    assert [each.id.rpartition(":")[0] for each in entries if each] == [refund.number] * 2
