"""Whoever holds a paper asks whether it is genuine: what they are told, what not, and what stays of their asking."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from chalicelib import wiring
from chalicelib.platform import aws
from tests.api import Api
from tests.certificates import NO_HOUSE, ONE_HOUSE, Registry, stored_file, trust_documents
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp, World

NOBODYS = "cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"


@pytest.fixture
def registry(world: World, cloud: Cloud) -> Registry:
    trust_documents()
    return Registry(world)


@pytest.fixture
def phone(api: Api, payment_app: PaymentApp, clock: HeldClock, registry: Registry) -> Phone:
    someone = Phone(api, payment_app)
    registry.knows(someone.number, someone.name, NO_HOUSE)
    someone.log_in()
    return someone


def requested(phone: Phone) -> str:
    body = {
        "types": ["no-house"],
        "verificationId": phone.verified("certificates"),
        "purpose": "school-enrolment",
    }
    request_id: str = phone.api.post("/v1/certificates", body, token=phone.token).json["items"][0]["id"]
    return request_id


@pytest.fixture
def issued(phone: Phone, cloud: Cloud) -> str:
    path = f"/v1/certificates/{requested(phone)}"
    cloud.settle()
    certificate_id: str = phone.api.get(path, token=phone.token).json["certificateId"]
    return certificate_id


def test_a_genuine_certificate_says_what_it_is_without_a_login(api: Api, issued: str, phone: Phone) -> None:
    (own,) = phone.api.get("/v1/certificates", token=phone.token).json["items"]
    answer = api.get(f"/v1/verify/{issued}")
    assert answer.status == 200
    document, _ = stored_file(f"certificates/{issued}.pdf")
    told = answer.json
    assert re.fullmatch("[0-9a-f]{16}", told.pop("contentDigest"))
    assert told == {
        "id": issued,
        "status": "valid",
        "type": "no-house",
        "typeName": {"zh": "无房证明", "en": "Certificate of No House Ownership"},
        "serial": own["serial"],
        "issuer": {"zh": "杭州市不动产登记机构", "en": "Real Estate Registration Authority of Hangzhou"},
        "issuedAt": own["issuedAt"],
        "validUntil": own["validUntil"],
        "sha256": hashlib.sha256(document).hexdigest(),
    }


def test_nothing_about_the_holder_is_told_or_kept_beside_the_file(
    api: Api, issued: str, phone: Phone
) -> None:
    _, facts = stored_file(f"certificates/{issued}.pdf")
    for text in (api.get(f"/v1/verify/{issued}").body.decode(), json.dumps(facts["Metadata"])):
        for secret in (phone.name, phone.number, "school-enrolment", "子女入学", "psn_", "cit_"):
            assert secret not in text
            assert secret.encode("unicode_escape").decode() not in text


def test_it_holds_to_its_last_second_and_is_expired_after_it(api: Api, issued: str, clock: HeldClock) -> None:
    record, _ = wiring.verifying().verify(issued)
    clock.now = record.valid_until
    assert api.get(f"/v1/verify/{issued}").json["status"] == "valid"
    clock.turn(seconds=1)
    expired = api.get(f"/v1/verify/{issued}").json
    assert (expired["status"], expired["serial"]) == ("expired", record.serial)


@pytest.mark.parametrize(
    "unknown", [NOBODYS, NOBODYS.lower(), "cert_1", "x", "..%2Ftrust%2Fdocument-signer.pem", "%00", "证"]
)
def test_what_was_never_issued_is_not_found(api: Api, unknown: str, registry: Registry) -> None:
    answer = api.get(f"/v1/verify/{unknown}")
    assert (answer.status, answer.code) == (404, "certificate-not-found")


def test_what_is_not_issued_yet_or_was_refused_is_not_found(
    api: Api, phone: Phone, registry: Registry, cloud: Cloud
) -> None:
    registry.knows(phone.number, phone.name, ONE_HOUSE)
    request_id = requested(phone)
    assert api.get(f"/v1/verify/{request_id}").status == 404
    cloud.settle()
    assert api.get(f"/v1/verify/{request_id}").status == 404
    assert phone.api.get(f"/v1/certificates/{request_id}", token=phone.token).json["certificateId"] is None


def test_it_costs_one_question_to_the_bucket_and_writes_nothing(api: Api, issued: str, cloud: Cloud) -> None:
    before = cloud.items()
    with _watched() as calls:
        assert api.get(f"/v1/verify/{issued}").status == 200
    assert calls == ["HeadObject"]
    assert cloud.items() == before


def test_of_the_asker_nothing_is_logged_but_the_request(
    api: Api, issued: str, phone: Phone, log_lines: Callable[[], str]
) -> None:
    log_lines()
    headers = {"User-Agent": "inspector/1", "X-Forwarded-For": "203.0.113.9"}
    api.call("GET", f"/v1/verify/{issued}", token=phone.token, headers=headers)
    lines = [json.loads(line) for line in log_lines().splitlines() if line.startswith("{")]
    assert [line["message"] for line in lines if "message" in line] == ["request"]
    for trace in ("inspector", "203.0.113.9", issued, phone.token):
        assert trace not in json.dumps(lines)


@contextmanager
def _watched() -> Iterator[list[str]]:
    """Every call to the cloud's services, by name."""
    clients = (aws.dynamodb(), aws.kms(), aws.s3(), aws.sqs())
    calls: list[str] = []

    def hook(model: object, **_: object) -> None:
        calls.append(getattr(model, "name", "?"))

    for client in clients:
        client.meta.events.register_first("before-call", hook)
    yield calls
    for client in clients:
        client.meta.events.unregister("before-call", hook)
