"""A hospital's till: what it charges and reverses is told under a number that stays, in whatever order it hears."""

import json
from typing import Any

import pytest

from tests.sandbox.outside import Api, Client, eventually
from tests.sandbox.service import Service
from tests.sandbox.test_institutions import CALLBACK, DETAIL, HOSPITAL, INBOX, TAG, event

TOLD = "/v1/callbacks/settlements"
CANCELLED = {"type": "cn.zerotrip.appointment.cancelled.v1", "time": "2026-11-22T07:00:00Z"}


@pytest.fixture
def desk(backend: Api) -> Api:
    """An API that takes what hospitals tell; the appointment is booked."""
    backend.on("POST", CALLBACK, (202, {"id": "cb_1"}))
    backend.on("POST", TOLD, (202, {"id": "cb_2"}))
    stands(backend, "booked")
    return backend


DETAILS: dict[str, Any] = {
    "orderId": "ord_1",
    "status": "booked",
    "feeFen": 50_00,
    "practitionerName": "-",
    "startsAt": "-",
}


def stands(desk: Api, status: str) -> None:
    desk.on("GET", DETAIL, (200, DETAILS | {"status": status}))


def hears(service: Service, client: Client, body: dict[str, Any]) -> None:
    """The hospital takes the event, and has done all that follows."""
    assert service.post(INBOX, body, TAG).status < 300

    def done() -> bool:
        items = client.get(f"/sandbox/institutions/{HOSPITAL}/events").json["items"]
        states = {each["event"]["id"]: each["callback"]["state"] for each in items}
        return bool(states[body["id"]] == "done")

    eventually(done)


def told(desk: Api) -> list[dict[str, Any]]:
    return [json.loads(seen.body) for seen in desk.at(TOLD)]


CHARGE = {
    "orderId": "ord_1",
    "kind": "charge",
    "number": "apt_1",
    "amountFen": 50_00,
    "occurredAt": "2026-11-22T06:00:00Z",
}
REVERSE = CHARGE | {"kind": "reverse", "occurredAt": "2026-11-22T07:00:00Z"}


def test_a_booking_is_charged_and_a_cancellation_reversed(
    desk: Api, service: Service, client: Client
) -> None:
    hears(service, client, event(1))
    assert told(desk) == [CHARGE]
    stands(desk, "cancelled")
    hears(service, client, event(2, **CANCELLED))
    assert told(desk)[1:] == [CHARGE, REVERSE]
    keys = [seen.headers["Idempotency-Key"] for seen in desk.at(TOLD)]
    assert keys == ['"apt_1-charge"', '"apt_1-charge"', '"apt_1-reverse"']


def test_a_booking_heard_of_after_its_end_is_not_charged(desk: Api, service: Service, client: Client) -> None:
    stands(desk, "cancelled")
    hears(service, client, event(2, **CANCELLED))
    hears(service, client, event(1))
    assert told(desk) == []


def test_whoever_hears_of_the_booking_last_reverses_it_too(
    desk: Api, service: Service, client: Client
) -> None:
    hears(service, client, event(2, **CANCELLED))
    hears(service, client, event(1))
    assert told(desk) == [CHARGE, REVERSE]


def test_a_hospital_that_stops_a_session_gives_back_what_it_charged(
    desk: Api, service: Service, client: Client
) -> None:
    clinic = {"practitionerId": "prc_1", "startsAt": "2026-11-24T01:00:00Z"}
    desk.on("GET", DETAIL, (200, {**DETAILS, "clinic": clinic}))
    desk.on("POST", "/v1/callbacks/clinics", (202, {"id": "cb_3"}))
    hears(service, client, event(1))
    other = clinic | {"startsAt": "2026-11-25T01:00:00Z"}
    for each in (other, clinic, clinic):
        path = f"/sandbox/institutions/{HOSPITAL}/clinics"
        assert client.post(path, {**each, "action": "stopped"}).status == 202
    eventually(lambda: len(told(desk)) == 5)
    assert told(desk)[0] == CHARGE
    reverses = [each for each in told(desk) if each["kind"] == "reverse"]
    assert len(reverses) == 2
    assert reverses[0] == reverses[1]


def test_a_booking_heard_of_after_its_session_was_stopped_is_given_back_too(
    desk: Api, service: Service, client: Client
) -> None:
    clinic = {"practitionerId": "prc_1", "startsAt": "2026-11-24T01:00:00Z"}
    desk.on("GET", DETAIL, (200, {**DETAILS, "clinic": clinic}))
    desk.on("POST", "/v1/callbacks/clinics", (202, {"id": "cb_3"}))
    path = f"/sandbox/institutions/{HOSPITAL}/clinics"
    for action in ("stopped", "resumed"):
        assert client.post(path, {**clinic, "action": action}).status == 202
    hears(service, client, event(1))
    assert [each["kind"] for each in told(desk)] == ["charge", "reverse"]
    desk.on("GET", DETAIL.replace("apt_1", "apt_2"), (200, {**DETAILS, "orderId": "ord_2", "clinic": clinic}))
    hears(service, client, event(2, time="2999-01-01T00:00:00Z", data=event(2, "apt_2")["data"]))
    assert [each["kind"] for each in told(desk)[2:]] == ["charge"]


def test_a_booking_that_the_service_no_longer_knows_is_not_charged(
    desk: Api, service: Service, client: Client
) -> None:
    desk.on("POST", CALLBACK, (422, {}))
    assert service.post(INBOX, event(1), TAG).status < 300
    eventually(lambda: len(desk.at(CALLBACK)) == 1)
    assert told(desk) == []


@pytest.mark.parametrize(("kind", "amounts"), [("untold", []), ("altered", [50_01])])
def test_a_fault_keeps_words_back_or_alters_them(
    desk: Api, service: Service, client: Client, kind: str, amounts: list[int]
) -> None:
    client.put("/sandbox/faults", {"settlement": {"kind": kind}})
    hears(service, client, event(1))
    assert [each["amountFen"] for each in told(desk)] == amounts
