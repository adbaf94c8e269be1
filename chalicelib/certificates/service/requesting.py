"""A citizen asks for certificates, about themselves or a family member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.certificates import catalogue
from chalicelib.certificates.catalogue.working_days import calendar
from chalicelib.certificates.errors import CertificateStillPaper, CertificateTypeUnknown
from chalicelib.certificates.model.requests import Batch, Request, RequestStatus, batch_id, request_id
from chalicelib.certificates.model.types import CertificateType
from chalicelib.certificates.service.subjects import About, Subjects
from chalicelib.certificates.store.requests import Asked, RequestStore
from chalicelib.exchange.model.consents import Consent, Shown, consent_id
from chalicelib.exchange.service.consents import Consents
from chalicelib.identity.model.accounts import Citizen
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Contended, transact

_CONSENT_AFTER = timedelta(days=30)
"""How long beyond the law's time a department that is late may still be asked."""


@dataclass(frozen=True, slots=True)
class Requesting:
    """Requests for official certificates."""

    store: RequestStore
    subjects: Subjects
    consents: Consents
    clock: Clock

    def types(self) -> list[CertificateType]:
        """What can be requested, and what is still paper."""
        return list(catalogue.types().values())

    def request(
        self,
        citizen: Citizen,
        type_ids: Sequence[str],
        proof: str | None,
        purpose: str,
        mandate_id: str | None = None,
    ) -> list[Request]:
        """Ask for certificates about oneself or, by a mandate, about a family member.

        The caller's face is the consent to gather what they need: `proof` is its verification's id (for a mandate
        also a receipt), None for what this session proved before. One request per type, all granted one consent: for
        this purpose, these facts, each once. The same again meets its own requests. Raises CertificateTypeUnknown,
        CertificateStillPaper, what `Faces.rely` and `Faces.passed` raise and, by a mandate, CertificateOwnOnly,
        MandateNotFound, MandateEnded, ActionNotMandated.
        """
        kinds = _known(type_ids)
        about = (
            self.subjects.member(citizen, mandate_id, proof, type_ids)
            if mandate_id
            else self.subjects.oneself(citizen, proof)
        )
        batch, requests = _fresh(citizen, about, kinds, purpose, self.clock())
        standing = self._submitted(batch, requests)
        found = {each.type_id: each for each in standing}
        return [found[each] for each in type_ids]

    def _submitted(self, batch: Batch, requests: list[Request]) -> list[Request]:
        """The requests as they stand now: these, or those that were made before."""
        granting = self.consents.granting(_consent(batch, requests))
        try:
            transact([*self.store.submit(batch, requests), *granting])
        except (Asked, Contended):
            standing = self.store.batch(batch.citizen_id, batch.id)
            if standing is None:
                raise
            return self.store.requests_of(standing)
        for each in requests:
            log.event("certificate.requested", request=each.id, type=each.type_id, citizen=batch.citizen_id)
        return requests


def _known(type_ids: Sequence[str]) -> list[CertificateType]:
    places = list(enumerate(type_ids))
    unknown = [(f"/types/{at}", "is not in the catalogue") for at, each in places if not _kind(each)]
    if unknown:
        raise CertificateTypeUnknown(*unknown)
    kinds = [catalogue.types()[each] for each in type_ids]
    paper = [each for each in kinds if each.paper]
    if paper:
        names = "、".join(each.name.zh for each in paper), ", ".join(each.name.en for each in paper)
        raise CertificateStillPaper(f"Still paper: {names[1]}.", f"暂未电子化：{names[0]}。")
    return kinds


def _kind(type_id: str) -> CertificateType | None:
    return catalogue.types().get(type_id)


def _fresh(
    citizen: Citizen, about: About, kinds: Sequence[CertificateType], purpose: str, now: datetime
) -> tuple[Batch, list[Request]]:
    type_ids = tuple(sorted(each.id for each in kinds))
    due = {each.id: calendar().due_by(now, each.statutory_days) for each in kinds}
    own = batch_id(about.verification_id, type_ids, purpose, about.mandate_id)
    batch = Batch(
        id=own,
        citizen_id=citizen.id,
        person_id=about.person_id,
        type_ids=type_ids,
        purpose=purpose,
        consent_id=consent_id(own),
        version=1,
        requested_at=now,
        due_by=min(due.values()),
        mandate_id=about.mandate_id,
        holder=about.holder,
        sealed=about.sealed,
    )
    return batch, [_request(batch, each, due[each]) for each in type_ids]


def _request(batch: Batch, type_id: str, due_by: datetime) -> Request:
    return Request(
        id=request_id(batch.id, type_id),
        batch_id=batch.id,
        citizen_id=batch.citizen_id,
        person_id=batch.person_id,
        type_id=type_id,
        purpose=batch.purpose,
        status=RequestStatus.GATHERING,
        version=1,
        requested_at=batch.requested_at,
        due_by=due_by,
        mandate_id=batch.mandate_id,
        holder=batch.holder,
    )


def _consent(batch: Batch, requests: Sequence[Request]) -> Consent:
    """For exactly this: what these types need to know, each fact once, for as long as a department may take."""
    facts = {need.fact for each in batch.type_ids for need in catalogue.types()[each].needs}
    label = catalogue.types()[batch.type_ids[0]].purpose_label(batch.purpose)
    return Consent(
        id=batch.consent_id,
        citizen_id=batch.citizen_id,
        person_id=batch.person_id,
        mandate_id=batch.mandate_id,
        purpose=batch.purpose,
        shown=Shown(zh=label.zh, en=label.en),
        facts=tuple(sorted(facts)),
        case_id=batch.id,
        uses_left=len(facts),
        granted_at=batch.requested_at,
        expires_at=max(each.due_by for each in requests) + _CONSENT_AFTER,
    )
