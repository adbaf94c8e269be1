"""Hospitals and pharmacies: who they are, what their terminals send, what they do with an event."""

import base64
import json
import re
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.platform.signatures import Message, Signed, verify
from sandbox.institutions.directory import institutions
from sandbox.keys import KeyFolder
from sandbox.server import Origin
from tests.sandbox.outside import Api, Client, Seen, eventually
from tests.sandbox.service import Service

EVERY = list(institutions().values())
HOSPITAL = next(each.institution_id for each in EVERY if each.kind == "hospital")
PHARMACY = next(each.institution_id for each in EVERY if each.kind == "pharmacy")
DECODE, CALLBACK = "/v1/terminal/card-codes/decode", "/v1/callbacks/appointments"
DETAIL = "/v1/institutions/me/appointments/apt_1"
INBOX = f"/sandbox/institutions/{HOSPITAL}/inbox"
TAG = "sc-event"


def event(number: int = 1, appointment: str = "apt_1", **changed: Any) -> dict[str, Any]:
    href = f"/v1/institutions/me/appointments/{appointment}"
    return {
        "specversion": "1.0",
        "id": f"evt_{number}",
        "source": "/zerotrip/appointments",
        "type": "cn.zerotrip.appointment.booked.v1",
        "time": "2026-11-22T06:00:00Z",
        "timestamp": "2026-11-22T06:00:00Z",
        "subject": appointment,
        "datacontenttype": "application/json",
        "data": {"appointment": appointment, "version": 1, "href": href},
        **changed,
    }


def believed(seen: Seen, client: Client, authority: str, institution_id: str) -> Signed:
    """The request's signature, checked by the service's own verifier with the published key."""
    listed = client.get("/sandbox/institutions").json["items"]
    published = next(item["publicKey"] for item in listed if item["id"] == institution_id)
    path, _, query = seen.target.partition("?")
    headers = {name.lower(): value for name, value in seen.headers.items()}
    message = Message(seen.method, authority, path, query, headers, seen.body)
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(published))
    return verify(message, lambda _: key, time.time())


def events(client: Client, institution_id: str = HOSPITAL) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get(f"/sandbox/institutions/{institution_id}/events").json["items"]
    return items


@pytest.fixture
def desk(backend: Api) -> Api:
    """An API that knows appointments and takes callbacks."""
    for number in (1, 2):
        detail = {
            "id": f"apt_{number}",
            "orderId": f"ord_{number}",
            "status": "booked",
            "feeFen": 50_00,
            "practitionerName": "王医生",
            "startsAt": "2026-11-24T01:00:00Z",
        }
        backend.on("GET", f"/v1/institutions/me/appointments/apt_{number}", (200, detail))
    backend.on("POST", CALLBACK, (202, {"id": "cb_1"}))
    return backend


def test_the_directory_is_hangzhous_without_doubles() -> None:
    hospitals = [each for each in EVERY if each.kind == "hospital"]
    listed = {each.name for each in hospitals} | {name for each in hospitals for name in each.other_names}
    assert len(hospitals) == 75
    assert len({(each.name.removeprefix("杭州市"), each.district) for each in hospitals}) == len(hospitals)
    assert {"浙江省人民医院", "浙江大学医学院附属第一医院", "西湖区人民医院", "杭州市肿瘤医院"} <= listed
    assert not [name for name in listed if "区区" in name or "中医院大学" in name]


def test_ids_look_like_ours_and_never_change() -> None:
    assert all(
        re.fullmatch(r"(hos|pha|bur)_[0-7][0-9A-HJKMNP-TV-Z]{25}", each.institution_id) for each in EVERY
    )
    assert next(iter(institutions())) == HOSPITAL
    institutions.cache_clear()
    assert list(institutions()) == [each.institution_id for each in EVERY]


