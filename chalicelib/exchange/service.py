"""Asking departments for facts, on the record."""

from dataclasses import dataclass

from chalicelib.exchange.departments import Departments, Question
from chalicelib.exchange.errors import DepartmentUnavailable
from chalicelib.exchange.model import Department, Fact, Subject
from chalicelib.exchange.store import ExchangeStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import commit
from chalicelib.types import new_id


@dataclass(frozen=True, slots=True)
class Exchange:
    """The one port to all departments."""

    store: ExchangeStore
    departments: Departments
    clock: Clock

    def register(self, department: Department) -> None:
        """Make a department known, or change its address or key."""
        self.store.register(department)

    def ask(self, department_id: str, fact: str, subject: Subject, *, purpose: str, case_id: str) -> Fact:
        """A fact about a person, signed by the department that owns it; the query is recorded for the person to see.

        Raises DepartmentUnavailable; asking again is harmless.
        """
        department = self.store.find(department_id)
        if department is None:
            log.event("department.unknown", department=department_id)
            raise DepartmentUnavailable
        now = self.clock()
        question = Question(new_id("req", now), fact, subject, purpose, case_id)
        answer = self.departments.ask(department, question, now)
        commit(self.store.used(subject.person_id, answer, purpose, case_id))
        log.event(
            "department.answered", department=department_id, fact=fact, case=case_id, status=answer.status
        )
        return answer
