"""The day of the visit: check-in, the hospital's words in any order, its silence, and nobody coming."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.appointments.errors import AppointmentNotOpen, CheckInTooEarly, CheckInTooLate
from chalicelib.appointments.model.directory import Session
from chalicelib.payments.model import Order
from chalicelib.policies.model import Policy
from tests.api import Api
from tests.appointments import Killed, Patient, Till, before_the_write, killed_before_call
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.parties import HOSPITAL

POLICY = Policy()


def told(booked: Order, outcome: str, queue_number: int | None = None) -> None:
    wiring.desk().acknowledge(HOSPITAL, booked.about, outcome, queue_number)


def turn_to(clock: HeldClock, patient: Patient, booked: Order, minutes: float) -> None:
    """So many minutes after the slot's start."""
    clock.now = patient.sees(booked.about).starts_at + timedelta(minutes=minutes)


def check_in(patient: Patient, booked: Order) -> Any:
    return wiring.attending().check_in(patient.citizen, booked.about)


def kinds(patient: Patient) -> list[str]:
    found, _ = wiring.notices().list_own(patient.citizen.id, 50)
    return [each.kind for each in found]


def cases(cloud: Cloud) -> int:
    return sum(1 for item in cloud.items() if item["pk"]["S"].startswith("CASE#"))


@pytest.mark.parametrize(
    ("minutes", "late"),
    [(-POLICY.check_in_minutes, False), (0, False), (0.1, True), (POLICY.late_minutes, True)],
)
def test_check_in_is_open_around_the_start_and_late_after_it(
    booked: Order,
    patient: Patient,
    cloud: Cloud,
    clock: HeldClock,
    minutes: float,
    late: bool,  # noqa: FBT001  (a value of the table)
) -> None:
    turn_to(clock, patient, booked, minutes)
    first = check_in(patient, booked)
    assert (first.status, first.late) == ("checked-in", late)
    assert check_in(patient, booked) == first
    cloud.settle()
    assert kinds(patient).count("appointment-checked-in") == 1


def test_too_early_and_too_late_say_when(booked: Order, patient: Patient, clock: HeldClock) -> None:
    turn_to(clock, patient, booked, -POLICY.check_in_minutes - 0.1)
    with pytest.raises(CheckInTooEarly) as early:
        check_in(patient, booked)
    opens = patient.sees(booked.about).starts_at - timedelta(minutes=POLICY.check_in_minutes)
    assert f"{opens:%Y-%m-%dT%H:%M}" in early.value.detail
    turn_to(clock, patient, booked, POLICY.late_minutes + 0.1)
    with pytest.raises(CheckInTooLate):
        check_in(patient, booked)
    assert patient.sees(booked.about).status == "booked"


def test_what_is_not_paid_cannot_be_checked_in(session: Session, patient: Patient, clock: HeldClock) -> None:
    with pytest.raises(AppointmentNotOpen):
        wiring.attending().check_in(patient.citizen, patient.hold(session, 3).id)


def test_the_hospitals_answer_in_between_does_not_send_the_patient_away(
    booked: Order, patient: Patient, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn_to(clock, patient, booked, -10)
    before_the_write(monkeypatch, lambda: told(booked, "accepted", 7))
    there = check_in(patient, booked)
    assert (there.status, there.confirmation, there.queue_number) == ("checked-in", "accepted", 7)


def test_the_queue_number_still_comes_after_check_in(
    booked: Order, patient: Patient, clock: HeldClock
) -> None:
    turn_to(clock, patient, booked, -10)
    check_in(patient, booked)
    told(booked, "accepted", 7)
    told(booked, "accepted", 8)
    seen = patient.sees(booked.about)
    assert (seen.status, seen.confirmation, seen.queue_number) == ("checked-in", "accepted", 7)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("accepted", "called", "fulfilled"), "fulfilled"),
        (("fulfilled", "called", "accepted"), "fulfilled"),
        (("called", "called", "accepted", "no-show"), "arrived"),
        (("no-show", "accepted", "no-show"), "noshow"),
        (("no-show", "called", "no-show", "accepted"), "arrived"),
        (("no-show", "fulfilled", "called", "no-show"), "fulfilled"),
        (("rejected", "called", "fulfilled", "no-show"), "cancelled"),
    ],
)
def test_the_hospitals_words_in_any_order_change_what_still_fits(
    booked: Order, patient: Patient, cloud: Cloud, clock: HeldClock, words: tuple[str, ...], status: str
) -> None:
    turn_to(clock, patient, booked, 1)
    for word in words:
        try:
            told(booked, word)
        except AppointmentNotOpen:
            continue  # for good: the queue does not bring it again
    cloud.settle()
    assert patient.sees(booked.about).status == status
    assert cloud.dead_letters() == []
    assert max(map(kinds(patient).count, ("appointment-called", "appointment-missed"))) <= 1


