"""The certificate worker: from a request to one signed file, whatever happens on the way."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import pytest

from chalicelib import wiring
from chalicelib.certificates.model.certificates import Certificate, CertificateStatus
from chalicelib.errors import AppError, Unavailable
from chalicelib.exchange.errors import AnswerNotTrusted, DepartmentUnavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import Purpose
from chalicelib.platform import aws
from tests.builders import NAMES, an_auth_code, an_identity_number
from tests.certificates import NO_HOUSE, ONE_HOUSE, Registry, stored_file, stored_files, trust_documents
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp, World


@dataclass(frozen=True, slots=True)
class Holder:
    """A citizen whose face was verified for certificates."""

    citizen: Citizen
    name: str
    number: str
    verification_id: str

    def request(self, purpose: str = "school-enrolment") -> Certificate:
        return wiring.requesting().request(self.citizen, ["no-house"], self.verification_id, purpose)[0]

    def standing(self, certificate: Certificate) -> Certificate:
        return wiring.certificates().get(self.citizen, certificate.id)


@pytest.fixture
def registry(world: World, cloud: Cloud) -> Registry:
    trust_documents()
    return Registry(world)


@pytest.fixture
def holder(registry: Registry, payment_app: PaymentApp, clock: HeldClock) -> Holder:
    found = a_holder(payment_app)
    registry.knows(found.number, found.name, NO_HOUSE)
    return found


def a_holder(payment_app: PaymentApp, name: str = NAMES[0]) -> Holder:
    payment_app.says("alipay.system.oauth.token", {"open_id": an_auth_code(), "expires_in": 300})
    payment_app.says("alipay.user.certify.open.initialize", {"certify_id": an_auth_code()})
    payment_app.says("alipay.user.certify.open.query", {"passed": "T"})
    scans, number = wiring.scans(), an_identity_number()
    account = wiring.sessions().log_in(an_auth_code()).account
    citizen = Citizen(id=account.id, session_id=next(iter(account.sessions)), account=account)
    verification, _ = scans.open(citizen, name, number, Purpose.CERTIFICATES)
    scans.complete(citizen, verification.id)
    return Holder(citizen, name, number, verification.id)


def work(certificate: Certificate) -> None:
    """Do what the queue's message asks for, as a fresh process would."""
    wiring.certificate_jobs()["certificate.issue"](
        {"about": certificate.id, "citizen": certificate.citizen_id, "type": "certificate.issue"}
    )


def test_a_certificate_is_gathered_signed_and_stored_once(holder: Holder) -> None:
    certificate = holder.request()
    work(certificate)
    issued = holder.standing(certificate)
    assert issued.status is CertificateStatus.ISSUED
    assert issued.serial
    assert issued.serial.startswith("WF-330100-")
    document, facts = stored_file(f"certificates/{certificate.id}.pdf")
    assert document.startswith(b"%PDF")
    assert b"/ByteRange" in document
    assert facts["Metadata"]["sha256"] == hashlib.sha256(document).hexdigest() == issued.sha256
    assert facts["ServerSideEncryption"] == "aws:kms"


def test_the_department_is_told_why_and_for_which_case(holder: Holder, registry: Registry) -> None:
    certificate = holder.request(purpose="housing-subsidy")
    work(certificate)
    (question,) = registry.asked
    assert (question["purpose"], question["caseId"]) == ("housing-subsidy", certificate.id)
    assert question["subject"] == {"idNumber": holder.number, "realName": holder.name}


def test_the_signed_answer_is_kept_with_the_certificate(holder: Holder) -> None:
    certificate = holder.request()
    work(certificate)
    grounds = holder.standing(certificate).grounds
    assert grounds
    assert grounds.value == NO_HOUSE
    assert grounds.proof.count(".") == 2


def test_an_owner_of_a_house_is_refused_with_a_reason_and_no_file(holder: Holder, registry: Registry) -> None:
    registry.knows(holder.number, holder.name, ONE_HOUSE)
    certificate = holder.request()
    work(certificate)
    refused = holder.standing(certificate)
    assert refused.status is CertificateStatus.REJECTED
    assert refused.reason
    assert refused.reason.code == "house-registered"
    assert stored_files() == []


