"""The paper: one certificate for the same facts, however often and by how many workers it is asked for.

Whoever is first claims it with its serial number and its place in the status list, in one transaction; whoever comes
later finds it, and finishes it where the first one died. Its files are stored once.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from chalicelib.certificates import catalogue, sd_jwt, twin
from chalicelib.certificates.catalogue.codes import issuer_code, type_code
from chalicelib.certificates.errors import CertificateNotFound, StatusPlaceTaken
from chalicelib.certificates.model.certificates import (
    Certificate,
    CertificateStatus,
    Change,
    PublicRecord,
    end_of_validity,
    identifier,
    serial_number,
)
from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.requests import Batch, Grounds, facts_digest
from chalicelib.certificates.model.types import CertificateType, SignatureBox
from chalicelib.certificates.papers import JSON, PDF, SD_JWT, Papers
from chalicelib.certificates.seal import Seal
from chalicelib.certificates.service.statuses import Statuses
from chalicelib.certificates.store.certificates import CertificateMoved, CertificateStore, Claimed
from chalicelib.identity.model.persons import Person
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Contended, Write, transact
from chalicelib.types import CHINA, new_id

_ROUNDS = 5


class Press(Protocol):
    """Prints and signs."""

    def require_glyphs(self, content: CertificateContent) -> None:
        """Raises GlyphMissing for a character that cannot be printed."""
        ...

    def certify(self, content: CertificateContent, box: SignatureBox) -> bytes:
        """The signed PDF. Raises GlyphMissing, Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Certifying:
    """Makes certificates. `press` and `seal` are called by the worker alone."""

    store: CertificateStore
    statuses: Statuses
    papers: Papers
    press: Callable[[], Press]
    seal: Callable[[], Seal]
    base_url: str
    clock: Clock

    def certificate(self, batch: Batch, type_id: str, holder: Person) -> Certificate:
        """The certificate of these facts, printed and signed: the one that stands, or a new one.

        Raises GlyphMissing (nothing was made), Unavailable.
        """
        kind = catalogue.types()[type_id]
        grounds = {need.fact: batch.facts[need.fact] for need in kind.needs}
        digest = facts_digest(holder.real_name, grounds)
        certificate = self._claimed(kind, batch.person_id, grounds, digest, holder)
        if certificate.status is not CertificateStatus.ISSUING:
            return certificate
        return self._printed(certificate, kind, grounds, holder)

    # -- one certificate of the same facts
    def _claimed(
        self, kind: CertificateType, person_id: str, grounds: dict[str, Grounds], digest: str, holder: Person
    ) -> Certificate:
        for _ in range(_ROUNDS):
            pointed = self.store.pointed(person_id, kind.id, digest)
            standing = self.store.find(pointed) if pointed else None
            if standing and standing.serves_at(self.clock()):
                return standing
            fresh, place = self._fresh(kind, person_id, grounds, digest)
            self.press().require_glyphs(self._content(fresh, kind, grounds, holder))
            try:
                transact([*self.store.opening(fresh, pointed), place])
            except (Claimed, Contended, StatusPlaceTaken):
                continue
            log.event("certificate.claimed", certificate=fresh.id, type=kind.id)
            return fresh
        raise Claimed

    def _fresh(
        self, kind: CertificateType, person_id: str, grounds: dict[str, Grounds], digest: str
    ) -> tuple[Certificate, Write]:
        now = self.clock()
        own = new_id("cert", now)
        status_list, status_index, place = self.statuses.claim_index(own)
        code, issuer = type_code(kind), issuer_code(kind.department_id)
        region = kind.region_code({name: each.value or {} for name, each in grounds.items()}) or ""
        made = Certificate(
            id=own,
            person_id=person_id,
            type_id=kind.id,
            code=code,
            type_name=kind.name,
            issuer=kind.issuer.for_region(catalogue.region_name(region)),
            department_id=kind.department_id,
            region=region,
            serial=serial_number(kind.serial_prefix, own, region, now),
            identifier=identifier(code, issuer, own) if code and issuer else "",
            as_of=max(each.answered_at for each in grounds.values()).astimezone(CHINA).date(),
            issued_at=now,
            valid_until=end_of_validity(now, kind.valid_days),
            status=CertificateStatus.ISSUING,
            version=1,
            changes=(Change(at=now, status=CertificateStatus.ISSUING),),
            grounds=tuple(grounds.values()),
            facts_digest=digest,
            status_list=status_list,
            status_index=status_index,
        )
        return made, place

    # -- its files
    def _printed(
        self, certificate: Certificate, kind: CertificateType, grounds: dict[str, Grounds], holder: Person
    ) -> Certificate:
        """Print, sign, store once, and only then say that it is issued."""
        content = self._content(certificate, kind, grounds, holder)
        digest = content.digest("\0".join(each.proof for each in certificate.grounds))
        shown = content.verified_at(self.base_url, certificate.id, digest)
        document = self.press().certify(shown, kind.signature_box)
        kept = self.papers.keep(certificate.id, document, _public(certificate, digest, document))
        digests = {PDF: kept.sha256} | self._other_forms(certificate.id, shown, kept.sha256, kind)
        signed = certificate.model_copy(update={"digests": digests, "content_digest": kept.content_digest})
        change = Change(at=self.clock(), status=CertificateStatus.VALID)
        try:
            valid = self.store.move(signed, "sign", change)
        except CertificateMoved:
            return self._standing(certificate.id)
        log.event("certificate.issued", certificate=certificate.id, type=kind.id, bytes=len(document))
        return valid

    def _other_forms(
        self, certificate_id: str, content: CertificateContent, pdf: str, kind: CertificateType
    ) -> dict[str, str]:
        """The same in the type's other forms, beside the PDF with this SHA-256; their own, by form."""
        makers: dict[str, Callable[[], bytes]] = {
            SD_JWT: lambda: sd_jwt.issue(content, self.base_url, self.seal()).encode(),
            JSON: lambda: twin.twin(content, pdf, self.base_url, self.seal()),
        }
        wanted = [form for form in makers if form in kind.formats]
        return {form: self.papers.keep_form(certificate_id, form, makers[form]()) for form in wanted}

    def _content(
        self, certificate: Certificate, kind: CertificateType, grounds: dict[str, Grounds], holder: Person
    ) -> CertificateContent:
        facts = {name: each.value or {} for name, each in grounds.items()}
        region = catalogue.region_name(certificate.region)
        return CertificateContent(
            type_id=kind.id,
            code=certificate.code or "",
            name=certificate.type_name,
            serial=certificate.serial,
            identifier=certificate.identifier,
            holder_name=holder.real_name,
            holder_id_number=holder.id_number,
            region=region,
            issuer=certificate.issuer,
            statement=kind.statement_of(facts, region, certificate.as_of),
            lines=kind.lines_of(facts),
            tables=kind.tables_of(facts),
            as_of=certificate.as_of,
            issued_at=certificate.issued_at,
            valid_until=certificate.valid_until.astimezone(CHINA).date(),
            status_uri=self.statuses.uri(certificate.status_list or 0),
            status_index=certificate.status_index,
        )

    def _standing(self, certificate_id: str) -> Certificate:
        standing = self.store.find(certificate_id)
        if standing is None:
            raise CertificateNotFound
        return standing


def _public(certificate: Certificate, digest: str, document: bytes) -> PublicRecord:
    return PublicRecord(
        type_id=certificate.type_id,
        type_name=certificate.type_name,
        serial=certificate.serial,
        issuer=certificate.issuer,
        issued_at=certificate.issued_at,
        valid_until=certificate.valid_until,
        content_digest=digest,
        sha256=hashlib.sha256(document).hexdigest(),
    )
