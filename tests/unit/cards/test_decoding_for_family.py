"""Codes of a relative's card: shown by a mandate, entered in the relative's log with who showed them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.types import rfc3339
from tests.api import Api, ApiAnswer
from tests.builders import an_identity_number
from tests.bureau import Bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Party, PaymentApp, World
from tests.families import Relative, a_civil_registry, by_own_face
from tests.parties import scan

USAGES = "/v1/usages"


@pytest.fixture
def elder(world: World, cloud: Cloud, bureau: Bureau) -> Relative:
    """A grown-up of the family."""
    a_civil_registry(world)
    somebody = Relative("王芳", an_identity_number())
    bureau.insures(somebody.name, somebody.number)
    return somebody


@pytest.fixture
def eldest(api: Api, payment_app: PaymentApp, elder: Relative) -> Phone:
    """The elder's own phone, with their card."""
    own = Phone(api, payment_app, name=elder.name, number=elder.number)
    assert own.bind().status == 201
    return own


class Agent:
    """Somebody who carries the elder's card by a mandate."""

    def __init__(self, phone: Phone, elder: Relative, actions: list[str], **asked: Any) -> None:
        self.api, self.phone = phone.api, phone
        phone.card()
        self.mandate: str = by_own_face(phone, elder, actions=actions, **asked).json["id"]
        carried = self.api.post("/v1/cards", {"mandateId": self.mandate}, token=phone.token)
        assert carried.status == 201
        self.card: str = carried.json["id"]

    def mint(self) -> ApiAnswer:
        return self.api.post(f"/v1/cards/{self.card}/codes", token=self.phone.token)

    def show(self) -> str:
        return str(self.mint().json["code"])

    def log(self) -> ApiAnswer:
        return self.api.get(f"{USAGES}?mandateId={self.mandate}", token=self.phone.token)

    def says_not_me(self, usage_id: str) -> ApiAnswer:
        path = f"{USAGES}/{usage_id}/not-me?mandateId={self.mandate}"
        return self.api.post(path, token=self.phone.token)


@pytest.fixture
def agent(phone: Phone, elder: Relative, eldest: Phone) -> Agent:
    """Somebody who may do everything for the elder that this room knows."""
    return Agent(phone, elder, ["cards", "usage-log"])


def test_an_agents_code_is_decoded_as_the_relatives_card(
    api: Api, agent: Agent, eldest: Phone, pharmacy: Party, clock: HeldClock
) -> None:
    shown = agent.mint().json
    assert (len(shown["code"]), shown["offlineCode"]) == (40, None)
    answer = scan(api, pharmacy, clock, shown["code"], "02121")
    assert answer.status == 200
    assert answer.json["attributes"] == {"holder": "王*", "realName": "王芳", "idNumber": eldest.number}
    own = api.post(f"/v1/cards/{agent.card}/codes", token=eldest.token).json["code"]
    pseudonym = scan(api, pharmacy, clock, own).json["card"]["pseudonym"]
    assert pseudonym == answer.json["card"]["pseudonym"]


def test_it_is_used_once_and_repeated_safely(
    api: Api, agent: Agent, pharmacy: Party, hospital: Party, clock: HeldClock
) -> None:
    code = agent.show()
    assert scan(api, pharmacy, clock, code, key="one-request-key").status == 200
    assert scan(api, pharmacy, clock, code, key="one-request-key").status == 200
    assert scan(api, hospital, clock, code).code == "code-used"


def test_a_family_code_costs_two_reads_and_a_write(
    api: Api, agent: Agent, pharmacy: Party, clock: HeldClock, calls: list[str]
) -> None:
    scan(api, pharmacy, clock, agent.show())
    code = agent.show()
    del calls[:]
    assert scan(api, pharmacy, clock, code).status == 200
    assert calls == ["GetItem", "GetItem", "PutItem"]


def test_the_relatives_log_says_who_showed_the_card_and_the_agents_own_stays_empty(
    api: Api, agent: Agent, eldest: Phone, pharmacy: Party, clock: HeldClock
) -> None:
    scan(api, pharmacy, clock, agent.show())
    (entry,) = api.get(USAGES, token=eldest.token).json["items"]
    assert entry["familyMember"] == {"mandateId": agent.mandate, "holder": "张*"}
    assert agent.log().json["items"] == [entry]
    assert api.get(USAGES, token=agent.phone.token).json["items"] == []


