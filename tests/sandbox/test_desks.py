"""A hospital's appointment desk: what it tells is signed as that hospital, what it is answered is passed on."""

import json

import pytest

from sandbox.calls import Unreachable
from sandbox.institutions import desk
from sandbox.server import Origin
from tests.sandbox.outside import Api, Client
from tests.sandbox.test_institutions import CALLBACK, DETAIL, HOSPITAL, believed

ONE = f"/sandbox/institutions/{HOSPITAL}"
CLINICS, ROSTER = "/v1/callbacks/clinics", "/v1/institutions/me/appointments"
SESSION = {"practitionerId": "prc_1", "startsAt": "2026-11-24T00:00:00Z"}


@pytest.fixture
def authority(origin: Origin) -> str:
    return origin.world.place.authority


def test_a_session_is_stopped_with_the_hospitals_signature(
    backend: Api, client: Client, authority: str
) -> None:
    backend.on("POST", CLINICS, (202, {"id": "cbk_1"}))
    answer = client.post(f"{ONE}/clinics", SESSION | {"action": "stopped"})
    assert (answer.status, answer.json) == (202, {"id": "cbk_1"})
    [seen] = backend.at(CLINICS)
    assert believed(seen, client, authority, HOSPITAL).key_id == f"{HOSPITAL}#k1"
    assert json.loads(seen.body) == SESSION | {"action": "stopped"}


def test_what_became_of_a_visit_is_told_with_the_hospitals_signature(
    backend: Api, client: Client, authority: str
) -> None:
    backend.on("POST", CALLBACK, (202, {"id": "cbk_1"}))
    for outcome in ("called", "fulfilled"):
        assert client.post(f"{ONE}/appointments/apt_1", {"outcome": outcome}).status == 202
    first, second = backend.at(CALLBACK)
    assert json.loads(first.body) == {"appointmentId": "apt_1", "outcome": "called"}
    assert first.headers["Idempotency-Key"] != second.headers["Idempotency-Key"]
    assert believed(second, client, authority, HOSPITAL).key_id == f"{HOSPITAL}#k1"


def test_the_roster_and_one_of_it_are_read_signed(backend: Api, client: Client, authority: str) -> None:
    query = "startsAt=2026-11-24T00:00:00Z&practitionerId=prc_1"
    backend.on("GET", ROSTER, (200, {"items": [], "cursor": None}))
    backend.on("GET", DETAIL, (404, {"code": "appointment-not-found"}))
    assert client.get(f"{ONE}/appointments?{query}").json == {"items": [], "cursor": None}
    assert client.get(f"{ONE}/appointments/apt_1").status == 404
    canonical = "?practitionerId=prc_1&startsAt=2026-11-24T00%3A00%3A00Z"
    assert backend.at(ROSTER)[0].target == ROSTER + canonical
    for seen in (*backend.at(ROSTER), *backend.at(DETAIL)):
        assert believed(seen, client, authority, HOSPITAL).key_id == f"{HOSPITAL}#k1"


def test_a_schedule_is_planned_with_the_hospitals_signature(
    backend: Api, client: Client, authority: str
) -> None:
    path = "/v1/institutions/me/schedules/mondays"
    backend.on("PUT", path, (409, {"code": "proposal-stale"}))
    answer = client.put(f"{ONE}/schedules/mondays", {"weekdays": [1]})
    assert (answer.status, answer.json["code"]) == (409, "proposal-stale")
    [seen] = backend.at(path)
    assert json.loads(seen.body) == {"weekdays": [1]}
    assert believed(seen, client, authority, HOSPITAL).key_id == f"{HOSPITAL}#k1"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clinics", SESSION | {"action": "burnt"}),
        ("clinics", {"action": "stopped"}),
        ("appointments/apt_1", {"outcome": "asleep"}),
    ],
)
def test_what_no_desk_could_say_never_leaves(
    backend: Api, client: Client, path: str, body: dict[str, str]
) -> None:
    assert client.post(f"{ONE}/{path}", body).status == 422
    assert backend.seen == []


def test_a_service_that_is_down_is_said_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise Unreachable

    monkeypatch.setattr(desk, "call", broken)
    answer = client.get(f"{ONE}/appointments/apt_1")
    assert (answer.status, answer.json["code"]) == (503, "api-unreachable")
