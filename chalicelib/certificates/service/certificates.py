"""A citizen's verbs about certificates (request, list, download), the worker's (issue), and anyone's: verify.

Issuing may die between any two steps and be repeated: each step first looks at what stands, a department's answer is
kept before it is used, and the file is stored once under a key that follows from the certificate's id.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from chalicelib.certificates import catalogue
from chalicelib.certificates.errors import (
    CertificateNotFound,
    CertificateNotReady,
    CertificateTypeUnknown,
    GlyphMissing,
)
from chalicelib.certificates.model import (
    Certificate,
    CertificateContent,
    CertificateStatus,
    CertificateType,
    Grounds,
    PublicRecord,
    Reason,
    SignatureBox,
    certificate_id,
    end_of_validity,
    is_certificate_id,
    serial_number,
)
from chalicelib.certificates.papers import Papers
from chalicelib.certificates.service.subjects import About, Subjects
from chalicelib.certificates.store import CertificateStore
from chalicelib.exchange.errors import AnswerNotTrusted
from chalicelib.exchange.model import Fact, FactStatus, Subject
from chalicelib.exchange.service import Exchange
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.persons import Person
from chalicelib.identity.service.faces import Faces
from chalicelib.platform import log
from chalicelib.platform.clock import Clock, while_time_lasts
from chalicelib.platform.cursor import Cursors
from chalicelib.platform.dynamo import commit
from chalicelib.types import CHINA

_LINK_LIFE = timedelta(minutes=5)

Settled = TypeVar("Settled")

_NO_RECORD = {
    FactStatus.NOT_FOUND: Reason(
        code="no-record",
        zh="主管部门未查到相关登记信息，请向其核实后重新申请",
        en="The department has no record to certify from; please ask it, then request again",
    ),
    FactStatus.MISMATCH: Reason(
        code="identity-mismatch",
        zh="姓名与身份证号码在主管部门的登记不一致，请先更正登记信息",
        en="The department's record has another name for this identity number; please have it corrected",
    ),
}


class Press(Protocol):
    """Prints and signs."""

    def certify(self, content: CertificateContent, box: SignatureBox) -> bytes:
        """The signed PDF. Raises GlyphMissing, Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Certificates:
    """Official certificates. `press` is called by the worker alone."""

    store: CertificateStore
    faces: Faces
    subjects: Subjects
    exchange: Exchange
    papers: Papers
    cursors: Cursors
    press: Callable[[], Press]
    base_url: str
    clock: Clock

    def types(self) -> list[CertificateType]:
        """What can be requested."""
        return list(catalogue.types().values())

    def kind(self, certificate: Certificate) -> CertificateType:
        """The catalogue's entry for a certificate."""
        return catalogue.types()[certificate.type_id]

    def request(
        self,
        citizen: Citizen,
        type_ids: Sequence[str],
        proof: str | None,
        purpose: str,
        mandate_id: str | None = None,
    ) -> list[Certificate]:
        """Ask for certificates about oneself or, by a mandate, about a family member.

        The caller's face is the consent to gather what they need: `proof` is its verification's id (for a mandate
        also a receipt), None for what this session proved before. One certificate per type; the same request again
        meets its own certificates. Raises CertificateTypeUnknown, what `Faces.rely` and `Faces.passed` raise and, by
        a mandate, CertificateOwnOnly, MandateNotFound, MandateEnded, ActionNotMandated.
        """
        self._require_types(type_ids)
        about = (
            self.subjects.member(citizen, mandate_id, proof, type_ids)
            if mandate_id
            else self.subjects.oneself(citizen, proof)
        )
        fresh = [self._fresh(citizen, about, each, purpose) for each in type_ids]
        for certificate in fresh:
            commit(self.store.submit(certificate))
            log.event("certificate.requested", certificate=certificate.id, citizen=citizen.id)
        return fresh

    def _require_types(self, type_ids: Sequence[str]) -> None:
        unknown = [
            (f"/types/{at}", "is not in the catalogue")
            for at, type_id in enumerate(type_ids)
            if type_id not in catalogue.types()
        ]
        if unknown:
            raise CertificateTypeUnknown(*unknown)

    def _fresh(self, citizen: Citizen, about: About, type_id: str, purpose: str) -> Certificate:
        return Certificate(
            id=certificate_id(about.verification_id, type_id, purpose, about.mandate_id),
            citizen_id=citizen.id,
            person_id=about.person_id,
            mandate_id=about.mandate_id,
            holder=about.holder,
            type_id=type_id,
            purpose=purpose,
            status=CertificateStatus.GATHERING,
            version=1,
            requested_at=self.clock(),
            sealed=about.sealed,
        )

    def list_own(
        self, citizen: Citizen, cursor: str | None, limit: int
    ) -> tuple[list[Certificate], str | None]:
        """The caller's certificates, newest first, and the cursor of the next page. Raises Invalid (cursor)."""
        scope = f"certificates:{citizen.id}"
        found, last = self.store.of(citizen.id, limit, self.cursors.open(scope, cursor))
        return found, self.cursors.seal(scope, last)

    def get(self, citizen: Citizen, certificate: str) -> Certificate:
        """One of the caller's certificates. Raises CertificateNotFound, also for somebody else's."""
        found = self.store.find(citizen.id, certificate)
        if found is None:
            raise CertificateNotFound
        return found

    def download_link(self, citizen: Citizen, certificate: str) -> tuple[str, datetime]:
        """An address that gives the PDF to whoever holds it, and its end in five minutes.

        Raises CertificateNotFound, CertificateNotReady.
        """
        found = self.get(citizen, certificate)
        if found.status is not CertificateStatus.ISSUED:
            raise CertificateNotReady
        name = self.kind(found).name.zh
        log.event("certificate.downloaded", certificate=found.id, citizen=citizen.id)
        seconds = int(_LINK_LIFE.total_seconds())
        url = self.papers.link(found.id, f"{name}-{found.serial}.pdf", seconds)
        return url, self.clock() + _LINK_LIFE

    def verify(self, certificate: str) -> tuple[PublicRecord, bool]:
        """What anyone may know of an issued certificate, and whether it still holds. Who asks is not recorded.

        Raises CertificateNotFound, also for what can be no id and for a certificate that is not issued.
        """
        record = self.papers.record(certificate) if is_certificate_id(certificate) else None
        if record is None:
            raise CertificateNotFound
        return record, record.holds_at(self.clock())

    def issue(self, citizen_id: str, certificate: str) -> None:
        """Take a certificate from where it stands to its end; doing it again changes nothing.

        Raises CertificateNotFound, Unavailable (a department, KMS or the bucket: the queue brings it again).
        """
        found = self.store.find(citizen_id, certificate)
        if found is None:
            raise CertificateNotFound
        if found.status not in {CertificateStatus.GATHERING, CertificateStatus.ISSUING}:
            return
        if found.status is CertificateStatus.GATHERING and self._withdrawn(found):
            return
        holder = self._holder(found)
        if found.status is CertificateStatus.GATHERING:
            found = self._gather(found, holder)
        if found.status is CertificateStatus.ISSUING:
            self._print(found, holder)

    def _withdrawn(self, certificate: Certificate) -> bool:
        """Whether the right to ask about this person has ended; then the certificate ends too, and nobody is asked."""
        reason = self.subjects.refusal(certificate)
        if reason is None:
            return False
        self.store.move(certificate.model_copy(update={"reason": reason}), "consent-ends")
        log.event(
            "certificate.decided", certificate=certificate.id, outcome="consent-ends", reason=reason.code
        )
        return True

    def _gather(self, certificate: Certificate, holder: Person) -> Certificate:
        """Ask the department, keep its answer, and decide by the type's rules."""
        kind = self.kind(certificate)
        subject = Subject(person_id=holder.id, real_name=holder.real_name, id_number=holder.id_number)
        fact = self.exchange.ask(
            kind.department_id, kind.fact, subject, purpose=certificate.purpose, case_id=certificate.id
        )
        decided, event = self._decide(certificate, kind, fact)
        moved = self.store.move(decided, event)
        log.event("certificate.decided", certificate=certificate.id, outcome=event, reason=_code(decided))
        return moved or self._standing(certificate)

    def _decide(self, certificate: Certificate, kind: CertificateType, fact: Fact) -> tuple[Certificate, str]:
        value = fact.value
        refusal = _NO_RECORD[fact.status] if value is None else kind.refusal(value)
        grounds = _grounds(fact)
        if refusal or value is None:
            return certificate.model_copy(update={"grounds": grounds, "reason": refusal}), "facts-contradict"
        if not isinstance(value.get("region"), str):
            raise AnswerNotTrusted
        now = self.clock()
        changes = {
            "grounds": grounds,
            "serial": serial_number(kind, certificate.id, str(value["region"]), now),
            "issued_at": now,
            "valid_until": end_of_validity(now, kind.valid_days),
        }
        return certificate.model_copy(update=changes), "facts-confirm"

    def _print(self, certificate: Certificate, holder: Person) -> None:
        """Print, sign, store once, and only then say that it is issued."""
        content, kind = self._content(certificate, holder), self.kind(certificate)
        digest = content.digest(_settled(certificate.grounds).proof)
        try:
            document = self.press().certify(
                content.verified_at(self.base_url, certificate.id, digest), kind.signature_box
            )
        except GlyphMissing as refusal:
            reason = Reason(code=refusal.code, zh=refusal.title_zh, en=refusal.title)
            self.store.move(certificate.model_copy(update={"reason": reason}), "cannot-print")
            raise
        kept = self.papers.keep(certificate.id, document, _public(certificate, content, digest, document))
        self.store.move(certificate.model_copy(update={"sha256": kept.sha256}), "sign")
        log.event("certificate.issued", certificate=certificate.id, bytes=len(document))

    def _content(self, certificate: Certificate, holder: Person) -> CertificateContent:
        kind = self.kind(certificate)
        grounds = _settled(certificate.grounds)
        region = catalogue.region_name(str(grounds.value["region"]))
        return CertificateContent(
            type_id=kind.id,
            name=kind.name,
            serial=_settled(certificate.serial),
            holder_name=holder.real_name,
            holder_id_number=holder.id_number,
            region=region,
            purpose=kind.purpose_label(certificate.purpose),
            issuer=kind.issuer.for_region(region),
            as_of=grounds.answered_at.astimezone(CHINA).date(),
            issued_at=_settled(certificate.issued_at),
            valid_until=_settled(certificate.valid_until).astimezone(CHINA).date(),
        )

    def sweep(self) -> None:
        """Ask again for the next step of certificates that stayed open, whatever lost it."""
        now = self.clock()
        for certificate in while_time_lasts(self.store.overdue(now), self.clock):
            self.store.remind(certificate, now)
            log.event("certificate.reminded", certificate=certificate.id)

    def _holder(self, certificate: Certificate) -> Person:
        if certificate.sealed is None:
            raise ValueError("a certificate that is still open has lost its holder")
        return self.faces.reveal(certificate.person_id, certificate.sealed, "", "")

    def _standing(self, certificate: Certificate) -> Certificate:
        standing = self.store.find(certificate.citizen_id, certificate.id)
        if standing is None:
            raise CertificateNotFound
        return standing


def _grounds(fact: Fact) -> Grounds:
    return Grounds(
        request_id=fact.request_id,
        value=fact.value or {},
        answered_at=fact.answered_at,
        proof=fact.proof,
    )


def _settled(value: Settled | None) -> Settled:
    """What a certificate has from the moment its facts were confirmed."""
    if value is None:
        raise ValueError("a certificate that is being issued lacks what it rests on")
    return value


def _public(
    certificate: Certificate, content: CertificateContent, digest: str, document: bytes
) -> PublicRecord:
    return PublicRecord(
        type_id=content.type_id,
        type_name=content.name,
        serial=content.serial,
        issuer=content.issuer,
        issued_at=content.issued_at,
        valid_until=_settled(certificate.valid_until),
        content_digest=digest,
        sha256=hashlib.sha256(document).hexdigest(),
    )


def _code(certificate: Certificate) -> str | None:
    return certificate.reason.code if certificate.reason else None
