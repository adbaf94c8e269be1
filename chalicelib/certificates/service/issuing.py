"""The worker's verb: a certificate is taken from where it stands to its end.

Issuing may die between any two steps and be repeated: each step first looks at what stands, a department's answer is
kept before it is used, and the file is stored once under a key that follows from the certificate's id.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from chalicelib.certificates import catalogue
from chalicelib.certificates.errors import CertificateNotFound, GlyphMissing
from chalicelib.certificates.model.certificates import Certificate, CertificateStatus, PublicRecord
from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.types import Reason, SignatureBox
from chalicelib.certificates.papers import Papers
from chalicelib.certificates.service.gathering import Gathering
from chalicelib.certificates.service.subjects import Subjects
from chalicelib.certificates.store.certificates import CertificateStore
from chalicelib.identity.model.persons import Person
from chalicelib.identity.service.faces import Faces
from chalicelib.platform import log
from chalicelib.platform.clock import Clock, while_time_lasts
from chalicelib.types import CHINA

Settled = TypeVar("Settled")


class Press(Protocol):
    """Prints and signs."""

    def certify(self, content: CertificateContent, box: SignatureBox) -> bytes:
        """The signed PDF. Raises GlyphMissing, Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Issuing:
    """Takes certificates to their end. `press` is called by the worker alone."""

    store: CertificateStore
    faces: Faces
    subjects: Subjects
    gathering: Gathering
    papers: Papers
    press: Callable[[], Press]
    base_url: str
    clock: Clock

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
        decided, event = self.gathering.decided(certificate, holder)
        moved = self.store.move(decided, event)
        log.event("certificate.decided", certificate=certificate.id, outcome=event, reason=_code(decided))
        return moved or self._standing(certificate)

    def _print(self, certificate: Certificate, holder: Person) -> None:
        """Print, sign, store once, and only then say that it is issued."""
        content, kind = self._content(certificate, holder), catalogue.types()[certificate.type_id]
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
        kind = catalogue.types()[certificate.type_id]
        grounds = _settled(certificate.grounds)
        region = catalogue.region_name(str(grounds.value["region"]))
        as_of = grounds.answered_at.astimezone(CHINA).date()
        facts = {kind.needs[0].fact: grounds.value}
        return CertificateContent(
            type_id=kind.id,
            name=kind.name,
            serial=_settled(certificate.serial),
            holder_name=holder.real_name,
            holder_id_number=holder.id_number,
            region=region,
            purpose=kind.purpose_label(certificate.purpose),
            issuer=kind.issuer.for_region(region),
            statement=kind.statement_of(facts, region, as_of),
            lines=kind.lines_of(facts),
            tables=kind.tables_of(facts),
            as_of=as_of,
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
