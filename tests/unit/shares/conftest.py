"""Somebody who has a certificate, in a cloud in memory, and those to whom it may be shown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.certificates.model.certificates import Certificate, CertificateStatus, Change
from chalicelib.certificates.model.labels import Label
from chalicelib.certificates.model.requests import Request, RequestStatus
from chalicelib.certificates.store.plain import plain
from chalicelib.platform.dynamo import commit
from chalicelib.types import new_id
from tests.api import Api, ApiAnswer
from tests.bureau import a_bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.fakes import Party
from tests.families import a_civil_registry
from tests.memory.cloud import Place, place
from tests.parties import HOSPITAL, PHARMACY, a_party

OPENER, OTHER_OPENER = "an-openers-own-nonce", "another-openers-nonce"


class Files:
    """The part of S3 that makes addresses."""

    def generate_presigned_url(self, operation: str, Params: dict[str, Any], ExpiresIn: int) -> str:  # noqa: N803
        assert operation == "get_object"
        return f"https://files.invalid/{Params['Key']}?for={ExpiresIn}"


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def town(clock: HeldClock) -> Iterator[Place]:
    with place(clock) as made:
        made.cloud.clients["s3"] = Files()
        yield made


@pytest.fixture
def api(town: Place) -> Api:
    return Api()


@pytest.fixture
def hospital(town: Place) -> Party:
    return a_party(HOSPITAL)


@pytest.fixture
def pharmacy(town: Place) -> Party:
    return a_party(PHARMACY)


@pytest.fixture
def phone(api: Api, town: Place) -> Phone:
    """Somebody with a card."""
    a_civil_registry(town.world)
    bureau = a_bureau(town.world)
    somebody = Phone(api, town.payment_app)
    bureau.insures(somebody.name, somebody.number)
    assert somebody.bind().status == 201
    return somebody


@dataclass
class Holder:
    """Somebody with an issued certificate, as the page calls for them."""

    api: Api
    phone: Phone
    clock: HeldClock
    request: Request
    certificate: Certificate

    def share(self, key: str = "", **asked: Any) -> ApiAnswer:
        told = {"kind": "link", "purpose": "租房备案"} | asked
        path = f"/v1/certificates/{self.request.id}/shares"
        headers = {"idempotency-key": key} if key else None
        return self.api.post(path, told, token=self.phone.token, headers=headers)

    def link(self, **asked: Any) -> str:
        """The secret of a fresh link."""
        answer = self.share(**asked)
        assert answer.status == 201, answer.json
        return str(answer.json["link"].partition("#")[2])

    def open(self, secret: str, opener: str = OPENER) -> ApiAnswer:
        return self.api.post("/v1/shares/open", {"secret": secret, "opener": opener})

    def shares(self) -> list[dict[str, Any]]:
        return list(self.api.get("/v1/shares", token=self.phone.token).json["items"])

    def revoke(self, share_id: str) -> ApiAnswer:
        return self.api.call("DELETE", f"/v1/shares/{share_id}", token=self.phone.token)

    def reads(self) -> list[dict[str, Any]]:
        """The certificate's reads in the usage log."""
        found = self.api.get("/v2/findUsage", token=self.phone.token).json["usages"]
        return [each for each in found if each["kind"] == "certificate"]

    def becomes(self, event: str, status: CertificateStatus) -> None:
        """What the issuing department does about the certificate."""
        store = wiring.sharing().certificates
        standing = store.find(self.certificate.id)
        assert standing is not None
        commit(store.moving(standing, event, Change(at=self.clock(), status=status)))


def issue(phone: Phone, clock: HeldClock, **changes: Any) -> tuple[Request, Certificate]:
    """A certificate as it stands once it is issued, and the request that it answers."""
    me = phone.api.get("/v1/citizens/me", token=phone.token).json["id"]
    account = wiring.sessions().store.find(me)
    assert account is not None
    now, name = clock(), Label(zh="无房证明", en="Certificate of No House Ownership")
    certificate = Certificate(
        id=new_id("cert", now),
        person_id=changes.get("person_id") or account.person_id or "",
        type_id="no-house",
        type_name=name,
        issuer=Label(zh="杭州市不动产登记机构", en="Registry of Hangzhou"),
        department_id="real-estate",
        region="330100",
        serial="WF-330100-20261123-ABCDEFGH12",
        identifier="1.2.156.3005.2.x",
        as_of=now.date(),
        issued_at=now,
        valid_until=now + timedelta(days=90),
        status=CertificateStatus.VALID,
        version=1,
        changes=(Change(at=now, status=CertificateStatus.VALID),),
        grounds=(),
        facts_digest="0" * 64,
        digests={"pdf": "1" * 64, "sd-jwt": "2" * 64, "json": "3" * 64},
    )
    request = Request(
        id=new_id("crq", now),
        batch_id=new_id("crb", now),
        citizen_id=me,
        person_id=certificate.person_id,
        type_id=certificate.type_id,
        purpose="school-enrolment",
        status=RequestStatus.ISSUED,
        version=3,
        requested_at=now,
        due_by=now,
        mandate_id=changes.get("mandate_id"),
        holder=changes.get("holder"),
        certificate_id=certificate.id,
        serial=certificate.serial,
        issued_at=now,
        valid_until=certificate.valid_until,
        formats=("pdf", "sd-jwt", "json"),
    )
    table = wiring.core_table()
    kept = {"pk": f"CERTIFICATE#{certificate.id}", "sk": "CERTIFICATE", **plain(certificate)}
    asked = {"pk": f"CITIZEN#{me}", "sk": f"REQUEST#{request.id}", **plain(request)}
    for item in (kept, asked):
        commit(table.put(item, lambda _: None))
    return request, certificate


@pytest.fixture
def holder(api: Api, phone: Phone, clock: HeldClock) -> Holder:
    """Somebody with a certificate."""
    request, certificate = issue(phone, clock)
    clock.turn(seconds=1)
    return Holder(api, phone, clock, request, certificate)


@pytest.fixture
def as_party(api: Api, clock: HeldClock) -> Callable[..., ApiAnswer]:
    """A signed GET of an institution."""

    def ask(party: Party, path: str, query: str = "", **signing: Any) -> ApiAnswer:
        headers = party.headers("GET", path, now=clock().timestamp(), query=query, **signing)
        return api.get(f"{path}?{query}" if query else path, headers=headers)

    return ask
