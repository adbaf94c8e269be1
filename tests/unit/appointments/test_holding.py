"""Holding, taking over, giving back: on the session's own item, as the table keeps it."""

import pytest

from chalicelib import wiring
from chalicelib.appointments.errors import (
    AlreadyRegistered,
    AppointmentUnknown,
    HoldExpired,
    SlotTaken,
    SlotUnknown,
)
from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.model.places import Hold, Place, milliseconds
from chalicelib.appointments.model.records import Held
from chalicelib.cards.errors import CardNotFound
from tests.appointments import (
    Patient,
    a_session,
    clinic_of,
    killed_before_call,
    place_of,
    published,
    with_another_account,
)
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp


def test_a_hold_is_one_write_after_the_claim_of_the_day_and_the_reading_of_the_card(
    session: Session, patient: Patient
) -> None:
    wiring.policies().of("")  # once a minute
    calls: list[str] = []
    with killed_before_call(99, calls):
        patient.hold(session, 3)
    assert calls == ["GetItem", "UpdateItem", "UpdateItem"]


def test_a_hold_lasts_ten_minutes_and_tells_what_it_costs(
    session: Session, patient: Patient, clock: HeldClock
) -> None:
    held = patient.hold(session, 3)
    assert (held.hold_expires_at - clock()).total_seconds() == 600
    assert held.fee_fen == session.fee_fen
    assert held.starts_at == session.starts_of(3)


def test_a_taken_slot_refuses_another_person(session: Session, patient: Patient, other: Patient) -> None:
    patient.hold(session, 3)
    with pytest.raises(SlotTaken):
        other.hold(session, 3)


def test_asking_again_gives_the_same_hold(session: Session, patient: Patient, clock: HeldClock) -> None:
    first = patient.hold(session, 3)
    clock.turn(minutes=5)
    assert patient.hold(session, 3) == first


def test_a_second_slot_of_the_session_is_refused(session: Session, patient: Patient) -> None:
    patient.hold(session, 3)
    with pytest.raises(AlreadyRegistered):
        patient.hold(session, 4)


def test_an_expired_hold_goes_to_whoever_asks_and_its_old_holder_cannot_confirm(
    session: Session, patient: Patient, other: Patient, clock: HeldClock
) -> None:
    lost = Hold.parse(patient.hold(session, 3).id)
    assert lost is not None
    clock.turn(minutes=10)
    won = Hold.parse(other.hold(session, 3).id)
    assert won is not None
    with pytest.raises(HoldExpired):
        wiring.booking().clinics.confirm(lost)
    wiring.booking().clinics.confirm(won)
    assert clinic_of(session).seen.slots == {won.key: -won.until_ms}
    assert clinic_of(session).seen.people == {won.person_key: won.key}


def test_ones_own_expired_hold_gives_way_to_another_slot(
    session: Session, patient: Patient, clock: HeldClock
) -> None:
    patient.hold(session, 3)
    clock.turn(minutes=11)
    again = Hold.parse(patient.hold(session, 4).id)
    assert again is not None
    assert clinic_of(session).seen.slots == {again.key: again.until_ms}


def test_an_expired_hold_may_be_renewed_and_is_another_appointment(
    session: Session, patient: Patient, clock: HeldClock
) -> None:
    first = patient.hold(session, 3)
    clock.turn(minutes=11)
    assert patient.hold(session, 3).id != first.id


def test_an_expired_slot_and_ones_own_expired_hold_are_taken_over_in_one_write(
    session: Session, patient: Patient, other: Patient, clock: HeldClock
) -> None:
    patient.hold(session, 3)
    other.hold(session, 4)
    clock.turn(minutes=11)
    won = Hold.parse(other.hold(session, 3).id)
    assert won is not None
    seen = clinic_of(session).seen
    assert (seen.slots, seen.people) == ({won.key: won.until_ms}, {won.person_key: won.key})


