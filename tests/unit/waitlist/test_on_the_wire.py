"""The waitlist as a phone meets it: what is asked, what is answered, in whose name."""

from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from chalicelib.types import rfc3339
from tests.api import Api
from tests.appointments import DEPARTMENT, Patient, Till, a_session, day_of, notify, published
from tests.builders import an_identity_number
from tests.bureau import Bureau, a_bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp, World
from tests.families import Relative, a_civil_registry, by_own_face
from tests.parties import HOSPITAL
from tests.waitlist import Lobby

ENTRIES = "/v1/waitlist-entries"


@pytest.fixture
def bureau(world: World, cloud: Cloud, clock: HeldClock) -> Bureau:
    a_civil_registry(world)
    return a_bureau(world)


@pytest.fixture
def phone(api: Api, payment_app: PaymentApp, bureau: Bureau) -> Phone:
    made = Phone(api, payment_app)
    bureau.insures(made.name, made.number)
    assert made.bind().status == 201
    return made


def own_card(phone: Phone) -> str:
    card_id: str = phone.api.get("/v1/cards", token=phone.token).json["items"][0]["id"]
    return card_id


def asked(session: Session, card_id: str, **changed: object) -> dict[str, object]:
    return {
        "hospitalId": HOSPITAL,
        "departmentId": DEPARTMENT,
        "date": day_of(session).isoformat(),
        "latestFulfilmentAt": rfc3339(session.starts_at),
        "cardId": card_id,
        **changed,
    }


def prepaid(phone: Phone, entry: dict[str, Any], till: Till, cloud: Cloud) -> dict[str, Any]:
    opened = phone.api.post(f"{ENTRIES}/{entry['id']}/payment", token=phone.token)
    assert (opened.status, opened.json["order"]["totalFen"]) == (201, entry["feeFen"])
    order = wiring.payments().find(opened.json["order"]["id"])
    assert order is not None
    notify(phone.api, till.pay(order))
    cloud.settle()
    shown: dict[str, Any] = phone.api.get(f"{ENTRIES}/{entry['id']}", token=phone.token).json
    return shown


def test_the_way_from_the_chance_to_the_appointment(
    phone: Phone, full: tuple[Session, str], lobby: Lobby, patient: Patient
) -> None:
    session, appointment_id = full
    where = f"hospitalId={HOSPITAL}&departmentId={DEPARTMENT}&date={day_of(session)}"
    chance = phone.api.get(f"/v1/waitlist-estimates?{where}", token=phone.token).json
    facts = {"percent": 0, "word": "low", "freeSlots": 0, "ahead": 0, "returnedLately": 0, "feeFen": 5000}
    assert chance == facts | {"latestPossible": rfc3339(session.starts_at)}
    made = phone.api.post(ENTRIES, asked(session, own_card(phone)), token=phone.token)
    assert (made.status, made.json["status"]) == (201, "pending-payment")
    assert made.json["estimatedSuccess"] == chance
    waiting = prepaid(phone, made.json, lobby.till, lobby.cloud)
    assert (waiting["status"], waiting["position"]) == ("active", 1)
    lobby.cancels(patient, appointment_id)
    got = phone.api.get(f"{ENTRIES}/{made.json['id']}", token=phone.token).json
    assert (got["status"], got["costFen"], got["position"]) == ("fulfilled", 5000, None)
    mine = phone.api.get(f"/v1/appointments/{got['appointmentId']}", token=phone.token).json
    assert (mine["status"], mine["orderId"]) == ("booked", got["orderId"])
    notices = phone.api.get("/v1/notices", token=phone.token).json["items"]
    told = [each["body"] for each in notices if each["kind"] == "waitlist-fulfilled"]
    assert len(told) == 1
    assert day_of(session).isoformat() in told[0]["zh"]
    assert session.hospital_name in told[0]["en"]


