"""A relative's card, carried by a mandate: one card for member and agent, and only its person disposes of it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api import Api, ApiAnswer
from tests.builders import an_identity_number
from tests.bureau import Bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp, World
from tests.families import Relative, a_civil_registry, by_own_face
from tests.unit.cards.conftest import kept

Notices = Callable[[Phone], list[str]]


@pytest.fixture
def elder(social_security: Bureau) -> Relative:
    relative = Relative("王芳", an_identity_number())
    social_security.insures(relative.name, relative.number)
    return relative


@pytest.fixture
def agent(zhang: Phone, world: World) -> Phone:
    a_civil_registry(world)
    assert zhang.bind().status == 201
    return zhang


@pytest.fixture
def mandate(agent: Phone, elder: Relative) -> str:
    return str(by_own_face(agent, elder).json["id"])


@pytest.fixture
def elders_phone(api: Api, payment_app: PaymentApp, elder: Relative) -> Phone:
    return Phone(api, payment_app, name=elder.name, number=elder.number)


def carry(agent: Phone, mandate_id: str) -> ApiAnswer:
    return agent.api.post("/v1/cards", {"mandateId": mandate_id}, token=agent.token)


def look(phone: Phone, card: dict[str, Any]) -> dict[str, Any]:
    seen: dict[str, Any] = phone.api.get(f"/v1/cards/{card['id']}", token=phone.token).json
    return seen


def verb(phone: Phone, card: dict[str, Any], path: str, body: object = None) -> ApiAnswer:
    return phone.api.post(f"/v1/cards/{card['id']}/{path}", body or {}, token=phone.token)


def carried(agent: Phone) -> list[str]:
    cards = agent.api.get("/v1/citizens/me", token=agent.token).json["cards"]
    return [card["id"] for card in cards if card["role"] == "family"]


def test_an_elder_without_a_phone_gets_a_card_that_the_agent_carries(agent: Phone, mandate: str) -> None:
    answer = carry(agent, mandate)
    assert answer.status == 201
    card = answer.json
    assert (card["role"], card["mandateId"], card["holder"]) == ("family", mandate, "王*")
    assert (kept(card["id"]).citizen_id, kept(card["id"]).bound_by) == (None, mandate)
    listed = agent.api.get("/v1/cards", token=agent.token).json["items"]
    assert sorted(each["role"] for each in listed) == ["family", "own"]
    assert look(agent, card) == card


def test_a_repetition_meets_the_same_and_asks_nobody(
    agent: Phone, mandate: str, social_security: Bureau
) -> None:
    first = carry(agent, mandate)
    social_security.down = True
    assert carry(agent, mandate).json == first.json
    assert kept(first.json["id"]).version == 1


def test_its_person_takes_it_into_an_account_of_their_own(
    agent: Phone, mandate: str, elders_phone: Phone, notices: Notices
) -> None:
    card = carry(agent, mandate).json
    proof = elders_phone.verified()
    body = {"verificationId": proof}
    taken = elders_phone.api.post("/v1/cards", body, token=elders_phone.token)
    assert (taken.status, taken.json["id"], taken.json["role"]) == (201, card["id"], "own")
    assert elders_phone.api.post("/v1/cards", body, token=elders_phone.token).json == taken.json
    assert look(agent, card)["role"] == "family"
    assert "card-bound" in notices(elders_phone)


def test_the_agent_carries_the_card_that_is_there(agent: Phone, mandate: str, elders_phone: Phone) -> None:
    own = elders_phone.bind().json
    carried = carry(agent, mandate).json
    assert (carried["id"], carried["role"], carried["version"]) == (own["id"], "family", 1)
    verb(elders_phone, own, "suspend")
    assert look(agent, carried)["status"] == "suspended"


def test_the_agent_may_report_it_lost_and_do_no_more(
    agent: Phone, mandate: str, elders_phone: Phone, notices: Notices
) -> None:
    own = elders_phone.bind().json
    card = carry(agent, mandate).json
    assert verb(agent, card, "suspend").json["status"] == "suspended"
    agent.verified("card")
    refused = [verb(agent, card, "resume"), verb(agent, card, "bank-account", {"phone": "13812345678"})]
    refused.append(agent.api.call("DELETE", f"/v1/cards/{card['id']}/bank-account", token=agent.token))
    assert {(each.status, each.code) for each in refused} == {(403, "card-not-own")}
    assert look(elders_phone, own)["held"] == "lost"
    assert "card-suspended" in notices(elders_phone)


def test_leaving_the_agents_wallet_changes_nothing_for_its_person(
    agent: Phone, mandate: str, elders_phone: Phone
) -> None:
    own = elders_phone.bind().json
    card = carry(agent, mandate).json
    assert agent.api.call("DELETE", f"/v1/cards/{card['id']}", token=agent.token).status == 204
    assert look(agent, card)["code"] == "card-not-found"
    assert look(elders_phone, own)["status"] == "bound"
    assert carry(agent, mandate).json["id"] == card["id"]


def test_an_ended_mandate_reports_nothing_lost(
    agent: Phone, elder: Relative, mandate: str, clock: HeldClock
) -> None:
    card = carry(agent, mandate).json
    clock.turn(days=367)
    agent.log_in()
    assert verb(agent, card, "suspend").code == "mandate-ended"
    assert kept(card["id"]).version == 1


def test_after_the_member_gave_the_card_up_the_agent_carries_a_new_one(
    agent: Phone, mandate: str, elders_phone: Phone
) -> None:
    own = elders_phone.bind().json
    carry(agent, mandate)
    elders_phone.api.call("DELETE", f"/v1/cards/{own['id']}", token=elders_phone.token)
    assert look(agent, own)["status"] == "unlinked"
    fresh = carry(agent, mandate)
    assert fresh.status == 201
    assert fresh.json["id"] != own["id"]
    assert carried(agent) == [fresh.json["id"]]
    agent.api.call("DELETE", f"/v1/mandates/{mandate}", token=agent.token)
    assert carried(agent) == []


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"cardStatus": "lost"}, "physical-card-lost"),
        ({"deceased": True}, "person-deceased"),
        (None, "person-not-insured"),
    ],
)
def test_the_bureau_decides_for_family_as_for_oneself(
    agent: Phone,
    mandate: str,
    elder: Relative,
    social_security: Bureau,
    told: dict[str, Any] | None,
    code: str,
) -> None:
    fact = social_security.facts[elder.number] or {}
    social_security.facts[elder.number] = {**fact, **told} if told else None
    assert carry(agent, mandate).code == code
    assert len(agent.api.get("/v1/cards", token=agent.token).json["items"]) == 1


def test_the_bureaus_word_reaches_a_card_that_only_family_shows(
    agent: Phone, mandate: str, elder: Relative, social_security: Bureau, clock: HeldClock, cloud: Cloud
) -> None:
    card = carry(agent, mandate).json
    number = (social_security.facts[elder.number] or {})["cardNumber"]
    social_security.calls(agent.api, clock, number, 2, "locked")
    cloud.settle()
    assert look(agent, card)["status"] == "locked"