def test_confirming_twice_is_confirming_once(session: Session, patient: Patient) -> None:
    hold = Hold.parse(patient.hold(session, 3).id)
    assert hold is not None
    wiring.booking().clinics.confirm(hold)
    wiring.booking().clinics.confirm(hold)
    assert clinic_of(session).version == 3


def test_giving_back_never_takes_a_later_holders_slot(
    session: Session, patient: Patient, other: Patient, clock: HeldClock
) -> None:
    lost = Hold.parse(patient.hold(session, 3).id)
    assert lost is not None
    clock.turn(minutes=11)
    won = Hold.parse(other.hold(session, 3).id)
    assert won is not None
    wiring.booking().clinics.release(lost)
    assert clinic_of(session).holds(won)


def test_a_lapsed_appointment_never_gives_back_the_slot_that_its_own_person_took_again(
    session: Session, patient: Patient, clock: HeldClock
) -> None:
    lapsed = Hold.parse(patient.hold(session, 3).id)
    clock.turn(minutes=11)
    again = Hold.parse(patient.hold(session, 3).id)
    assert lapsed is not None
    assert again is not None
    wiring.booking().clinics.confirm(again)
    wiring.booking().clinics.release(lapsed)
    assert clinic_of(session).seen.slots == {again.key: -again.until_ms}


def any_time(patient: Patient, session: Session, index: int) -> Held:
    return wiring.booking().hold(patient.citizen, place_of(session, index).id, patient.card.id, any_time=True)


def test_whoever_takes_any_time_gets_another_slot_with_one_more_write(
    session: Session, patient: Patient, other: Patient
) -> None:
    patient.hold(session, 3)
    calls: list[str] = []
    with killed_before_call(99, calls):
        held = Hold.parse(any_time(other, session, 3).id)
    assert calls[-2:] == ["UpdateItem", "UpdateItem"]
    assert held is not None
    assert held.index != 3
    assert any_time(other, session, 3).id == held.id
    assert any_time(other, session, 5).id == held.id


def test_any_time_of_a_full_session_is_refused(clock: HeldClock, patient: Patient, other: Patient) -> None:
    small = published(a_session(clock, places=1))
    patient.hold(small, 0)
    with pytest.raises(SlotTaken):
        any_time(other, small, 0)


def test_a_slot_given_back_cools_and_is_free_after(
    session: Session, patient: Patient, other: Patient, clock: HeldClock, cloud: Cloud
) -> None:
    hold = Hold.parse(patient.hold(session, 3).id)
    assert hold is not None
    wiring.booking().clinics.release(hold, milliseconds(clock()) + 60_000)
    wiring.booking().clinics.release(hold)
    with pytest.raises(SlotTaken):
        other.hold(session, 3)
    cloud.settle()
    shown = wiring.booking().availability.find(clinic_of(session))
    assert shown is not None
    assert list(shown.taken) == [place_of(session, 3).key]
    clock.turn(minutes=1)
    other.hold(session, 3)
    assert len(clinic_of(session).seen.people) == 1


def test_a_slot_that_has_begun_is_not_offered(session: Session, patient: Patient, clock: HeldClock) -> None:
    clock.now = session.starts_of(3)
    with pytest.raises(SlotUnknown):
        patient.hold(session, 3)


@pytest.mark.parametrize(
    "forged",
    [
        lambda place: Place(place.clinic + 1, place.index, place.minutes, place.starts_ms),
        lambda place: Place(place.clinic, place.index, place.minutes, place.starts_ms + 900_000),
        lambda place: Place(place.clinic, place.index, 30, place.starts_ms),
        lambda place: Place(place.clinic, 14, place.minutes, place.starts_ms + 11 * 900_000),
    ],
)
def test_a_made_up_slot_is_unknown_and_changes_nothing(
    session: Session, patient: Patient, forged: object
) -> None:
    assert callable(forged)
    made_up = forged(place_of(session, 3))
    with pytest.raises(SlotUnknown):
        wiring.booking().hold(patient.citizen, made_up.id, patient.card.id)
    assert clinic_of(session).version == 1