def test_a_person_the_registry_does_not_know_gets_no_certificate(holder: Holder, registry: Registry) -> None:
    registry.knows(holder.number, holder.name, None)
    certificate = holder.request()
    work(certificate)
    refused = holder.standing(certificate)
    assert refused.reason
    assert refused.reason.code == "no-record"


def test_a_name_that_is_not_the_numbers_gets_no_certificate(holder: Holder, registry: Registry) -> None:
    registry.knows(holder.number, "别人", NO_HOUSE)
    certificate = holder.request()
    work(certificate)
    refused = holder.standing(certificate)
    assert refused.reason
    assert refused.reason.code == "identity-mismatch"


def test_a_department_that_is_down_leaves_the_certificate_gathering(
    holder: Holder, registry: Registry
) -> None:
    registry.department.down = True
    certificate = holder.request()
    with pytest.raises(DepartmentUnavailable):
        work(certificate)
    assert holder.standing(certificate).status is CertificateStatus.GATHERING
    registry.department.down = False
    work(certificate)
    assert holder.standing(certificate).status is CertificateStatus.ISSUED


def test_an_answer_signed_by_a_stranger_counts_for_nothing(
    holder: Holder, registry: Registry, world: World
) -> None:
    registry.department.key = type(registry.department)("stranger", world).key
    certificate = holder.request()
    with pytest.raises(AnswerNotTrusted):
        work(certificate)
    assert holder.standing(certificate).status is CertificateStatus.GATHERING


def test_a_rare_character_refuses_the_certificate_instead_of_printing_a_box(
    payment_app: PaymentApp, registry: Registry, clock: HeldClock
) -> None:
    rare = a_holder(payment_app, name="王\U0002c0a9")
    registry.knows(rare.number, rare.name, NO_HOUSE)
    certificate = rare.request()
    with pytest.raises(AppError, match="glyph-missing"):
        work(certificate)
    refused = rare.standing(certificate)
    assert (refused.status, refused.reason and refused.reason.code) == (
        CertificateStatus.REJECTED,
        "glyph-missing",
    )
    assert stored_files() == []


def test_what_was_sealed_of_the_holder_is_dropped_at_the_end(holder: Holder, cloud: Cloud) -> None:
    certificate = holder.request()
    assert holder.standing(certificate).sealed
    work(certificate)
    assert holder.standing(certificate).sealed is None
    (item,) = [each for each in cloud.items() if each["sk"]["S"] == f"CERTIFICATE#{certificate.id}"]
    assert holder.number not in str(item)
    assert holder.name not in str(item)


def test_a_finished_certificate_tells_the_citizen_by_a_notice(holder: Holder, cloud: Cloud) -> None:
    certificate = holder.request()
    work(certificate)
    (item,) = [each for each in cloud.items() if each["sk"]["S"] == f"CERTIFICATE#{certificate.id}"]
    (message,) = item["outbox"]["L"]
    assert message["M"]["queue"]["S"] == "notices"
    assert message["M"]["body"]["M"]["kind"]["S"] == "certificate-issued"


def test_doing_the_work_twice_changes_nothing(holder: Holder, registry: Registry) -> None:
    certificate = holder.request()
    work(certificate)
    before = (holder.standing(certificate), stored_files())
    work(certificate)
    assert (holder.standing(certificate), stored_files()) == before
    assert len(registry.asked) == 1


