"""Delivering events to institutions: one signed POST, recorded, repeatable, and giving up only where told to."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms

from chalicelib import wiring
from chalicelib.errors import Unavailable
from chalicelib.institutions.errors import EndpointDisabled, InstitutionUnknown
from chalicelib.institutions.model import Kind, Registration, Status
from chalicelib.platform import outbox, queue
from chalicelib.types import rfc3339
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Party, Received, Sent, World

PATH = "/hospital/inbox"
APPOINTMENT = "apt_01JDABCDEFGHJKMNPQRSTVWXYZ"


@pytest.fixture
def hospital(cloud: Cloud, world: World, clock: HeldClock) -> str:
    return registered(world.on(PATH, lambda _: Sent(204)))


def registered(endpoint: str | None, **changes: Any) -> str:
    party = Party("hos_1")
    keys = {party.key_name: party.public_key}
    told = {"id": party.id, "kind": Kind.HOSPITAL, "name": "医院", "endpoint": endpoint, "keys": keys}
    wiring.institutions().register(Registration(**(told | changes)))
    return party.id


def test_an_event_of_a_presence_names_the_presence(hospital: str, world: World, clock: HeldClock) -> None:
    about = "prs_01JDABCDEFGHJKMNPQRSTVWXYZ"
    told = outbox.message("events", "event.deliver", about, institution="hos_1", event="presence.created")
    wiring.events().deliver(told["body"])
    (received,) = world.at(PATH)
    event = received.json
    assert event["type"] == "cn.zerotrip.presence.created.v1"
    assert (event["source"], event["subject"]) == ("/zerotrip/presences", about)
    href = f"/v1/institutions/me/presences/{about}"
    assert event["data"] == {"presence": about, "version": 1, "href": href}


def booked(version: int = 3) -> dict[str, Any]:
    body: dict[str, Any] = outbox.message(
        "events", "event.deliver", APPOINTMENT, version, institution="hos_1", event="appointment.booked"
    )["body"]
    return body


def test_an_event_is_a_cloud_event_that_says_little(hospital: str, world: World, clock: HeldClock) -> None:
    message = booked()
    at = rfc3339(clock())
    clock.turn(seconds=5)
    wiring.events().deliver(message)
    (received,) = world.at(PATH)
    event = received.json
    assert event["id"].startswith("evt_")
    assert event == {
        "specversion": "1.0",
        "id": event["id"],
        "source": "/zerotrip/appointments",
        "type": "cn.zerotrip.appointment.booked.v1",
        "time": at,
        "timestamp": at,
        "subject": APPOINTMENT,
        "datacontenttype": "application/json",
        "data": {
            "appointment": APPOINTMENT,
            "version": 3,
            "href": f"/v1/institutions/me/appointments/{APPOINTMENT}",
        },
    }
    assert received.headers["webhook-id"] == event["id"]
    assert received.headers["idempotency-key"] == event["id"]
    assert received.headers["webhook-timestamp"] == str(int(clock().timestamp()))


class PublishedKey(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id: str) -> Any:
        signer = wiring.outbound_signer().signer
        assert key_id == signer.kid
        return signer.public_key


def test_its_signature_holds_for_an_independent_library(
    hospital: str, world: World, clock: HeldClock
) -> None:
    clock.now = datetime.now(UTC)  # by which the library judges
    wiring.events().deliver(booked())
    (received,) = world.at(PATH)
    request = SimpleNamespace(method="POST", url=world.origin + PATH, headers=dict(received.headers))
    verifier = HTTPMessageVerifier(
        signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=PublishedKey()
    )
    assert verifier.verify(
        request,
        max_age=timedelta(minutes=5),
        expect_tag="sc-event",
        require_components=("@method", "@authority", "@path", "content-digest", "idempotency-key"),
        body=received.body,
    )


def test_a_redelivery_is_the_same_event(hospital: str, world: World, cloud: Cloud, clock: HeldClock) -> None:
    message = booked()
    wiring.events().deliver(message)
    before = cloud.items()
    clock.turn(minutes=3)
    wiring.events().deliver(message)
    first, second = world.at(PATH)
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert cloud.items() == before


def test_two_changes_of_one_appointment_are_two_events(hospital: str, world: World) -> None:
    wiring.events().deliver(booked(3))
    wiring.events().deliver(booked(4))
    assert len({each.json["id"] for each in world.at(PATH)}) == 2


def deliveries(cloud: Cloud) -> list[dict[str, Any]]:
    return [item for item in cloud.items() if item["sk"]["S"] == "DELIVERY"]


def test_what_was_taken_is_on_the_record(hospital: str, cloud: Cloud) -> None:
    wiring.events().deliver(booked())
    (item,) = deliveries(cloud)
    assert item["status"] == {"S": "delivered"}
    assert item["institution"] == {"S": "hos_1"}


@pytest.mark.parametrize("status", [301, 400, 401, 404, 429, 500, 503])
def test_any_other_answer_brings_the_event_again(
    hospital: str, world: World, cloud: Cloud, status: int
) -> None:
    world.on(PATH, lambda _: Sent(status))
    with pytest.raises(Unavailable):
        wiring.events().deliver(booked())
    assert deliveries(cloud) == []


def test_an_endpoint_that_does_not_answer_brings_the_event_again(cloud: Cloud, clock: HeldClock) -> None:
    registered("http://127.0.0.1:9/nobody")
    with pytest.raises(Unavailable):
        wiring.events().deliver(booked())


def test_an_endpoint_that_is_gone_is_asked_no_more_until_it_is_registered_again(
    hospital: str, world: World
) -> None:
    url = world.on(PATH, lambda _: Sent(410))
    for _ in range(2):
        with pytest.raises(EndpointDisabled):
            wiring.events().deliver(booked())
    assert len(world.at(PATH)) == 1
    world.on(PATH, lambda _: Sent(200))
    registered(url)
    wiring.events().deliver(booked())
    assert len(world.at(PATH)) == 2


@pytest.mark.parametrize(("changes", "fact"), [({"endpoint": None}, EndpointDisabled)])
def test_who_wants_no_events_gets_none(
    cloud: Cloud, clock: HeldClock, changes: dict[str, Any], fact: type[Exception]
) -> None:
    registered(**changes)
    with pytest.raises(fact):
        wiring.events().deliver(booked())


def test_who_left_gets_none(hospital: str, world: World) -> None:
    registered(world.origin + PATH, status=Status.WITHDRAWN)
    with pytest.raises(InstitutionUnknown):
        wiring.events().deliver(booked())
    assert world.at(PATH) == []


def test_a_busy_endpoint_holds_back_its_own_message_only(hospital: str, world: World, cloud: Cloud) -> None:
    def busy_once(_: Received) -> Sent:
        return Sent(503 if len(world.at(PATH)) == 1 else 200)

    world.on(PATH, busy_once)
    for message in (booked(3), booked(4)):
        wiring.queues().send("events", [message])
    records = [*cloud.receive("EventsQueue"), *cloud.receive("EventsQueue")]
    answer = queue.consume({"Records": records}, wiring.event_jobs(), wiring.queues())
    assert answer == {"batchItemFailures": [{"itemIdentifier": records[0]["messageId"]}]}
    assert len(deliveries(cloud)) == 1
