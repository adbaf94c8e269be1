"""Facts that are the judgement of a claim: whose phone an account knows, who is whose relative."""

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest

from sandbox.people import synthetic_people
from tests.sandbox.outside import Client, Reply
from tests.sandbox.service import Service

CAST = synthetic_people().everybody


def asked(service: Service, department: str, fact: str, index: int, **claims: Any) -> Reply:
    person = CAST[index]
    body = {
        "requestId": "01JREQUEST",
        "purpose": "p",
        "caseId": "c",
        "fact": fact,
        "subject": {"idNumber": person.id_number, "realName": person.real_name},
        **({"claims": claims} if claims else {}),
    }
    road = {"X-Road-Client": "CN/GOV/330100/zerotrip", "X-Road-Id": "01JREQUEST"}
    return service.post(f"/sandbox/departments/{department}/facts", body, "zt-exchange", **road)


def told(reply: Reply) -> tuple[str, Any]:
    assert reply.status == 200
    payload = reply.body.split(b".")[1]
    claims = json.loads(urlsafe_b64decode(payload + b"=="))
    return claims["status"], claims["value"]


def bank(service: Service, index: int, phone: str) -> tuple[str, Any]:
    return told(asked(service, "social-security", "bank-account", index, phone=phone))


def test_an_account_knows_its_phone_and_no_other(service: Service) -> None:
    account = CAST[0].bank
    assert account
    expected = {"active": True, "bank": account.name, "accountMasked": account.account_masked}
    assert bank(service, 0, CAST[0].phone) == ("found", expected | {"phoneMatches": True})
    assert bank(service, 0, CAST[1].phone) == ("found", expected | {"phoneMatches": False})


def test_an_account_may_be_inactive_or_missing(service: Service) -> None:
    status, value = bank(service, 204, CAST[204].phone)
    assert (status, value["active"]) == ("found", False)
    assert bank(service, 205, CAST[205].phone) == ("not-found", None)
    assert bank(service, 2, CAST[2].phone) == ("not-found", None)


def kinship(service: Service, index: int, relative: int) -> tuple[str, Any]:
    number = CAST[relative].id_number
    return told(asked(service, "civil-registry", "kinship", index, relativeIdNumber=number))


@pytest.mark.parametrize(
    ("subject", "relative", "value"),
    [
        (0, 213, {"relation": "child", "guardian": True}),
        (0, 214, {"relation": "child", "guardian": True}),
        (213, 0, {"relation": "parent", "guardian": False}),
        (0, 211, {"relation": "parent", "guardian": False}),
        (211, 0, {"relation": "child", "guardian": False}),
        (0, 210, {"relation": "spouse", "guardian": False}),
        (206, 207, {"relation": "child", "guardian": False}),
    ],
)
def test_a_relative_is_told_with_who_is_whose_guardian(
    service: Service, subject: int, relative: int, value: dict[str, Any]
) -> None:
    assert kinship(service, subject, relative) == ("found", value)


def test_a_stranger_is_no_relative_nor_is_oneself(service: Service) -> None:
    for other in (1, 0):
        assert kinship(service, 0, other) == ("not-found", None)
    nobody = asked(service, "civil-registry", "kinship", 0, relativeIdNumber="330102199003078888")
    assert told(nobody) == ("not-found", None)


@pytest.mark.parametrize(
    ("department", "fact"), [("social-security", "bank-account"), ("civil-registry", "kinship")]
)
def test_a_fact_about_a_claim_wants_the_claim(service: Service, department: str, fact: str) -> None:
    reply = asked(service, department, fact, 0)
    assert (reply.status, reply.json["code"]) == (422, "claim-missing")


def test_claims_are_texts_and_few(service: Service) -> None:
    assert asked(service, "social-security", "bank-account", 0, phone=1).status == 422
    many = {f"claim{number}": "x" for number in range(9)}
    assert asked(service, "social-security", "bank-account", 0, **many).status == 422


def test_the_journal_keeps_no_claims(service: Service, client: Client) -> None:
    bank(service, 0, CAST[0].phone)
    answer = client.get("/sandbox/departments/social-security/requests")
    assert answer.json["items"][0]["fact"] == "bank-account"
    assert CAST[0].phone.encode() not in answer.body


def test_the_dead_are_known_to_both_departments(service: Service) -> None:
    status, value = told(asked(service, "social-security", "insured-person", 200))
    assert (status, value["deceased"], value["cardStatus"], value["cardVersion"]) == (
        "found",
        True,
        "cancelled",
        2,
    )
    assert told(asked(service, "civil-registry", "household", 200))[1]["alive"] is False
    assert told(asked(service, "civil-registry", "household", 0))[1]["alive"] is True


@pytest.mark.parametrize(
    ("index", "card"), [(0, "active"), (201, "lost"), (202, "locked"), (203, "cancelled")]
)
def test_a_card_is_told_as_it_is(service: Service, index: int, card: str) -> None:
    value = told(asked(service, "social-security", "insured-person", index))[1]
    assert (value["cardStatus"], value["deceased"]) == (card, False)
