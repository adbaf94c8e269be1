"""Rescheduling: either the new slot is there or the old one still is, and the money is where the appointment is."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest

from chalicelib import wiring
from chalicelib.appointments.errors import (
    AlreadyRegistered,
    AppointmentNotOpen,
    AppointmentUnknown,
    Barred,
    CancelTooLate,
    RescheduleNotPossible,
    SlotTaken,
    SlotUnknown,
    TooManyAppointments,
)
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.model.limits import Entry
from chalicelib.appointments.store.sanctions import SanctionStore
from chalicelib.payments.model import Order
from chalicelib.platform import dynamo
from tests.api import Api
from tests.appointments import (
    Killed,
    Patient,
    Till,
    a_session,
    clinic_of,
    day_of,
    killed_before_call,
    notify,
    place_of,
    published,
)
from tests.clock import HeldClock
from tests.cloud import Cloud

MOST_CALLS = 60


@pytest.fixture
def afternoon(session: Session, clock: HeldClock) -> Session:
    return published(a_session(clock, doctor="B"))


def move(patient: Patient, appointment_id: str, session: Session, index: int) -> Appointment:
    return wiring.moving().reschedule(patient.citizen, appointment_id, place_of(session, index).id)


def events(cloud: Cloud) -> list[tuple[str, str]]:
    """Event and appointment of every message to hospitals."""
    bodies = [
        each["M"]["body"]["M"]
        for item in cloud.items()
        for each in item.get("outbox", {}).get("L", [])
        if "event" in each["M"]["body"]["M"]
    ]
    return [(body["event"]["S"], body["about"]["S"]) for body in bodies]


def slots(session: Session) -> dict[str, int]:
    return dict(clinic_of(session).seen.slots)


def claims(patient: Patient, session: Session) -> list[Entry]:
    """What counts on the session's day."""
    seen = wiring.booking().limiting.store.find(patient.card.person_id)
    return list(seen.day(day_of(session)).entries)


def claim_of(appointment: Appointment) -> Entry:
    return Entry(appointment.hold.clinic, appointment.hold.until_ms)


def next_day(session: Session, doctor: str) -> Session:
    another = session.practitioner_id[:-1] + doctor
    moved = {"starts_at": session.starts_at + timedelta(days=1), "practitioner_id": another}
    return published(session.model_copy(update=moved))


def order_status(order: Order) -> str:
    found = wiring.payments().find(order.id)
    assert found is not None
    return found.status


def must_be_unmoved(patient: Patient, order: Order, session: Session) -> None:
    seen = patient.sees(order.about)
    assert (seen.status, seen.moved_to) == ("booked", None)
    assert slots(session)[seen.hold.key] == -seen.hold.until_ms


def must_be_moved(patient: Patient, order: Order, new: Appointment) -> None:
    old = patient.sees(order.about)
    assert (old.status, old.reason, old.moved_to) == ("cancelled", "rescheduled_by_citizen", new.id)
    assert patient.sees(new.id) == new
    assert (new.status, new.confirmation, new.moved_from) == ("booked", "waiting", old.id)
    assert (new.order_id, new.card_id) == (order.id, old.card_id)
    assert new.pickup_code != old.pickup_code
    assert order_status(order) == "paid"


def test_a_move_within_the_session_is_one_exchange(
    session: Session, patient: Patient, booked: Order, cloud: Cloud
) -> None:
    new = move(patient, booked.about, session, 5)
    must_be_moved(patient, booked, new)
    assert claims(patient, session) == [claim_of(new)]
    assert new.starts_at == session.starts_of(5)
    clinic = clinic_of(session)
    assert clinic.seen.slots == {new.hold.key: -new.hold.until_ms}
    assert clinic.seen.people == {new.hold.person_key: new.hold.key}
    cloud.settle()
    assert ("appointment.cancelled", booked.about) in events(cloud)
    assert ("appointment.booked", new.id) in events(cloud)
    kinds = [item["kind"]["S"] for item in cloud.items() if item["pk"]["S"].startswith("NOTICE")]
    assert kinds.count("appointment-rescheduled") <= 1


