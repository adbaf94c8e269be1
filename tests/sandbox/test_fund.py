"""The sandbox's provident fund keeps its own books: an order number is one payment, and every answer is signed."""

import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from sandbox.fund.accounts import Account, account_of
from sandbox.people import Person, synthetic_people
from tests.sandbox.outside import Client, Reply
from tests.sandbox.service import Service

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
TAG = "zt-order"
AMOUNT = 100_00
BASE = "/sandbox/provident-fund"


def ask(service: Service, what: str, body: dict[str, Any]) -> Reply:
    road = {"X-Road-Client": "CN/GOV/330100/zerotrip", "X-Road-Id": body["requestId"]}
    return service.post(f"{BASE}/{what}", body, TAG, **road)


def told(client: Client, reply: Reply) -> dict[str, Any]:
    """The answer's claims, its signature checked by a library that the sandbox does not use."""
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/jose")
    key = OKPKey.import_key(client.get(BASE).json["publicKey"])
    checked = jws.deserialize_compact(reply.body.decode(), key, algorithms=["EdDSA"])
    assert checked.headers()["typ"] == "order+jwt"
    claims: dict[str, Any] = json.loads(checked.payload)
    return claims


def order(person: Person, number: str = "wdo_1", **changed: Any) -> dict[str, Any]:
    payee = {"idNumber": person.id_number, "realName": person.real_name}
    told = {"matter": "m", "caseId": "c", "amountFen": AMOUNT, "subject": payee, "grounds": ["req_1"]}
    return {"requestId": number, "orderNumber": number, **told, **changed}


def query(number: str = "wdo_1") -> dict[str, Any]:
    return {"requestId": "qry_1", "orderNumber": number}


def found(status: str = "normal", *, bank: bool = True) -> Person:
    """Somebody whose account is like this."""
    for each in synthetic_people().everybody:
        account = account_of(each)
        if account and account.status == status and (each.bank is not None and each.bank.active) == bank:
            return each
    raise AssertionError


def account(person: Person) -> Account:
    there = account_of(person)
    assert there is not None
    return there


def test_an_order_is_paid_once_however_often_it_comes(service: Service, client: Client) -> None:
    person = found()
    for _ in range(2):
        answer = told(client, ask(service, "orders", order(person)))
        assert (answer["status"], answer["amountFen"]) == ("paid", AMOUNT)
    assert told(client, ask(service, "queries", query()))["status"] == "paid"
    books = client.get(f"{BASE}/orders").json
    assert [each["orderNumber"] for each in books["payments"]] == ["wdo_1"]
    assert "userId" not in books["items"][0]
    left = client.get(f"{BASE}/accounts/{person.user_id}").json["balanceFen"]
    assert left == account(person).deposited_fen - AMOUNT


def test_a_number_is_not_used_for_something_else(service: Service, client: Client) -> None:
    ask(service, "orders", order(found()))
    assert ask(service, "orders", order(found(), amountFen=AMOUNT + 1)).status == 409


@pytest.mark.parametrize(
    ("person", "changed", "reason"),
    [
        (found("frozen"), {}, "account-frozen"),
        (found(bank=False), {}, "no-bank-account"),
        (found(), {"amountFen": 9_000_000_00}, "balance-short"),
        (found(), {"subject": {"idNumber": "1", "realName": "x"}}, "person-unknown"),
    ],
)
def test_what_cannot_be_paid_is_refused_for_good(
    service: Service, client: Client, person: Person, changed: dict[str, Any], reason: str
) -> None:
    answer = told(client, ask(service, "orders", order(person, **changed)))
    assert (answer["status"], answer["reason"]) == ("refused", reason)
    assert client.get(f"{BASE}/orders").json["payments"] == []


@pytest.mark.parametrize(("kind", "after"), [("down", "absent"), ("lost", "paid"), ("accepting", "paid")])
def test_what_nobody_can_judge_is_known_when_asked_after(
    service: Service, client: Client, kind: str, after: str
) -> None:
    client.put("/sandbox/faults", {"fund": {"kind": kind}})
    answer = ask(service, "orders", order(found()))
    assert (answer.status == 200) == (kind == "accepting")
    client.put("/sandbox/faults", {})
    assert told(client, ask(service, "queries", query()))["status"] == after


def test_an_unsigned_order_is_refused(client: Client) -> None:
    raw = json.dumps(order(found())).encode()
    assert client.call("POST", f"{BASE}/orders", raw, {}).status == 401


def test_most_accounts_are_in_order_and_some_are_not() -> None:
    accounts = [each for person in synthetic_people().everybody if (each := account_of(person))]
    assert {each.status for each in accounts} == {"normal", "frozen"}
    assert any(each.deposited_months < 3 for each in accounts)
    assert (
        sum(each.status == "normal" and each.deposited_months >= 12 for each in accounts) > len(accounts) / 2
    )


def test_the_fund_and_the_registries_tell_a_withdrawal_what_it_needs(
    service: Service, client: Client
) -> None:
    person = found()
    facts = {
        "provident-fund": "provident-fund-account",
        "real-estate": "owns-no-house",
        "civil-affairs": "marriage-status",
    }
    subject = {"idNumber": person.id_number, "realName": person.real_name}
    values = {}
    for department, fact in facts.items():
        body = {"requestId": "req_1", "purpose": "p", "caseId": "c", "fact": fact, "subject": subject}
        road = {"X-Road-Client": "CN/GOV/330100/provident-fund/withdrawals", "X-Road-Id": "req_1"}
        answer = service.post(f"/sandbox/departments/{department}/facts", body, "zt-exchange", **road)
        values[fact] = json.loads(jws.extract_compact(answer.body).payload)["value"]
    assert values["provident-fund-account"]["balanceFen"] == account(person).deposited_fen
    assert values["owns-no-house"] == {"holds": person.houses == 0, "region": "330100"}
    assert values["marriage-status"]["status"] == person.marital_status