def test_the_list_has_pages(phone: Phone, lobby: Lobby, full: tuple[Session, str]) -> None:
    session, _ = full
    card_id, made = own_card(phone), []
    for _ in range(3):
        answer = phone.api.post(ENTRIES, asked(session, card_id), token=phone.token)
        made.append(answer.json["id"])
        phone.api.post(f"{ENTRIES}/{made[-1]}/withdraw", token=phone.token)
        lobby.clock.turn(seconds=1)
    first = phone.api.get(f"{ENTRIES}?limit=2", token=phone.token).json
    rest = phone.api.get(f"{ENTRIES}?limit=2&cursor={first['cursor']}", token=phone.token).json
    assert [each["id"] for each in [*first["items"], *rest["items"]]] == made[::-1]
    assert {each["status"] for each in first["items"]} == {"withdrawn"}
    assert phone.api.get(f"{ENTRIES}?limit=1000000", token=phone.token).status == 422


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"date": "2026-02-29"}, 422, "payload-invalid"),
        ({"date": "2027-02-28"}, 404, "no-clinic-that-day"),
        ({"latestFulfilmentAt": "2020-01-01T00:00:00Z"}, 422, "payload-invalid"),
        ({"latestFulfilmentAt": "2126-01-01T00:00:00Z"}, 422, "payload-invalid"),
        ({"cardId": "card_nobodys"}, 404, "card-not-found"),
        ({"practitionerId": "prc_nobody"}, 404, "no-clinic-that-day"),
    ],
)
def test_what_cannot_be_waited_for_is_refused(
    phone: Phone, full: tuple[Session, str], changed: dict[str, object], status: int, code: str
) -> None:
    answer = phone.api.post(ENTRIES, asked(full[0], own_card(phone), **changed), token=phone.token)
    assert (answer.status, answer.json["code"]) == (status, code)


def test_a_relative_is_waited_for_by_mandate_and_no_longer_once_it_ends(
    phone: Phone, bureau: Bureau, clock: HeldClock, lobby: Lobby, patient: Patient
) -> None:
    elder = Relative("王芳", an_identity_number())
    bureau.insures(elder.name, elder.number)
    sessions = [published(a_session(clock, places=1, doctor=name)) for name in "AB"]
    sold = [lobby.books(patient, each) for each in sessions]
    mandate = by_own_face(phone, elder, actions=["cards", "appointments"]).json
    card_id = phone.api.post("/v1/cards", {"mandateId": mandate["id"]}, token=phone.token).json["id"]
    made = phone.api.post(ENTRIES, asked(sessions[0], card_id), token=phone.token)
    assert prepaid(phone, made.json, lobby.till, lobby.cloud)["status"] == "active"
    lobby.cancels(patient, sold[0])
    got = phone.api.get(f"{ENTRIES}/{made.json['id']}", token=phone.token).json
    mine = phone.api.get(f"/v1/appointments/{got['appointmentId']}", token=phone.token).json
    assert (mine["status"], mine["cardId"]) == ("booked", card_id)

    again = phone.api.post(ENTRIES, asked(sessions[1], card_id), token=phone.token)
    prepaid(phone, again.json, lobby.till, lobby.cloud)
    assert phone.api.call("DELETE", f"/v1/mandates/{mandate['id']}", token=phone.token).status == 204
    lobby.cancels(patient, sold[1])
    assert phone.api.get(f"{ENTRIES}/{again.json['id']}", token=phone.token).json["status"] == "active"


def test_a_family_card_without_the_action_waits_for_nobody(
    phone: Phone, bureau: Bureau, full: tuple[Session, str]
) -> None:
    elder = Relative("王芳", an_identity_number())
    bureau.insures(elder.name, elder.number)
    mandate = by_own_face(phone, elder, actions=["cards"]).json
    card_id = phone.api.post("/v1/cards", {"mandateId": mandate["id"]}, token=phone.token).json["id"]
    answer = phone.api.post(ENTRIES, asked(full[0], card_id), token=phone.token)
    assert (answer.status, answer.json["code"]) == (403, "action-not-mandated")
