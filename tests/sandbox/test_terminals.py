"""What an institution's terminals can do beside scanning: hand in, show codes of their own, go wrong on purpose."""

import json
import time
from typing import Any

import pytest

from chalicelib.platform.signatures import SignatureInvalid, SignatureStale
from sandbox.calls import Unreachable
from sandbox.institutions import terminal
from sandbox.server import Origin
from tests.sandbox.outside import Answered, Api, Client, eventually
from tests.sandbox.service import Service
from tests.sandbox.test_institutions import DECODE, PHARMACY, TAG, believed, event, events

ONE = f"/sandbox/institutions/{PHARMACY}"
REDEEM = "/v1/terminal/card-codes/redeem"
COUNTER_CODES, PRESENCES = "/v1/institutions/me/counter-codes", "/v1/institutions/me/presences"
SCAN = {"code": "SC1:X", "businessType": "02121"}
SEEN_VIEW = {"presenceToken": "t", "card": {"pseudonym": "pw_1"}}


@pytest.fixture
def authority(origin: Origin) -> str:
    return origin.world.place.authority


def test_a_replayed_request_is_the_very_same_twice(backend: Api, client: Client) -> None:
    answers: list[Answered] = [
        (401, {}, b'{"code": "signature-replayed"}'),
        (200, {}, b'{"presenceToken": "t"}'),
    ]
    backend.on("POST", DECODE, lambda _: answers.pop())
    told = client.post(f"{ONE}/decode", {**SCAN, "replay": True}).json
    assert told["answers"] == [
        {"status": 200, "body": {"presenceToken": "t"}},
        {"status": 401, "body": {"code": "signature-replayed"}},
    ]
    first, second = backend.at(DECODE)
    assert (first.body, first.headers["Signature"]) == (second.body, second.headers["Signature"])
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_a_clock_that_is_off_signs_at_its_own_time(
    backend: Api, client: Client, authority: str, seconds: int
) -> None:
    backend.on("POST", DECODE, (401, {}))
    client.post(f"{ONE}/decode", {**SCAN, "clockOffsetSeconds": seconds})
    [seen] = backend.at(DECODE)
    with pytest.raises(SignatureStale):
        believed(seen, client, authority, PHARMACY)
    assert set(json.loads(seen.body)) == {*SCAN, "operatorId", "officeId", "deviceId", "nonce"}


def test_a_key_of_another_name_is_another_key(backend: Api, client: Client, authority: str) -> None:
    backend.on("POST", DECODE, (401, {}))
    client.post(f"{ONE}/decode", {**SCAN, "keyName": "k2"})
    [seen] = backend.at(DECODE)
    assert f'keyid="{PHARMACY}#k2"' in seen.headers["Signature-Input"]
    with pytest.raises(SignatureInvalid):
        believed(seen, client, authority, PHARMACY)
    first, second = (client.get(f"{ONE}?keyName={name}").json for name in ("k1", "k2"))
    assert first == client.get(ONE).json
    assert (second["keyName"], second["publicKey"] != first["publicKey"]) == ("k2", True)


def test_a_code_taken_without_a_network_is_handed_in(backend: Api, client: Client, authority: str) -> None:
    backend.on("POST", REDEEM, (200, SEEN_VIEW))
    asked = {"code": "SC2:X", "businessType": "02121", "amountFen": 1500}
    before = time.time()
    assert client.post(f"{ONE}/redeem", asked).json == SEEN_VIEW
    client.post(f"{ONE}/redeem", {**asked, "presentedAt": "2026-11-23T01:02:03Z"})
    now, then = backend.at(REDEEM)
    assert believed(now, client, authority, PHARMACY).key_id == f"{PHARMACY}#k1"
    body = json.loads(now.body)
    assert set(body) == {*asked, "presentedAt", "operatorId", "officeId", "deviceId", "nonce"}
    assert body["presentedAt"][:10] >= time.strftime("%Y-%m-%d", time.gmtime(before))
    assert json.loads(then.body)["presentedAt"] == "2026-11-23T01:02:03.000Z"


