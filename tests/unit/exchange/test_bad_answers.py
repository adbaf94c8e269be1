"""What a department may do wrong, one thing at a time: none of it is believed, and the log says why in our words."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha512
from threading import Event, Lock
from time import monotonic
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib import wiring
from chalicelib.exchange.model import Ask, Fact, Gathered, Inquiry, Limits, Missing, MissingKind, Subject
from chalicelib.exchange.model import Department as Registered
from chalicelib.platform.keys import b64url
from chalicelib.platform.tokens import compact_json
from tests.builders import an_identity_number
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Department, Received, Sent, World, unb64

CASE = "crb_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"
PERSON = "psn_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"
NUMBER, NAME = an_identity_number(), "欧阳静"
FACT, SECRET = "house-ownership", "浙江省杭州市西湖区"


def connect(world: World, limits: Limits, name: str = "real-estate") -> Department:
    made = Department(name, world)
    made.names[NUMBER], made.facts[NUMBER] = NAME, {"houses": 0, "address": SECRET}
    wiring.exchange().register(
        Registered(
            id=made.id,
            name_zh="部门",
            name_en="Department",
            endpoint=made.endpoint,
            key_id=made.kid,
            public_key=unb64(made.public_key),
            limits=limits,
        )
    )
    return made


@pytest.fixture
def registry(world: World, cloud: Cloud, clock: HeldClock) -> Department:
    return connect(world, Limits(attempts=1))


def gather(*facts: str, name: str = "real-estate", seconds: float = 6.0) -> Gathered:
    return wiring.exchange().gather(
        Inquiry(
            subject=Subject(person_id=PERSON, real_name=NAME, id_number=NUMBER),
            purpose="school-enrolment",
            case_id=CASE,
            asks=tuple(Ask(department_id=name, fact=fact) for fact in facts or (FACT,)),
            user="cit_1",
        ),
        seconds,
    )


def came() -> Fact | Missing:
    gathered = gather()
    return gathered.missing.get(FACT) or gathered.facts[FACT]


def signed(asked: Received, registry: Department, key: Ed25519PrivateKey | None = None, **told: Any) -> bytes:
    """A department's answer, with something else in its place."""
    payload = {
        "iss": registry.id,
        "requestId": asked.json["requestId"],
        "requestHash": b64encode(sha512(asked.body).digest()).decode(),
        "fact": asked.json["fact"],
        "status": "found",
        "value": registry.facts[NUMBER],
        "iat": int(wiring.exchange().clock().timestamp()),
    } | told
    header = {"alg": "EdDSA", "kid": registry.kid, "typ": "fact+jwt"}
    message = f"{b64url(compact_json(header))}.{b64url(compact_json(payload))}"
    return f"{message}.{b64url((key or registry.key).sign(message.encode()))}".encode()


Lie = Callable[[Received, Department], Sent]
DAY = int(timedelta(days=1).total_seconds())


def says(kind: str = "application/jose", key: Ed25519PrivateKey | None = None, **told: Any) -> Lie:
    return lambda asked, registry: Sent(200, signed(asked, registry, key, **told), kind)


def at(seconds: int) -> Lie:
    def lie(asked: Received, registry: Department) -> Sent:
        return says(iat=int(wiring.exchange().clock().timestamp()) + seconds)(asked, registry)

    return lie


def about_somebody_else(asked: Received, registry: Department) -> Sent:
    other = json.dumps(asked.json | {"subject": {"idNumber": an_identity_number(), "realName": "别人"}})
    return says(requestHash=b64encode(sha512(other.encode()).digest()).decode())(asked, registry)


@pytest.mark.parametrize(
    ("lie", "kind", "reason"),
    [
        (says(), None, None),
        (about_somebody_else, "distrusted", "another-question"),
        (says(requestId="req_another"), "distrusted", "another-question"),
        (says(iss="civil-registry"), "distrusted", "another-fact"),
        (says(fact="household"), "distrusted", "another-fact"),
        (says(status="not-found"), "distrusted", "contradicts-itself"),
        (says(value={"houses": [1]}), "distrusted", "malformed"),
        (says(value={"holds": "yes"}), "distrusted", "malformed"),
        (says(iat=10**18), "distrusted", "malformed"),
        (at(31), "distrusted", "from-the-future"),
        (at(-DAY - 1), "distrusted", "too-old"),
        (at(-DAY), None, None),
        (says(key=Ed25519PrivateKey.generate()), "distrusted", "not-signed"),
        (lambda *_: Sent(200, b"this is no JWS", "application/jose"), "distrusted", "not-signed"),
        (says(value={"text": "x" * 70_000}), "distrusted", "too-large"),
        (says(kind="text/html"), "down", "content-type"),
        (lambda *_: Sent(302, b"", "application/jose"), "down", "status-302"),
        (lambda *_: Sent(500), "down", "status-500"),
        (lambda *_: Sent(503), "down", "status-503"),
        (lambda *_: Sent(422, b"{}"), "refused", "status-422"),
        (lambda *_: Sent(401, b"{}"), "refused", "status-401"),
        (lambda *_: Sent(202, b'{"interval":7}'), "pending", "works-on-it"),
    ],
)
def test_what_is_not_its_signed_answer_to_this_question_is_not_used(
    lie: Lie,
    kind: str | None,
    reason: str | None,
    registry: Department,
    log_lines: Callable[[], str],
) -> None:
    registry.world.on(registry.path, lambda asked: lie(asked, registry))
    outcome = came()
    assert (outcome.kind if isinstance(outcome, Missing) else None) == kind
    lines = [json.loads(line) for line in log_lines().splitlines() if '"fact.' in line]
    assert [line.get("reason") for line in lines] == [reason]
    for secret in (NUMBER, NAME, SECRET):
        assert secret not in str(lines)


