"""The one port to all departments: every question is by right, on record, signed, and its answer verified."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from chalicelib.exchange.errors import AnswerNotTrusted, DepartmentUnavailable
from chalicelib.exchange.model import (
    Ask,
    Basis,
    Department,
    Fact,
    Gathered,
    Inquiry,
    Missing,
    MissingKind,
    Subject,
    Usage,
    request_id,
)
from chalicelib.exchange.service.asking import Asking
from chalicelib.exchange.service.breakers import Breakers
from chalicelib.exchange.service.readings import Readings
from chalicelib.exchange.store import ExchangeStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.memory import Memory
from chalicelib.platform.side_by_side import side_by_side

DEPARTMENT_MEMORY = timedelta(seconds=60)
"""How long a process goes by what it read of a department."""
GATHER_SECONDS = 6.0
"""For all questions of an inquiry together: five messages of a worker's batch fit twice into its function's time."""
_SOON, _LATER = 5, 300


@dataclass(frozen=True, slots=True)
class Exchange:
    """The departments we are connected to."""

    store: ExchangeStore
    readings: Readings
    asking: Asking
    breakers: Breakers
    clock: Clock
    _known: Memory[Department] = field(
        default_factory=lambda: Memory(DEPARTMENT_MEMORY), repr=False, compare=False
    )

    def register(self, department: Department) -> None:
        """Connect a department, or change its address, key or limits: processes follow within `DEPARTMENT_MEMORY`.

        For administrators and the seed.
        """
        self.store.register(department)
        self._known.forget(department.id)
        log.event("department.registered", department=department.id)

    def gather(self, inquiry: Inquiry, seconds: float = GATHER_SECONDS) -> Gathered:
        """Facts about one person, from the departments that keep them, asked side by side within `seconds`.

        Each reading is put on record for the person before its question leaves (X-Road's message log, Estonia's Data
        Tracker): names of facts and purposes, never values. By a consent, its use is counted in the same transaction.
        Gathering again within the same case asks the same questions, and is the same reading. What one department
        lacks does not take away what the others know. Raises ConsentNotFound, ConsentNotCovering and ConsentEnded
        (nothing left), Unavailable.
        """
        until = time.monotonic() + seconds
        parties = {each: self._party(each) for each in sorted({ask.department_id for ask in inquiry.asks})}
        closed = {each: why for each, party in parties.items() if (why := self._closed(each, party))}
        asks = [ask for ask in inquiry.asks if ask.department_id not in closed]
        if asks:
            self.asking.departments.prepare()
            self.readings.note(inquiry, asks)
        came = self._came(inquiry, asks, parties, until)
        outcomes = {ask.fact: closed.get(ask.department_id) or came[ask.fact] for ask in inquiry.asks}
        return Gathered(
            facts={fact: each for fact, each in outcomes.items() if isinstance(each, Fact)},
            missing={fact: each for fact, each in outcomes.items() if isinstance(each, Missing)},
        )

    def _closed(self, department_id: str, party: Department | None) -> Missing | None:
        """Why a department is not asked at all, if so."""
        if party is None:
            return Missing(kind=MissingKind.NOT_CONNECTED, retry_after=_LATER)
        rest = self.breakers.rest(department_id)
        return None if rest is None else Missing(kind=MissingKind.DOWN, retry_after=rest)

    def _came(
        self, inquiry: Inquiry, asks: Sequence[Ask], parties: Mapping[str, Department | None], until: float
    ) -> dict[str, Fact | Missing]:
        """What each department said in time, by fact; its breaker heeds it."""
        calls = {
            ask.fact: partial(self.asking.ask, party, inquiry.question(ask), until)
            for ask in asks
            if (party := parties[ask.department_id])
        }
        came = side_by_side(calls, max(0.0, until - time.monotonic()))
        slow = Missing(kind=MissingKind.SLOW, retry_after=_SOON)
        outcomes = {ask.fact: came.get(ask.fact, slow) for ask in asks}
        for department_id in sorted({ask.department_id for ask in asks}):
            theirs = [outcomes[ask.fact] for ask in asks if ask.department_id == department_id]
            self.breakers.heed(department_id, theirs)
        return outcomes

    def ask(
        self,
        department_id: str,
        fact: str,
        subject: Subject,
        *,
        purpose: str,
        case_id: str,
        claims: Mapping[str, str] | None = None,
        basis: Basis = Basis.REQUEST,
    ) -> Fact:
        """One fact about one person by another right than a consent, for a step that cannot go on without it.

        See `gather`. `value` is None unless the status is found. `claims` go to the department for it to judge, and
        nowhere else. Raises DepartmentUnavailable, AnswerNotTrusted.
        """
        ask = Ask(department_id=department_id, fact=fact, claims=dict(claims or {}))
        gathered = self.gather(
            Inquiry(subject=subject, purpose=purpose, case_id=case_id, asks=(ask,), basis=basis)
        )
        missing = gathered.missing.get(fact)
        if missing:
            raise AnswerNotTrusted if missing.kind is MissingKind.DISTRUSTED else DepartmentUnavailable
        return gathered.facts[fact]

    def reading(
        self,
        department_id: str,
        fact: str,
        person_id: str,
        *,
        purpose: str,
        case_id: str,
        basis: Basis = Basis.REQUEST,
    ) -> Department:
        """Where to read a fact by a protocol of its own; the reading is recorded for the person first.

        Within one case it is one reading. Raises DepartmentUnavailable.
        """
        department = self.connected(department_id)
        usage = Usage(
            id=request_id(department_id, fact, case_id),
            person_id=person_id,
            department_id=department_id,
            fact=fact,
            purpose=purpose,
            case_id=case_id,
            read_at=self.clock(),
            basis=basis,
        )
        self.store.record(usage)
        return department

    def connected(self, department_id: str) -> Department:
        """A department's address and key. Raises DepartmentUnavailable where it is not connected."""
        found = self._party(department_id)
        if found is None:
            raise DepartmentUnavailable
        return found

    def _party(self, department_id: str) -> Department | None:
        return self._known.recall(department_id, self.store.find, self.clock())
