"""Status lists from a place to the published file: who dies, comes late or twice: the file tells the truth."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from token_status_list import BitArray

from chalicelib import wiring
from chalicelib.certificates.errors import StatusPlaceTaken
from chalicelib.certificates.model.status import PROBES, Place, Status, probes
from chalicelib.certificates.service.statuses import Statuses
from chalicelib.certificates.store.statuses import StatusStore
from chalicelib.platform import aws
from chalicelib.platform.dynamo import commit, transact
from chalicelib.platform.keys import b64url, public_jwk, verify_raw
from tests.api import Api
from tests.appointments import Killed
from tests.certificates import trust_documents
from tests.clock import HeldClock
from tests.cloud import ORIGIN, Cloud

PAPER = "cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"
OTHER = "cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1Q"
PUBLISH = {"type": "status.publish", "list": "1"}


@pytest.fixture
def statuses(cloud: Cloud, clock: HeldClock) -> Statuses:
    trust_documents()
    return wiring.statuses()


@pytest.fixture
def place(statuses: Statuses, cloud: Cloud) -> Place:
    """A certificate's place in a list that is published."""
    number, index, write = statuses.claim_index(PAPER)
    commit(write)
    cloud.settle()
    return Place(number, index)


def say(statuses: Statuses, place: Place, status: Status) -> None:
    transact(statuses.mark(place.number, place.index, status))


def shown(api: Api, place: Place) -> int:
    """What anyone reads of a place, with a decoder that is not ours."""
    told = claims(api.get(f"/v1/status-lists/{place.number}").body)["status_list"]
    return int(BitArray.load(told)[place.index])


