"""Recognising institutions by their signatures, through a route of the real app."""

import json
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.institutions.errors import SignatureReplayed
from chalicelib.institutions.model import Institution, Kind, Registration, Status
from tests.api import Api, ApiAnswer
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Party
from tests.parties import a_registrar, redeem, scan

PATH = "/v1/callbacks/appointments"
APPOINTMENT = "apt_01JDABCDEFGHJKMNPQRSTVWXYZ"
BODY = json.dumps({"appointmentId": APPOINTMENT, "outcome": "accepted", "queueNumber": 7}).encode()


def register(party: Party, **changes: Any) -> None:
    told: dict[str, Any] = {
        "id": party.id,
        "kind": Kind.HOSPITAL,
        "name": "杭州市第一人民医院",
        "endpoint": None,
        "keys": {party.key_name: party.public_key},
    }
    wiring.institutions().register(Registration(**(told | changes)))


@pytest.fixture
def hospital(cloud: Cloud, clock: HeldClock) -> Party:
    party = Party("hos_1")
    register(party)
    return party


def send(api: Api, party: Party, clock: HeldClock, **signing: Any) -> ApiAnswer:
    headers = party.headers("POST", PATH, BODY, now=clock().timestamp(), **signing)
    return api.post(PATH, BODY, headers=headers)


def test_a_registered_key_is_recognised(api: Api, hospital: Party, clock: HeldClock) -> None:
    assert send(api, hospital, clock).status == 202


def test_an_unsigned_request_is_refused(api: Api, hospital: Party) -> None:
    answer = api.post(PATH, BODY)
    assert (answer.status, answer.code) == (401, "signature-missing")


@pytest.mark.parametrize(
    "stranger", [Party("hos_2"), Party("hos_1", key_name="k2")], ids=["institution", "key"]
)
def test_an_unknown_key_id_is_refused(api: Api, hospital: Party, clock: HeldClock, stranger: Party) -> None:
    assert send(api, stranger, clock).code == "key-unknown"


def test_another_key_under_a_registered_id_is_refused(api: Api, hospital: Party, clock: HeldClock) -> None:
    assert send(api, Party("hos_1"), clock).code == "signature-invalid"


def test_a_signature_for_another_authority_is_refused(api: Api, hospital: Party, clock: HeldClock) -> None:
    hospital.authority = "other.example:443"
    assert send(api, hospital, clock).code == "signature-invalid"


def test_a_query_that_was_not_signed_is_refused(api: Api, hospital: Party, clock: HeldClock) -> None:
    headers = hospital.headers("POST", PATH, BODY, now=clock().timestamp())
    assert api.post(f"{PATH}?a=1", BODY, headers=headers).code == "signature-invalid"


def test_an_old_signature_is_stale(api: Api, hospital: Party, clock: HeldClock) -> None:
    headers = hospital.headers("POST", PATH, BODY, now=clock().timestamp())
    clock.turn(seconds=121)
    assert api.post(PATH, BODY, headers=headers).code == "signature-stale"


def test_a_fresh_registration_works_at_once(api: Api, hospital: Party, clock: HeldClock) -> None:
    newcomer = Party("hos_2")
    assert send(api, newcomer, clock).code == "key-unknown"
    register(newcomer)
    assert send(api, newcomer, clock).status == 202


def test_a_withdrawal_acts_within_a_minute(api: Api, hospital: Party, clock: HeldClock) -> None:
    assert send(api, hospital, clock).status == 202
    register(hospital, status=Status.WITHDRAWN)
    clock.turn(seconds=60)
    assert send(api, hospital, clock).code == "key-unknown"


def test_a_replaced_key_stops_working_within_a_minute(api: Api, hospital: Party, clock: HeldClock) -> None:
    assert send(api, hospital, clock).status == 202
    successor = Party(hospital.id, key_name="k2")
    register(successor)
    clock.turn(seconds=60)
    assert send(api, successor, clock).status == 202
    assert send(api, hospital, clock).code == "key-unknown"


def test_registering_again_changes_nothing(cloud: Cloud, hospital: Party) -> None:
    before = cloud.items()
    register(hospital)
    assert cloud.items() == before


def test_a_nonce_is_used_once(cloud: Cloud, clock: HeldClock) -> None:
    caller = Institution(
        id="hos_1", kind=Kind.HOSPITAL, name="x", key_id="hos_1#k1", nonce="n" * 22, expires=1
    )
    wiring.institutions().once(caller)
    with pytest.raises(SignatureReplayed):
        wiring.institutions().once(caller)
    wiring.institutions().once(caller.model_copy(update={"id": "hos_2"}))


def test_a_used_nonce_is_forgotten_after_ten_minutes(cloud: Cloud, clock: HeldClock) -> None:
    """Longer than any signature lives, so a replay always meets it."""
    caller = Institution(
        id="hos_1", kind=Kind.HOSPITAL, name="x", key_id="hos_1#k1", nonce="n" * 22, expires=1
    )
    wiring.institutions().once(caller)
    (item,) = cloud.items()
    assert item["expires_at"] == {"N": str(int(clock().timestamp()) + 600)}


def test_no_log_line_holds_a_signature(api: Api, hospital: Party, clock: HeldClock, log_lines: Any) -> None:
    headers = hospital.headers("POST", PATH, BODY, now=clock().timestamp())
    api.post(PATH, BODY, headers=headers)
    logged = log_lines()
    assert "hos_1" in logged
    assert headers["signature"][6:40] not in logged
    assert "nonce" not in logged


def test_a_department_that_certifies_reads_no_cards(api: Api, clock: HeldClock, cloud: Cloud) -> None:
    department = a_registrar()
    before = cloud.items()
    assert scan(api, department, clock, "SC1:" + "0" * 36).code == "forbidden"
    assert redeem(api, department, clock, "SC2:" + "0" * 36).code == "forbidden"
    assert cloud.items() == before
