"""The bureau changes a physical card and tells the service, signed, until it is heard; whatever happens to the feed."""

import base64
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.platform.signatures import Message, verify
from sandbox.people import synthetic_people
from sandbox.server import Origin
from tests.sandbox.outside import Api, Client, Reply, eventually
from tests.sandbox.service import Service
from tests.sandbox.test_claims import asked, told

CAST = synthetic_people().everybody
BASE = "/sandbox/departments/social-security"
CALLBACK = "/v1/callbacks/physical-cards"


@pytest.fixture
def mirror(backend: Api) -> Api:
    """A service that acknowledges every change."""
    backend.on("POST", CALLBACK, (202, {"id": "cbk_1"}))
    return backend


def change(client: Client, index: int, status: str, **more: Any) -> Reply:
    return client.put(f"{BASE}/physical-cards/{CAST[index].user_id}", {"status": status, **more})


def fault(client: Client, kind: str, **more: Any) -> None:
    assert client.put("/sandbox/faults", {"feed": {"kind": kind, **more}}).status == 200


def told_versions(api: Api) -> list[int]:
    return [json.loads(seen.body)["version"] for seen in api.at(CALLBACK)]


def feed(client: Client) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get(f"{BASE}/feed").json["items"]
    return items


def test_a_change_is_answered_told_and_known_everywhere(
    mirror: Api, client: Client, service: Service
) -> None:
    answer = change(client, 0, "lost", reason="reported").json
    assert {name: answer[name] for name in ("status", "version", "reason")} == {
        "status": "lost",
        "version": 2,
        "reason": "reported",
    }
    assert answer["feed"]["state"] == "acknowledged"
    [seen] = mirror.at(CALLBACK)
    card = {"cardNumber": CAST[0].card_number, "version": 2, "status": "lost", "reason": "reported"}
    assert json.loads(seen.body) == card
    value = told(asked(service, "social-security", "insured-person", 0))[1]
    assert (value["cardStatus"], value["cardVersion"]) == ("lost", 2)
    assert client.get("/sandbox/people?limit=1").json["items"][0]["cardStatus"] == "lost"
    assert client.get(f"{BASE}/physical-cards/{CAST[0].user_id}").json["version"] == 2


def test_the_bureau_signs_with_the_key_it_is_registered_with(
    mirror: Api, client: Client, origin: Origin
) -> None:
    change(client, 0, "locked")
    [bureau] = client.get("/sandbox/institutions?kind=bureau").json["items"]
    [seen] = mirror.at(CALLBACK)
    headers = {name.lower(): value for name, value in seen.headers.items()}
    message = Message(seen.method, origin.world.place.authority, seen.target, "", headers, seen.body)
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(bureau["publicKey"]))
    assert verify(message, lambda _: key, time.time()).key_id == f"{bureau['id']}#{bureau['keyName']}"


def test_who_dies_is_dead_to_both_departments(mirror: Api, client: Client, service: Service) -> None:
    change(client, 0, "cancelled", reason="deceased")
    assert told(asked(service, "social-security", "insured-person", 0))[1]["deceased"] is True
    assert told(asked(service, "civil-registry", "household", 0))[1]["alive"] is False
    assert client.get("/sandbox/people?limit=1").json["items"][0]["deceased"] is True
    assert json.loads(mirror.at(CALLBACK)[0].body)["reason"] == "deceased"


def test_versions_count_up_and_start_after_what_was_before(mirror: Api, client: Client) -> None:
    assert [change(client, 201, status).json["version"] for status in ("active", "lost")] == [3, 4]


def test_what_is_not_acknowledged_is_sent_again_as_the_same(backend: Api, client: Client) -> None:
    answers = iter([503, 404, 202])
    backend.on("POST", CALLBACK, lambda _: (next(answers), {}, b"{}"))
    assert change(client, 0, "lost").json["feed"]["state"] == "waiting"
    eventually(lambda: feed(client)[0]["state"] == "acknowledged")
    seen = backend.at(CALLBACK)
    assert [len({each.headers[name] for each in seen}) for name in ("Idempotency-Key", "Signature")] == [1, 3]
    assert len({each.body for each in seen}) == 1


def test_what_is_wrong_in_itself_is_not_sent_again(backend: Api, client: Client) -> None:
    backend.on("POST", CALLBACK, (422, {}))
    assert change(client, 0, "lost").json["feed"]["state"] == "refused"


def test_a_dropped_line_comes_later(mirror: Api, client: Client) -> None:
    fault(client, "dropped")
    assert change(client, 0, "lost").json["feed"]["tries"][0]["outcome"] == "dropped"
    assert mirror.at(CALLBACK) == []
    client.call("DELETE", "/sandbox/faults", b"", {})
    eventually(lambda: told_versions(mirror) == [2])


def test_a_doubled_line_comes_twice_under_one_key(mirror: Api, client: Client) -> None:
    fault(client, "doubled")
    change(client, 0, "lost")
    seen = mirror.at(CALLBACK)
    assert told_versions(mirror) == [2, 2]
    assert [len({each.headers[name] for each in seen}) for name in ("Idempotency-Key", "Signature")] == [1, 2]


def test_two_lines_change_places(mirror: Api, client: Client) -> None:
    fault(client, "reordered")
    change(client, 0, "lost")
    change(client, 0, "active")
    eventually(lambda: all(event["state"] == "acknowledged" for event in feed(client)))
    assert told_versions(mirror) == [3, 2]
    change(client, 0, "locked")
    change(client, 0, "active")
    eventually(lambda: told_versions(mirror) == [3, 2, 5, 4])


def test_a_line_that_nothing_passes_goes_out_in_the_end(mirror: Api, client: Client) -> None:
    fault(client, "reordered", seconds=0.3)
    change(client, 0, "lost")
    assert mirror.at(CALLBACK) == []
    eventually(lambda: told_versions(mirror) == [2])


def test_what_is_held_back_waits_for_the_fault_to_end(mirror: Api, client: Client, service: Service) -> None:
    fault(client, "held")
    change(client, 0, "lost")
    time.sleep(0.6)
    assert mirror.at(CALLBACK) == []
    assert told(asked(service, "social-security", "insured-person", 0))[1]["cardStatus"] == "lost"
    client.call("DELETE", "/sandbox/faults", b"", {})
    eventually(lambda: told_versions(mirror) == [2])


def test_what_was_not_told_is_taken_up_after_a_restart(backend: Api, client: Client, origin: Origin) -> None:
    backend.on("POST", CALLBACK, (422, {}))
    change(client, 0, "lost")
    refused = origin.world.feed.every()[0]
    origin.world.feed._keep(refused.model_copy(update={"state": "waiting", "tries": []}))
    backend.on("POST", CALLBACK, (202, {}))
    origin.world.feed.resume()
    eventually(lambda: feed(client)[0]["state"] == "acknowledged")


def test_the_feed_as_shown_names_no_card(mirror: Api, client: Client) -> None:
    change(client, 0, "lost")
    for path in (f"{BASE}/feed", "/sandbox/events"):
        assert CAST[0].card_number.encode() not in client.get(path).body


def test_nobodys_card_and_nonsense_are_refused(client: Client) -> None:
    assert change(client, 2, "lost").json["code"] == "no-card"
    assert client.get(f"{BASE}/physical-cards/nobody").status == 404
    assert change(client, 0, "eaten").status == 422
    assert change(client, 0, "lost", reason="Eaten by a dog").status == 422
