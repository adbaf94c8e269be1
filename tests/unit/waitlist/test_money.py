"""What is prepaid: it opens the place in the queue, and goes back wherever nothing came of it."""

from datetime import timedelta

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from chalicelib.errors import Invalid
from chalicelib.waitlist.errors import (
    AlreadyWaiting,
    EntryNotOpen,
    EntryUnknown,
    NoClinic,
    SlotsFree,
    TooManyEntries,
)
from chalicelib.waitlist.model.entry import MOST_ENTRIES
from chalicelib.waitlist.service.waiting import Wish
from tests.appointments import Patient, a_session, clinic_of, notify, published
from tests.clock import HeldClock
from tests.waitlist import Lobby, got, seen, the_day

Full = tuple[Session, str]


def kinds(who: Patient) -> list[str]:
    """What somebody was told, the latest first."""
    return [each.kind for each in wiring.notices().list_own(who.citizen.id, 100, None)[0]]


def test_whoever_withdraws_has_the_money_back_and_cannot_be_matched(
    lobby: Lobby, full: Full, patient: Patient, other: Patient
) -> None:
    session, appointment_id = full
    entry = lobby.enters(other, session)
    order = lobby.prepays(other, entry)
    assert wiring.prepaying().withdraw(other.citizen, entry.id).status == "withdrawn"
    assert wiring.prepaying().withdraw(other.citizen, entry.id).status == "withdrawn"
    lobby.cancels(patient, appointment_id)
    assert lobby.till.refunded(order)
    assert clinic_of(session).seen.people == {}
    assert {"waitlist-joined", "waitlist-withdrawn", "payment-refunded"} == set(kinds(other))


def test_the_deadline_ends_the_waiting_and_gives_the_money_back(
    lobby: Lobby, full: Full, patient: Patient, other: Patient
) -> None:
    session, appointment_id = full
    entry = lobby.enters(other, session)
    order = lobby.prepays(other, entry)
    lobby.clock.turn(hours=1)
    lobby.cloud.sweep()
    lobby.cancels(patient, appointment_id)
    assert seen(other, entry).status == "unfulfilled"
    assert lobby.till.refunded(order)
    assert "waitlist-unfulfilled" in kinds(other)
    with pytest.raises(EntryNotOpen):
        wiring.prepaying().withdraw(other.citizen, entry.id)


def test_nobody_is_matched_after_the_deadline_though_no_sweep_has_come(
    lobby: Lobby, full: Full, patient: Patient, other: Patient
) -> None:
    session, appointment_id = full
    entry = lobby.waits(other, session)
    lobby.clock.turn(hours=1)
    lobby.cancels(patient, appointment_id)
    assert seen(other, entry).status == "active"


def test_whoever_pays_too_late_has_the_money_back(lobby: Lobby, full: Full, other: Patient) -> None:
    session, _ = full
    entry = lobby.enters(other, session)
    order = wiring.prepaying().pay(other.citizen, entry.id)
    lobby.till.trades[order.id]["trade_status"] = "TRADE_CLOSED"
    lobby.clock.turn(minutes=11)
    with pytest.raises(EntryNotOpen):
        wiring.prepaying().pay(other.citizen, entry.id)
    lobby.cloud.sweep()
    assert seen(other, entry).status == "lapsed"
    with pytest.raises(EntryNotOpen):
        wiring.prepaying().pay(other.citizen, entry.id)
    notify(lobby.api, lobby.till.pay(order))
    lobby.cloud.settle()
    assert lobby.till.refunded(order)
    assert kinds(other) == ["payment-refunded"]


def test_a_payment_of_the_last_moment_whose_news_is_slow_counts(
    lobby: Lobby, full: Full, other: Patient
) -> None:
    session, _ = full
    entry = lobby.enters(other, session)
    order = wiring.prepaying().pay(other.citizen, entry.id)
    lobby.till.pay(order)
    lobby.clock.turn(minutes=11)
    lobby.cloud.sweep()
    assert seen(other, entry).status == "active"


def test_a_payment_that_comes_after_withdrawing_goes_back(lobby: Lobby, full: Full, other: Patient) -> None:
    session, _ = full
    entry = lobby.enters(other, session)
    order = wiring.prepaying().pay(other.citizen, entry.id)
    lobby.till.down = True
    assert wiring.prepaying().withdraw(other.citizen, entry.id).status == "withdrawn"
    lobby.till.down = False
    notify(lobby.api, lobby.till.pay(order))
    lobby.cloud.settle()
    assert lobby.till.refunded(order)


def test_the_appointment_of_the_waitlist_has_one_payment(
    lobby: Lobby, full: Full, patient: Patient, other: Patient
) -> None:
    session, appointment_id = full
    entry = lobby.enters(other, session)
    order = lobby.prepays(other, entry)
    lobby.cancels(patient, appointment_id)
    assert other.pay(got(other, entry).id).id == order.id
    lobby.cancels(other, got(other, entry).id)
    assert lobby.till.refunded(order)
    assert seen(other, entry).status == "fulfilled"


