"""What tests about certificates share: the trust chain in its bucket, the registry, and what it stores."""

from dataclasses import dataclass, field
from typing import Any

import boto3
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib import wiring
from chalicelib.certificates import catalogue
from chalicelib.certificates.model.certificates import (
    Certificate,
    CertificateStatus,
    Change,
    end_of_validity,
    serial_number,
)
from chalicelib.certificates.model.requests import Batch, Request
from chalicelib.certificates.store.certificates import CertificateStore
from chalicelib.certificates.store.requests import RequestStore
from chalicelib.config import settings
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import Purpose
from chalicelib.platform.clock import system_clock
from chalicelib.platform.dynamo import transact
from chalicelib.platform.keys import Es256Signer
from chalicelib.types import new_id
from sandbox.trust import document_chain
from tests.builders import NAMES, an_auth_code, an_identity_number
from tests.cloud import REGION
from tests.fakes import Department, PaymentApp, World
from tests.parties import a_department

NO_HOUSE = {"houses": 0, "region": "330100"}
ONE_HOUSE = {"houses": 1, "region": "330100"}


def trust_documents() -> bytes:
    """Certify the document key and keep the chain where the worker looks for it; returns the chain."""
    public = Es256Signer(settings().document_key).public_key
    chain = document_chain(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    wiring.certificate_bucket().put(wiring.DOCUMENT_CHAIN, chain, "application/x-pem-file")
    return chain


@dataclass
class Registry:
    """The real-estate registry: knows people by number, answers how many houses they have."""

    world: World
    department: Department = field(init=False)

    def __post_init__(self) -> None:
        self.department = a_department("real-estate", self.world)

    def knows(self, number: str, name: str, value: dict[str, Any] | None) -> None:
        """From now on, this is what it says about this person."""
        self.department.names[number] = name
        self.department.facts[number] = value

    @property
    def asked(self) -> list[dict[str, Any]]:
        """Every question so far."""
        return [each.json for each in self.world.at(self.department.path)]


@dataclass(frozen=True, slots=True)
class Holder:
    """A citizen whose face was verified for certificates."""

    citizen: Citizen
    name: str
    number: str
    verification_id: str

    def request_all(self, *types: str, purpose: str = "school-enrolment") -> list[Request]:
        """Ask for certificates about oneself."""
        return wiring.requesting().request(self.citizen, types, self.verification_id, purpose)

    def request(self, purpose: str = "school-enrolment") -> Request:
        """Ask for the certificate that one owns no house."""
        return self.request_all("no-house", purpose=purpose)[0]

    def standing(self, request: Request) -> Request:
        """A request as it stands."""
        return wiring.certificates().get(self.citizen, request.id).request

    def batch(self, request: Request) -> Batch:
        """A request's batch as it stands."""
        found = RequestStore(wiring.core_table()).batch(self.citizen.id, request.batch_id)
        assert found
        return found

    def certificate(self, request: Request) -> Certificate:
        """The certificate that answers a request."""
        found = CertificateStore(wiring.core_table()).find(self.standing(request).certificate_id or "")
        assert found
        return found


def a_holder(payment_app: PaymentApp, name: str = NAMES[0]) -> Holder:
    """Somebody who logged in and showed their face."""
    payment_app.says("alipay.system.oauth.token", {"open_id": an_auth_code(), "expires_in": 300})
    payment_app.says("alipay.user.certify.open.initialize", {"certify_id": an_auth_code()})
    payment_app.says("alipay.user.certify.open.query", {"passed": "T"})
    scans, number = wiring.scans(), an_identity_number()
    account = wiring.sessions().log_in(an_auth_code()).account
    citizen = Citizen(id=account.id, session_id=next(iter(account.sessions)), account=account)
    verification, _ = scans.open(citizen, name, number, Purpose.CERTIFICATES)
    scans.complete(citizen, verification.id)
    return Holder(citizen, name, number, verification.id)


def again(payment_app: PaymentApp, holder: Holder) -> Holder:
    """The same person, whose face is scanned once more."""
    payment_app.says("alipay.user.certify.open.initialize", {"certify_id": an_auth_code()})
    payment_app.says("alipay.user.certify.open.query", {"passed": "T"})
    scans = wiring.scans()
    verification, _ = scans.open(holder.citizen, holder.name, holder.number, Purpose.CERTIFICATES)
    scans.complete(holder.citizen, verification.id)
    return Holder(holder.citizen, holder.name, holder.number, verification.id)


def work(request: Request) -> None:
    """Do what the queue's message asks for, as a fresh process would."""
    wiring.certificate_jobs()["certificate.issue"](
        {"about": request.batch_id, "citizen": request.citizen_id, "type": "certificate.issue"}
    )


def stored_files() -> list[dict[str, Any]]:
    """Every version of every certificate's file in the bucket."""
    s3 = boto3.client("s3", REGION)
    answer = s3.list_object_versions(Bucket=settings().certificate_bucket, Prefix="certificates/")
    return [dict(each) for each in answer.get("Versions", [])]


def stored_file(key: str) -> tuple[bytes, dict[str, Any]]:
    """A file's bytes and everything that the bucket says of it."""
    answer = boto3.client("s3", REGION).get_object(Bucket=settings().certificate_bucket, Key=key)
    return answer["Body"].read(), dict(answer)


def a_certificate(type_id: str = "no-house", **changed: Any) -> Certificate:
    """A certificate that stands, as its record says; nobody printed it."""
    kind, now = catalogue.types()[type_id], system_clock()
    own = new_id("cert", now)
    number, index, place = wiring.statuses().claim_index(own)
    store = CertificateStore(wiring.core_table())
    made = Certificate(
        id=own,
        person_id="psn_1",
        type_id=type_id,
        type_name=kind.name,
        issuer=kind.issuer.for_region(catalogue.region_name("330100")),
        department_id=kind.department_id,
        region="330100",
        serial=serial_number(kind.serial_prefix, own, "330100", now),
        identifier="",
        as_of=now.date(),
        issued_at=now,
        valid_until=end_of_validity(now, kind.valid_days),
        status=CertificateStatus.ISSUING,
        version=1,
        changes=(Change(at=now, status=CertificateStatus.ISSUING),),
        grounds=(),
        facts_digest=own,
        content_digest="9f86d081884c7d65",
        digests={"pdf": "ab" * 32},
        status_list=number,
        status_index=index,
    ).model_copy(update=changed)
    transact([*store.opening(made, None), place])
    return store.move(made, "sign", Change(at=now, status=CertificateStatus.VALID))
