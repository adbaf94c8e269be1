"""Registering a family member: by their card, within a mandate, as their own person."""

from datetime import datetime, timedelta

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from chalicelib.types import rfc3339
from tests.api import Api, ApiAnswer
from tests.appointments import Till, a_session, notify, place_of, published
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


def carried(agent: Phone, elder: Relative, *actions: str, until: datetime | None = None) -> tuple[str, str]:
    """Ids of a mandate and of the card that the agent carries by it."""
    lasting = {"until": rfc3339(until)} if until else {}
    mandate = by_own_face(agent, elder, actions=list(actions), **lasting).json
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


@pytest.fixture
def soon(cloud: Cloud, clock: HeldClock) -> Session:
    """A session for which check-in is open."""
    return published(a_session(clock).model_copy(update={"starts_at": clock() + timedelta(hours=1)}))


def booked(agent: Phone, session: Session, card_id: str, till: Till, cloud: Cloud) -> str:
    """The path of an appointment that the agent has booked for the card's person."""
    path = f"/v1/appointments/{hold(agent, session, 3, card_id).json['id']}"
    opened = agent.api.post(f"{path}/payment", token=agent.token).json["order"]
    order = wiring.payments().find(opened["id"])
    assert order is not None
    notify(agent.api, till.pay(order))
    cloud.settle()
    return path


def test_by_a_mandate_that_stands_one_checks_in_and_moves(
    agent: Phone, elder: Relative, soon: Session, till: Till, cloud: Cloud
) -> None:
    _, card_id = carried(agent, elder, "appointments")
    path = booked(agent, soon, card_id, till, cloud)
    moved = agent.api.post(f"{path}/reschedule", {"slotId": place_of(soon, 1).id}, token=agent.token)
    assert (moved.status, moved.json["movedFrom"]) == (200, path.rpartition("/")[2])
    there = agent.api.post(f"/v1/appointments/{moved.json['id']}/check-in", token=agent.token)
    assert (there.status, there.json["status"]) == (200, "checked-in")


@pytest.mark.parametrize("ended", ["revoked", "by a date"])
def test_once_the_mandate_is_over_nobody_is_checked_in_or_moved_but_the_slot_may_be_given_back(
    agent: Phone, elder: Relative, soon: Session, till: Till, cloud: Cloud, clock: HeldClock, ended: str
) -> None:
    until = clock() + timedelta(minutes=30)
    mandate_id, card_id = carried(agent, elder, "appointments", until=until)
    path = booked(agent, soon, card_id, till, cloud)
    if ended == "revoked":
        agent.api.call("DELETE", f"/v1/mandates/{mandate_id}", token=agent.token)
    else:
        clock.now = until
        agent.refresh()
    there = agent.api.post(f"{path}/check-in", token=agent.token)
    assert (there.status, there.code) == (410, "mandate-ended")
    moved = agent.api.post(f"{path}/reschedule", {"slotId": place_of(soon, 5).id}, token=agent.token)
    assert moved.code == ("card-not-found" if ended == "revoked" else "mandate-ended")
    assert agent.api.get(path, token=agent.token).json["status"] == "booked"
    assert agent.api.post(f"{path}/cancel", token=agent.token).json["status"] == "cancelled"


def test_whoever_gave_up_their_own_card_still_checks_in(
    agent: Phone, soon: Session, till: Till, cloud: Cloud
) -> None:
    own = agent.api.get("/v1/cards", token=agent.token).json["items"][0]["id"]
    path = booked(agent, soon, own, till, cloud)
    scanned = agent.verified("card")
    gone = agent.api.call("DELETE", f"/v1/cards/{own}", {"verificationId": scanned}, token=agent.token)
    assert gone.status in {200, 204}
    assert agent.api.post(f"{path}/check-in", token=agent.token).json["status"] == "checked-in"


def test_a_code_shown_before_the_mandate_was_revoked_is_refused_at_the_counter(
    agent: Phone, elder: Relative, clock: HeldClock
) -> None:
    mandate_id, card_id = carried(agent, elder, "cards")
    code = agent.api.post(f"/v1/cards/{card_id}/codes", token=agent.token).json["code"]
    agent.api.call("DELETE", f"/v1/mandates/{mandate_id}", token=agent.token)
    answer = scan(agent.api, a_party(PHARMACY), clock, code)
    assert (answer.status, answer.code) == (410, "mandate-ended")
