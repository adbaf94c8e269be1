"""A scan passes only for the person it is about, and what was decided stays decided."""

from typing import Any

import pytest

from sandbox.faults import FaultSet
from sandbox.origin.routing import Refused
from sandbox.people import Person
from sandbox.world import World
from tests.sandbox.merchant import Merchant
from tests.sandbox.outside import Client

OPEN, CERTIFY, QUERY = (f"alipay.user.certify.open.{verb}" for verb in ("initialize", "certify", "query"))


def claim(person: Person, order: str = "order1", **changed: Any) -> dict[str, Any]:
    identity = {
        "identity_type": "CERT_INFO",
        "cert_type": "IDENTITY_CARD",
        "cert_name": person.real_name,
        "cert_no": person.id_number,
        **changed,
    }
    return {"outer_order_no": order, "biz_code": "FACE", "identity_param": identity}


def opened(merchant: Merchant, person: Person, **changed: Any) -> str:
    return str(merchant.call(OPEN, claim(person, **changed))["certify_id"])


def outcome(merchant: Merchant, certify_id: str) -> tuple[str, bool]:
    """Passed or not, and whether a reason is given."""
    node = merchant.call(QUERY, {"certify_id": certify_id})
    return node["passed"], "fail_reason" in node


def test_a_scan_nobody_did_has_not_passed_and_has_no_reason(merchant: Merchant, person: Person) -> None:
    assert outcome(merchant, opened(merchant, person)) == ("F", False)


def test_a_passed_scan_is_passed(merchant: Merchant, outside: World, person: Person) -> None:
    certify_id = opened(merchant, person)
    outside.payment_app.faces.scan(certify_id, passed=True)
    assert outcome(merchant, certify_id) == ("T", False)


def test_a_failed_scan_stays_failed(merchant: Merchant, outside: World, person: Person) -> None:
    certify_id = opened(merchant, person)
    outside.payment_app.faces.scan(certify_id, passed=False)
    outside.payment_app.faces.scan(certify_id, passed=True)
    assert outcome(merchant, certify_id) == ("F", True)


def test_a_name_that_is_not_the_numbers_fails_whatever_the_page_says(
    merchant: Merchant, outside: World, person: Person
) -> None:
    certify_id = opened(merchant, person, cert_name="别人")
    outside.payment_app.faces.scan(certify_id, passed=True)
    assert outcome(merchant, certify_id) == ("F", True)


def test_the_fault_fails_or_suspends_every_scan(merchant: Merchant, outside: World, person: Person) -> None:
    certify_id = opened(merchant, person)
    outside.faults.set(FaultSet.model_validate({"face": {"outcome": "pending"}}))
    outside.payment_app.faces.scan(certify_id, passed=True)
    assert outcome(merchant, certify_id) == ("F", False)
    outside.faults.set(FaultSet.model_validate({"face": {"outcome": "failed"}}))
    outside.payment_app.faces.scan(certify_id, passed=True)
    assert outcome(merchant, certify_id) == ("F", True)


def test_the_same_order_is_the_same_certification(merchant: Merchant, person: Person) -> None:
    assert opened(merchant, person) == opened(merchant, person)
    changed = merchant.call(OPEN, claim(person, cert_name="别人"))
    assert changed["sub_code"] == "OUTER_ORDER_NO_REPEATED"


@pytest.mark.parametrize(
    "changed",
    [{"cert_no": "330102199003078888"}, {"cert_no": 5}, {"cert_type": "PASSPORT"}, {"cert_name": ""}],
)
def test_an_identity_that_cannot_be_is_refused(
    merchant: Merchant, person: Person, changed: dict[str, Any]
) -> None:
    assert merchant.call(OPEN, claim(person, **changed))["sub_code"] == "INVALID_PARAMETER"


def test_the_signed_address_leads_to_the_scanning_page(merchant: Merchant, person: Person) -> None:
    certify_id = opened(merchant, person)
    response = merchant.send(merchant.signed(merchant.params(CERTIFY, {"certify_id": certify_id})))
    assert response.status == 302
    assert dict(response.headers)["Location"] == f"/sandbox/payment-app/face-page/{certify_id}"


def test_an_unknown_certification_is_unknown_everywhere(merchant: Merchant, outside: World) -> None:
    assert merchant.call(QUERY, {"certify_id": "x"})["sub_code"] == "OPEN_CERTIFY_BILL_NOT_EXIST"
    with pytest.raises(Refused):
        outside.payment_app.faces.scan("x", passed=True)


def test_the_page_shows_whom_it_scans_masked(client: Client, origin: Any, person: Person) -> None:
    faces = origin.world.payment_app.faces
    merchant = Merchant(
        origin.world.payment_app.gateway,
        origin.world.keys.rsa("payment-app").public_key(),
        origin.world.clock,
    )
    certify_id = opened(merchant, person)
    assert b"<html" in client.get(f"/sandbox/payment-app/face-page/{certify_id}").body
    shown = client.get(f"/sandbox/payment-app/face/{certify_id}").json
    assert (shown["state"], shown["name"]) == ("waiting", person.real_name[0] + "**")
    done = client.post(f"/sandbox/payment-app/face/{certify_id}", {"passed": True})
    assert done.json["passed"]
    assert faces.get(certify_id).state == "passed"
    assert client.post(f"/sandbox/payment-app/face/{certify_id}", {"passed": "perhaps"}).status == 422
