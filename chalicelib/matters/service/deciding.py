"""From an application to its decision: the deciding department asks the others, and the item's rules decide.

Every step may be repeated: the same questions have the same ids within one application, so they are read and logged
once; a decision is one transaction with what it claims and what it counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.certificates import catalogue
from chalicelib.exchange.errors import ConsentEnded, DepartmentUnavailable
from chalicelib.exchange.model import Ask, Fact, FactStatus, Inquiry, Subject
from chalicelib.exchange.service import Exchange
from chalicelib.identity.model.persons import Person
from chalicelib.matters.model.applications import Application, Ground, Status, period_of
from chalicelib.matters.model.decision import Asked, Decision, decide
from chalicelib.matters.model.items import ServiceItem
from chalicelib.matters.store.applications import ApplicationStore, PeriodTaken
from chalicelib.platform import log
from chalicelib.platform.clock import Clock

Facts = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Deciding:
    """Gathering and deciding."""

    store: ApplicationStore
    exchange: Exchange
    clock: Clock

    def take(self, application: Application, item: ServiceItem, holder: Person) -> Application:
        """Take an application that is being asked about as far as the departments' answers carry it.

        Raises DepartmentUnavailable where somebody has not answered yet, Overtaken where somebody else was faster.
        """
        if application.status is Status.SUBMITTED:
            application = self.store.move(application, "start", self.clock())
        try:
            gathered = self.exchange.gather(_inquiry(application, item, holder))
        except ConsentEnded:
            reason = item.terms_of().consent_ended
            return self._moved(application.model_copy(update={"reason": reason}), "abandon")
        if gathered.missing or not all(_fits(item, each) for each in gathered.facts.values()):
            if application.status is Status.GATHERING:
                self._moved(application, "wait")
            raise DepartmentUnavailable
        return self._decide(application, item, gathered.facts)

    def judged(self, application: Application, item: ServiceItem, *, approved: bool) -> Application:
        """A person has looked, and approves or refuses. Raises Overtaken, PeriodTaken."""
        reason = None if approved else item.terms_of().review_refused
        judged = application.model_copy(update={"decided_at": self.clock(), "reason": reason})
        return self._moved(judged, "approve" if approved else "reject")

    def _decide(self, application: Application, item: ServiceItem, facts: Facts) -> Application:
        period = period_of(self.clock(), item.terms_of().terms.months)
        grounds = {"grounds": tuple(_ground(each) for each in facts.values()), "period": period}
        based = application.model_copy(update=grounds)
        decision = self._judge(based, item, facts, first=not self.store.taken(application, period))
        try:
            return self._settle(based, decision)
        except PeriodTaken:
            return self._settle(based, self._judge(based, item, facts, first=False))

    def _judge(self, application: Application, item: ServiceItem, facts: Facts, *, first: bool) -> Decision:
        terms = item.terms_of()
        asked = Asked(fen=application.asked_fen, first_in_period=first)
        told = {name: each.value or {} for name, each in facts.items()}
        decision = decide(item, terms.terms, told, asked)
        if any(each.status is FactStatus.MISMATCH for each in facts.values()):
            return decision.model_copy(update={"verdict": "reject", "reason": terms.mismatch})
        return decision

    def _settle(self, application: Application, decision: Decision) -> Application:
        changes = {
            "amount_fen": decision.amount_fen,
            "reason": decision.reason,
            "fetched": decision.fetched,
            "on_paper": decision.on_paper,
            "decided_at": None if decision.verdict == "look" else self.clock(),
        }
        return self._moved(application.model_copy(update=changes), decision.verdict)

    def _moved(self, application: Application, event: str) -> Application:
        moved = self.store.move(application, event, self.clock())
        code = moved.reason.code if moved.reason else None
        log.event("matter.moved", application=moved.id, outcome=event, reason=code)
        return moved


def _inquiry(application: Application, item: ServiceItem, holder: Person) -> Inquiry:
    return Inquiry(
        subject=Subject(person_id=holder.id, real_name=holder.real_name, id_number=holder.id_number),
        purpose=item.id,
        case_id=application.id,
        asks=tuple(Ask(department_id=department, fact=fact) for department, fact in item.needs()),
        consent_id=application.consent_id,
        client=item.terms_of().client,
        user=application.citizen_id,
    )


def _fits(item: ServiceItem, fact: Fact) -> bool:
    """Whether what the item looks at has the form that was agreed; else it decides nothing, and is asked for again."""
    declared, told = catalogue.facts()[fact.fact].fields, fact.value
    if told is None or all(declared[name].fits(told.get(name)) for name in item.reads(fact.fact)):
        return True
    log.event("fact.distrusted", department=fact.department_id, fact=fact.fact, request=fact.request_id)
    return False


def _ground(fact: Fact) -> Ground:
    return Ground(
        department_id=fact.department_id,
        fact=fact.fact,
        request_id=fact.request_id,
        status=fact.status,
        answered_at=fact.answered_at,
        proof=fact.proof,
    )