def test_nobody_waits_where_slots_are_free_or_twice_or_for_nothing(
    lobby: Lobby, full: Full, other: Patient, clock: HeldClock
) -> None:
    session, _ = full
    lobby.enters(other, session)
    with pytest.raises(AlreadyWaiting):
        lobby.enters(other, session)
    with pytest.raises(NoClinic):
        lobby.enters(other, session, practitioner_id="prc_nobody")
    with pytest.raises(Invalid):
        lobby.enters(other, session, hours=100)
    with pytest.raises(Invalid):
        lobby.enters(other, session, hours=0)
    published(a_session(clock, doctor="B"))
    with pytest.raises(SlotsFree):
        lobby.enters(other, session)


def test_a_person_stands_in_a_few_queues_and_may_enter_again_once_one_is_over(
    lobby: Lobby, patient: Patient, other: Patient, clock: HeldClock
) -> None:
    base = a_session(clock, places=1)
    days = [base.model_copy(update={"starts_at": base.starts_at + timedelta(days=n)}) for n in range(6)]
    for each in days:
        patient.hold(published(each), 0)
    lobby.cloud.settle()
    entries = [lobby.enters(other, each) for each in days[:MOST_ENTRIES]]
    with pytest.raises(TooManyEntries):
        lobby.enters(other, days[5])
    wiring.prepaying().withdraw(other.citizen, entries[0].id)
    assert lobby.enters(other, days[0]).status == "pending-payment"


def test_nobody_sees_or_leaves_for_somebody_else(
    lobby: Lobby, full: Full, patient: Patient, other: Patient
) -> None:
    session, _ = full
    entry = lobby.waits(other, session)
    with pytest.raises(EntryUnknown):
        wiring.waiting().get(patient.citizen, entry.id)
    with pytest.raises(EntryUnknown):
        wiring.prepaying().withdraw(patient.citizen, entry.id)
    with pytest.raises(EntryUnknown):
        wiring.prepaying().pay(patient.citizen, entry.id)


def test_the_chance_counts_what_came_back_as_long_before_its_day_as_it_is_now(
    lobby: Lobby, full: Full, patient: Patient, other: Patient, third: Patient, clock: HeldClock
) -> None:
    """Only ends of booked appointments: a hold that nobody paid was never sold."""
    session, _ = full
    elsewhere = [published(a_session(clock, places=1, doctor=name)) for name in "BC"]
    bought = lobby.books(other, elsewhere[0])
    third.hold(elsewhere[1], 0)
    lobby.cancels(other, bought)
    clock.turn(minutes=11)
    lobby.cloud.sweep()
    day, soon = the_day(session), clock() + timedelta(hours=1)
    own = session.practitioner_id
    assert wiring.chances().estimate(day, own, soon)[0].returned_lately == 0
    clock.turn(minutes=-20)
    found = wiring.chances().estimate(day, own, soon)[0]
    assert (found.returned_lately, found.free_slots, found.ahead, found.fee_fen) == (1, 0, 0, 50_00)
    assert (found.percent, found.word) == (1, "low")


def test_the_deadline_may_be_the_last_slot_of_the_day(
    lobby: Lobby, clock: HeldClock, patient: Patient, other: Patient
) -> None:
    session = published(a_session(clock, places=2))
    patient.hold(session, 0)
    other.hold(session, 1)
    lobby.cloud.settle()
    wish = Wish(the_day(session), session.starts_of(1))
    entry, _ = wiring.waiting().enter(other.citizen, wish, other.card.id)
    assert entry.latest_fulfilment_at == session.starts_of(1)


@pytest.mark.parametrize("served", [True, False])
def test_a_day_that_costs_nothing_is_waited_for_without_a_trade(
    lobby: Lobby, clock: HeldClock, patient: Patient, other: Patient, *, served: bool
) -> None:
    session = published(a_session(clock, places=1).model_copy(update={"fee_fen": 0}))
    held = patient.hold(session, 0)
    lobby.cloud.settle()
    entry = lobby.enters(other, session)
    assert wiring.prepaying().pay(other.citizen, entry.id).status == "paid"
    lobby.cloud.settle()
    assert seen(other, entry).status == "active"
    if served:
        lobby.cancels(patient, held.id)
        assert got(other, entry).status == "booked"
        lobby.cancels(other, got(other, entry).id)
    else:
        wiring.prepaying().withdraw(other.citizen, entry.id)
        lobby.cloud.settle()
    order = wiring.payments().find(entry.order_id)
    assert order is not None
    assert order.status == "refunded"
    assert lobby.till.trades == {}