def test_a_move_to_another_doctor(
    session: Session, afternoon: Session, patient: Patient, other: Patient, booked: Order
) -> None:
    new = move(patient, booked.about, afternoon, 0)
    must_be_moved(patient, booked, new)
    assert slots(session) == {}
    assert clinic_of(session).seen.people == {}
    assert slots(afternoon) == {new.hold.key: -new.hold.until_ms}
    other.hold(session, 3)
    assert wiring.booking().appointments.owner(new.id) == patient.citizen.id


@pytest.mark.parametrize("index", [3, 4])
def test_asking_again_gives_the_same_appointment(
    session: Session, patient: Patient, booked: Order, index: int
) -> None:
    new = move(patient, booked.about, session, 5)
    assert move(patient, booked.about, session, 5) == new
    with pytest.raises(AppointmentNotOpen):
        move(patient, booked.about, session, index)


def test_there_and_back(session: Session, patient: Patient, booked: Order) -> None:
    away = move(patient, booked.about, session, 5)
    back = move(patient, away.id, session, 3)
    assert back.id != booked.about
    assert back.order_id == booked.id
    assert slots(session) == {back.hold.key: -back.hold.until_ms}


def test_a_taken_slot_leaves_the_old_one_as_it_is(
    session: Session, patient: Patient, other: Patient, booked: Order
) -> None:
    other.hold(session, 5)
    before = (patient.sees(booked.about), slots(session))
    with pytest.raises(SlotTaken):
        move(patient, booked.about, session, 5)
    assert (patient.sees(booked.about), slots(session)) == before


def test_an_expired_hold_gives_way(
    session: Session, patient: Patient, other: Patient, booked: Order, clock: HeldClock
) -> None:
    other.hold(session, 5)
    clock.turn(minutes=10)
    new = move(patient, booked.about, session, 5)
    assert clinic_of(session).seen.people == {new.hold.person_key: new.hold.key}


def test_what_does_not_fit_is_refused(
    session: Session, patient: Patient, booked: Order, clock: HeldClock
) -> None:
    dearer = a_session(clock, doctor="C").model_copy(update={"fee_fen": 80_00})
    elsewhere = a_session(clock, doctor="D").model_copy(
        update={"hospital_id": "hos_01JAHASPTA00000000000000XY"}
    )
    for unfit in (published(dearer), published(elsewhere)):
        with pytest.raises(RescheduleNotPossible):
            move(patient, booked.about, unfit, 0)
    with pytest.raises(RescheduleNotPossible):
        move(patient, booked.about, session, 3)
    with pytest.raises(SlotUnknown):
        move(patient, booked.about, a_session(clock, doctor="E"), 0)
    with pytest.raises(SlotUnknown):
        wiring.moving().reschedule(patient.citizen, booked.about, "slt_nothing")
    must_be_unmoved(patient, booked, session)


def test_a_person_who_is_in_the_other_session_already_stays(
    session: Session, afternoon: Session, patient: Patient, booked: Order
) -> None:
    patient.hold(afternoon, 2)
    with pytest.raises(AlreadyRegistered):
        move(patient, booked.about, afternoon, 0)
    must_be_unmoved(patient, booked, session)


def test_no_slot_of_another_fee_is_suggested_to_whom_it_would_be_refused(
    session: Session, patient: Patient, booked: Order, clock: HeldClock
) -> None:
    dearer = a_session(clock, doctor="B", at=time(7, 0)).model_copy(update={"fee_fen": 100_00})
    published(dearer)
    found = wiring.alternatives().find(patient.citizen, booked.about)
    assert {shown.session.practitioner_id for shown, _ in found} == {session.practitioner_id}
    shown, index = found[0]
    assert move(patient, booked.about, shown.session, index).status == "booked"


