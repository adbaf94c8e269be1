"""The hospital's side: what it may read, and what its answer does."""

import json
from collections.abc import Mapping

import pytest

from chalicelib import wiring
from chalicelib.appointments.errors import AppointmentUnknown
from chalicelib.appointments.model.directory import Session
from chalicelib.payments.model import Order
from tests.api import Api, ApiAnswer
from tests.appointments import Patient, Till, clinic_of
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Party
from tests.parties import HOSPITAL, a_party

OTHER_HOSPITAL = "hos_01JAHASPTA00000000000000XY"
CALLBACKS = "/v1/callbacks/appointments"


@pytest.fixture
def hospital(cloud: Cloud) -> Party:
    return a_party(HOSPITAL)


def read(api: Api, party: Party, clock: HeldClock, appointment_id: str) -> ApiAnswer:
    path = f"/v1/institutions/me/appointments/{appointment_id}"
    return api.get(path, headers=party.headers("GET", path, now=clock().timestamp()))


def call_back(api: Api, party: Party, clock: HeldClock, body: Mapping[str, object]) -> ApiAnswer:
    raw = json.dumps(body).encode()
    headers = party.headers("POST", CALLBACKS, raw, now=clock().timestamp())
    return api.post(CALLBACKS, raw, headers=headers)


def test_a_hospital_reads_its_own_appointment_under_its_own_pseudonym(
    booked: Order, patient: Patient, hospital: Party, api: Api, clock: HeldClock
) -> None:
    answer = read(api, hospital, clock, booked.about)
    assert answer.status == 200
    seen = answer.json
    assert (seen["status"], seen["confirmation"]) == ("booked", "waiting")
    assert seen["patient"]["holder"] == "张*"
    assert seen["patient"]["pseudonym"] == wiring.cards().pseudonym(HOSPITAL, patient.card.person_id)
    assert patient.card.person_id not in str(answer.body)


def test_another_hospital_sees_nothing(booked: Order, api: Api, clock: HeldClock) -> None:
    answer = read(api, a_party(OTHER_HOSPITAL), clock, booked.about)
    assert (answer.status, answer.code) == (404, "appointment-not-found")
    with pytest.raises(AppointmentUnknown):
        wiring.desk().acknowledge(OTHER_HOSPITAL, booked.about, "rejected", None)


def test_an_appointment_that_is_not_booked_yet_is_no_hospitals_business(
    session: Session, patient: Patient, till: Till, hospital: Party, api: Api, clock: HeldClock
) -> None:
    order = patient.pay(patient.hold(session, 3).id)
    assert read(api, hospital, clock, order.about).code == "appointment-not-found"


def test_an_accepted_appointment_has_its_queue_number_and_the_first_answer_counts(
    booked: Order, patient: Patient, hospital: Party, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    told = {"appointmentId": booked.about, "outcome": "accepted", "queueNumber": 7}
    assert call_back(api, hospital, clock, told).status == 202
    assert call_back(api, hospital, clock, told | {"queueNumber": 8}).status == 202
    cloud.settle()
    seen = patient.sees(booked.about)
    assert (seen.confirmation, seen.queue_number) == ("accepted", 7)


def test_a_rejected_appointment_gives_slot_and_money_back(
    booked: Order,
    session: Session,
    patient: Patient,
    till: Till,
    hospital: Party,
    api: Api,
    cloud: Cloud,
    clock: HeldClock,
) -> None:
    told = {"appointmentId": booked.about, "outcome": "rejected", "queueNumber": None}
    assert call_back(api, hospital, clock, told).status == 202
    cloud.settle()
    seen = patient.sees(booked.about)
    assert (seen.status, seen.reason, seen.confirmation) == ("cancelled", "cancelled_by_site", "rejected")
    assert till.refunded(booked)
    assert clinic_of(session).seen.slots == {}
