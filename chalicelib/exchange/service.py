"""Asking departments for facts: every question is signed, recorded before it is put, and its answer verified."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from chalicelib.exchange.departments import Departments
from chalicelib.exchange.errors import AnswerNotTrusted, DepartmentUnavailable
from chalicelib.exchange.model import Department, Fact, Question, Subject, Usage, request_id
from chalicelib.exchange.store import ExchangeStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.memory import Memory

DEPARTMENT_MEMORY = timedelta(seconds=60)
"""How long a process goes by what it read of a department."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The departments we are connected to."""

    store: ExchangeStore
    departments: Departments
    clock: Clock
    _known: Memory[Department] = field(
        default_factory=lambda: Memory(DEPARTMENT_MEMORY), repr=False, compare=False
    )

    def register(self, department: Department) -> None:
        """Connect a department, or change its address or key: every process follows within `DEPARTMENT_MEMORY`.

        For administrators and the seed.
        """
        self.store.register(department)
        self._known.forget(department.id)
        log.event("department.registered", department=department.id)

    def ask(
        self,
        department_id: str,
        fact: str,
        subject: Subject,
        *,
        purpose: str,
        case_id: str,
        claims: Mapping[str, str] | None = None,
    ) -> Fact:
        """One fact about one person, from the department that keeps it.

        The reading is recorded for the person before the question leaves (X-Road's message log, Estonia's Data
        Tracker): names of facts and purposes, never values. Asking again within the same case is the same
        reading. `value` is None unless the status is found. `claims` go to the department for it to judge, and
        nowhere else. Raises DepartmentUnavailable, AnswerNotTrusted.
        """
        department = self.reading(department_id, fact, subject.person_id, purpose=purpose, case_id=case_id)
        question = Question(
            request_id=request_id(department_id, fact, case_id),
            department_id=department_id,
            fact=fact,
            subject=subject,
            purpose=purpose,
            case_id=case_id,
            claims=dict(claims or {}),
        )
        return self._answered(department, question)

    def reading(
        self, department_id: str, fact: str, person_id: str, *, purpose: str, case_id: str
    ) -> Department:
        """Where to read a fact by a protocol of its own; the reading is recorded for the person first.

        Within one case it is one reading. Raises DepartmentUnavailable.
        """
        department = self.connected(department_id)
        self.store.record(
            Usage(
                id=request_id(department_id, fact, case_id),
                person_id=person_id,
                department_id=department_id,
                fact=fact,
                purpose=purpose,
                case_id=case_id,
                read_at=self.clock(),
            )
        )
        return department

    def connected(self, department_id: str) -> Department:
        """A department's address and key. Raises DepartmentUnavailable where it is not connected."""
        found = self._known.recall(department_id, self.store.find, self.clock())
        if found is None:
            raise DepartmentUnavailable
        return found

    def _answered(self, department: Department, question: Question) -> Fact:
        ids = {"department": department.id, "fact": question.fact, "request": question.request_id}
        try:
            fact = self.departments.ask(department, question, self.clock())
        except AnswerNotTrusted:
            log.event("fact.distrusted", **ids)
            raise
        except DepartmentUnavailable:
            log.event("fact.unavailable", **ids)
            raise
        log.event("fact.answered", **ids, status=fact.status)
        return fact
