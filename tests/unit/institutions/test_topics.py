"""Who may tell what: each topic has its senders, and a physical card's number goes no further than the door."""

import json
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.institutions.model import Kind
from tests.api import Api, ApiAnswer
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Party
from tests.unit.institutions.test_recognition import register

NUMBER = "A12345678"
LOST = {"cardNumber": NUMBER, "version": 2, "status": "lost"}
CARDS, APPOINTMENTS = "/v1/callbacks/physical-cards", "/v1/callbacks/appointments"
ACCEPTED = {"appointmentId": "apt_01JDABCDEFGHJKMNPQRSTVWXYZ", "outcome": "accepted", "queueNumber": 7}


@pytest.fixture
def bureau(cloud: Cloud, clock: HeldClock) -> Party:
    party = Party("bur_1")
    register(party, kind=Kind.BUREAU)
    cloud.stream("CoreTable")
    return party


def tell(api: Api, party: Party, clock: HeldClock, body: Any, path: str = CARDS, **signing: Any) -> ApiAnswer:
    raw = json.dumps(body).encode()
    return api.post(path, raw, headers=party.headers("POST", path, raw, now=clock().timestamp(), **signing))


def test_the_bureau_tells_of_a_card_under_a_stand_in_for_its_number(
    api: Api, bureau: Party, clock: HeldClock
) -> None:
    answer = tell(api, bureau, clock, LOST | {"reason": "deceased"})
    assert answer.status == 202
    kept = wiring.inbox().callback(answer.json["id"])
    assert (kept.institution_id, kept.topic) == ("bur_1", "physical-cards")
    hidden = wiring.code_mac().hidden("physical-card", NUMBER)
    assert kept.body == {"physical_ref": hidden, "version": 2, "status": "lost", "reason": "deceased"}


def test_the_cards_number_is_nowhere_kept_queued_or_logged(
    api: Api, bureau: Party, clock: HeldClock, cloud: Cloud, log_lines: Any
) -> None:
    for body in (LOST, LOST | {"version": "2"}, LOST | {"status": "eaten"}):
        answer = tell(api, bureau, clock, body)
        assert NUMBER not in answer.body.decode()
    wiring.relay(cloud.stream("CoreTable") or {})
    (message,) = cloud.receive("EventsQueue")
    told = json.loads(message["body"])
    assert (told["type"], told["about"][:4]) == ("card.mirror", "cbk_")
    assert NUMBER not in f"{cloud.items()}{message}{log_lines()}"


def test_the_stand_in_is_keyed_and_the_same_for_the_same_number(cloud: Cloud) -> None:
    hidden = wiring.code_mac().hidden("physical-card", NUMBER)
    assert hidden == wiring.code_mac().hidden("physical-card", NUMBER)
    others = {
        wiring.code_mac().hidden("physical-card", "A12345679"),
        wiring.code_mac().hidden("other", NUMBER),
        wiring.identity_mac().hidden("physical-card", NUMBER),
    }
    assert len(others | {hidden}) == 4
    assert len(hidden) == 32


def test_the_same_key_with_another_card_is_refused(api: Api, bureau: Party, clock: HeldClock) -> None:
    assert tell(api, bureau, clock, LOST, key="feed-0001").status == 202
    assert tell(api, bureau, clock, LOST, key="feed-0001").status == 202
    answer = tell(api, bureau, clock, LOST | {"cardNumber": "B12345678"}, key="feed-0001")
    assert (answer.status, answer.code) == (422, "idempotency-key-reused")


def test_a_key_is_of_one_topic(api: Api, bureau: Party, clock: HeldClock, cloud: Cloud) -> None:
    """Nobody may send both; if ever somebody may, one key does not answer for the other topic."""
    tell(api, bureau, clock, LOST, key="feed-0001")
    register(bureau)  # a hospital from now on
    clock.turn(minutes=2)
    answer = tell(api, bureau, clock, ACCEPTED, APPOINTMENTS, key="feed-0001")
    assert (answer.status, answer.code) == (422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("kind", "path", "body"),
    [
        (Kind.HOSPITAL, CARDS, LOST),
        (Kind.PHARMACY, CARDS, LOST),
        (Kind.PHARMACY, APPOINTMENTS, ACCEPTED),
        (Kind.BUREAU, APPOINTMENTS, ACCEPTED),
    ],
)
def test_whose_topic_it_is_not_is_refused_and_leaves_nothing(
    api: Api, clock: HeldClock, cloud: Cloud, kind: Kind, path: str, body: Any
) -> None:
    party = Party("ins_1")
    register(party, kind=kind)
    before = cloud.items()
    answer = tell(api, party, clock, body, path)
    assert (answer.status, answer.code) == (403, "topic-forbidden")
    assert cloud.items() == before


@pytest.mark.parametrize(
    "change",
    [
        {"cardNumber": ""},
        {"cardNumber": "a12345678"},
        {"version": 0},
        {"version": 1.5},
        {"status": "bound"},
        {"reason": "Because of X"},
        {"more": 1},
    ],
)
def test_a_line_that_breaks_a_rule_leaves_nothing(
    api: Api, bureau: Party, clock: HeldClock, cloud: Cloud, change: dict[str, Any]
) -> None:
    before = cloud.items()
    assert tell(api, bureau, clock, LOST | change).status == 422
    assert cloud.items() == before


def test_each_topics_body_is_described(api: Api) -> None:
    paths = api.get("/v1/openapi.json").json["paths"]
    bodies = {
        path: paths[path]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[
            -1
        ]
        for path in (APPOINTMENTS, CARDS)
    }
    assert bodies == {APPOINTMENTS: "AppointmentCallback", CARDS: "PhysicalCardCallback"}
