"""One person, one day, all sessions: how many appointments, and what a crash leaves over."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.appointments.errors import AlreadyRegistered, Barred, SlotTaken, TooManyAppointments
from chalicelib.appointments.model.claims import HOLD_LIFE
from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.model.limits import Day, Entry
from chalicelib.appointments.model.places import Hold
from chalicelib.appointments.service.booking import Booking
from chalicelib.appointments.service.limiting import day_of
from chalicelib.appointments.service.rush import SoldOut
from chalicelib.appointments.store.limits import LimitStore, Seen
from chalicelib.appointments.store.sanctions import SanctionStore
from chalicelib.platform.dynamo import ABSENT, commit
from chalicelib.types import CHINA
from tests.api import Api
from tests.appointments import (
    Killed,
    Patient,
    Till,
    a_patient,
    a_session,
    clinic_of,
    killed_before_call,
    notify,
    place_of,
    published,
)
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp

FINGERS = 8
"""Devices of one person that ask at once; each claims, and all but one give back."""
ENTRIES = st.lists(st.builds(Entry, st.integers(0, (1 << 40) - 1), st.integers(1, 10**13)), max_size=6)


@given(ENTRIES, st.integers(0, 10**13))
def test_a_day_comes_back_from_its_text(entries: list[Entry], ended: int) -> None:
    day = Day(tuple(entries), ended)
    assert Day.parse(day.text) == day


@given(ENTRIES, st.integers(0, 10**13), st.integers(0, 10**13))
def test_a_fresh_end_was_never_there_before(entries: list[Entry], ended: int, until: int) -> None:
    fresh = Day(tuple(entries), ended).fresh(until)
    assert fresh >= until
    assert fresh not in {ended, *(each.until_ms for each in entries)}


def sessions(clock: HeldClock, number: int) -> list[Session]:
    return [published(a_session(clock, doctor=doctor)) for doctor in "ABCDEFGH"[:number]]


def text_of(patient: Patient, session: Session) -> str:
    seen = wiring.booking().limiting.store.find(patient.card.person_id)
    return seen.days.get(day_of(place_of(session, 0).starts_ms), "")


def test_the_fourth_appointment_of_a_day_is_refused_and_the_next_day_is_another(
    patient: Patient, clock: HeldClock
) -> None:
    *three, fourth = sessions(clock, 4)
    for each in three:
        patient.hold(each, 0)
    with pytest.raises(TooManyAppointments):
        patient.hold(fourth, 0)
    clock.turn(minutes=24 * 60)
    patient.hold(published(a_session(clock, doctor="Z")), 0)


def test_a_refused_hold_claims_nothing(session: Session, patient: Patient, other: Patient) -> None:
    other.hold(session, 3)
    with pytest.raises(SlotTaken):
        patient.hold(session, 3)
    assert text_of(patient, session) == ""
    patient.hold(session, 4)
    with pytest.raises(AlreadyRegistered):
        patient.hold(session, 5)
    assert len(Day.parse(text_of(patient, session)).entries) == 1


def test_whoever_is_slower_than_all_their_other_fingers_holds_all_the_same(
    session: Session, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, on = LimitStore.write, day_of(place_of(session, 3).starts_ms)
    to_come = list(range(1, 2 * FINGERS - 1))

    def overtaken(store: LimitStore, person_id: str, days: Mapping[date, Day], seen: Seen) -> Seen:
        if to_come:
            write(store, person_id, {on: Day((), ended_ms=to_come.pop(0))}, store.find(person_id))
        return write(store, person_id, days, seen)

    monkeypatch.setattr(LimitStore, "write", overtaken)
    patient.hold(session, 3)
    assert not to_come
    assert len(Day.parse(text_of(patient, session)).entries) == 1


def test_asking_again_claims_nothing_more(session: Session, patient: Patient) -> None:
    held = patient.hold(session, 3)
    assert patient.hold(session, 3).id == held.id
    assert len(Day.parse(text_of(patient, session)).entries) == 1


def test_a_cancelled_appointment_makes_room(
    patient: Patient, clock: HeldClock, cloud: Cloud, payment_app: PaymentApp
) -> None:
    *three, fourth = sessions(clock, 4)
    held = [patient.hold(each, 0) for each in three]
    patient.cancel(held[1].id)
    patient.hold(fourth, 0)


def test_holding_again_in_the_same_millisecond_is_another_appointment(
    session: Session, patient: Patient
) -> None:
    first = patient.hold(session, 3)
    patient.cancel(first.id)
    second = patient.hold(session, 3)
    assert second.id != first.id
    assert patient.sees(second.id).status == "pending"
    assert patient.sees(first.id).status == "cancelled"


def test_a_payment_that_comes_after_its_day_was_filled_goes_back(
    patient: Patient, clock: HeldClock, cloud: Cloud, till: Till, api: Api
) -> None:
    first, *others = sessions(clock, 4)
    order = patient.pay(patient.hold(first, 0).id)
    told = till.pay(order)
    clock.turn(minutes=11)
    for each in others:
        till.pay(patient.pay(patient.hold(each, 0).id))
    notify(api, told)
    cloud.settle()
    assert till.refunded(order)
    assert patient.sees(order.about).status == "cancelled"
    assert clinic_of(first).seen.slots == {}


@pytest.mark.parametrize("held", [2, 1])
def test_a_payment_that_comes_late_counts_on_its_day_if_there_is_room(
    patient: Patient, clock: HeldClock, cloud: Cloud, till: Till, api: Api, held: int
) -> None:
    first, *others = sessions(clock, 1 + held)
    order = patient.pay(patient.hold(first, 0).id)
    told = till.pay(order)
    clock.turn(minutes=11)
    for each in others:
        patient.hold(each, 0)
    notify(api, told)
    cloud.settle()
    assert patient.sees(order.about).status == "booked"
    assert len(Day.parse(text_of(patient, first)).entries) == 1 + held


@pytest.mark.parametrize("call", range(4))
def test_what_a_crash_leaves_over_is_found_out_at_the_limit(
    patient: Patient, clock: HeldClock, call: int
) -> None:
    *three, fourth = sessions(clock, 4)
    wiring.policies().of("")
    for each in three:
        with suppress(Killed), killed_before_call(call, []):
            patient.hold(each, 0)
    standing = sum(bool(clinic_of(each).seen.slots) for each in three)
    clock.turn(minutes=1)
    if standing == len(three):
        with pytest.raises(TooManyAppointments):
            patient.hold(fourth, 0)
    else:
        patient.hold(fourth, 0)


def test_a_barred_person_holds_nothing_until_the_bar_ends(
    session: Session, patient: Patient, clock: HeldClock
) -> None:
    limiting = wiring.booking().limiting
    until = int(clock().timestamp()) + 60
    key = {"pk": f"PERSON#{patient.card.person_id}", "sk": "BOOKINGS"}
    bar = limiting.store.table.update(
        key, Barred(), expect={"barred_until": ABSENT}, assign={"barred_until": until}
    )
    commit(bar)
    with pytest.raises(Barred):
        patient.hold(session, 3)
    clock.turn(minutes=1)
    patient.hold(session, 3)


def test_a_full_session_refuses_from_memory_for_a_second_and_never_its_own_people(
    patient: Patient, other: Patient, clock: HeldClock, payment_app: PaymentApp
) -> None:
    small = published(a_session(clock, places=1, at=time(13, 30)))
    third = a_patient(payment_app, clock)
    held = patient.hold(small, 0)
    with pytest.raises(SlotTaken):
        other.hold(small, 0)
    calls: list[str] = []
    with killed_before_call(99, calls), pytest.raises(SlotTaken):
        third.hold(small, 0)
    assert calls == ["GetItem"]
    assert patient.hold(small, 0).id == held.id
    hold = Hold.parse(held.id)
    assert hold is not None
    wiring.booking().clinics.release(hold)
    clock.turn(seconds=1)
    third.hold(small, 0)


@pytest.fixture
def elsewhere(patient: Patient) -> Booking:
    """The same service in another process, which remembers for itself."""
    return replace(wiring.booking(), sold_out=SoldOut())


def test_a_hold_made_in_another_process_is_ones_own_after_the_memorys_second(
    patient: Patient, other: Patient, clock: HeldClock, payment_app: PaymentApp, elsewhere: Booking
) -> None:
    small = published(a_session(clock, places=1, at=time(13, 30)))
    third, place = a_patient(payment_app, clock), place_of(small, 0)
    hold = Hold.parse(patient.hold(small, 0).id)
    assert hold is not None
    with pytest.raises(SlotTaken):
        other.hold(small, 0)
    elsewhere.clinics.release(hold)
    held = elsewhere.hold(third.citizen, place.id, third.card.id)
    assert elsewhere.hold(third.citizen, place.id, third.card.id) == held
    with pytest.raises(SlotTaken):
        third.hold(small, 0)
    clock.turn(seconds=1)
    assert third.hold(small, 0) == held


def test_a_hold_that_took_over_an_expired_one_elsewhere_is_ones_own_at_once(
    patient: Patient, other: Patient, clock: HeldClock, payment_app: PaymentApp, elsewhere: Booking
) -> None:
    small = published(a_session(clock, places=1, at=time(13, 30)))
    third, place = a_patient(payment_app, clock), place_of(small, 0)
    patient.hold(small, 0)
    clock.now += HOLD_LIFE - timedelta(milliseconds=10)
    with pytest.raises(SlotTaken):
        other.hold(small, 0)
    clock.now += timedelta(milliseconds=10)
    held = elsewhere.hold(third.citizen, place.id, third.card.id)
    assert third.hold(small, 0) == held


# -- days that are past
def days_of(patient: Patient) -> list[date]:
    return sorted(wiring.booking().limiting.store.find(patient.card.person_id).days)


def three_days(patient: Patient, clock: HeldClock) -> list[date]:
    """Three days in a row with a hold each; the last one is tomorrow."""
    for doctor in "KLM":
        patient.hold(published(a_session(clock, doctor=doctor)), 0)
        clock.turn(days=1)
    clock.turn(days=-1)
    return days_of(patient)


def test_a_cancellation_forgets_the_days_that_are_past(patient: Patient, clock: HeldClock) -> None:
    first, second, third = three_days(patient, clock)
    tomorrow = published(a_session(clock, doctor="N"))
    held = patient.hold(tomorrow, 0)
    assert days_of(patient) == [second, third]
    clock.turn(hours=24)
    patient.hold(published(a_session(clock, doctor="P")), 0)
    assert first not in days_of(patient)
    patient.cancel(patient.hold(published(a_session(clock, doctor="R")), 0).id)
    assert days_of(patient) == [third, third + timedelta(days=1)]
    assert held.id


@pytest.mark.parametrize("outcome", ["fulfilled", "no-show"])
def test_a_visit_forgets_them_too_and_what_is_to_come_still_counts(
    patient: Patient, clock: HeldClock, cloud: Cloud, outcome: str
) -> None:
    session = published(a_session(clock, doctor="Q"))
    made = patient.hold(session, 0).id
    cloud.settle()
    clock.turn(days=1)
    patient.hold(published(a_session(clock, doctor="S")), 0)
    store = wiring.booking().appointments
    store.move(patient.sees(made), "book", clock(), confirmation="waiting")
    clock.now = session.starts_at + timedelta(hours=1)
    wiring.desk().acknowledge(session.hospital_id, made, outcome, None)
    today = clock().astimezone(CHINA).date()
    assert days_of(patient) == [today, today + timedelta(days=1)]
    clock.turn(days=1)
    wiring.booking().over(patient.sees(made))
    assert days_of(patient) == [today + timedelta(days=1)]


def test_forgetting_keeps_a_bar(patient: Patient, clock: HeldClock) -> None:
    three_days(patient, clock)
    until = clock() + timedelta(days=30)
    bar = SanctionStore(wiring.core_table()).bar(patient.card.person_id, until)
    assert bar is not None
    commit(bar)
    clock.turn(days=9)
    wiring.booking().limiting.forget_past(patient.card.person_id)
    seen = wiring.booking().limiting.store.find(patient.card.person_id)
    assert (dict(seen.days), seen.barred_until) == ({}, int(until.timestamp()))


def test_a_hold_whose_item_was_not_seen_costs_no_more_for_the_past(
    patient: Patient, clock: HeldClock
) -> None:
    three_days(patient, clock)
    clock.turn(days=9)
    session, calls = published(a_session(clock, doctor="T")), []  # type: tuple[Session, list[str]]
    wiring.policies().of("")
    with killed_before_call(99, calls):
        patient.hold(session, 0)
    assert calls == ["GetItem", "UpdateItem", "UpdateItem"]
