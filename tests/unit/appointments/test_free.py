"""Slots that cost nothing: no order, no payment app; holding is booking, whoever gets there first."""

import pytest

from chalicelib import wiring
from chalicelib.appointments.errors import AppointmentNotOpen, HoldExpired
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.directory import Session
from tests.appointments import (
    Killed,
    Patient,
    Till,
    a_session,
    clinic_of,
    killed_before_call,
    place_of,
    published,
)
from tests.clock import HeldClock
from tests.cloud import Cloud

MOST_CALLS = 20


@pytest.fixture
def free(cloud: Cloud, clock: HeldClock) -> Session:
    return published(a_session(clock, doctor="F").model_copy(update={"fee_fen": 0}))


def kinds(patient: Patient) -> list[str]:
    found, _ = wiring.notices().list_own(patient.citizen.id, 50)
    return [each.kind for each in found]


def pay(patient: Patient, appointment_id: str) -> None:
    assert wiring.paying().pay(patient.citizen, appointment_id) is None


def must_be_booked(patient: Patient, session: Session, appointment_id: str) -> Appointment:
    seen = patient.sees(appointment_id)
    assert (seen.status, seen.confirmation) == ("booked", "waiting")
    assert seen.pickup_code
    assert clinic_of(session).seen.slots[seen.hold.key] == -seen.hold.until_ms
    assert wiring.payments().find(seen.order_id) is None
    return seen


def test_a_free_slot_is_booked_by_itself(free: Session, patient: Patient, till: Till, cloud: Cloud) -> None:
    held = patient.hold(free, 3)
    cloud.settle()
    must_be_booked(patient, free, held.id)
    assert till.trades == {}
    assert kinds(patient) == ["appointment-booked"]
    assert cloud.dead_letters() == []


def test_whoever_asks_to_pay_is_booked_at_once_and_told_once(
    free: Session, patient: Patient, till: Till, cloud: Cloud
) -> None:
    held = patient.hold(free, 3)
    pay(patient, held.id)
    seen = must_be_booked(patient, free, held.id)
    pay(patient, held.id)
    cloud.settle()
    assert patient.sees(held.id) == seen
    assert (till.trades, kinds(patient)) == ({}, ["appointment-booked"])


def test_the_sweep_books_where_the_message_was_lost(
    free: Session, patient: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    held = patient.hold(free, 3)
    wiring.booking().kept(patient.citizen, held.id)
    clock.turn(seconds=29)
    wiring.sweeping().sweep()
    assert patient.sees(held.id).status == "pending"
    clock.turn(seconds=1)
    wiring.sweeping().sweep()
    must_be_booked(patient, free, held.id)


def test_a_free_hold_that_was_lost_is_cancelled(
    free: Session, patient: Patient, other: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    held = patient.hold(free, 3)
    wiring.booking().kept(patient.citizen, held.id)
    clock.turn(minutes=10)
    other.hold(free, 3)
    with pytest.raises(HoldExpired):
        pay(patient, held.id)
    cloud.sweep()
    seen = patient.sees(held.id)
    assert (seen.status, seen.reason) == ("cancelled", "hold_expired")


def test_a_late_free_hold_is_kept_where_nobody_took_the_slot(
    free: Session, patient: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    held = patient.hold(free, 3)
    wiring.booking().kept(patient.citizen, held.id)
    clock.turn(minutes=10)
    wiring.sweeping().sweep()
    must_be_booked(patient, free, held.id)


def test_a_free_booking_moves_and_ends_without_money(
    free: Session, patient: Patient, till: Till, cloud: Cloud, clock: HeldClock
) -> None:
    held = patient.hold(free, 3)
    cloud.settle()
    another = published(a_session(clock, doctor="G").model_copy(update={"fee_fen": 0}))
    moved = wiring.moving().reschedule(patient.citizen, held.id, place_of(another, 1).id)
    cloud.settle()
    must_be_booked(patient, another, moved.id)
    assert clinic_of(free).seen.slots == {}
    assert patient.cancel(moved.id).reason == "cancelled_by_citizen"
    cloud.settle()
    wiring.sweeping().sweep()
    assert clinic_of(another).seen.slots == {}
    assert (till.trades, till.refunds, cloud.dead_letters()) == ({}, {}, [])
    with pytest.raises(AppointmentNotOpen):
        pay(patient, moved.id)


def test_a_stopped_clinic_ends_a_free_booking_too(
    free: Session, patient: Patient, till: Till, cloud: Cloud, clock: HeldClock
) -> None:
    held = patient.hold(free, 3)
    cloud.settle()
    wiring.stopping().announce(free.hospital_id, free.practitioner_id, free.starts_at, "stopped", clock())
    cloud.settle()
    assert patient.sees(held.id).reason == "clinic_stopped"
    assert till.refunds == {}


def test_dying_anywhere_books_in_the_end_once(
    free: Session, patient: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    held = patient.hold(free, 3)
    for number in range(MOST_CALLS):
        try:
            with killed_before_call(number, []):
                pay(patient, held.id)
        except Killed:
            continue
        break
    cloud.settle()
    clock.turn(minutes=11)
    cloud.sweep()
    must_be_booked(patient, free, held.id)
    assert kinds(patient) == ["appointment-booked"]
