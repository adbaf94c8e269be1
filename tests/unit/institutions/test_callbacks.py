"""What a hospital calls back: recorded once, answered alike, worked on after."""

import json
from typing import Any

import pytest

from chalicelib import wiring
from tests.api import Api, ApiAnswer
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Party
from tests.unit.institutions.test_recognition import register

APPOINTMENT = "apt_01JDABCDEFGHJKMNPQRSTVWXYZ"
ACCEPTED = {"appointmentId": APPOINTMENT, "outcome": "accepted", "queueNumber": 7}


@pytest.fixture
def hospital(cloud: Cloud, clock: HeldClock) -> Party:
    party = Party("hos_1")
    register(party)
    cloud.stream("CoreTable")
    return party


def call_back(
    api: Api,
    party: Party,
    clock: HeldClock,
    body: Any = ACCEPTED,
    *,
    topic: str = "appointments",
    **signing: Any,
) -> ApiAnswer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    path = f"/v1/callbacks/{topic}"
    headers = party.headers("POST", path, raw, now=clock().timestamp(), **signing)
    return api.post(path, raw, headers=headers)


def inbox(cloud: Cloud) -> list[dict[str, Any]]:
    return [item for item in cloud.items() if item["pk"]["S"].startswith("CALLBACK#")]


def test_a_callback_is_recorded_and_its_job_asked_for(
    api: Api, hospital: Party, clock: HeldClock, cloud: Cloud
) -> None:
    answer = call_back(api, hospital, clock)
    assert answer.status == 202
    kept = wiring.inbox().callback(answer.json["id"])
    assert (kept.institution_id, kept.topic) == ("hos_1", "appointments")
    assert kept.body == {"appointment_id": APPOINTMENT, "outcome": "accepted", "queue_number": 7}
    wiring.relay(cloud.stream("CoreTable") or {})
    (message,) = [json.loads(each["body"]) for each in cloud.receive("EventsQueue")]
    assert (message["type"], message["about"]) == ("appointment.acknowledge", kept.id)


def test_a_repetition_signed_anew_gets_the_same_answer_and_changes_nothing(
    api: Api, hospital: Party, clock: HeldClock, cloud: Cloud
) -> None:
    first = call_back(api, hospital, clock, key="callback-0001")
    before = inbox(cloud)
    clock.turn(seconds=30)
    again = call_back(api, hospital, clock, key="callback-0001")
    assert (again.status, again.json) == (first.status, first.json)
    assert inbox(cloud) == before


def test_the_very_same_request_again_is_a_replay(
    api: Api, hospital: Party, clock: HeldClock, cloud: Cloud
) -> None:
    raw = json.dumps(ACCEPTED).encode()
    headers = hospital.headers("POST", "/v1/callbacks/appointments", raw, now=clock().timestamp())
    assert api.post("/v1/callbacks/appointments", raw, headers=headers).status == 202
    before = cloud.items()
    answer = api.post("/v1/callbacks/appointments", raw, headers=headers)
    assert (answer.status, answer.code) == (401, "signature-replayed")
    assert cloud.items() == before


def test_another_payload_under_a_used_key_is_refused(
    api: Api, hospital: Party, clock: HeldClock, cloud: Cloud
) -> None:
    call_back(api, hospital, clock, key="callback-0001")
    before = inbox(cloud)
    answer = call_back(api, hospital, clock, ACCEPTED | {"queueNumber": 8}, key="callback-0001")
    assert (answer.status, answer.code) == (422, "idempotency-key-reused")
    assert inbox(cloud) == before


def test_two_institutions_may_use_the_same_key(
    api: Api, hospital: Party, clock: HeldClock, cloud: Cloud
) -> None:
    other = Party("hos_2")
    register(other)
    call_back(api, hospital, clock, key="callback-0001")
    call_back(api, other, clock, key="callback-0001")
    assert len(inbox(cloud)) == 2


def test_an_unknown_topic_is_not_found(api: Api, hospital: Party, clock: HeldClock, cloud: Cloud) -> None:
    answer = call_back(api, hospital, clock, topic="weather")
    assert (answer.status, answer.code) == (404, "topic-unknown")
    assert inbox(cloud) == []


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        {},
        ACCEPTED | {"outcome": "perhaps"},
        ACCEPTED | {"queueNumber": 0},
        ACCEPTED | {"queueNumber": "7"},
        ACCEPTED | {"appointmentId": "apt_1"},
        ACCEPTED | {"more": 1},
    ],
)
def test_a_payload_that_breaks_a_rule_leaves_nothing(
    api: Api, hospital: Party, clock: HeldClock, cloud: Cloud, body: Any
) -> None:
    answer = call_back(api, hospital, clock, body)
    assert answer.status in {400, 422}
    assert inbox(cloud) == []


def test_a_key_that_is_too_short_is_refused(api: Api, hospital: Party, clock: HeldClock) -> None:
    assert call_back(api, hospital, clock, key="short").status == 422


def test_a_rejection_needs_no_queue_number(api: Api, hospital: Party, clock: HeldClock) -> None:
    answer = call_back(api, hospital, clock, {"appointmentId": APPOINTMENT, "outcome": "rejected"})
    assert answer.status == 202
