"""A certificate about a family member, requested by their agent."""

import pytest

from chalicelib import wiring
from chalicelib.certificates import catalogue
from tests.api import Api, ApiAnswer
from tests.builders import an_identity_number
from tests.bureau import a_bureau
from tests.certificates import NO_HOUSE, Registry, trust_documents
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp, World
from tests.families import Relative, a_civil_registry, by_own_face, scan


@pytest.fixture
def registry(world: World, cloud: Cloud) -> Registry:
    trust_documents()
    return Registry(world)


@pytest.fixture
def elder(registry: Registry) -> Relative:
    somebody = Relative("王芳", an_identity_number())
    registry.knows(somebody.number, somebody.name, NO_HOUSE)
    return somebody


@pytest.fixture
def agent(api: Api, payment_app: PaymentApp, world: World, clock: HeldClock, registry: Registry) -> Phone:
    """Somebody with a card, who has a house."""
    bureau = a_bureau(world)
    a_civil_registry(world)
    somebody = Phone(api, payment_app)
    bureau.insures(somebody.name, somebody.number)
    assert somebody.bind().status == 201
    return somebody


def request(agent: Phone, mandate_id: str, **changes: object) -> ApiAnswer:
    asked: dict[str, object] = {
        "types": ["no-house"],
        "purpose": "school-enrolment",
        "subject": {"mandateId": mandate_id},
    }
    return agent.api.post("/v1/certificates", asked | changes, token=agent.token)


def shown(agent: Phone, answer: ApiAnswer) -> dict[str, object]:
    path = f"/v1/certificates/{answer.json['items'][0]['id']}"
    found: dict[str, object] = agent.api.get(path, token=agent.token).json
    return found


def test_the_members_certificate_comes_to_the_agents_list(
    agent: Phone, elder: Relative, registry: Registry, cloud: Cloud
) -> None:
    mandate = by_own_face(agent, elder, actions=["certificates"]).json
    answer = request(agent, mandate["id"], verificationId=agent.verified("certificates"))
    assert answer.status == 202
    cloud.settle()
    certificate = shown(agent, answer)
    assert certificate["status"] == "issued"
    assert certificate["subject"] == {"mandateId": mandate["id"], "holder": "王*"}
    assert [each["subject"] for each in registry.asked] == [
        {"idNumber": elder.number, "realName": elder.name}
    ]
    readings = [each for each in cloud.items() if each.get("fact", {}).get("S") == "house-ownership"]
    (mandated,) = [each for each in cloud.items() if each["pk"]["S"].startswith("MANDATE#")]
    assert [each["person_id"] for each in readings] == [mandated["member_person_id"]]


def test_the_agents_face_of_this_session_consents(agent: Phone, elder: Relative, clock: HeldClock) -> None:
    mandate = by_own_face(agent, elder).json
    first = request(agent, mandate["id"])
    assert first.status == 202
    assert request(agent, mandate["id"]).json == first.json
    clock.turn(minutes=31)
    agent.refresh()
    assert request(agent, mandate["id"]).code == "face-required"


def test_the_members_face_is_not_the_agents(agent: Phone, elder: Relative) -> None:
    mandate = by_own_face(agent, elder).json
    answer = request(agent, mandate["id"], verificationId=scan(agent, elder, "certificates"))
    assert (answer.status, answer.code) == (409, "verification-person")


def test_two_members_are_two_certificates(agent: Phone, elder: Relative, registry: Registry) -> None:
    second = Relative("李娜", an_identity_number())
    registry.knows(second.number, second.name, NO_HOUSE)
    made = [request(agent, by_own_face(agent, each).json["id"]).json for each in (elder, second)]
    assert made[0]["items"][0]["id"] != made[1]["items"][0]["id"]


def test_a_mandate_for_other_actions_is_refused(agent: Phone, elder: Relative) -> None:
    mandate = by_own_face(agent, elder, actions=["cards", "appointments"]).json
    answer = request(agent, mandate["id"])
    assert (answer.status, answer.code) == (403, "action-not-mandated")


def test_a_type_that_is_its_holders_alone_is_refused(
    agent: Phone, elder: Relative, monkeypatch: pytest.MonkeyPatch
) -> None:
    mandate = by_own_face(agent, elder).json
    own = {each.id: each.model_copy(update={"by_mandate": False}) for each in catalogue.types().values()}
    monkeypatch.setattr(catalogue, "types", lambda: own)
    answer = request(agent, mandate["id"])
    assert (answer.status, answer.code) == (403, "certificate-own-only")


def test_nobody_else_uses_the_mandate(
    agent: Phone, elder: Relative, api: Api, payment_app: PaymentApp
) -> None:
    mandate = by_own_face(agent, elder).json
    other = Phone(api, payment_app)
    answer = request(other, mandate["id"], verificationId=other.verified("certificates"))
    assert (answer.status, answer.code) == (404, "mandate-not-found")


@pytest.mark.parametrize("how", ["revoked", "over"])
def test_a_mandate_that_ends_before_the_department_is_asked_ends_the_certificate(
    how: str, agent: Phone, elder: Relative, registry: Registry, cloud: Cloud, clock: HeldClock
) -> None:
    mandate = by_own_face(agent, elder).json
    answer = request(agent, mandate["id"])
    if how == "revoked":
        agent.api.call("DELETE", f"/v1/mandates/{mandate['id']}", token=agent.token)
    else:
        clock.turn(days=366)
        agent.log_in()
    cloud.settle()
    certificate = shown(agent, answer)
    assert certificate["status"] == "abandoned"
    assert certificate["reason"]["code"] == "mandate-ended"  # type: ignore[index]
    assert registry.asked == []
    assert cloud.dead_letters() == []
    again = request(agent, mandate["id"], verificationId=agent.verified("certificates"))
    assert (again.status, again.code) == (410, "mandate-ended")


def test_what_was_gathered_in_time_is_issued_though_the_mandate_ended_since(
    agent: Phone, elder: Relative, cloud: Cloud, clock: HeldClock
) -> None:
    wiring.certificate_bucket().put(wiring.DOCUMENT_CHAIN, b"not a chain", "application/x-pem-file")
    mandate = by_own_face(agent, elder).json
    answer = request(agent, mandate["id"])
    cloud.settle()  # gathered; the signing fails
    agent.api.call("DELETE", f"/v1/mandates/{mandate['id']}", token=agent.token)
    trust_documents()
    clock.turn(hours=2)
    agent.log_in()
    cloud.sweep()
    assert shown(agent, answer)["status"] == "issued"