def test_only_a_booked_appointment_of_ones_own_moves(
    session: Session, afternoon: Session, patient: Patient, other: Patient, booked: Order, clock: HeldClock
) -> None:
    with pytest.raises(AppointmentUnknown):
        move(other, booked.about, session, 5)
    with pytest.raises(AppointmentNotOpen):
        move(patient, patient.hold(afternoon, 0).id, afternoon, 1)
    clock.now = session.starts_at + timedelta(hours=4)
    with pytest.raises(CancelTooLate):
        move(patient, booked.about, a_session(clock), 5)
    must_be_unmoved(patient, booked, session)


def test_a_checked_in_appointment_stays(session: Session, patient: Patient, booked: Order) -> None:
    store = wiring.booking().appointments
    store.move(patient.sees(booked.about), "check-in", wiring.booking().clock())
    with pytest.raises(AppointmentNotOpen):
        move(patient, booked.about, session, 5)


def test_cancelling_the_new_one_gives_the_first_orders_money_back_once(
    session: Session, patient: Patient, booked: Order, till: Till, cloud: Cloud
) -> None:
    new = move(patient, booked.about, session, 5)
    cloud.settle()
    patient.cancel(new.id)
    cloud.settle()
    assert till.refunded(booked)
    assert till.refunds.keys() == {booked.refund_request_no}
    assert slots(session) == {}


def test_the_old_one_has_nothing_to_give_back(
    session: Session, patient: Patient, booked: Order, till: Till, cloud: Cloud
) -> None:
    new = move(patient, booked.about, session, 5)
    with pytest.raises(AppointmentNotOpen):
        patient.cancel(booked.about)
    wiring.ending().wind_up(patient.sees(booked.about))
    wiring.sweeping().sweep()
    must_be_moved(patient, booked, new)
    assert till.refunds == {}


def test_a_late_notification_finds_the_moved_appointment(
    session: Session, patient: Patient, booked: Order, till: Till, api: Api, cloud: Cloud
) -> None:
    new = move(patient, booked.about, session, 5)
    notify(api, till.tells(booked))
    cloud.settle()
    must_be_moved(patient, booked, new)
    patient.cancel(new.id)
    notify(api, till.tells(booked))
    cloud.settle()
    assert order_status(booked) == "refunded"


def test_the_hospital_answers_the_new_one(session: Session, patient: Patient, booked: Order) -> None:
    new = move(patient, booked.about, session, 5)
    desk = wiring.desk()
    desk.acknowledge(new.hospital_id, new.id, "accepted", 9)
    assert (patient.sees(new.id).confirmation, patient.sees(new.id).queue_number) == ("accepted", 9)
    with pytest.raises(AppointmentNotOpen):
        desk.acknowledge(new.hospital_id, booked.about, "accepted", 8)


# -- the person's days
def test_the_new_day_counts_and_the_old_one_no_longer(
    session: Session, patient: Patient, booked: Order, cloud: Cloud, clock: HeldClock
) -> None:
    tomorrow = next_day(session, "A")
    new = move(patient, booked.about, tomorrow, 0)
    assert claims(patient, session) == []
    assert claims(patient, tomorrow) == [claim_of(new)]
    for doctor in "BCD":
        patient.hold(published(a_session(clock, doctor=doctor)), 0)
    patient.cancel(new.id)
    cloud.settle()
    assert claims(patient, tomorrow) == []


def test_a_full_day_takes_no_more_by_moving_either(
    session: Session, patient: Patient, booked: Order, clock: HeldClock
) -> None:
    for doctor in "BCD":
        patient.hold(next_day(session, doctor), 0)
    with pytest.raises(TooManyAppointments):
        move(patient, booked.about, next_day(session, "E"), 0)
    must_be_unmoved(patient, booked, session)
    assert claims(patient, session) == [claim_of(patient.sees(booked.about))]


def test_on_a_full_day_one_may_still_move_within_it(
    session: Session, afternoon: Session, patient: Patient, booked: Order, clock: HeldClock
) -> None:
    for doctor in "CD":
        patient.hold(published(a_session(clock, doctor=doctor)), 0)
    new = move(patient, booked.about, afternoon, 0)
    assert claim_of(new) in claims(patient, session)
    assert len(claims(patient, session)) == 3