def test_nobody_has_missed_what_has_not_begun(booked: Order, patient: Patient) -> None:
    with pytest.raises(AppointmentNotOpen):
        told(booked, "no-show")
    assert patient.sees(booked.about).status == "booked"


def test_a_hospital_that_answered_is_no_case_and_who_never_came_has_missed_it(
    booked: Order, patient: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    told(booked, "accepted", 7)
    turn_to(clock, patient, booked, POLICY.noshow_minutes - 1)
    cloud.sweep()
    assert (cases(cloud), patient.sees(booked.about).status) == (0, "booked")
    turn_to(clock, patient, booked, POLICY.noshow_minutes)
    cloud.sweep()
    cloud.sweep()
    assert patient.sees(booked.about).status == "noshow"
    assert kinds(patient).count("appointment-missed") == 1


def test_who_checked_in_is_not_missed_by_the_sweep(
    booked: Order, patient: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    turn_to(clock, patient, booked, 5)
    check_in(patient, booked)
    turn_to(clock, patient, booked, POLICY.noshow_minutes + 1)
    cloud.sweep()
    assert patient.sees(booked.about).status == "checked-in"


def test_a_round_that_dies_anywhere_is_made_up_for(
    booked: Order, patient: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    turn_to(clock, patient, booked, 0)
    for number in range(20):
        calls: list[str] = []
        try:
            with killed_before_call(number, calls):
                wiring.sweeping().sweep()
        except Killed:
            continue
        break
    cloud.settle()
    assert cases(cloud) == 1
    turn_to(clock, patient, booked, POLICY.noshow_minutes)
    cloud.sweep()
    assert patient.sees(booked.about).status == "noshow"


# -- the hospital's word after the sweep supposed a miss
@pytest.fixture
def supposed(booked: Order, patient: Patient, cloud: Cloud, clock: HeldClock) -> Order:
    """Nobody came, as far as anybody knows: the hospital was silent all day."""
    turn_to(clock, patient, booked, POLICY.noshow_minutes)
    cloud.sweep()
    assert (patient.sees(booked.about).status, strikes(patient)) == ("noshow", set())
    return booked


def strikes(patient: Patient) -> set[str]:
    return set(wiring.striking().store.strikes(patient.card.person_id).missed)


@pytest.mark.parametrize(("word", "status"), [("called", "arrived"), ("fulfilled", "fulfilled")])
def test_who_was_seen_after_all_has_missed_nothing(
    supposed: Order, patient: Patient, cloud: Cloud, word: str, status: str
) -> None:
    told(supposed, word)
    cloud.settle()
    assert (patient.sees(supposed.about).status, strikes(patient)) == (status, set())
    with pytest.raises(AppointmentNotOpen):
        told(supposed, "no-show")


def test_a_miss_that_the_hospital_confirms_later_counts_once_and_is_told_once(
    supposed: Order, patient: Patient, cloud: Cloud
) -> None:
    told(supposed, "no-show")
    with pytest.raises(AppointmentNotOpen):
        told(supposed, "no-show")
    cloud.settle()
    assert (patient.sees(supposed.about).status, strikes(patient)) == ("noshow", {supposed.about})
    assert kinds(patient).count("appointment-missed") == 1


def test_a_hospital_that_takes_its_word_back_takes_the_strike_back(
    booked: Order, patient: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    turn_to(clock, patient, booked, 60)
    told(booked, "no-show")
    cloud.settle()
    assert strikes(patient) == {booked.about}
    told(booked, "fulfilled")
    cloud.settle()
    assert (patient.sees(booked.about).status, strikes(patient)) == ("fulfilled", set())
    assert cloud.dead_letters() == []


def test_a_hospital_that_never_took_the_booking_gives_the_money_back_even_after_the_visit(
    supposed: Order, patient: Patient, cloud: Cloud, till: Till
) -> None:
    told(supposed, "rejected")
    cloud.settle()
    seen = patient.sees(supposed.about)
    assert (seen.status, seen.reason) == ("cancelled", "cancelled_by_site")
    assert till.refunded(supposed)


def test_a_hospital_that_says_nobody_came_keeps_the_fee(supposed: Order, cloud: Cloud, till: Till) -> None:
    told(supposed, "no-show")
    told(supposed, "rejected")
    cloud.settle()
    assert not till.refunded(supposed)


def test_check_in_over_the_wire(booked: Order, patient: Patient, api: Api, clock: HeldClock) -> None:
    answer = api.post(f"/v1/appointments/{booked.about}/check-in", token="none")
    assert answer.status == 401
