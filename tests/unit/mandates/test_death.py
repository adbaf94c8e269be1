"""Death ends mandates, on whichever side of them it comes; nobody needs to say so at a counter."""

from tests.api import Api
from tests.bureau import Bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.families import CivilRegistry, Relative, by_own_face, scan


def dies(bureau: Bureau, api: Api, clock: HeldClock, cloud: Cloud, number: str) -> None:
    card_number = (bureau.facts[number] or {})["cardNumber"]
    told = bureau.calls(api, clock, card_number, 9, "cancelled", reason="deceased")
    assert told.status == 202, told.body
    cloud.settle()


def test_the_members_death_ends_the_mandate_and_takes_the_card_out_of_the_wallet(
    agent: Phone, member: Phone, elder: Relative, bureau: Bureau, api: Api, clock: HeldClock, cloud: Cloud
) -> None:
    mandate = by_own_face(agent, elder).json
    carried = api.post("/v1/cards", {"mandateId": mandate["id"]}, token=agent.token)
    assert carried.status == 201, carried.body
    dies(bureau, api, clock, cloud, member.number)
    assert api.get(f"/v1/mandates/{mandate['id']}", token=agent.token).json["status"] == "ended"
    assert [card["role"] for card in api.get("/v1/cards", token=agent.token).json["items"]] == ["own"]
    asked = {
        "types": ["no-house"],
        "purpose": "inheritance",
        "verificationId": agent.verified(),
        "subject": {"mandateId": mandate["id"]},
    }
    refused = api.post("/v1/certificates", asked, token=agent.token)
    assert (refused.status, refused.code) == (410, "mandate-ended")


def test_the_agents_death_ends_what_they_might_do_for_others(
    agent: Phone, elder: Relative, bureau: Bureau, api: Api, clock: HeldClock, cloud: Cloud
) -> None:
    mandate = by_own_face(agent, elder).json
    dies(bureau, api, clock, cloud, agent.number)
    assert api.get(f"/v1/mandates/{mandate['id']}", token=agent.token).json["status"] == "ended"


def test_a_card_cancelled_for_another_reason_ends_no_mandate(
    agent: Phone, member: Phone, elder: Relative, bureau: Bureau, api: Api, clock: HeldClock, cloud: Cloud
) -> None:
    mandate = by_own_face(agent, elder).json
    card_number = (bureau.facts[member.number] or {})["cardNumber"]
    bureau.calls(api, clock, card_number, 9, "cancelled", reason="replaced")
    cloud.settle()
    assert api.get(f"/v1/mandates/{mandate['id']}", token=agent.token).json["status"] == "active"


def test_a_relatives_face_is_no_way_around_a_mandate(
    agent: Phone, registry: CivilRegistry, elder: Relative, api: Api
) -> None:
    proof = scan(agent, elder, purpose="identity")
    asked = {"types": ["no-house"], "purpose": "school", "verificationId": proof}
    refused = api.post("/v1/certificates", asked, token=agent.token)
    assert (refused.status, refused.code) == (409, "verification-person")
