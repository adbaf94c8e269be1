"""Departments answer a signed question about a person with a signed fact, and nobody else anything."""

import base64
import hashlib
import json
import time
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from sandbox.people import Person, synthetic_people
from tests.sandbox.outside import Client, Reply
from tests.sandbox.service import Service

# RFC 9864 would rather call it Ed25519; EdDSA is what the exchange agreed on.
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")

HOUSES = "/sandbox/departments/real-estate/facts"
ROAD = {"X-Road-Client": "CN/GOV/330100/zerotrip", "X-Road-Id": "01JREQUEST"}
TAG = "zt-exchange"


def question(person: Person, fact: str = "house-ownership", **changed: Any) -> dict[str, Any]:
    subject = {"idNumber": person.id_number, "realName": person.real_name}
    return {
        "requestId": "01JREQUEST",
        "purpose": "p",
        "caseId": "c",
        "fact": fact,
        "subject": subject,
        **changed,
    }


def ask(service: Service, body: dict[str, Any], department: str = "real-estate") -> Reply:
    return service.post(f"/sandbox/departments/{department}/facts", body, TAG, **ROAD)


def key_of(client: Client, department: str) -> OKPKey:
    items = client.get("/sandbox/departments").json["items"]
    return OKPKey.import_key(next(item["publicKey"] for item in items if item["id"] == department))


def claims(client: Client, reply: Reply, department: str = "real-estate") -> dict[str, Any]:
    """The answer's claims, its signature checked by a library that the sandbox does not use."""
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/jose")
    checked = jws.deserialize_compact(reply.body.decode(), key_of(client, department), algorithms=["EdDSA"])
    assert checked.headers()["typ"] == "fact+jwt"
    told: dict[str, Any] = json.loads(checked.payload)
    return told


def test_an_answer_is_bound_to_the_very_question(service: Service, client: Client, person: Person) -> None:
    body = question(person)
    told = claims(client, ask(service, body))
    raw = json.dumps(body, ensure_ascii=False).encode()
    assert told["requestHash"] == base64.b64encode(hashlib.sha512(raw).digest()).decode()
    assert (told["iss"], told["requestId"], told["fact"]) == ("real-estate", "01JREQUEST", "house-ownership")
    assert (told["status"], told["value"]) == ("found", {"houses": 0, "region": "330100"})
    assert abs(told["iat"] - time.time()) < 5


@pytest.mark.parametrize(
    ("department", "fact", "value"),
    [
        (
            "social-security",
            "insured-person",
            {"cardNumber", "region", "cardStatus", "cardVersion", "deceased"},
        ),
        ("real-estate", "house-ownership", {"houses", "region"}),
        (
            "civil-registry",
            "household",
            {"householdType", "address", "relation", "alive", "moving", "region"},
        ),
        ("veterans", "veteran-status", {"veteran", "rural", "since", "region"}),
        ("public-security", "has-no-criminal-record", {"holds", "clear", "region"}),
    ],
)
def test_each_department_gives_its_fact(
    service: Service, client: Client, person: Person, department: str, fact: str, value: set[str]
) -> None:
    told = claims(client, ask(service, question(person, fact), department), department)
    assert set(told["value"]) == value


def test_a_name_that_is_not_the_numbers_is_a_mismatch(
    service: Service, client: Client, person: Person
) -> None:
    subject = {"idNumber": person.id_number, "realName": "别人"}
    told = claims(client, ask(service, question(person, subject=subject)))
    assert (told["status"], told["value"]) == ("mismatch", None)


def test_somebody_unknown_and_somebody_uninsured_are_not_found(
    service: Service, client: Client, person: Person
) -> None:
    nobody = {"idNumber": "330102199003078888", "realName": "无名"}
    assert claims(client, ask(service, question(person, subject=nobody)))["status"] == "not-found"
    uninsured = synthetic_people().everybody[2]
    reply = ask(service, question(uninsured, "insured-person"), "social-security")
    assert claims(client, reply, "social-security")["status"] == "not-found"


def test_a_fact_of_another_department_is_refused(service: Service, person: Person) -> None:
    reply = ask(service, question(person, "insured-person"))
    assert (reply.status, reply.json["code"]) == (422, "fact-unknown")


@pytest.mark.parametrize(
    "part", ["body", "path", "idempotency-key", "content-digest", "signature", "tag", "covered"]
)
def test_a_question_changed_after_signing_is_refused(
    service: Service, client: Client, person: Person, part: str
) -> None:
    raw, path = json.dumps(question(person)).encode(), HOUSES
    headers = {**service.headers(HOUSES, raw, "sc-event" if part == "tag" else TAG), **ROAD}
    match part:
        case "body":
            raw = raw.replace(b'"p"', b'"q"')
        case "path":
            path = HOUSES.replace("real-estate", "civil-registry")
        case "covered":
            headers["signature-input"] = headers["signature-input"].replace('"@method" ', "")
        case "idempotency-key" | "content-digest":
            headers[part] += "x"
        case "signature":
            headers[part] = (
                headers[part][:20] + ("A" if headers[part][20] != "A" else "B") + headers[part][21:]
            )
    reply = client.call("POST", path, raw, headers)
    assert (reply.status, reply.json["code"]) == (401, "signature-invalid")


