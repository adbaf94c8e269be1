"""A scan passes only for the person it is about, and what was decided stays decided."""

from typing import Any

import pytest

from sandbox.faults import FaultSet
from sandbox.origin.routing import Refused
from sandbox.payment_app.face_reasons import WORDS, Reason
from sandbox.payment_app.routes import FACE_PAGE
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


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("not-matched", "人脸比对不一致"),
        ("name-number-mismatch", "姓名和身份证不一致"),
        ("liveness", "活体检测存在风险"),
        ("quit", "用户取消了认证，主动退出"),
        ("poor-picture", "人脸图像质量不合格"),
        ("no-portrait", "查询不到照片或照片不可用"),
        ("other", "业务策略限制"),
    ],
)
def test_a_failed_scan_says_why_in_the_apps_words(
    merchant: Merchant, outside: World, person: Person, reason: str, words: str
) -> None:
    certify_id = opened(merchant, person)
    outside.payment_app.faces.scan(certify_id, passed=False, reason=Reason(reason))
    assert merchant.call(QUERY, {"certify_id": certify_id})["fail_reason"] == words


def test_every_reason_has_a_button_and_words_of_its_own() -> None:
    page = FACE_PAGE.read_text(encoding="utf-8")
    assert [reason for reason in Reason if f'data-reason="{reason}"' not in page] == []
    assert len(set(WORDS.values())) == len(Reason) == len(WORDS)


def test_the_fault_may_say_why(merchant: Merchant, outside: World, person: Person) -> None:
    outside.faults.set(FaultSet.model_validate({"face": {"outcome": "failed", "reason": "liveness"}}))
    certify_id = opened(merchant, person)
    outside.payment_app.faces.scan(certify_id, passed=True)
    assert merchant.call(QUERY, {"certify_id": certify_id})["fail_reason"] == WORDS[Reason.LIVENESS]


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
    for nonsense in ({"passed": "perhaps"}, {"passed": False, "reason": "tired"}):
        assert client.post(f"/sandbox/payment-app/face/{certify_id}", nonsense).status == 422
