"""The certificate worker: from a request to one signed file, whatever happens on the way."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from chalicelib import wiring
from chalicelib.certificates.model.requests import RequestStatus
from chalicelib.errors import Unavailable
from chalicelib.exchange.errors import DepartmentUnavailable
from chalicelib.platform import aws
from tests.certificates import (
    NO_HOUSE,
    ONE_HOUSE,
    Holder,
    Registry,
    a_holder,
    stored_file,
    stored_files,
    trust_documents,
    work,
)
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp, World

ISSUED, REJECTED = RequestStatus.ISSUED, RequestStatus.REJECTED
GATHERING, DEFERRED = RequestStatus.GATHERING, RequestStatus.DEFERRED


@pytest.fixture
def registry(world: World, cloud: Cloud) -> Registry:
    trust_documents()
    return Registry(world)


@pytest.fixture
def holder(registry: Registry, payment_app: PaymentApp, clock: HeldClock) -> Holder:
    found = a_holder(payment_app)
    registry.knows(found.number, found.name, NO_HOUSE)
    return found


def test_a_certificate_is_gathered_signed_and_stored_once(holder: Holder) -> None:
    request = holder.request()
    work(request)
    issued, certificate = holder.standing(request), holder.certificate(request)
    assert issued.status is ISSUED
    assert issued.serial == certificate.serial
    assert certificate.serial.startswith("WF-330100-")
    document, facts = stored_file(f"certificates/{certificate.id}.pdf")
    assert document.startswith(b"%PDF")
    assert b"/ByteRange" in document
    assert facts["Metadata"]["sha256"] == hashlib.sha256(document).hexdigest() == certificate.digests["pdf"]
    assert facts["ServerSideEncryption"] == "aws:kms"


def test_the_department_is_told_why_and_for_which_case(holder: Holder, registry: Registry) -> None:
    request = holder.request(purpose="housing-subsidy")
    work(request)
    (question,) = registry.asked
    assert (question["purpose"], question["caseId"]) == ("housing-subsidy", request.batch_id)
    assert question["subject"] == {"idNumber": holder.number, "realName": holder.name}


def test_the_signed_answer_is_kept_with_the_certificate(holder: Holder) -> None:
    request = holder.request()
    work(request)
    (grounds,) = holder.certificate(request).grounds
    assert grounds.value == NO_HOUSE
    assert grounds.proof.count(".") == 2


def test_an_owner_of_a_house_is_refused_with_a_reason_and_no_file(holder: Holder, registry: Registry) -> None:
    registry.knows(holder.number, holder.name, ONE_HOUSE)
    assert refused(holder) == "house-registered"


def test_a_person_the_registry_does_not_know_gets_no_certificate(holder: Holder, registry: Registry) -> None:
    registry.knows(holder.number, holder.name, None)
    assert refused(holder) == "no-record"


def test_a_name_that_is_not_the_numbers_gets_no_certificate(holder: Holder, registry: Registry) -> None:
    registry.knows(holder.number, "别人", NO_HOUSE)
    assert refused(holder) == "identity-mismatch"


def refused(holder: Holder) -> str:
    """Why the request was rejected, and that nothing was printed for it."""
    request = holder.request()
    work(request)
    told = holder.standing(request)
    assert told.status is REJECTED
    assert told.reason
    assert told.appealable
    assert stored_files() == []
    return told.reason.code


def test_a_department_that_is_down_once_is_asked_again_by_the_queue(
    holder: Holder, registry: Registry
) -> None:
    registry.department.down = True
    request = holder.request()
    with pytest.raises(DepartmentUnavailable):
        work(request)
    assert holder.standing(request).status is GATHERING
    registry.department.down = False
    work(request)
    assert holder.standing(request).status is ISSUED


def test_an_answer_signed_by_a_stranger_counts_for_nothing(
    holder: Holder, registry: Registry, world: World
) -> None:
    registry.department.key = type(registry.department)("stranger", world).key
    request = holder.request()
    with pytest.raises(DepartmentUnavailable):
        work(request)
    assert holder.standing(request).status is GATHERING


@pytest.mark.parametrize("lie", [{}, {"houses": "0", "region": "330100"}, {"houses": 0}, {"houses": -1}])
def test_an_answer_of_another_form_counts_for_nothing(
    lie: dict[str, object], holder: Holder, registry: Registry
) -> None:
    registry.knows(holder.number, holder.name, {"houses": 0, "region": 7, **lie})
    request = holder.request()
    with pytest.raises(DepartmentUnavailable):
        work(request)
    assert holder.standing(request).status is GATHERING
    assert holder.batch(request).facts == {}


def test_a_rare_character_refuses_the_certificate_instead_of_printing_a_box(
    payment_app: PaymentApp, registry: Registry, clock: HeldClock, cloud: Cloud
) -> None:
    rare = a_holder(payment_app, name="王\U0002c0a9")
    registry.knows(rare.number, rare.name, NO_HOUSE)
    request = rare.request()
    work(request)
    told = rare.standing(request)
    assert (told.status, told.reason and told.reason.code) == (REJECTED, "glyph-missing")
    assert not told.appealable
    assert stored_files() == []
    assert not [each for each in cloud.items() if each["pk"]["S"].startswith("CERTIFICATE#")]


def test_what_was_sealed_of_the_holder_is_dropped_at_the_end(holder: Holder, cloud: Cloud) -> None:
    request = holder.request()
    assert holder.batch(request).sealed
    work(request)
    assert holder.batch(request).sealed is None
    assert holder.batch(request).facts == {}
    texts = str([each for each in cloud.items() if each["pk"]["S"].startswith(("CITIZEN#", "CERTIFICATE#"))])
    assert holder.number not in texts
    assert holder.name not in texts


def test_a_finished_certificate_tells_the_citizen_by_a_notice(holder: Holder, cloud: Cloud) -> None:
    request = holder.request()
    work(request)
    (item,) = [each for each in cloud.items() if each["sk"]["S"] == f"REQUEST#{request.id}"]
    (message,) = item["outbox"]["L"]
    assert message["M"]["queue"]["S"] == "notices"
    assert message["M"]["body"]["M"]["kind"]["S"] == "certificate-issued"


def test_doing_the_work_twice_changes_nothing(holder: Holder, registry: Registry) -> None:
    request = holder.request()
    work(request)
    before = (holder.standing(request), stored_files())
    work(request)
    assert (holder.standing(request), stored_files()) == before
    assert len(registry.asked) == 1


def test_the_same_request_again_is_the_same_request(holder: Holder) -> None:
    first = holder.request()
    work(first)
    assert holder.request() == holder.standing(first)
    assert holder.request().status is ISSUED
    assert holder.request(purpose="housing-subsidy").id != first.id


@pytest.mark.parametrize("operation", ["PutObject", "UpdateItem"])
def test_two_workers_at_once_issue_one_certificate(operation: str, holder: Holder) -> None:
    request = holder.request()
    service = wiring.issuing()
    with _interrupted(operation, lambda: service.issue(request.citizen_id, request.batch_id)):
        work(request)
    assert holder.standing(request).status is ISSUED
    files = {file["Key"].rpartition(".")[2]: stored_file(file["Key"])[0] for file in stored_files()}
    assert len(stored_files()) == len(files) == 3
    found = {form: hashlib.sha256(document).hexdigest() for form, document in files.items()}
    assert holder.certificate(request).digests == found


def test_a_certificate_whose_message_was_lost_is_asked_for_again(
    holder: Holder, cloud: Cloud, clock: HeldClock
) -> None:
    request = holder.request()
    wiring.certificate_sweeping().sweep()
    assert holder.batch(request).version == 1
    clock.turn(minutes=6)
    wiring.certificate_sweeping().sweep()
    wiring.certificate_sweeping().sweep()
    (item,) = [each for each in cloud.items() if each["sk"]["S"] == f"BATCH#{request.batch_id}"]
    (message,) = item["outbox"]["L"]
    assert message["M"]["body"]["M"]["id"]["S"] == f"certificate.issue:{request.batch_id}:2"


def test_a_certificate_that_stays_open_is_asked_for_ever_more_patiently(
    holder: Holder, clock: HeldClock
) -> None:
    request, reminded = holder.request(), []
    for minute in range(1, 250):
        clock.turn(minutes=1)
        before = holder.batch(request).version
        wiring.certificate_sweeping().sweep()
        if holder.batch(request).version > before:
            reminded.append(minute)
    gaps = [later - earlier for earlier, later in pairwise([0, *reminded])]
    assert gaps == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_finished_certificate_is_never_due_again(holder: Holder, clock: HeldClock) -> None:
    request = holder.request()
    work(request)
    standing = holder.batch(request)
    clock.turn(days=1)
    wiring.certificate_sweeping().sweep()
    assert holder.batch(request) == standing


def test_kms_that_is_throttled_brings_the_message_back(holder: Holder) -> None:
    request = holder.request()
    wiring.issuing().certifying.press()
    with (
        _answering("Sign", {"Error": {"Code": "ThrottlingException", "Message": ""}}),
        pytest.raises(Unavailable),
    ):
        work(request)
    work(request)
    assert holder.standing(request).status is ISSUED


def test_nothing_of_the_holder_is_logged(holder: Holder, log_lines: Callable[[], str]) -> None:
    work(holder.request(purpose="非常特别的用途"))
    lines = log_lines()
    assert "certificate.issued" in lines
    for secret in (holder.number, holder.name, "非常特别的用途"):
        assert secret not in lines
        assert secret.encode("unicode_escape").decode() not in lines


def _clients() -> list[object]:
    return [aws.dynamodb(), aws.kms(), aws.s3()]


@contextmanager
def _watched(event: str, hook: Callable[..., object]) -> Iterator[None]:
    clients = _clients()
    for client in clients:
        client.meta.events.register_first(event, hook)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for client in clients:
            client.meta.events.unregister(event, hook)  # type: ignore[attr-defined]


@contextmanager
def _interrupted(operation: str, meanwhile: Callable[[], object]) -> Iterator[None]:
    """Before the first call of `operation` takes place, another worker does all of its work."""
    done: list[str] = []

    def hook(model: object, **_: object) -> None:
        if getattr(model, "name", "") == operation and not done:
            done.append(operation)
            meanwhile()

    with _watched("before-call", hook):
        yield
    assert done


@contextmanager
def _answering(operation: str, answer: dict[str, object]) -> Iterator[None]:
    def hook(model: object, **_: object) -> tuple[object, dict[str, object]] | None:
        if getattr(model, "name", "") != operation:
            return None
        return type("Response", (), {"status_code": 400})(), answer

    with _watched("before-call", hook):
        yield