def test_a_barred_person_keeps_what_they_have_and_moves_nothing(
    session: Session, patient: Patient, booked: Order, clock: HeldClock
) -> None:
    core = wiring.core_table()
    bar = SanctionStore(core).bar(patient.card.person_id, clock() + timedelta(minutes=1))
    assert bar is not None
    dynamo.commit(bar)
    with pytest.raises(Barred):
        move(patient, booked.about, session, 5)
    must_be_unmoved(patient, booked, session)
    clock.turn(minutes=1)
    must_be_moved(patient, booked, move(patient, booked.about, session, 5))


def test_a_hold_of_ones_own_in_between_does_not_hinder(
    session: Session, afternoon: Session, patient: Patient, booked: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: patient.hold(afternoon, 0))
    new = move(patient, booked.about, session, 5)
    assert claim_of(new) in claims(patient, session)
    assert len(claims(patient, session)) == 2


# -- crashes and races
def test_dying_anywhere_moves_wholly_or_not_at_all_and_asking_again_moves(
    session: Session, afternoon: Session, patient: Patient, booked: Order, cloud: Cloud
) -> None:
    appointment_id = booked.about
    targets = [(afternoon, 0), (session, 3)]
    for number in range(MOST_CALLS):
        target, index = targets[number % 2]
        calls: list[str] = []
        try:
            with killed_before_call(number // 2, calls):
                move(patient, appointment_id, target, index)
        except Killed:
            seen = patient.sees(appointment_id)
            assert (seen.status, seen.moved_to) == ("booked", None)
        new = move(patient, appointment_id, target, index)
        taken = slots(session) | slots(afternoon)
        assert list(taken.values()) == [-new.hold.until_ms]
        assert claims(patient, session) == [claim_of(new)]
        assert new.order_id == booked.id
        appointment_id = new.id
        if len(calls) <= number // 2 and number % 2:
            break
    cloud.settle()
    assert order_status(booked) == "paid"


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something happen once, between what a move has read and its transaction."""
    real = dynamo.transact
    done: list[object] = []

    def transact(writes: object) -> None:
        if not done:
            done.append(act)
            act()
        real(writes)  # type: ignore[arg-type]

    monkeypatch.setattr("chalicelib.appointments.store.swaps.transact", transact)


def test_a_cancellation_that_was_faster_wins(
    session: Session,
    patient: Patient,
    booked: Order,
    till: Till,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meanwhile(monkeypatch, lambda: patient.cancel(booked.about))
    with pytest.raises(AppointmentNotOpen):
        move(patient, booked.about, session, 5)
    cloud.settle()
    assert slots(session) == {}
    assert till.refunded(booked)


def test_of_two_moves_at_once_one_wins(
    session: Session, patient: Patient, booked: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: move(patient, booked.about, session, 6))
    with pytest.raises(AppointmentNotOpen):
        move(patient, booked.about, session, 5)
    must_be_moved(patient, booked, move(patient, booked.about, session, 6))
    assert len(slots(session)) == 1


def test_the_same_move_twice_at_once_is_one(
    session: Session, patient: Patient, booked: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: move(patient, booked.about, session, 5))
    must_be_moved(patient, booked, move(patient, booked.about, session, 5))
    assert len(slots(session)) == 1


def test_a_slot_taken_at_the_last_moment(
    session: Session,
    afternoon: Session,
    patient: Patient,
    other: Patient,
    booked: Order,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for target in (session, afternoon):
        meanwhile(monkeypatch, lambda target=target: other.hold(target, 5))  # type: ignore[misc]
        with pytest.raises(SlotTaken):
            move(patient, booked.about, target, 5)
    must_be_unmoved(patient, booked, session)


def test_the_hospitals_answer_in_between_does_not_send_the_citizen_away(
    session: Session, patient: Patient, booked: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital = patient.sees(booked.about).hospital_id
    meanwhile(monkeypatch, lambda: wiring.desk().acknowledge(hospital, booked.about, "accepted", 1))
    must_be_moved(patient, booked, move(patient, booked.about, session, 5))
