"""What the sandbox's offices would tell of its people, asked without a network: for tests over the whole catalogue."""

from functools import cache
from pathlib import Path

from chalicelib.certificates.model.facts import Facts
from chalicelib.certificates.model.types import CertificateType
from sandbox.bureau.cards import PhysicalCards
from sandbox.clock import SystemClock
from sandbox.departments.catalogue import DEPARTMENTS
from sandbox.departments.records import Records
from sandbox.fund.accounts import Accounts
from sandbox.people import Person, synthetic_people
from sandbox.shelf import Shelf


@cache
def records() -> Records:
    """Everything the offices look things up in, as at a fresh start."""
    shelf = Shelf(Path(":memory:"))
    return Records(synthetic_people(), PhysicalCards(shelf), SystemClock(), Accounts(shelf))


def facts_of(kind: CertificateType, person: Person) -> Facts | None:
    """What the departments that this type needs tell of the person; None where one of them has no record."""
    told = {
        need.fact: DEPARTMENTS[need.department_id].facts[need.fact](records(), person, {})
        for need in kind.needs
    }
    return {fact: value for fact, value in told.items() if value is not None} if all(told.values()) else None


def expected(kind: CertificateType, person: Person) -> tuple[str, str | None]:
    """How a request of this person's for this type ends, and for which reason."""
    facts = facts_of(kind, person)
    if facts is None:
        return "rejected", kind.no_record.code if kind.no_record else "no-record"
    reason = kind.needs_review(facts)
    if reason:
        return "review", reason.code
    reason = kind.refusal(facts)
    return ("rejected", reason.code) if reason else ("issued", None)


def fitting(kind: CertificateType) -> list[Person]:
    """Who gets this certificate at once."""
    return [each for each, facts in _told(kind) if not kind.needs_review(facts) and not kind.refusal(facts)]


def refused(kind: CertificateType) -> list[Person]:
    """Who is refused it by a rule, and by no person."""
    return [each for each, facts in _told(kind) if not kind.needs_review(facts) and kind.refusal(facts)]


def reviewed(kind: CertificateType) -> list[Person]:
    """Whose record must be looked at by people first."""
    return [each for each, facts in _told(kind) if kind.needs_review(facts)]


def _told(kind: CertificateType) -> list[tuple[Person, Facts]]:
    everybody = records().people.everybody
    return [(each, facts) for each in everybody if (facts := facts_of(kind, each))]
