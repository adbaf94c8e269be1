"""Asking a department: what leaves us, what we believe, what stays on the record."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from chalicelib import wiring
from chalicelib.exchange.errors import AnswerNotTrusted, DepartmentUnavailable
from chalicelib.exchange.model import Fact, FactStatus, Missing, MissingKind, Subject, request_id
from chalicelib.platform.clock import system_clock
from chalicelib.platform.keys import b64url
from tests.builders import an_identity_number
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Department, Received, Sent, World, unb64
from tests.parties import a_department

CASE = "cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"
PERSON = "psn_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"
VALUE = {"houses": 0, "region": "330100"}


@pytest.fixture
def number() -> str:
    return an_identity_number()


@pytest.fixture
def registry(world: World, cloud: Cloud, clock: HeldClock, number: str) -> Department:
    department = a_department("real-estate", world)
    department.names[number] = "张伟"
    department.facts[number] = VALUE
    return department


def ask(number: str, *, name: str = "张伟", case_id: str = CASE) -> Fact:
    subject = Subject(person_id=PERSON, real_name=name, id_number=number)
    return wiring.exchange().ask(
        "real-estate", "house-ownership", subject, purpose="school-enrolment", case_id=case_id
    )


def usages(cloud: Cloud) -> list[dict[str, Any]]:
    return [item for item in cloud.items() if item["sk"]["S"].startswith("USAGE#")]


def an_answer(registry: Department, number: str, **changes: object) -> dict[str, Any]:
    """The payload that the department would sign for this number, changed."""
    body = json.dumps(
        {
            "requestId": request_id("real-estate", "house-ownership", CASE),
            "purpose": "school-enrolment",
            "caseId": CASE,
            "fact": "house-ownership",
            "subject": {"idNumber": number, "realName": "张伟"},
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    return {
        "iss": registry.id,
        "requestId": request_id("real-estate", "house-ownership", CASE),
        "requestHash": b64encode(hashlib.sha512(body).digest()).decode(),
        "fact": "house-ownership",
        "status": "found",
        "value": VALUE,
        "iat": int(system_clock().timestamp()),
    } | changes


def a_jws(payload: dict[str, Any], key: Ed25519PrivateKey, **header: str) -> Sent:
    parts = [{"alg": "EdDSA", "kid": "k1", "typ": "fact+jwt"} | header, payload]
    message = ".".join(b64url(json.dumps(part).encode()) for part in parts)
    signed = f"{message}.{b64url(key.sign(message.encode()))}"
    return Sent(200, signed.encode(), "application/jose")


def answer_with(registry: Department, sent: Sent) -> None:
    registry.world.on(registry.path, lambda _: sent)


def test_a_fact_comes_with_the_answer_that_proves_it(registry: Department, number: str) -> None:
    fact = ask(number)
    assert (fact.status, fact.value) == (FactStatus.FOUND, VALUE)
    message, _, signature = fact.proof.rpartition(".")
    registry.key.public_key().verify(_unb64url(signature), message.encode())


def test_an_unknown_person_has_no_value(registry: Department) -> None:
    assert ask(an_identity_number()).value is None


def test_a_name_that_is_not_the_numbers_is_a_mismatch(registry: Department, number: str) -> None:
    assert ask(number, name="李四").status is FactStatus.MISMATCH


def test_the_question_is_signed_with_our_published_key(
    registry: Department, number: str, world: World
) -> None:
    ask(number)
    (asked,) = world.at(registry.path)
    headers = asked.headers
    parameters = headers["signature-input"].removeprefix("sig1=")
    assert 'alg="ecdsa-p256-sha256"' in parameters
    assert parameters.endswith('tag="zt-exchange"')
    lines = [
        '"@method": POST',
        f'"@authority": {headers["host"]}',
        f'"@path": {registry.path}',
        f'"content-type": {headers["content-type"]}',
        f'"content-digest": {headers["content-digest"]}',
        f'"idempotency-key": {headers["idempotency-key"]}',
        f'"@signature-params": {parameters}',
    ]
    raw = unb64(headers["signature"].removeprefix("sig1=:").removesuffix(":"))
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    public = wiring.outbound_signer().signer.public_key
    public.verify(encode_dss_signature(r, s), "\n".join(lines).encode(), ECDSA(SHA256()))
    assert headers["content-digest"] == f"sha-256=:{b64encode(hashlib.sha256(asked.body).digest()).decode()}:"


def test_the_exchange_layers_headers_name_us_and_the_request(
    registry: Department, number: str, world: World
) -> None:
    ask(number)
    (asked,) = world.at(registry.path)
    assert asked.headers["x-road-client"] == "CN/GOV/330100/zerotrip"
    assert asked.headers["x-road-id"] == asked.json["requestId"] == asked.headers["idempotency-key"]


def test_every_reading_is_recorded_without_what_it_said(
    registry: Department, number: str, cloud: Cloud
) -> None:
    ask(number)
    (usage,) = usages(cloud)
    assert usage["pk"]["S"] == f"PERSON#{PERSON}"
    assert (usage["department_id"]["S"], usage["fact"]["S"]) == ("real-estate", "house-ownership")
    assert (usage["purpose"]["S"], usage["case_id"]["S"]) == ("school-enrolment", CASE)
    assert number not in str(usage)
    assert "330100" not in str(usage).replace("CN/GOV/330100", "")  # which is our own address


def test_a_reading_is_on_record_even_if_no_answer_came(
    registry: Department, number: str, cloud: Cloud
) -> None:
    registry.down = True
    with pytest.raises(DepartmentUnavailable):
        ask(number)
    assert len(usages(cloud)) == 1


def test_asking_again_in_the_same_case_is_the_same_reading(
    registry: Department, number: str, cloud: Cloud, world: World, clock: HeldClock
) -> None:
    ask(number)
    clock.turn(minutes=1)
    ask(number)
    first, second = world.at(registry.path)
    assert first.body == second.body
    assert len(usages(cloud)) == 1


def test_another_case_is_another_reading(registry: Department, number: str, cloud: Cloud) -> None:
    ask(number)
    ask(number, case_id="cert_01KAQ8ZJ6M000000000000000Z")
    assert len(usages(cloud)) == 2


def test_an_unregistered_department_is_unavailable(cloud: Cloud, clock: HeldClock, number: str) -> None:
    with pytest.raises(DepartmentUnavailable):
        ask(number)


def test_a_new_address_and_key_take_over_at_once(registry: Department, number: str, world: World) -> None:
    moved = a_department("real-estate", world)
    moved.names, moved.facts = registry.names, registry.facts
    assert ask(number).value == VALUE


def test_the_expected_answer_is_believed(registry: Department, number: str) -> None:
    answer_with(registry, a_jws(an_answer(registry, number), registry.key))
    assert ask(number).value == VALUE


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "civil-registry"},
        {"requestId": "req_another"},
        {"requestHash": "b3RoZXI="},
        {"fact": "household"},
        {"status": "not-found"},
        {"value": None},
        {"value": {"houses": 0.5}},
        {"value": [0]},
        {"status": "perhaps"},
        {"extra": "?"},
        {"iat": "now"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_signed_answer_to_something_else_counts_for_nothing(
    changes: dict[str, Any], registry: Department, number: str
) -> None:
    answer_with(registry, a_jws(an_answer(registry, number, **changes), registry.key))
    with pytest.raises(AnswerNotTrusted):
        ask(number)


def test_an_answer_from_the_future_counts_for_nothing(
    registry: Department, number: str, clock: HeldClock
) -> None:
    later = an_answer(registry, number, iat=int(clock().timestamp()) + 3600)
    answer_with(registry, a_jws(later, registry.key))
    with pytest.raises(AnswerNotTrusted):
        ask(number)


@pytest.mark.parametrize(
    "header", [{"kid": "k2"}, {"alg": "none"}, {"alg": "HS256"}, {"typ": "jwt"}, {"jku": "x"}]
)
def test_a_header_that_we_did_not_agree_on_counts_for_nothing(
    header: dict[str, str], registry: Department, number: str
) -> None:
    answer_with(registry, a_jws(an_answer(registry, number), registry.key, **header))
    with pytest.raises(AnswerNotTrusted):
        ask(number)


def test_a_strangers_signature_counts_for_nothing(registry: Department, number: str) -> None:
    answer_with(registry, a_jws(an_answer(registry, number), Ed25519PrivateKey.generate()))
    with pytest.raises(AnswerNotTrusted):
        ask(number)


def test_any_changed_character_of_the_answer_is_noticed(registry: Department, number: str) -> None:
    good = a_jws(an_answer(registry, number), registry.key).body.decode()
    working = Missing(kind=MissingKind.PENDING, retry_after=1)  # so that it is asked every time
    for place in range(0, len(good) - 2, 7):  # the last character of a base64 part may hold unused bits
        other = "A" if good[place] != "A" else "B"
        answer_with(
            registry, Sent(200, (good[:place] + other + good[place + 1 :]).encode(), "application/jose")
        )
        with pytest.raises(AnswerNotTrusted):
            ask(number)
        wiring.exchange().breakers.heed("real-estate", [working])


@pytest.mark.parametrize("body", [b"", b"..", b"this is no JWS", b"\xff\xfe", b"e30.e30.", b"W10.W10.AA"])
def test_garbage_counts_for_nothing(body: bytes, registry: Department, number: str) -> None:
    answer_with(registry, Sent(200, body, "application/jose"))
    with pytest.raises(AnswerNotTrusted):
        ask(number)


@pytest.mark.parametrize(
    "sent",
    [Sent(503), Sent(422, b"{}"), Sent(200, b"<html>", "text/html"), Sent(302, b"", "application/jose")],
)
def test_an_answer_that_is_none_is_unavailable(sent: Sent, registry: Department, number: str) -> None:
    answer_with(registry, sent)
    with pytest.raises(DepartmentUnavailable):
        ask(number)


def test_a_department_that_hangs_up_is_unavailable(registry: Department, number: str) -> None:
    def hang_up(_: Received) -> Sent:
        raise ConnectionAbortedError

    registry.world.on(registry.path, hang_up)
    with pytest.raises(DepartmentUnavailable):
        ask(number)


def test_nothing_of_the_subject_is_logged(
    registry: Department, number: str, log_lines: Callable[[], str]
) -> None:
    ask(number)
    lines = log_lines()
    assert "fact.answered" in lines
    assert number not in lines
    assert "张伟" not in lines


def _unb64url(text: str) -> bytes:
    return unb64(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))