def claims(token: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(unpadded(token.split(b".")[1].decode()))
    return told


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_list_is_a_signed_token_that_anyone_may_have_and_keep(
    api: Api, place: Place, clock: HeldClock
) -> None:
    answer = api.get("/v1/status-lists/1")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/statuslist+jwt")
    assert answer.headers["cache-control"] == "public, max-age=300"
    header, payload, signature = answer.body.decode().split(".")
    told = json.loads(unpadded(header))
    leaf = x509.load_der_x509_certificate(base64.b64decode(told["x5c"][0]))
    verify_raw(leaf.public_key(), unpadded(signature), f"{header}.{payload}".encode())  # type: ignore[arg-type]
    assert (told["typ"], told["alg"]) == ("statuslist+jwt", "ES256")
    assert told["kid"] == public_jwk(leaf.public_key())["kid"]  # type: ignore[arg-type]
    said = claims(answer.body)
    assert said["sub"] == f"{ORIGIN}/v1/status-lists/1"
    assert (said["exp"] - said["iat"], said["ttl"]) == (86_400, 300)
    assert said["iat"] == int(clock().timestamp())
    assert set(said) == {"sub", "iat", "exp", "ttl", "status_list"}
    again = api.get("/v1/status-lists/1", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


def test_any_other_list_is_unknown(api: Api, place: Place) -> None:
    for unknown in ("0", "2", "01", "-1", "1.0", "x", "9999999", "..%2Fcertificates", "一"):
        answer = api.get(f"/v1/status-lists/{unknown}")
        assert (answer.status, answer.code) == (404, "status-list-unknown")


def test_a_change_is_seen_and_taken_back_and_only_what_is_not_valid_is_kept(
    api: Api, statuses: Statuses, place: Place, cloud: Cloud, clock: HeldClock
) -> None:
    assert shown(api, place) == 0
    for status in (Status.SUSPENDED, Status.INVALID, Status.VALID):
        clock.turn(minutes=1)
        say(statuses, place, status)
        cloud.sweep()
        assert shown(api, place) == status
    assert [item for item in cloud.items() if item["sk"]["S"].startswith("ENTRY#")] == []


def test_places_are_taken_once_and_found_again(statuses: Statuses) -> None:
    number, index, write = statuses.claim_index(PAPER)
    assert (number, index) == statuses.claim_index(PAPER)[:2]
    rival = statuses.store.claim(Place(number, index), OTHER)
    commit(write)
    commit(statuses.claim_index(PAPER)[2])
    with pytest.raises(StatusPlaceTaken):
        commit(rival)
    assert (number, index) == statuses.claim_index(PAPER)[:2]


def test_whose_place_is_taken_gets_the_next_and_a_full_list_is_closed(statuses: Statuses) -> None:
    tried = list(probes(PAPER, 1))
    for each in tried[:-1]:
        commit(statuses.store.claim(each, OTHER))
    assert statuses.claim_index(PAPER)[:2] == (1, tried[PROBES - 1].index)
    commit(statuses.store.claim(tried[-1], OTHER))
    assert statuses.claim_index(PAPER)[:2] == (2, next(probes(PAPER, 2)).index)
    wiring.statuses.cache_clear()
    assert wiring.statuses().claim_index(OTHER)[0] == 2
    statuses.store.close(1)  # by one who comes late
    assert statuses.store.open_list() == 2


def test_nothing_is_written_where_nothing_changed(
    statuses: Statuses, place: Place, monkeypatch: pytest.MonkeyPatch, cloud: Cloud
) -> None:
    before = files()
    for _ in range(3):
        statuses.publish(PUBLISH)
    assert files() == before
    statuses.publish(PUBLISH | {"list": "7"})  # nobody's
    assert files() == before


def test_it_is_renewed_in_time_and_again_and_again(
    api: Api, statuses: Statuses, place: Place, clock: HeldClock, cloud: Cloud
) -> None:
    say(statuses, place, Status.INVALID)
    cloud.sweep()
    for _ in range(5):
        clock.now += timedelta(hours=11)
        cloud.sweep()
        told = claims(api.get("/v1/status-lists/1").body)
        assert told["exp"] - clock().timestamp() > timedelta(hours=12).total_seconds()
        assert shown(api, place) == Status.INVALID


@pytest.mark.parametrize("lost", ["message", "publication"])
def test_what_was_lost_is_published_by_the_next_sweep(
    api: Api, statuses: Statuses, place: Place, cloud: Cloud, lost: str
) -> None:
    say(statuses, place, Status.INVALID)
    cloud.stream("CoreTable")  # whatever it said, nobody heard it
    if lost == "publication":
        with killed_before(0, []), pytest.raises(Killed):
            statuses.publish(PUBLISH)
    cloud.sweep()
    assert shown(api, place) == Status.INVALID


def test_killed_before_any_call_a_publication_is_made_good(
    api: Api, statuses: Statuses, place: Place, cloud: Cloud, clock: HeldClock
) -> None:
    status, dead, number = Status.VALID, True, 0
    while dead:
        status = Status.SUSPENDED if status is Status.INVALID else Status.INVALID
        clock.turn(seconds=1)
        say(statuses, place, status)
        dead = dies(number, lambda: statuses.publish(PUBLISH))
        cloud.sweep()
        assert shown(api, place) == status
        number += 1
    assert number == 7  # head, version, entries, sign, put, settle: and then it lived


def test_of_two_publishers_the_older_never_wins(
    api: Api, statuses: Statuses, place: Place, monkeypatch: pytest.MonkeyPatch, cloud: Cloud
) -> None:
    say(statuses, place, Status.SUSPENDED)
    entries = StatusStore.entries
    waiting = [lambda: say(statuses, place, Status.INVALID), lambda: statuses.publish(PUBLISH)]

    def overtaken(store: StatusStore, number: int) -> dict[int, int]:
        """Read, and be overtaken before anything is done with it."""
        read = entries(store, number)
        while waiting:
            waiting.pop(0)()
        return read

    monkeypatch.setattr(StatusStore, "entries", overtaken)
    statuses.publish(PUBLISH)
    assert shown(api, place) == Status.INVALID
    before = files()
    cloud.sweep()
    assert (shown(api, place), files()) == (Status.INVALID, before)


def test_a_change_between_reading_and_settling_leaves_the_list_due(
    api: Api, statuses: Statuses, place: Place, monkeypatch: pytest.MonkeyPatch, cloud: Cloud
) -> None:
    say(statuses, place, Status.SUSPENDED)
    settle = StatusStore.settle
    late = [lambda: say(statuses, place, Status.INVALID)]

    def changed(store: StatusStore, *told: Any) -> None:
        while late:
            late.pop()()
        settle(store, *told)

    monkeypatch.setattr(StatusStore, "settle", changed)
    statuses.publish(PUBLISH)
    assert shown(api, place) == Status.SUSPENDED
    cloud.sweep()
    assert shown(api, place) == Status.INVALID


def files() -> list[str]:
    """Which versions of list 1 the bucket ever had."""
    return [wiring.certificate_bucket().find("status-lists/1").etag]  # type: ignore[union-attr]


def dies(number: int, work: Callable[[], object]) -> bool:
    try:
        with killed_before(number, []):
            work()
    except Killed:
        return True
    return False


@contextmanager
def killed_before(number: int, calls: list[str]) -> Iterator[None]:
    """End the process before its `number`th call of the cloud, the bucket's included."""
    heard = [client.meta.events for client in (aws.dynamodb(), aws.kms(), aws.s3(), aws.sqs())]

    def hook(model: Any, **_: object) -> None:
        if len(calls) == number:
            raise Killed
        calls.append(model.name)

    for events in heard:
        events.register_first("before-call", hook)
    try:
        yield
    finally:
        for events in heard:
            events.unregister("before-call", hook)


def test_a_token_can_be_made_of_nothing_but_the_key_and_its_chain_and_that_anyone_may_have(api: Api) -> None:
    assert api.get("/.well-known/document-signer.pem").status == 503
    chain = trust_documents()
    assert api.get("/.well-known/document-signer.pem").body == chain
    seal = wiring.seal()
    assert len(seal.chain) == 2  # the root is whoever trusts it's own
    token = seal.jws("x+jwt", {"名": 1})
    assert json.loads(unpadded(token.split(".")[1])) == {"名": 1}
    assert b64url(unpadded(token.split(".")[2])) == token.split(".")[2]
