"""Whoever holds a paper asks whether it is genuine: what they are told, what not, and what stays of their asking."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import quote

import pytest

from chalicelib import wiring
from chalicelib.platform import aws
from chalicelib.types import rfc3339
from tests.api import Api
from tests.certificates import NO_HOUSE, ONE_HOUSE, Registry, a_certificate, stored_file, trust_documents
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import ORIGIN, Cloud
from tests.fakes import PaymentApp, World

NOBODYS = "cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"
UNKNOWN = (NOBODYS, NOBODYS.lower(), "cert_1", "x", "..%2Ftrust%2Fdocument-signer.pem", "%00", "证")


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
    """The id that the paper's own code leads to."""
    request_id = requested(phone)
    cloud.settle()
    seen = phone.api.get(f"/v1/certificates/{request_id}", token=phone.token).json
    certificate_id: str = seen["certificateId"]
    return certificate_id


@pytest.fixture
def recorded(cloud: Cloud, clock: HeldClock) -> str:
    """A certificate that stands by its record alone: cheaper than a printed one."""
    return a_certificate().id


def test_a_genuine_certificate_says_what_it_is_without_a_login(
    api: Api, issued: str, phone: Phone, clock: HeldClock
) -> None:
    (own,) = phone.api.get("/v1/certificates", token=phone.token).json["items"]
    answer = api.get(f"/v1/verify/{issued}")
    assert answer.status == 200
    document, _ = stored_file(f"certificates/{issued}.pdf")
    told = answer.json
    assert re.fullmatch("[0-9a-f]{16}", told.pop("contentDigest"))
    assert told.pop("digests")["pdf"] == hashlib.sha256(document).hexdigest()
    assert told.pop("statusList")["uri"] == f"{ORIGIN}/v1/status-lists/1"
    assert isinstance(told.pop("identifier"), str | None)
    assert told == {
        "id": issued,
        "status": "valid",
        "at": rfc3339(clock()),
        "since": own["issuedAt"],
        "reason": None,
        "type": "no-house",
        "typeName": {"zh": "无房证明", "en": "Certificate of No House Ownership"},
        "serial": own["serial"],
        "issuer": {"zh": "杭州市不动产登记机构", "en": "Real Estate Registration Authority of Hangzhou"},
        "issuedAt": own["issuedAt"],
        "validUntil": own["validUntil"],
    }


def test_nothing_about_the_holder_is_told(api: Api, issued: str, phone: Phone) -> None:
    text = api.get(f"/v1/verify/{issued}").body.decode()
    for secret in (phone.name, phone.number, "school-enrolment", "子女入学", "psn_", "cit_", "crq_"):
        assert secret not in text
        assert secret.encode("unicode_escape").decode() not in text


def test_it_holds_to_its_last_second_and_is_expired_after_it(
    api: Api, recorded: str, clock: HeldClock
) -> None:
    found, _, now = wiring.verifying().verify(recorded)
    clock.now = found.valid_until
    assert api.get(f"/v1/verify/{recorded}").json["status"] == "valid"
    clock.turn(seconds=1)
    expired = api.get(f"/v1/verify/{recorded}").json
    assert (expired["status"], expired["since"]) == ("expired", rfc3339(found.valid_until))
    then = api.get(f"/v1/verify/{recorded}?at={rfc3339(now)}").json
    assert (then["status"], then["at"]) == ("valid", rfc3339(now))
    china = quote(now.astimezone().isoformat())
    assert api.get(f"/v1/verify/{recorded}?at={china}").json["status"] == "valid"
    before = api.get(f"/v1/verify/{recorded}?at={rfc3339(found.issued_at - timedelta(seconds=1))}").json
    assert (before["status"], before["since"]) == ("not-yet", rfc3339(found.issued_at))


def test_of_a_moment_to_come_or_none_at_all_nothing_is_said(
    api: Api, recorded: str, clock: HeldClock
) -> None:
    ahead = rfc3339(clock() + timedelta(minutes=2))
    for asked in (ahead, "yesterday", "2026-11-23T04:00:00", ""):
        answer = api.get(f"/v1/verify/{recorded}?at={asked}")
        assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/at")


def test_what_was_never_issued_is_not_yet_or_was_refused_is_one_and_the_same(
    api: Api, phone: Phone, registry: Registry, cloud: Cloud
) -> None:
    registry.knows(phone.number, phone.name, ONE_HOUSE)
    request_id = requested(phone)
    answers = [api.get(f"/v1/verify/{each}") for each in (*UNKNOWN, request_id)]
    cloud.settle()
    answers.append(api.get(f"/v1/verify/{request_id}"))
    told = [{**each.json, "instance": ""} for each in answers]
    assert [each for each in told if each != told[0]] == []
    assert (told[0]["status"], told[0]["code"]) == (404, "certificate-not-found")


def test_it_costs_one_read_at_most_and_writes_nothing(api: Api, recorded: str, cloud: Cloud) -> None:
    before = cloud.items()
    with _watched() as calls:
        for unknown in UNKNOWN[1:]:
            api.get(f"/v1/verify/{unknown}")
    assert calls == []
    for each in (recorded, NOBODYS):
        with _watched() as calls:
            api.get(f"/v1/verify/{each}")
        assert calls == ["GetItem"]
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