@pytest.mark.parametrize("by", ["agent", "member"])
def test_a_revoked_mandate_ends_the_codes_that_are_out(
    api: Api, agent: Agent, eldest: Phone, pharmacy: Party, clock: HeldClock, by: str
) -> None:
    code = agent.show()
    token = agent.phone.token if by == "agent" else eldest.token
    assert api.call("DELETE", f"/v1/mandates/{agent.mandate}", token=token).status == 204
    refused = scan(api, pharmacy, clock, code)
    assert (refused.status, refused.code) == (410, "mandate-ended")
    assert agent.mint().code == "card-not-found"
    assert agent.log().code == "mandate-ended"


def test_a_mandate_whose_time_is_over_shows_no_code_and_lets_none_count(
    api: Api, phone: Phone, elder: Relative, eldest: Phone, pharmacy: Party, clock: HeldClock
) -> None:
    until = rfc3339(clock() + timedelta(minutes=5))
    agent = Agent(phone, elder, ["cards", "usage-log"], until=until)
    clock.turn(minutes=4, seconds=50)
    code = agent.show()
    clock.turn(seconds=10)
    refused = scan(api, pharmacy, clock, code)
    assert (refused.status, refused.code) == (410, "mandate-ended")
    minted = agent.mint()
    assert (minted.status, minted.code) == (410, "mandate-ended")


def test_a_relatives_suspended_card_is_refused_when_it_is_decoded(
    api: Api, agent: Agent, eldest: Phone, pharmacy: Party, clock: HeldClock
) -> None:
    api.post(f"/v1/cards/{agent.card}/suspend", {}, token=eldest.token)
    assert scan(api, pharmacy, clock, agent.show()).code == "card-suspended"


def test_an_agent_may_say_that_a_use_was_not_theirs(
    api: Api,
    agent: Agent,
    eldest: Phone,
    pharmacy: Party,
    clock: HeldClock,
    notices: Callable[[Phone], list[str]],
) -> None:
    scan(api, pharmacy, clock, agent.show())
    usage_id = agent.log().json["items"][0]["id"]
    assert api.post(f"{USAGES}/{usage_id}/not-me", token=agent.phone.token).code == "usage-not-found"
    answer = agent.says_not_me(usage_id)
    assert (answer.status, answer.json["cardStatus"]) == (200, "suspended")
    assert "card-suspended-not-me" in notices(eldest)
    assert "usage-disputed" in notices(agent.phone)


@pytest.mark.parametrize("actions", [["cards"], ["cards", "appointments", "certificates"]])
def test_the_log_is_an_action_of_its_own(
    api: Api,
    phone: Phone,
    elder: Relative,
    eldest: Phone,
    pharmacy: Party,
    clock: HeldClock,
    actions: list[str],
) -> None:
    agent = Agent(phone, elder, actions)
    scan(api, pharmacy, clock, agent.show())
    usage_id = api.get(USAGES, token=eldest.token).json["items"][0]["id"]
    assert (agent.log().status, agent.log().code) == (403, "action-not-mandated")
    assert agent.says_not_me(usage_id).code == "action-not-mandated"


def test_who_may_only_read_the_log_disputes_nothing(
    api: Api, phone: Phone, elder: Relative, eldest: Phone, pharmacy: Party, clock: HeldClock
) -> None:
    phone.card()
    mandate = by_own_face(phone, elder, actions=["usage-log"]).json["id"]
    card = api.get("/v1/cards", token=eldest.token).json["items"][0]["id"]
    code = api.post(f"/v1/cards/{card}/codes", token=eldest.token).json["code"]
    scan(api, pharmacy, clock, code)
    (entry,) = api.get(f"{USAGES}?mandateId={mandate}", token=phone.token).json["items"]
    refused = api.post(f"{USAGES}/{entry['id']}/not-me?mandateId={mandate}", token=phone.token)
    assert (refused.status, refused.code) == (403, "action-not-mandated")


def test_a_strangers_mandate_opens_no_log(api: Api, agent: Agent, eldest: Phone) -> None:
    refused = api.get(f"{USAGES}?mandateId={agent.mandate}", token=eldest.token)
    assert (refused.status, refused.code) == (404, "mandate-not-found")