def test_each_has_its_own_key_and_inbox(client: Client) -> None:
    listed = client.get("/sandbox/institutions").json["items"]
    assert len({item["publicKey"] for item in listed}) == len(listed) == len(EVERY)
    assert all(len(base64.b64decode(item["publicKey"])) == 32 for item in listed)
    told = [item for item in listed if item["kind"] != "bureau"]
    assert all(item["endpoint"].endswith(f"/sandbox/institutions/{item['id']}/inbox") for item in told)
    assert [item["endpoint"] for item in listed if item["kind"] == "bureau"] == [None]
    assert {item["keyName"] for item in listed} == {"k1"}
    pharmacies = client.get("/sandbox/institutions?kind=pharmacy").json["items"]
    assert {item["kind"] for item in pharmacies} == {"pharmacy"}
    assert len(pharmacies) == 10


def test_keys_survive_a_restart(origin: Origin, client: Client) -> None:
    before = client.get(f"/sandbox/institutions/{HOSPITAL}").json["publicKey"]
    key = KeyFolder(origin.world.place.state / "keys").derived_ed25519("institutions", HOSPITAL)
    assert base64.b64encode(key.public_key().public_bytes_raw()).decode() == before


def test_a_terminal_signs_what_it_asks(backend: Api, client: Client, origin: Origin) -> None:
    backend.on("POST", DECODE, (200, {"presenceToken": "t"}))
    answer = client.post(
        f"/sandbox/institutions/{PHARMACY}/decode", {"code": "SC1:X Y", "businessType": "02121"}
    )
    assert (answer.status, answer.json) == (200, {"presenceToken": "t"})
    [seen] = backend.at(DECODE)
    signed = believed(seen, client, origin.world.place.authority, PHARMACY)
    assert signed.key_id == f"{PHARMACY}#k1"
    body = json.loads(seen.body)
    assert (body["code"], body["businessType"]) == ("SC1:X Y", "02121")
    assert set(body) == {"code", "businessType", "operatorId", "officeId", "deviceId", "nonce"}
    assert re.fullmatch(r'"[0-9a-f-]{36}"', seen.headers["Idempotency-Key"])


def test_a_refused_code_is_answered_as_the_service_did(backend: Api, client: Client) -> None:
    backend.on("POST", DECODE, (409, {"code": "code-used"}))
    answer = client.post(
        f"/sandbox/institutions/{PHARMACY}/decode", {"code": "SC1:X", "businessType": "02121"}
    )
    assert (answer.status, answer.json["code"]) == (409, "code-used")


def test_a_terminal_of_nobody_and_a_scan_of_nothing_are_refused(client: Client) -> None:
    assert client.post("/sandbox/institutions/none/decode", {"code": "x", "businessType": "y"}).status == 404
    assert client.post(f"/sandbox/institutions/{PHARMACY}/decode", {"code": ""}).status == 422


def test_a_booked_appointment_is_read_numbered_and_accepted(
    desk: Api, service: Service, client: Client, origin: Origin
) -> None:
    assert service.post(INBOX, event(), TAG).status == 200
    eventually(lambda: events(client)[0]["callback"]["state"] == "done")
    [received] = events(client)
    assert received["verified"]
    assert received["event"] == event()
    assert received["callback"] == {"state": "done", "status": 202}
    assert received["answer"] == {"outcome": "accepted", "queueNumber": 1}
    [asked], [told] = desk.at(DETAIL), desk.at(CALLBACK)
    for seen in (asked, told):
        assert believed(seen, client, origin.world.place.authority, HOSPITAL).key_id == f"{HOSPITAL}#k1"
    assert json.loads(told.body) == {"appointmentId": "apt_1", "outcome": "accepted", "queueNumber": 1}


def test_queue_numbers_count_up(desk: Api, service: Service, client: Client) -> None:
    for number in (1, 2):
        service.post(INBOX, event(number, f"apt_{number}"), TAG)
        eventually(lambda expected=number: len(desk.at(CALLBACK)) == expected)  # type: ignore[misc]
    assert [json.loads(seen.body)["queueNumber"] for seen in desk.at(CALLBACK)] == [1, 2]


