"""A slot that comes back: whose it is, what it costs, and who is passed over."""

import pytest

from chalicelib import wiring
from chalicelib.appointments.errors import SlotTaken
from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.model.places import milliseconds
from chalicelib.cards.model.card import Hold
from tests.appointments import Patient, a_patient, a_session, clinic_of, notify, place_of, published
from tests.clock import HeldClock
from tests.waitlist import Lobby, got, matched, seen


def test_the_first_who_paid_gets_the_slot_and_it_is_booked(
    lobby: Lobby, full: tuple[Session, str], patient: Patient, other: Patient, third: Patient
) -> None:
    session, appointment_id = full
    late, first = lobby.enters(third, session), lobby.enters(other, session)
    lobby.prepays(other, first)
    lobby.clock.turn(seconds=1)
    lobby.prepays(third, late)
    patient.cancel(appointment_id)
    with pytest.raises(SlotTaken):
        third.hold(session, 0)
    lobby.cloud.settle()
    assert (seen(other, first).status, seen(third, late).status) == ("fulfilled", "active")
    booked = got(other, first)
    assert (booked.status, booked.confirmation, booked.order_id) == ("booked", "waiting", first.order_id)
    assert booked.pickup_code
    assert clinic_of(session).seen.slots == {booked.hold.key: -booked.hold.until_ms}


def test_a_slot_that_cools_for_everybody_is_theirs_at_once(
    lobby: Lobby, full: tuple[Session, str], patient: Patient, other: Patient
) -> None:
    session, appointment_id = full
    lobby.waits(other, session)
    patient.cancel(appointment_id)
    (value,) = clinic_of(session).seen.slots.values()
    assert value > milliseconds(lobby.clock())
    lobby.cloud.settle()
    (value,) = clinic_of(session).seen.slots.values()
    assert value < 0


def test_a_slot_that_came_back_before_anybody_waited_goes_to_who_comes_next(
    lobby: Lobby, full: tuple[Session, str], patient: Patient, other: Patient
) -> None:
    session, appointment_id = full
    entry = lobby.enters(other, session)
    order = wiring.prepaying().pay(other.citizen, entry.id)
    lobby.cancels(patient, appointment_id)
    assert clinic_of(session).seen.slots == {}
    notify(lobby.api, lobby.till.pay(order))
    lobby.cloud.settle()
    assert got(other, entry).status == "booked"


def test_whoever_waits_gets_a_hold_that_nobody_paid(
    lobby: Lobby, clock: HeldClock, patient: Patient, other: Patient
) -> None:
    session = published(a_session(clock, places=1))
    patient.hold(session, 0)
    lobby.cloud.settle()
    entry = lobby.waits(other, session)
    clock.turn(minutes=11)
    lobby.cloud.sweep()
    assert got(other, entry).status == "booked"


def test_what_the_slot_did_not_cost_goes_back(
    lobby: Lobby, clock: HeldClock, patient: Patient, other: Patient
) -> None:
    dear = a_session(clock, places=1, doctor="B").model_copy(update={"fee_fen": 80_00})
    cheap = published(a_session(clock, places=1))
    published(dear)
    lobby.books(other, dear)
    appointment_id = lobby.books(patient, cheap)
    third = a_patient(lobby.till.app, clock)
    entry = lobby.waits(third, cheap)
    assert entry.fee_fen == 80_00
    lobby.cancels(patient, appointment_id)
    assert seen(third, entry).status == "fulfilled"
    assert lobby.till.given_back_fen(entry.order_id) == 30_00
    lobby.cancels(third, got(third, entry).id)
    assert lobby.till.given_back_fen(entry.order_id) == 80_00


def test_only_the_practitioners_own_slot_will_do(
    lobby: Lobby, clock: HeldClock, patient: Patient, other: Patient
) -> None:
    one, two = (published(a_session(clock, places=1, doctor=name)) for name in "AB")
    first, second = lobby.books(patient, one), lobby.books(patient, two)
    entry = lobby.enters(other, two, practitioner_id=two.practitioner_id)
    lobby.prepays(other, entry)
    lobby.cancels(patient, first)
    assert seen(other, entry).status == "active"
    lobby.cancels(patient, second)
    assert got(other, entry).practitioner_name == two.practitioner_name


def test_whoever_has_a_slot_there_already_is_passed_over_and_keeps_the_place(
    lobby: Lobby, clock: HeldClock, patient: Patient, other: Patient, third: Patient
) -> None:
    session = published(a_session(clock, places=2))
    mine, theirs = lobby.books(patient, session, 0), lobby.books(other, session, 1)
    again, next_one = lobby.waits(patient, session), lobby.waits(third, session)
    lobby.cancels(other, theirs)
    assert (seen(patient, again).status, seen(third, next_one).status) == ("active", "fulfilled")
    assert wiring.waiting().position(seen(patient, again)) == 1
    lobby.cancels(patient, mine)
    assert got(patient, again).status == "booked"


def test_a_card_that_is_not_usable_any_more_is_passed_over(
    lobby: Lobby, full: tuple[Session, str], patient: Patient, other: Patient, third: Patient
) -> None:
    session, appointment_id = full
    first, second = lobby.waits(other, session), lobby.waits(third, session)
    wiring.life().suspend(other.citizen, other.card.id, Hold.LOST)
    lobby.cancels(patient, appointment_id)
    assert (seen(other, first).status, seen(third, second).status) == ("active", "fulfilled")


def test_a_day_that_is_full_for_the_person_is_not_overrun(
    lobby: Lobby, clock: HeldClock, patient: Patient, other: Patient
) -> None:
    session = published(a_session(clock, places=1))
    appointment_id = lobby.books(patient, session)
    entry = lobby.waits(other, session)
    for doctor in "BCD":
        lobby.books(other, published(a_session(clock, places=2, doctor=doctor)))
    lobby.cancels(patient, appointment_id)
    assert seen(other, entry).status == "active"
    assert clinic_of(session).seen.people == {}


def test_a_moved_appointments_old_slot_is_theirs_too(
    lobby: Lobby, full: tuple[Session, str], clock: HeldClock, patient: Patient, other: Patient
) -> None:
    session, appointment_id = full
    entry = lobby.waits(other, session)
    elsewhere = a_session(clock, doctor="B", places=1).model_copy(
        update={"department_id": "dep_01JADEPARTMENT00000000000B"}
    )
    published(elsewhere)
    wiring.moving().reschedule(patient.citizen, appointment_id, place_of(elsewhere, 0).id)
    lobby.cloud.settle()
    assert got(other, entry).status == "booked"


def test_nothing_is_matched_where_nobody_waits(lobby: Lobby, full: tuple[Session, str]) -> None:
    session, appointment_id = full
    matched(session, appointment_id)
    assert len(clinic_of(session).seen.people) == 1