def test_a_counter_shows_a_code_and_remembers_it(backend: Api, client: Client, authority: str) -> None:
    code = {"id": "scc_1", "code": "SCC:X"}
    backend.on("POST", COUNTER_CODES, (201, code))
    answer = client.post(f"{ONE}/counter-codes", {"officeId": "window-3", "businessType": "02121"})
    assert (answer.status, answer.json) == (201, code)
    [seen] = backend.at(COUNTER_CODES)
    assert believed(seen, client, authority, PHARMACY).key_id == f"{PHARMACY}#k1"
    wanted = {"officeId": "window-3", "businessType": "02121", "deviceId": "terminal-1"}
    assert json.loads(seen.body) == wanted
    kept = client.get(f"{ONE}/counter-codes").json["items"]
    assert kept == [{**code, "officeId": "window-3", "businessType": "02121"}]


def test_a_refused_counter_code_is_not_remembered(backend: Api, client: Client) -> None:
    backend.on("POST", COUNTER_CODES, (422, {"code": "business-type-unknown"}))
    assert client.post(f"{ONE}/counter-codes", {"businessType": "x"}).status == 422
    assert client.get(f"{ONE}/counter-codes").json["items"] == []


def test_those_who_wait_are_read_signed(backend: Api, client: Client, authority: str) -> None:
    backend.on("GET", PRESENCES, (200, {"items": [], "cursor": None}))
    backend.on("GET", f"{PRESENCES}/prs_1", (200, SEEN_VIEW))
    assert client.get(f"{ONE}/presences?limit=5").json == {"items": [], "cursor": None}
    assert client.get(f"{ONE}/presences/prs_1").json == SEEN_VIEW
    for seen in (*backend.at(PRESENCES), *backend.at(f"{PRESENCES}/prs_1")):
        assert believed(seen, client, authority, PHARMACY).key_id == f"{PHARMACY}#k1"
    assert backend.at(PRESENCES)[0].target.endswith("?limit=5")


def presence(**changed: Any) -> dict[str, Any]:
    told = {"presence": "prs_1", "version": 1, "href": f"{PRESENCES}/prs_1"}
    return event(type="cn.zerotrip.presence.created.v1", subject="prs_1", data=told | changed)


def test_who_scanned_the_counters_code_is_read_and_kept(
    backend: Api, service: Service, client: Client, authority: str
) -> None:
    backend.on("GET", f"{PRESENCES}/prs_1", (200, SEEN_VIEW))
    assert service.post(f"{ONE}/inbox", presence(), TAG).status == 200
    eventually(lambda: events(client, PHARMACY)[0]["callback"]["state"] == "done")
    [received] = events(client, PHARMACY)
    assert (received["detail"], received["answer"]) == (SEEN_VIEW, None)
    [seen] = backend.at(f"{PRESENCES}/prs_1")
    assert believed(seen, client, authority, PHARMACY).key_id == f"{PHARMACY}#k1"
    assert b"pw_1" not in client.get("/sandbox/events").body


def test_a_presence_that_is_gone_is_not_kept(backend: Api, service: Service, client: Client) -> None:
    backend.on("GET", f"{PRESENCES}/prs_1", (404, {"code": "not-found"}))
    service.post(f"{ONE}/inbox", presence(), TAG)
    eventually(lambda: events(client, PHARMACY)[0]["callback"]["state"] == "failed")
    assert events(client, PHARMACY)[0]["detail"] is None


def test_an_event_about_an_appointment_names_it(service: Service) -> None:
    reply = service.post(f"{ONE}/inbox", event(data={"href": "/v1/x"}), TAG)
    assert (reply.status, reply.json["code"]) == (400, "event-invalid")


def test_an_api_that_is_gone_is_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise Unreachable

    monkeypatch.setattr(terminal, "call", gone)
    assert client.post(f"{ONE}/decode", SCAN).json["code"] == "api-unreachable"


def test_knobs_have_bounds(client: Client) -> None:
    for knob in ({"clockOffsetSeconds": 10**6}, {"keyName": ""}, {"keyName": "a b"}, {"replay": "twice"}):
        assert client.post(f"{ONE}/decode", {**SCAN, **knob}).status == 422