def test_an_unsigned_question_is_refused(client: Client, person: Person) -> None:
    reply = client.post(HOUSES, question(person))
    assert (reply.status, reply.json["code"]) == (401, "signature-invalid")


def test_a_signature_is_good_once(service: Service, client: Client, person: Person) -> None:
    raw = json.dumps(question(person)).encode()
    headers = {**service.headers(HOUSES, raw, TAG), **ROAD}
    assert client.call("POST", HOUSES, raw, headers).status == 200
    again = client.call("POST", HOUSES, raw, headers)
    assert (again.status, again.json["code"]) == (401, "signature-replayed")


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_a_signature_of_another_time_is_refused(
    service: Service, client: Client, person: Person, seconds: int
) -> None:
    raw = json.dumps(question(person)).encode()
    headers = {**service.headers(HOUSES, raw, TAG, now=time.time() + seconds), **ROAD}
    assert client.call("POST", HOUSES, raw, headers).status == 401


def test_a_key_published_later_is_fetched(service: Service, person: Person) -> None:
    assert ask(service, question(person)).status == 200
    time.sleep(1.05)
    service.turn_key("key-2")
    assert ask(service, question(person)).status == 200


def test_the_headers_of_the_exchange_are_needed(service: Service, person: Person) -> None:
    assert service.post(HOUSES, question(person), TAG).status == 400
    other = {**ROAD, "X-Road-Id": "another"}
    assert service.post(HOUSES, question(person), TAG, **other).status == 400


def test_the_journal_keeps_who_asked_and_no_values(service: Service, client: Client, person: Person) -> None:
    ask(service, question(person))
    answer = client.get("/sandbox/departments/real-estate/requests")
    [entry] = answer.json["items"]
    told = {name: entry[name] for name in ("requestId", "client", "purpose", "caseId", "fact", "status")}
    assert told == {
        "requestId": "01JREQUEST",
        "client": "CN/GOV/330100/zerotrip",
        "purpose": "p",
        "caseId": "c",
        "fact": "house-ownership",
        "status": "found",
    }
    assert person.id_number.encode() not in answer.body
    assert b"houses" not in answer.body


def faulty(client: Client, **fault: Any) -> None:
    assert client.put("/sandbox/faults", {"department": {"real-estate": fault}}).status == 200


def test_a_department_that_is_down_is_down_alone(service: Service, client: Client, person: Person) -> None:
    faulty(client, kind="down")
    assert ask(service, question(person)).status == 503
    assert ask(service, question(person, "household"), "civil-registry").status == 200


def test_a_slow_department_takes_its_time(service: Service, client: Client, person: Person) -> None:
    faulty(client, kind="slow", seconds=0.3)
    begun = time.monotonic()
    assert ask(service, question(person)).status == 200
    assert time.monotonic() - begun >= 0.3


def test_a_lying_department_signs_an_answer_to_another_question(
    service: Service, client: Client, person: Person
) -> None:
    faulty(client, kind="lying")
    told = claims(client, ask(service, question(person)))
    assert told["requestId"] != "01JREQUEST"


@pytest.mark.parametrize("kind", ["forged", "unsigned", "malformed"])
def test_an_answer_nobody_should_believe_does_not_verify(
    service: Service, client: Client, person: Person, kind: str
) -> None:
    faulty(client, kind=kind)
    reply = ask(service, question(person))
    with pytest.raises(Exception, match=r"(?i)signature|decode|alg|key"):
        claims(client, reply)


def test_an_unknown_department_does_not_exist(client: Client) -> None:
    assert client.post("/sandbox/departments/none/facts").status == 404


def test_a_department_that_works_on_it_says_when_to_ask_again(
    service: Service, client: Client, person: Person
) -> None:
    faulty(client, kind="pending", seconds=7)
    reply = ask(service, question(person))
    assert (reply.status, reply.json) == (202, {"interval": 7})


def test_a_department_that_answers_twice_says_something_else(
    service: Service, client: Client, person: Person
) -> None:
    faulty(client, kind="twice")
    statuses = [claims(client, ask(service, question(person)))["status"] for _ in range(3)]
    assert statuses == ["found", "not-found", "not-found"]


def test_a_stale_answer_is_of_two_days_ago_and_a_huge_one_is_no_jws(
    service: Service, client: Client, person: Person
) -> None:
    faulty(client, kind="stale")
    assert claims(client, ask(service, question(person)))["iat"] < time.time() - 86_400
    faulty(client, kind="huge")
    assert len(ask(service, question(person)).body) > 1 << 16
