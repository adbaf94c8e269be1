"""Strikes and sanctions: each missed appointment once, enough of them within the window, appeals, the bar."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.appointments.errors import SanctionNotOpen, SanctionUnknown
from chalicelib.appointments.model.sanctions import MOST_STRIKES, TRANSITIONS, Sanction, Strikes
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.errors import Unavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.platform.dynamo import transact
from chalicelib.policies.model import Policy
from chalicelib.types import new_id, rfc3339
from tests.appointments import (
    Killed,
    Patient,
    a_session,
    killed_before_call,
    place_of,
    published,
)
from tests.clock import HeldClock
from tests.cloud import Cloud, client
from tests.parties import HOSPITAL

POLICY = Policy()
START = datetime(2026, 11, 1, tzinfo=UTC)


def missed(patient: Patient, cloud: Cloud, clock: HeldClock, doctor: str) -> str:
    """An appointment that was accepted, and nobody came."""
    session = published(a_session(clock, doctor=doctor))
    made = wiring.booking().hold(patient.citizen, place_of(session, 1).id, patient.card.id).id
    cloud.settle()
    store = wiring.attending().appointments
    booked = store.move(patient.sees(made), "book", clock(), confirmation="waiting")
    wiring.desk().acknowledge(HOSPITAL, booked.id, "accepted", 3)
    clock.now = booked.starts_at + timedelta(minutes=POLICY.noshow_minutes)
    cloud.sweep()
    assert patient.sees(made).status == "noshow"
    return made


def person(patient: Patient) -> Citizen:
    """The patient, whose account knows who they are."""
    account = patient.citizen.account.model_copy(update={"person_id": patient.card.person_id})
    return patient.citizen.model_copy(update={"account": account})


def own(patient: Patient) -> list[Sanction]:
    return wiring.sanctions().list_own(person(patient))


def barred(patient: Patient) -> Any:
    key = {"pk": {"S": f"PERSON#{patient.card.person_id}"}, "sk": {"S": "BOOKINGS"}}
    item = client("dynamodb").get_item(TableName="CoreTable", Key=key).get("Item", {})
    return int(item["barred_until"]["N"]) if "barred_until" in item else None


def kinds(patient: Patient) -> list[str]:
    found, _ = wiring.notices().list_own(patient.citizen.id, 50)
    return [each.kind for each in found if each.kind.startswith("sanction")]


@pytest.fixture
def sanctioned(patient: Patient, cloud: Cloud, clock: HeldClock) -> Patient:
    for doctor in "ABC":
        missed(patient, cloud, clock, doctor)
    cloud.sweep()
    return patient


def test_the_third_missed_appointment_is_a_sanction_that_waits_for_an_appeal(
    sanctioned: Patient, cloud: Cloud
) -> None:
    (sanction,) = own(sanctioned)
    assert (sanction.status, len(sanction.missed)) == ("pending", POLICY.most_noshows)
    assert barred(sanctioned) is None
    assert kinds(sanctioned) == ["sanction-recorded"]
    cloud.sweep()
    assert own(sanctioned) == [sanction]


def test_two_are_none_and_the_same_one_again_counts_once(
    patient: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    made = [missed(patient, cloud, clock, doctor) for doctor in "AB"]
    for _ in range(3):
        wiring.striking().count({"citizen": patient.citizen.id, "about": made[0]})
    assert own(patient) == []
    assert set(wiring.sanctions().store.strikes(patient.card.person_id).missed) == set(made)


def test_a_sanction_that_nobody_appeals_against_acts_and_ends(
    sanctioned: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    clock.turn(days=POLICY.appeal_days)
    cloud.sweep()
    (active,) = own(sanctioned)
    assert active.barred_until == clock() + timedelta(days=POLICY.sanction_days)
    assert (active.status, barred(sanctioned)) == ("active", int(active.barred_until.timestamp()))
    clock.turn(days=POLICY.sanction_days)
    cloud.sweep()
    assert own(sanctioned)[0].status == "expired"
    assert kinds(sanctioned) == ["sanction-active", "sanction-recorded"]


def test_who_comes_too_late_cannot_appeal_and_nobody_sees_anothers(
    sanctioned: Patient, other: Patient, clock: HeldClock
) -> None:
    (pending,) = own(sanctioned)
    with pytest.raises(SanctionUnknown):
        wiring.sanctions().appeal(person(other), pending.id, "mine")
    assert own(other) == []
    clock.turn(days=POLICY.appeal_days)
    with pytest.raises(SanctionNotOpen):
        wiring.sanctions().appeal(person(sanctioned), pending.id, "late")


def test_a_longer_bar_stays(sanctioned: Patient, cloud: Cloud, clock: HeldClock) -> None:
    key = {"pk": {"S": f"PERSON#{sanctioned.card.person_id}"}, "sk": {"S": "BOOKINGS"}}
    longer = int((clock() + timedelta(days=999)).timestamp())
    client("dynamodb").put_item(
        TableName="CoreTable", Item={**key, "barred_until": {"N": str(longer)}, "claims": {"M": {}}}
    )
    clock.turn(days=POLICY.appeal_days)
    cloud.sweep()
    assert (own(sanctioned)[0].status, barred(sanctioned)) == ("active", longer)


def test_a_sweep_that_dies_anywhere_is_made_up_for(
    sanctioned: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    clock.turn(days=POLICY.appeal_days)
    for number in range(12):
        calls: list[str] = []
        try:
            with killed_before_call(number, calls):
                wiring.sanctions().sweep()
        except Killed:
            assert (own(sanctioned)[0].status, barred(sanctioned)) == ("pending", None)
            continue
        break
    cloud.settle()
    assert own(sanctioned)[0].status == "active"
    assert barred(sanctioned) is not None
    assert kinds(sanctioned).count("sanction-active") == 1


def test_a_silent_hospital_is_no_witness(patient: Patient, cloud: Cloud, clock: HeldClock) -> None:
    session = published(a_session(clock))
    made = wiring.booking().hold(patient.citizen, place_of(session, 1).id, patient.card.id).id
    cloud.settle()
    booked = wiring.attending().appointments.move(patient.sees(made), "book", clock(), confirmation="waiting")
    clock.now = booked.starts_at + timedelta(minutes=POLICY.noshow_minutes)
    cloud.sweep()
    assert patient.sees(made).status == "noshow"
    assert wiring.sanctions().store.strikes(patient.card.person_id).missed == {}


# -- a missed appointment that was none
@pytest.mark.parametrize("age", ["recorded", "pending", "appealed", "active"])
def test_a_sanction_that_lost_what_it_rested_on_is_taken_back_whatever_it_had_come_to(
    patient: Patient, cloud: Cloud, clock: HeldClock, age: str
) -> None:
    made = [missed(patient, cloud, clock, doctor) for doctor in "ABC"]
    if age != "recorded":
        cloud.sweep()
    if age == "appealed":
        wiring.sanctions().appeal(person(patient), own(patient)[0].id, "I was there")
    if age == "active":
        clock.turn(days=POLICY.appeal_days)
        cloud.sweep()
        assert barred(patient) is not None
    assert own(patient)[0].status == age
    wiring.desk().acknowledge(HOSPITAL, made[0], "fulfilled", None)
    cloud.settle()
    assert (own(patient)[0].status, barred(patient)) == ("lifted", None)
    strikes = wiring.striking().store.strikes(patient.card.person_id).missed
    assert {name: each.sanction for name, each in strikes.items()} == {made[1]: None, made[2]: None}
    assert kinds(patient).count("sanction-retracted") == 1
    clock.turn(days=1000)
    cloud.sweep()
    assert own(patient)[0].status == "lifted"


def test_the_open_strikes_of_a_lost_sanction_count_with_the_next(
    sanctioned: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    (first,) = own(sanctioned)
    wiring.desk().acknowledge(HOSPITAL, min(first.missed), "fulfilled", None)
    cloud.settle()
    last = missed(sanctioned, cloud, clock, "D")
    second, lost = own(sanctioned)
    assert (lost.id, lost.status) == (first.id, "lifted")
    assert set(second.missed) == {*first.missed, last} - {min(first.missed)}


def test_the_bar_of_another_sanction_stays(sanctioned: Patient, cloud: Cloud, clock: HeldClock) -> None:
    clock.turn(days=POLICY.appeal_days)
    cloud.sweep()
    (first,) = own(sanctioned)
    clock.turn(days=1)
    fresh = {"status": "recorded", "version": 1, "barred_until": None, "appeal_until": None, "appeal_days": 0}
    later = first.model_copy(update=fresh | {"id": new_id("snc", clock())})
    transact(wiring.striking().store.record(later))
    cloud.sweep()
    cloud.sweep()
    second = next(each for each in own(sanctioned) if each.id == later.id)
    assert first.barred_until is not None
    assert second.barred_until is not None
    assert barred(sanctioned) == int(second.barred_until.timestamp())
    transact(wiring.sanctions().retracting(second))
    assert barred(sanctioned) == int(first.barred_until.timestamp())
    transact(wiring.sanctions().retracting(first))
    assert barred(sanctioned) is None


def test_a_sanction_that_is_over_stays_over(sanctioned: Patient, cloud: Cloud, clock: HeldClock) -> None:
    for days in (POLICY.appeal_days, POLICY.sanction_days):
        clock.turn(days=days)
        cloud.sweep()
    (over,) = own(sanctioned)
    wiring.desk().acknowledge(HOSPITAL, min(over.missed), "fulfilled", None)
    cloud.settle()
    assert own(sanctioned) == [over]
    assert min(over.missed) not in wiring.striking().store.strikes(sanctioned.card.person_id).missed


def test_a_word_that_is_taken_back_while_it_is_being_counted_counts_for_nothing(
    patient: Patient, cloud: Cloud, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, told = missed(patient, cloud, clock, "A"), {"citizen": patient.citizen.id}
    striking = wiring.striking()
    wiring.desk().acknowledge(HOSPITAL, made, "fulfilled", None)
    cloud.settle()
    assert striking.store.strikes(patient.card.person_id).missed == {}
    stale = patient.sees(made).model_copy(update={"status": "noshow", "version": 1})
    monkeypatch.setattr(AppointmentStore, "find", lambda *_: stale)
    with pytest.raises(Unavailable):
        striking.count(told | {"about": made})
    assert striking.store.strikes(patient.card.person_id).missed == {}


@pytest.mark.parametrize("word", ["no-show", "fulfilled"])
def test_counting_that_dies_anywhere_is_made_up_for(
    sanctioned: Patient, cloud: Cloud, clock: HeldClock, word: str
) -> None:
    clock.turn(days=POLICY.appeal_days)
    cloud.sweep()
    (active,) = own(sanctioned)
    about = min(active.missed)
    if word == "fulfilled":
        wiring.desk().acknowledge(HOSPITAL, about, word, None)
    for number in range(12):
        calls: list[str] = []
        try:
            with killed_before_call(number, calls):
                wiring.striking().count({"citizen": sanctioned.citizen.id, "about": about})
        except Killed:
            assert (own(sanctioned)[0].status, barred(sanctioned) is None) == ("active", False)
            continue
        break
    ended = word == "fulfilled"
    assert (own(sanctioned)[0].status == "lifted", barred(sanctioned) is None) == (ended, ended)


# -- the rules alone
def counted(*days: int) -> Strikes:
    strikes = Strikes()
    for day in days:
        strikes = strikes.counted(f"apt_{day}", START + timedelta(days=day)) or strikes
    return strikes


def test_a_window_counts_what_lies_in_it_in_any_order_and_nothing_twice() -> None:
    strikes = counted(95, 1, 50, 50)
    around = START + timedelta(days=95)
    within = strikes.open_in(90, around)
    assert set(within) == {"apt_95", "apt_50"}
    assert strikes.spent(within, "snc_1").open_in(90, around) == {}


def test_strikes_stay_few_and_a_forgotten_one_does_not_come_back() -> None:
    strikes = counted(*range(MOST_STRIKES + 5))
    assert len(strikes.missed) == MOST_STRIKES
    assert strikes.counted("apt_0", START) is None


def test_an_ended_sanction_stays_ended() -> None:
    leaving = {status for sources, _ in TRANSITIONS.values() for status in sources}
    assert {"lifted", "expired"} & leaving == set()
    assert {status for _, status in TRANSITIONS.values()} - leaving == {"lifted", "expired"}


def test_a_notice_names_the_day(sanctioned: Patient, clock: HeldClock) -> None:
    found, _ = wiring.notices().list_own(sanctioned.citizen.id, 50)
    (notice,) = [each for each in found if each.kind == "sanction-recorded"]
    (sanction,) = own(sanctioned)
    assert sanction.appeal_until is not None
    assert notice.names["until"] in rfc3339(sanction.appeal_until + timedelta(hours=8))