def test_an_event_delivered_twice_is_answered_once(desk: Api, service: Service, client: Client) -> None:
    for _ in range(2):
        assert service.post(INBOX, event(), TAG).status == 200
    eventually(lambda: events(client)[0]["callback"]["state"] == "done")
    [received] = events(client)
    assert received["deliveries"] == 2
    assert len(desk.at(CALLBACK)) == 1


def test_a_callback_the_service_cannot_take_is_repeated_as_the_same(
    desk: Api, service: Service, client: Client
) -> None:
    answers = iter([503, 409, 202])
    desk.on("POST", CALLBACK, lambda _: (next(answers), {}, b"{}"))
    service.post(INBOX, event(), TAG)
    eventually(lambda: events(client)[0]["callback"]["state"] == "done")
    told = desk.at(CALLBACK)
    assert len(told) == 3
    assert len({seen.headers["Idempotency-Key"] for seen in told}) == 1
    assert len({seen.body for seen in told}) == 1
    assert len({seen.headers["Signature"] for seen in told}) == 3


def test_a_refused_callback_is_not_repeated(desk: Api, service: Service, client: Client) -> None:
    desk.on("POST", CALLBACK, (422, {}))
    service.post(INBOX, event(), TAG)
    eventually(lambda: events(client)[0]["callback"]["state"] == "failed")
    assert events(client)[0]["callback"]["status"] == 422
    assert len(desk.at(CALLBACK)) == 1


def test_an_event_of_another_kind_is_kept_and_not_answered(
    desk: Api, service: Service, client: Client
) -> None:
    service.post(INBOX, event(type="cn.zerotrip.appointment.moved.v1"), TAG)
    assert events(client)[0]["callback"] == {"state": "none", "status": None}
    assert desk.at(CALLBACK) == []


def test_an_unsigned_event_is_refused_and_shown_as_unverified(desk: Api, client: Client) -> None:
    reply = client.post(INBOX, event())
    assert (reply.status, reply.json["code"]) == (401, "signature-invalid")
    [received] = events(client)
    assert not received["verified"]
    assert received["refusal"].startswith("signature-invalid")
    assert desk.at(DETAIL) == []


def test_a_signature_for_another_purpose_is_refused(desk: Api, service: Service, client: Client) -> None:
    assert service.post(INBOX, event(), "zt-exchange").status == 401
    assert not events(client)[0]["verified"]


def test_what_is_no_cloud_event_is_refused(service: Service) -> None:
    assert service.post(INBOX, event(specversion="0.3"), TAG).json["code"] == "event-invalid"
    assert service.post(INBOX, [1], TAG).json["code"] == "malformed-json"


def test_a_failing_hospital_keeps_nothing(desk: Api, service: Service, client: Client) -> None:
    client.put("/sandbox/faults", {"hospital": {HOSPITAL: {"status": 500}}})
    assert service.post(INBOX, event(), TAG).status == 500
    assert events(client) == []
    client.call("DELETE", "/sandbox/faults", b"", {})
    assert service.post(INBOX, event(), TAG).status == 200


def test_what_was_not_answered_is_taken_up_after_a_restart(
    desk: Api, service: Service, client: Client, origin: Origin
) -> None:
    desk.behaviours.pop(("POST", CALLBACK))
    desk.on("POST", CALLBACK, (503, {}))
    service.post(INBOX, event(), TAG)
    eventually(lambda: len(desk.at(CALLBACK)) > 0)
    desk.on("POST", CALLBACK, (202, {}))
    origin.world.hospital.resume()
    eventually(lambda: events(client)[0]["callback"]["state"] == "done")
    assert urlsplit(desk.at(DETAIL)[0].target).path == DETAIL
