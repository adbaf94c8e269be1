"""What a batch needs to know is asked once, kept, and becomes a decision for each of its requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.certificates import catalogue
from chalicelib.certificates.model.labels import Reason
from chalicelib.certificates.model.requests import Batch, Grounds, Request, RequestStatus
from chalicelib.certificates.model.types import CertificateType
from chalicelib.certificates.store.requests import Moved, RequestStore, patience
from chalicelib.exchange.model import Ask, Fact, FactStatus, Inquiry, Missing, MissingKind, Subject
from chalicelib.exchange.service import Exchange
from chalicelib.identity.model.persons import Person
from chalicelib.platform import log
from chalicelib.platform.clock import Clock

_ROUNDS = 5
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


@dataclass(frozen=True, slots=True)
class Gathering:
    """Asks the departments, once for a whole batch."""

    store: RequestStore
    exchange: Exchange
    clock: Clock

    def gather(
        self, batch: Batch, asking: Sequence[Request], holder: Person
    ) -> tuple[Batch, dict[str, Missing]]:
        """The batch with every answer that came, kept before it is used; and what is missing, by fact.

        Facts that were kept before are not asked for again. Raises ConsentEnded (nobody was asked), Unavailable.
        """
        asks = _asks(batch, asking)
        if not asks:
            return batch, {}
        inquiry = Inquiry(
            subject=Subject(person_id=holder.id, real_name=holder.real_name, id_number=holder.id_number),
            purpose=batch.purpose,
            case_id=batch.id,
            asks=asks,
            consent_id=batch.consent_id,
            user=batch.citizen_id,
        )
        gathered = self.exchange.gather(inquiry)
        believed = {name: fact for name, fact in gathered.facts.items() if _fits(fact, asking)}
        distrusted = {
            name: Missing(kind=MissingKind.DISTRUSTED, retry_after=1)
            for name in gathered.facts.keys() - believed.keys()
        }
        missing = gathered.missing | distrusted
        kept = self._kept(batch, {name: _grounds(fact) for name, fact in believed.items()}, missing)
        return kept, {name: each for name, each in missing.items() if name not in kept.facts}

    def _kept(self, batch: Batch, facts: dict[str, Grounds], missing: dict[str, Missing]) -> Batch:
        for _ in range(_ROUNDS):
            try:
                return self.store.keep(batch, facts, _again(batch, missing, self.clock()))
            except Moved:
                standing = self.store.batch(batch.citizen_id, batch.id)
                if standing is None or standing.sealed is None:
                    raise  # everything was decided meanwhile
                batch = standing
        raise Moved


def decision(kind: CertificateType, batch: Batch) -> tuple[str, Reason | None]:
    """What the answers mean for one type, as the event that follows and its reason.

    A department without a record, or with another name, decides at once; the rules wait until everything is there.
    """
    told = [batch.facts[need.fact] for need in kind.needs if need.fact in batch.facts]
    for each in told:
        if each.value is None:
            return "facts-contradict", _without(kind, each)
    if len(told) < len(kind.needs):
        return "facts-missing", None
    doubt = kind.needs_review(batch.values())
    if doubt:
        return (
            "facts-doubtful",
            doubt,
        )  # also before a refusal: an unclear record says nothing against anybody yet
    refusal = kind.refusal(batch.values())
    return ("facts-contradict", refusal) if refusal else ("facts-confirm", None)


def _without(kind: CertificateType, grounds: Grounds) -> Reason:
    status = FactStatus(grounds.status)
    return (kind.no_record if status is FactStatus.NOT_FOUND else None) or _NO_RECORD[status]


def _asks(batch: Batch, asking: Sequence[Request]) -> tuple[Ask, ...]:
    """Each fact that is needed and not there, once."""
    needs = {
        need.fact: need.department_id for each in asking for need in catalogue.types()[each.type_id].needs
    }
    return tuple(
        Ask(department_id=department, fact=fact)
        for fact, department in needs.items()
        if fact not in batch.facts
    )


def _fits(fact: Fact, asking: Sequence[Request]) -> bool:
    """Whether an answer has the form that was agreed: one that has not is believed by nobody."""
    needs = [need for each in asking for need in catalogue.types()[each.type_id].needs]
    fits = all(need.fact != fact.fact or fact.value is None or need.fits(fact.value) for need in needs) and (
        fact.status is FactStatus.FOUND
    ) == (fact.value is not None)
    if not fits:
        log.event("fact.malformed", department=fact.department_id, fact=fact.fact, request=fact.request_id)
    return fits


def _again(batch: Batch, missing: dict[str, Missing], now: datetime) -> datetime:
    """When the departments are asked again if something is missing: later each time, and not before they said."""
    said = max((each.retry_after for each in missing.values()), default=0)
    return now + max(patience(batch.version), timedelta(seconds=said))


def _grounds(fact: Fact) -> Grounds:
    return Grounds(
        department_id=fact.department_id,
        fact=fact.fact,
        request_id=fact.request_id,
        status=fact.status,
        value=fact.value,
        answered_at=fact.answered_at,
        proof=fact.proof,
    )


def is_asking(request: Request) -> bool:
    """Whether its facts are still missing."""
    return request.status in {RequestStatus.GATHERING, RequestStatus.DEFERRED}
