"""Until when a citizen may cancel, and when the slot given back may be had again: the hospital's rules say."""

import pytest

from chalicelib import wiring
from chalicelib.appointments.errors import CancelTooLate, SlotTaken
from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.model.places import milliseconds
from chalicelib.appointments.store.clinics import ClinicStore
from chalicelib.payments.model import Order
from tests.appointments import Killed, Patient, Till, before_the_write, clinic_of, place_of, the_rules
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.parties import HOSPITAL


def test_after_the_hospitals_deadline_the_refusal_names_it(
    session: Session, patient: Patient, booked: Order, clock: HeldClock, till: Till
) -> None:
    the_rules(cancel_minutes=120)
    before = session.starts_of(3) - clock()
    clock.turn(seconds=before.total_seconds() - 120 * 60)
    with pytest.raises(CancelTooLate) as refusal:
        patient.cancel(booked.about)
    assert "06:45" in refusal.value.detail  # the slot is at 08:45 in China
    assert "06:45" in refusal.value.detail_zh
    assert patient.sees(booked.about).status == "booked"
    assert till.refunds == {}


def test_a_moment_before_it_the_money_goes_back(
    session: Session, patient: Patient, booked: Order, clock: HeldClock, till: Till, cloud: Cloud
) -> None:
    the_rules(cancel_minutes=120)
    before = session.starts_of(3) - clock()
    clock.turn(seconds=before.total_seconds() - 120 * 60 - 1)
    patient.cancel(booked.about)
    cloud.settle()
    assert till.refunded(booked)


def test_the_hospitals_answer_between_reading_and_cancelling_does_not_send_the_citizen_away(
    patient: Patient, booked: Order, till: Till, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_the_write(monkeypatch, lambda: wiring.desk().acknowledge(HOSPITAL, booked.about, "accepted", 7))
    ended = patient.cancel(booked.about)
    assert (ended.status, ended.confirmation) == ("cancelled", "accepted")
    cloud.settle()
    assert till.refunded(booked)


def test_an_unpaid_hold_may_go_after_the_deadline(
    session: Session, patient: Patient, clock: HeldClock
) -> None:
    the_rules(cancel_minutes=7 * 24 * 60)
    held = patient.hold(session, 3)
    assert patient.cancel(held.id).status == "cancelled"
    assert clinic_of(session).seen.slots == {}
    assert wiring.policies().of(HOSPITAL).cancel_minutes == 7 * 24 * 60


def test_a_slot_given_back_cools_until_one_moment_however_often_it_is_wound_up(
    session: Session, patient: Patient, other: Patient, booked: Order, clock: HeldClock, cloud: Cloud
) -> None:
    the_rules(most_cooling_minutes=30)
    ended = patient.cancel(booked.about)
    assert ended.cool_until_ms is not None
    assert 0 < ended.cool_until_ms - milliseconds(clock()) <= 30 * 60_000
    wiring.ending().wind_up(ended)
    assert clinic_of(session).seen.slots == {ended.hold.key: ended.cool_until_ms}
    assert clinic_of(session).seen.people == {}
    with pytest.raises(SlotTaken):
        other.hold(session, 3)
    cloud.settle()
    clock.turn(minutes=30)
    other.hold(session, 3)


def test_dying_before_the_slot_is_given_back_does_not_change_the_moment(
    session: Session, patient: Patient, booked: Order, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_rules(most_cooling_minutes=240)
    with monkeypatch.context() as patched:
        patched.setattr(ClinicStore, "release", _killed)
        with pytest.raises(Killed):
            patient.cancel(booked.about)
    drawn = patient.sees(booked.about).cool_until_ms
    clock.turn(minutes=1)
    wiring.sweeping().sweep()
    assert list(clinic_of(session).seen.slots.values()) == [drawn]


def test_a_slot_left_by_a_move_cools_too(session: Session, patient: Patient, booked: Order) -> None:
    the_rules(most_cooling_minutes=30)
    new = wiring.moving().reschedule(patient.citizen, booked.about, place_of(session, 5).id)
    left = patient.sees(booked.about).hold
    slots = clinic_of(session).seen.slots
    assert slots.keys() == {left.key, new.hold.key}
    assert slots[left.key] > 0
    assert clinic_of(session).seen.people == {new.hold.person_key: new.hold.key}


def _killed(*_: object, **__: object) -> None:
    raise Killed