def test_the_same_request_again_is_the_same_certificate(holder: Holder) -> None:
    first = holder.request()
    work(first)
    assert holder.request().id == first.id
    assert holder.standing(first).status is CertificateStatus.ISSUED
    assert holder.request(purpose="housing-subsidy").id != first.id


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_killed_between_any_two_steps_and_retried_it_is_one_certificate(
    moment: str, holder: Holder, registry: Registry
) -> None:
    work(holder.request(purpose="warm"))
    undisturbed = holder.request(purpose="undisturbed")
    calls = len(_calls_of(lambda: work(undisturbed)))
    assert calls > 5
    for number in range(calls):
        certificate = holder.request(purpose=f"kill {number}")
        with _killed_at(moment, number):
            try:
                work(certificate)
            except _Killed:
                pass
            else:
                pytest.fail(f"call {number} was not reached")
        work(certificate)
        assert holder.standing(certificate).status is CertificateStatus.ISSUED
        assert len([f for f in stored_files() if certificate.id in f["Key"]]) == 1
        (usage,) = [each for each in _usages() if each["case_id"]["S"] == certificate.id]
        assert usage["purpose"]["S"] == f"kill {number}"


def test_two_workers_at_once_issue_one_certificate(holder: Holder) -> None:
    certificate = holder.request()
    service = wiring.issuing()
    with _interrupted("PutObject", lambda: service.issue(certificate.citizen_id, certificate.id)):
        work(certificate)
    issued = holder.standing(certificate)
    (file,) = stored_files()
    document, _ = stored_file(file["Key"])
    assert issued.sha256 == hashlib.sha256(document).hexdigest()


def test_a_certificate_whose_message_was_lost_is_asked_for_again(
    holder: Holder, cloud: Cloud, clock: HeldClock
) -> None:
    certificate = holder.request()
    wiring.issuing().sweep()
    assert holder.standing(certificate).version == 1
    clock.turn(minutes=6)
    wiring.issuing().sweep()
    wiring.issuing().sweep()
    (item,) = [each for each in cloud.items() if each["sk"]["S"] == f"CERTIFICATE#{certificate.id}"]
    (message,) = item["outbox"]["L"]
    assert message["M"]["body"]["M"]["id"]["S"] == f"certificate.issue:{certificate.id}:2"


def test_a_certificate_that_stays_open_is_asked_for_ever_more_patiently(
    holder: Holder, clock: HeldClock
) -> None:
    certificate, reminded = holder.request(), []
    for minute in range(1, 250):
        clock.turn(minutes=1)
        before = holder.standing(certificate).version
        wiring.issuing().sweep()
        if holder.standing(certificate).version > before:
            reminded.append(minute)
    gaps = [later - earlier for earlier, later in pairwise([0, *reminded])]
    assert gaps == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_finished_certificate_is_never_due_again(holder: Holder, clock: HeldClock) -> None:
    certificate = holder.request()
    work(certificate)
    standing = holder.standing(certificate)
    clock.turn(days=1)
    wiring.issuing().sweep()
    assert holder.standing(certificate) == standing


def test_kms_that_is_throttled_brings_the_message_back(holder: Holder) -> None:
    certificate = holder.request()
    with (
        _answering("Sign", {"Error": {"Code": "ThrottlingException", "Message": ""}}),
        pytest.raises(Unavailable),
    ):
        work(certificate)
    work(certificate)
    assert holder.standing(certificate).status is CertificateStatus.ISSUED


def test_nothing_of_the_holder_is_logged(holder: Holder, log_lines: Callable[[], str]) -> None:
    work(holder.request(purpose="非常特别的用途"))
    lines = log_lines()
    assert "certificate.issued" in lines
    for secret in (holder.number, holder.name, "非常特别的用途"):
        assert secret not in lines
        assert secret.encode("unicode_escape").decode() not in lines


class _Killed(BaseException):
    """The process is gone: no `except Exception` may see it."""


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


def _calls_of(act: Callable[[], object]) -> list[str]:
    names: list[str] = []
    with _watched("before-call", lambda model, **_: names.append(model.name)):
        act()
    return names


@contextmanager
def _killed_at(moment: str, number: int) -> Iterator[None]:
    seen: list[str] = []

    def hook(model: object, **_: object) -> None:
        seen.append("")
        if len(seen) == number + 1:
            raise _Killed

    with _watched(moment, hook):
        yield


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


def _usages() -> list[dict[str, dict[str, str]]]:
    items = aws.dynamodb().scan(TableName="CoreTable")["Items"]
    return [item for item in items if item["sk"].get("S", "").startswith("USAGE#")]  # type: ignore[misc]
