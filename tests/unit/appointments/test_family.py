"""Registering a family member: by their card, within a mandate, as their own person."""

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from tests.api import Api, ApiAnswer
from tests.appointments import Till, notify, place_of
from tests.builders import an_identity_number
from tests.bureau import Bureau, a_bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp, World
from tests.families import Relative, a_civil_registry, by_own_face
from tests.parties import HOSPITAL, PHARMACY, a_party, scan


@pytest.fixture
def bureau(world: World, cloud: Cloud, clock: HeldClock) -> Bureau:
    a_civil_registry(world)
    return a_bureau(world)


@pytest.fixture
def agent(api: Api, payment_app: PaymentApp, bureau: Bureau) -> Phone:
    return with_card(Phone(api, payment_app), bureau)


@pytest.fixture
def elder(bureau: Bureau) -> Relative:
    somebody = Relative("王芳", an_identity_number())
    bureau.insures(somebody.name, somebody.number)
    return somebody


def with_card(phone: Phone, bureau: Bureau) -> Phone:
    bureau.insures(phone.name, phone.number)
    assert phone.bind().status == 201
    return phone


def carried(agent: Phone, elder: Relative, *actions: str) -> tuple[str, str]:
    """Ids of a mandate and of the card that the agent carries by it."""
    mandate = by_own_face(agent, elder, actions=list(actions)).json
    answer = agent.api.post("/v1/cards", {"mandateId": mandate["id"]}, token=agent.token)
    assert answer.status == 201
    return mandate["id"], answer.json["id"]


def hold(phone: Phone, session: Session, index: int, card_id: str) -> ApiAnswer:
    body = {"slotId": place_of(session, index).id, "cardId": card_id}
    return phone.api.post("/v1/appointments", body, token=phone.token)


def test_the_hospital_expects_the_member(
    agent: Phone, elder: Relative, session: Session, till: Till, cloud: Cloud, clock: HeldClock
) -> None:
    _, card_id = carried(agent, elder, "cards", "appointments")
    held = hold(agent, session, 3, card_id)
    assert held.status == 201
    path = f"/v1/appointments/{held.json['id']}"
    opened = agent.api.post(f"{path}/payment", token=agent.token).json["order"]
    order = wiring.payments().find(opened["id"])
    assert order is not None
    notify(agent.api, till.pay(order))
    cloud.settle()
    mine = agent.api.get(path, token=agent.token).json
    assert (mine["status"], mine["cardId"]) == ("booked", card_id)
    hospital, where = a_party(HOSPITAL), f"/v1/institutions/me/appointments/{held.json['id']}"
    seen = agent.api.get(where, headers=hospital.headers("GET", where, now=clock().timestamp())).json
    member = wiring.cards().known(card_id).person_id
    assert seen["patient"] == {"holder": "王*", "pseudonym": wiring.cards().pseudonym(HOSPITAL, member)}


def test_a_session_has_the_member_once_whoever_asks(
    agent: Phone, elder: Relative, session: Session, bureau: Bureau, api: Api, payment_app: PaymentApp
) -> None:
    own = agent.api.get("/v1/cards", token=agent.token).json["items"][0]["id"]
    _, card_id = carried(agent, elder, "cards", "appointments")
    member = with_card(Phone(api, payment_app, name=elder.name, number=elder.number), bureau)
    assert hold(agent, session, 0, card_id).status == 201
    again = hold(member, session, 1, card_id)
    assert (again.status, again.code) == (409, "already-registered")
    assert hold(agent, session, 2, own).status == 201


def test_a_card_for_other_actions_registers_nobody(agent: Phone, elder: Relative, session: Session) -> None:
    _, card_id = carried(agent, elder, "cards")
    answer = hold(agent, session, 0, card_id)
    assert (answer.status, answer.code) == (403, "action-not-mandated")


def test_a_card_for_appointments_alone_shows_no_code(agent: Phone, elder: Relative, session: Session) -> None:
    _, card_id = carried(agent, elder, "appointments")
    assert hold(agent, session, 0, card_id).status == 201
    answer = agent.api.post(f"/v1/cards/{card_id}/codes", token=agent.token)
    assert (answer.status, answer.code) == (403, "action-not-mandated")


def test_once_the_mandate_is_over_nothing_more_is_registered(
    agent: Phone, elder: Relative, session: Session, clock: HeldClock
) -> None:
    mandate_id, card_id = carried(agent, elder, "cards", "appointments")
    agent.api.call("DELETE", f"/v1/mandates/{mandate_id}", token=agent.token)
    assert hold(agent, session, 0, card_id).code == "card-not-found"


def test_a_code_shown_before_the_mandate_was_revoked_is_refused_at_the_counter(
    agent: Phone, elder: Relative, clock: HeldClock
) -> None:
    mandate_id, card_id = carried(agent, elder, "cards")
    code = agent.api.post(f"/v1/cards/{card_id}/codes", token=agent.token).json["code"]
    agent.api.call("DELETE", f"/v1/mandates/{mandate_id}", token=agent.token)
    answer = scan(agent.api, a_party(PHARMACY), clock, code)
    assert (answer.status, answer.code) == (410, "mandate-ended")