def test_somebody_elses_card_holds_nothing(session: Session, patient: Patient, other: Patient) -> None:
    with pytest.raises(CardNotFound):
        wiring.booking().hold(patient.citizen, place_of(session, 3).id, other.card.id)
    assert clinic_of(session).version == 1


def test_an_appointment_can_be_read_before_any_record_of_it_is_written(
    session: Session, patient: Patient, cloud: Cloud
) -> None:
    held = patient.hold(session, 3)
    seen = patient.sees(held.id)
    assert (seen.status, seen.starts_at, seen.card_id) == ("pending", held.starts_at, patient.card.id)
    assert seen.hospital_name == session.hospital_name
    cloud.settle()
    assert patient.sees(held.id) == seen


def test_it_can_be_read_also_after_others_held_in_the_same_session(
    session: Session, patient: Patient, other: Patient
) -> None:
    held = patient.hold(session, 3)
    other.hold(session, 4)
    assert patient.sees(held.id).card_id == patient.card.id


def test_somebody_elses_appointment_does_not_exist(
    session: Session, patient: Patient, other: Patient, cloud: Cloud
) -> None:
    held = patient.hold(session, 3)
    with pytest.raises(AppointmentUnknown):
        other.sees(held.id)
    cloud.settle()
    with pytest.raises(AppointmentUnknown):
        other.sees(held.id)
    with pytest.raises(AppointmentUnknown):
        other.pay(held.id)


def test_a_made_up_appointment_does_not_exist(session: Session, patient: Patient) -> None:
    held = Hold.parse(patient.hold(session, 3).id)
    assert held is not None
    for made_up in (
        Hold(held.clinic, held.index, held.until_ms + 1, held.person),
        Hold(held.clinic, held.index, held.until_ms, held.person ^ 1),
        Hold(held.clinic, held.index + 1, held.until_ms, held.person),
    ):
        with pytest.raises(AppointmentUnknown):
            patient.sees(made_up.id)
    with pytest.raises(AppointmentUnknown):
        patient.sees("apt_nonsense")


def test_the_list_shows_the_newest_first_page_by_page(
    clock: HeldClock, patient: Patient, cloud: Cloud
) -> None:
    held = []
    for doctor in "ABC":
        held.append(patient.hold(published(a_session(clock, doctor=doctor)), 0).id)
        clock.turn(seconds=1)
    cloud.settle()
    first, cursor = wiring.booking().list_own(patient.citizen, 2, None)
    second, end = wiring.booking().list_own(patient.citizen, 2, cursor)
    assert [each.id for each in [*first, *second]] == held[::-1]
    assert cursor is not None
    assert end is None


def test_an_appointment_belongs_to_the_account_that_made_it_though_another_carries_the_card(
    session: Session, patient: Patient, other: Patient, payment_app: PaymentApp, cloud: Cloud
) -> None:
    relative = with_another_account(patient, payment_app)
    held = patient.hold(session, 3)
    other.hold(session, 4)
    cloud.settle()
    with pytest.raises(AlreadyRegistered):
        relative.hold(session, 3)
    with pytest.raises(AppointmentUnknown):
        relative.sees(held.id)
    with pytest.raises(AppointmentUnknown):
        relative.pay(held.id)
    assert patient.hold(session, 3).id == held.id


def test_of_two_accounts_with_one_card_whoever_asks_first_has_what_nobody_wrote_down(
    session: Session, patient: Patient, other: Patient, payment_app: PaymentApp, cloud: Cloud
) -> None:
    relative = with_another_account(patient, payment_app)
    held = patient.hold(session, 3)
    other.hold(session, 4)  # the session's item tells of the latest hold only
    wiring.booking().kept(relative.citizen, held.id)
    cloud.settle()
    assert not cloud.dead_letters()
    assert wiring.booking().appointments.owner(held.id) == relative.citizen.id
    with pytest.raises(AppointmentUnknown):
        patient.sees(held.id)
