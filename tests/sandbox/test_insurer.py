"""The sandbox's insurance keeps its own books: each number has one effect, and every answer is signed."""

import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from sandbox.insurer.plans import plan_of, split
from sandbox.people import Person, synthetic_people
from tests.sandbox.outside import Client, Reply
from tests.sandbox.service import Service

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
TAG = "zt-insurance"
FEE = 50_00


def ask(service: Service, what: str, body: dict[str, Any]) -> Reply:
    number = body["requestId"]
    road = {"X-Road-Client": "CN/GOV/330100/zerotrip", "X-Road-Id": number}
    return service.post(f"/sandbox/insurer/{what}", body, TAG, **road)


def told(client: Client, reply: Reply) -> dict[str, Any]:
    """The answer's claims, its signature checked by a library that the sandbox does not use."""
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/jose")
    key = OKPKey.import_key(client.get("/sandbox/insurer").json["publicKey"])
    checked = jws.deserialize_compact(reply.body.decode(), key, algorithms=["EdDSA"])
    assert checked.headers()["typ"] == "settlement+jwt"
    claims: dict[str, Any] = json.loads(checked.payload)
    return claims


def fee(person: Person, number: str = "pre_1", **changed: Any) -> dict[str, Any]:
    return {
        "requestId": number,
        "businessType": "registration",
        "institutionId": "hos_1",
        "cardNumber": person.card_number,
        "region": "330100",
        "totalFen": FEE,
        "payBy": "2030-01-01T00:00:00.000Z",
        **changed,
    }


def settled(service: Service, client: Client, person: Person) -> dict[str, int]:
    quote = told(client, ask(service, "pre-settlements", fee(person)))
    asked = {"requestId": "set_1", "quoteId": quote["quoteId"], "digest": quote["digest"], "cashTradeNo": "t"}
    legs: dict[str, int] = told(client, ask(service, "settlements", asked))["legs"]
    return legs


def status(service: Service, client: Client) -> str:
    return str(told(client, ask(service, "queries", {"requestId": "q", "settlementId": "set_1"}))["status"])


def test_everybody_insured_has_one_plan_and_always_pays_something(person: Person) -> None:
    for each in synthetic_people().everybody[:300]:
        plan = plan_of(each)
        assert (plan is not None) == each.insured
        if plan:
            legs = split(plan, "330100", FEE, plan.first_balance_fen)
            assert sum(legs.view().values()) == FEE
            assert min(legs.gov, legs.acct, legs.other) >= 0
            assert legs.cash >= 100
            assert split(plan, "310000", FEE, 0).gov < legs.gov


def test_a_settlement_and_its_reversal_move_the_account_once(
    service: Service, client: Client, person: Person
) -> None:
    before = told(client, ask(service, "pre-settlements", fee(person, "pre_0")))["legs"]
    legs = settled(service, client, person)
    assert (legs, status(service, client)) == (before, "settled")
    parts = {leg: legs[leg] for leg in ("gov", "acct", "other")}
    back = {"requestId": "rfd_1", "settlementId": "set_1", "legs": parts}
    for _ in range(2):
        assert told(client, ask(service, "reversals", back))["status"] == "reversed"
    again = {"requestId": "rfd_2", "settlementId": "set_1", "legs": parts}
    assert told(client, ask(service, "reversals", again))["reason"] == "more-than-settled"
    (kept,) = client.get("/sandbox/insurer/settlements").json["items"]
    assert kept["reversed"] == parts
    assert "userId" not in kept


def test_a_settlement_that_was_voided_beforehand_never_happens(
    service: Service, client: Client, person: Person
) -> None:
    assert status(service, client) == "absent"
    void = {"requestId": "vod_1", "settlementId": "set_1", "legs": None}
    assert told(client, ask(service, "reversals", void))["status"] == "reversed"
    quote = told(client, ask(service, "pre-settlements", fee(person)))
    asked = {
        "requestId": "set_1",
        "quoteId": quote["quoteId"],
        "digest": quote["digest"],
        "cashTradeNo": None,
    }
    assert told(client, ask(service, "settlements", asked))["status"] == "refused"


def test_a_number_is_not_used_for_something_else(service: Service, client: Client, person: Person) -> None:
    first = told(client, ask(service, "pre-settlements", fee(person)))
    assert told(client, ask(service, "pre-settlements", fee(person)))["quoteId"] == first["quoteId"]
    assert ask(service, "pre-settlements", fee(person, totalFen=FEE + 1)).status == 409


def test_who_is_not_insured_is_told_so(service: Service, client: Client) -> None:
    uninsured = synthetic_people().everybody[2]
    assert told(client, ask(service, "pre-settlements", fee(uninsured)))["reason"] == "not-insured"
    lost = synthetic_people().everybody[201]
    assert told(client, ask(service, "pre-settlements", fee(lost, "pre_2")))["reason"] == "card-not-usable"


def test_an_unsigned_request_is_refused(client: Client, person: Person) -> None:
    raw = json.dumps(fee(person)).encode()
    assert client.call("POST", "/sandbox/insurer/pre-settlements", raw, {}).status == 401


@pytest.mark.parametrize("kind", ["down", "lost"])
def test_an_insurer_in_trouble_answers_what_nobody_can_judge(
    service: Service, client: Client, person: Person, kind: str
) -> None:
    quote = told(client, ask(service, "pre-settlements", fee(person)))
    asked = {"requestId": "set_1", "quoteId": quote["quoteId"], "digest": quote["digest"], "cashTradeNo": "t"}
    client.put("/sandbox/faults", {"insurer": {"kind": kind}})
    assert ask(service, "settlements", asked).status == 503
    client.put("/sandbox/faults", {})
    assert status(service, client) == ("settled" if kind == "lost" else "absent")


@pytest.mark.parametrize(("kind", "total"), [("full", FEE), ("other-split", FEE), ("miscounting", FEE + 1)])
def test_a_fault_bends_the_split(
    service: Service, client: Client, person: Person, kind: str, total: int
) -> None:
    client.put("/sandbox/faults", {"insurer": {"kind": kind}})
    legs = told(client, ask(service, "pre-settlements", fee(person)))["legs"]
    assert sum(legs.values()) == total
    assert (legs["cash"] == 0) == (kind == "full")