@pytest.mark.parametrize(
    ("body", "seconds"),
    [(b'{"interval":7}', 7), (b'{"interval":-1}', 1), (b'{"interval":1e9}', 60), (b"", 60), (b"[]", 60)],
)
def test_a_department_that_works_on_it_says_when_to_ask_again_within_reason(
    body: bytes, seconds: int, registry: Department
) -> None:
    registry.world.on(registry.path, lambda _: Sent(202, body))
    assert came() == Missing(kind=MissingKind.PENDING, retry_after=seconds)


# -- time, repetition, and how many at once
def test_what_fails_for_a_moment_is_asked_again_as_the_same_question(
    world: World, cloud: Cloud, clock: HeldClock
) -> None:
    registry = connect(world, Limits(attempts=3))
    sick = iter([Sent(503), Sent(429)])
    world.on(registry.path, lambda asked: next(sick, None) or registry._answer(asked))
    assert isinstance(came(), Fact)
    bodies = {each.body for each in world.at(registry.path)}
    assert (len(world.at(registry.path)), len(bodies)) == (3, 1)
    assert len([item for item in cloud.items() if item["sk"]["S"].startswith("USAGE#")]) == 1


@pytest.mark.parametrize("sent", [Sent(422, b"{}"), Sent(200, b"x", "application/jose"), Sent(202)])
def test_what_will_not_be_better_in_a_moment_is_not_asked_again(
    sent: Sent, world: World, cloud: Cloud, clock: HeldClock
) -> None:
    registry = connect(world, Limits(attempts=3))
    world.on(registry.path, lambda _: sent)
    assert isinstance(came(), Missing)
    assert len(world.at(registry.path)) == 1


def test_a_department_that_is_not_to_be_asked_twice_is_asked_once(registry: Department) -> None:
    registry.down = True
    assert isinstance(came(), Missing)
    assert len(registry.world.at(registry.path)) == 1


def test_who_hangs_costs_its_own_time_and_no_more(world: World, cloud: Cloud, clock: HeldClock) -> None:
    over = Event()
    registry = connect(world, Limits(milliseconds=150))
    world.on(registry.path, lambda asked: (over.wait(5), registry._answer(asked))[1])
    begun = monotonic()
    outcome = came()
    over.set()
    assert outcome == Missing(kind=MissingKind.SLOW, retry_after=5)
    assert monotonic() - begun < 1


def test_an_inquirys_time_ends_for_all_who_have_not_answered(
    world: World, cloud: Cloud, clock: HeldClock
) -> None:
    over = Event()
    registry = connect(world, Limits())
    world.on(registry.path, lambda asked: (over.wait(5), registry._answer(asked))[1])
    gathered = gather(seconds=0.2)
    over.set()
    assert gathered.missing[FACT].kind is MissingKind.SLOW


def test_no_more_questions_are_under_way_than_a_department_bears(
    world: World, cloud: Cloud, clock: HeldClock
) -> None:
    registry, lock, under_way, most = connect(world, Limits(at_once=2)), Lock(), 0, 0

    def answer(asked: Received) -> Sent:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        Event().wait(0.02)
        with lock:
            under_way -= 1
        return registry._answer(asked)

    world.on(registry.path, answer)
    facts = [f"fact-{number}" for number in range(6)]
    assert set(gather(*facts).facts) == set(facts)
    assert most == 2


def test_a_question_names_who_asks_for_whom_and_the_hash_of_its_bytes(registry: Department) -> None:
    gather()
    (asked,) = registry.world.at(registry.path)
    road = {name: value for name, value in asked.headers.items() if name.startswith("x-road-")}
    assert road == {
        "x-road-client": "CN/GOV/330100/zerotrip",
        "x-road-userid": "cit_1",
        "x-road-id": asked.json["requestId"],
        "x-road-request-hash": b64encode(sha512(asked.body).digest()).decode(),
    }


@pytest.mark.parametrize("holds", [True, False])
def test_a_predicate_is_a_yes_or_no_that_its_department_signs(holds: bool, registry: Department) -> None:  # noqa: FBT001
    registry.facts[NUMBER] = {"holds": holds, "region": "330100"}
    outcome = came()
    assert isinstance(outcome, Fact)
    assert outcome.holds is holds
