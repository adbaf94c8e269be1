"""A clinic session that does not take place: nobody gets in, everybody gets their money back."""

import json

import pytest

from chalicelib import wiring
from chalicelib.appointments.errors import ClinicStopped, ClinicUnknown
from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.model.places import clinic_key, milliseconds
from chalicelib.appointments.service import stopping
from chalicelib.types import rfc3339
from tests.api import Api, ApiAnswer
from tests.appointments import (
    Killed,
    Patient,
    Till,
    a_patient,
    a_session,
    clinic_of,
    day_of,
    killed_before_call,
    notify,
    published,
)
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Party, PaymentApp
from tests.parties import HOSPITAL, a_party

CALLBACKS = "/v1/callbacks/clinics"
OTHER_HOSPITAL = "hos_01JAHASPTA00000000000000XY"


@pytest.fixture
def hospital(cloud: Cloud) -> Party:
    return a_party(HOSPITAL)


def tell(api: Api, party: Party, clock: HeldClock, session: Session, action: str) -> ApiAnswer:
    clock.turn(milliseconds=1)
    told = {
        "practitionerId": session.practitioner_id,
        "startsAt": rfc3339(session.starts_at),
        "action": action,
    }
    raw = json.dumps(told).encode()
    return api.post(CALLBACKS, raw, headers=party.headers("POST", CALLBACKS, raw, now=clock().timestamp()))


def announce(session: Session, action: str, clock: HeldClock, hospital_id: str = HOSPITAL) -> None:
    wiring.stopping().announce(hospital_id, session.practitioner_id, session.starts_at, action, clock())


def free_of(session: Session) -> int:
    free, _ = wiring.directory().list_free(
        session.hospital_id, session.department_id, day_of(session), 100, None
    )
    return len(free)


def test_everybody_in_a_stopped_session_is_told_and_gets_their_money_back(
    session: Session,
    patient: Patient,
    other: Patient,
    till: Till,
    hospital: Party,
    api: Api,
    cloud: Cloud,
    clock: HeldClock,
) -> None:
    paid = patient.pay(patient.hold(session, 3).id)
    notify(api, till.pay(paid))
    held = other.hold(session, 4)
    cloud.settle()
    elsewhere = published(a_session(clock, doctor="B"))
    assert tell(api, hospital, clock, session, "stopped").status == 202
    cloud.settle()
    for who, appointment_id in ((patient, paid.about), (other, held.id)):
        seen = who.sees(appointment_id)
        assert (seen.status, seen.reason) == ("cancelled", "clinic_stopped")
        (newest, *_), _ = wiring.notices().list_own(who.citizen.id, 5)
        assert newest.kind in {"clinic-stopped", "payment-refunded"}
        kinds = {each.kind for each in wiring.notices().list_own(who.citizen.id, 5)[0]}
        assert "clinic-stopped" in kinds
    assert till.refunded(paid)
    assert till.received_fen == 0
    assert clinic_of(session).seen.slots == {}
    with pytest.raises(ClinicStopped):
        other.hold(session, 5)
    found = wiring.alternatives().find(patient.citizen, paid.about)
    assert {shown.session.practitioner_id for shown, _ in found} == {elsewhere.practitioner_id}


def test_money_that_arrives_after_the_stop_goes_back(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    order = patient.pay(patient.hold(session, 3).id)
    wiring.booking().clinics.stop(clinic_of(session), 1)  # its roster is not worked on yet
    notify(api, till.pay(order))
    cloud.settle()
    seen = patient.sees(order.about)
    assert (seen.status, seen.reason) == ("cancelled", "clinic_stopped")
    assert till.refunded(order)


def test_a_hold_that_nobody_wrote_down_before_the_stop_is_ended_at_the_second_look(
    session: Session, patient: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    held = patient.hold(session, 3)
    announce(session, "stopped", clock)
    told = {"clinic": clinic_key(clinic_of(session).number), "stop": str(milliseconds(clock())), "version": 1}
    wiring.stopping().work(told)  # before the stream brought the hold
    cloud.settle()
    assert patient.sees(held.id).status == "pending"
    clock.turn(minutes=3)
    cloud.sweep()
    cloud.settle()
    assert patient.sees(held.id).reason == "clinic_stopped"
    assert [each for each in cloud.items() if each.get("due_kind") == {"S": "clinic-stop"}] == []


def test_a_resumed_session_is_free_again_and_an_older_word_changes_nothing(
    session: Session, patient: Patient, hospital: Party, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    before = clock()
    tell(api, hospital, clock, session, "stopped")
    cloud.settle()
    assert free_of(session) == 0
    tell(api, hospital, clock, session, "resumed")
    cloud.settle()
    assert free_of(session) == session.places
    wiring.stopping().announce(HOSPITAL, session.practitioner_id, session.starts_at, "stopped", before)
    assert patient.hold(session, 3)


def test_only_its_own_hospital_stops_a_session(session: Session, clock: HeldClock, patient: Patient) -> None:
    with pytest.raises(ClinicUnknown):
        announce(session, "stopped", clock, OTHER_HOSPITAL)
    assert patient.hold(session, 0)


def test_a_roster_longer_than_a_page_is_ended_wholly(
    session: Session,
    payment_app: PaymentApp,
    cloud: Cloud,
    clock: HeldClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stopping, "_PAGE", 2)
    held = [(each, each.hold(session, i).id) for i in range(5) for each in [a_patient(payment_app, clock)]]
    cloud.settle()
    announce(session, "stopped", clock)
    cloud.settle()
    assert {who.sees(each).reason for who, each in held} == {"clinic_stopped"}


def test_a_stop_that_was_killed_anywhere_is_finished_by_its_messages_and_the_sweep(
    patient: Patient, till: Till, hospital: Party, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    for number in range(30):
        session = published(a_session(clock, doctor="0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number]))
        order = patient.pay(patient.hold(session, 1).id)
        notify(api, till.pay(order))
        cloud.settle()
        at, calls = clock(), list[str]()
        whole = False
        try:
            with killed_before_call(number, calls):
                wiring.stopping().announce(
                    HOSPITAL, session.practitioner_id, session.starts_at, "stopped", at
                )
                stop = wiring.stopping().stops
                found = stop.find(clinic_of(session).number, milliseconds(at))
                assert found is not None
                wiring.stopping()._step(found)
                whole = True
        except Killed:
            pass
        wiring.stopping().announce(HOSPITAL, session.practitioner_id, session.starts_at, "stopped", at)
        cloud.settle()
        clock.turn(minutes=3)
        cloud.sweep()
        cloud.settle()
        assert patient.sees(order.about).reason == "clinic_stopped"
        assert till.refunded(order)
        assert clinic_of(session).seen.slots == {}
        if whole:
            return
    raise AssertionError("the stop never came to its end")
