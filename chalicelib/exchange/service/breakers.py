"""Leaving a department in peace that does not answer, so that everybody else need not wait for it.

A process counts for itself, since counting together would cost a write per question. That a breaker is open is shared:
a fresh process, of which there are many here, must not have to find out again, and one process tries for all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.errors import Unavailable
from chalicelib.exchange.model import Fact, Missing, MissingKind
from chalicelib.exchange.model.breaker import FAILURES, Opening, opened
from chalicelib.exchange.store.breakers import BreakerStore, Changed
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Write, commit

_GLANCE = timedelta(seconds=5)
"""How long a process goes by what it saw of a breaker: so much later, at most, it learns what another found out."""
_ALIVE = {None, MissingKind.PENDING}
_FAILED = {MissingKind.SLOW, MissingKind.DOWN, MissingKind.DISTRUSTED}


@dataclass(frozen=True, slots=True)
class Breakers:
    """One per department."""

    store: BreakerStore
    clock: Clock
    _seen: dict[str, tuple[Opening | None, datetime]] = field(default_factory=dict, repr=False, compare=False)
    _failures: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    def rest(self, department_id: str) -> int | None:
        """For how many seconds the department is to be left in peace; None where the caller may ask now.

        Of all who may try a department again, one is told so. Raises Unavailable.
        """
        now = self.clock()
        opening = self._look(department_id, now)
        if opening is None:
            return None
        until = opening.rests(now)
        if until is None and self._change(department_id, opening, opening.tried(now)):
            log.event("breaker.tried", department=department_id)
            return None
        log.measure("DepartmentLeftInPeace", 1)
        return max(1, round(((until or now) - now).total_seconds()))

    def heed(self, department_id: str, outcomes: Iterable[Fact | Missing]) -> None:
        """What came of all questions of an inquiry to one department. One answer shows that it lives."""
        kinds = {each.kind if isinstance(each, Missing) else None for each in outcomes}
        try:
            if kinds & _ALIVE:
                self._answered(department_id)
            elif kinds & _FAILED:
                self._failed(department_id)
        except Unavailable:  # what was answered is worth more than knowing who answers
            log.event("breaker.not-kept", department=department_id)

    def _answered(self, department_id: str) -> None:
        self._failures.pop(department_id, None)
        opening = self._look(department_id, self.clock())
        if opening and self._commit(department_id, self.store.close(department_id, opening), None):
            log.event("breaker.closed", department=department_id)

    def _failed(self, department_id: str) -> None:
        now = self.clock()
        log.measure("DepartmentFailures", 1, department=department_id)
        failures = self._failures[department_id] = self._failures.get(department_id, 0) + 1
        opening = self._look(department_id, now)
        if failures < FAILURES if opening is None else now < opening.until:
            return  # not yet, or a question from before it opened
        after = opening.again(now) if opening else opened(now)
        if self._change(department_id, opening, after):
            log.event("breaker.opened", department=department_id, trips=after.trips)

    def _look(self, department_id: str, now: datetime) -> Opening | None:
        seen = self._seen.get(department_id)
        if seen is None or now - seen[1] >= _GLANCE:
            seen = self._seen[department_id] = (self.store.find(department_id), now)
        return seen[0]

    def _change(self, department_id: str, before: Opening | None, after: Opening) -> bool:
        return self._commit(department_id, self.store.keep(department_id, before, after), after)

    def _commit(self, department_id: str, write: Write, after: Opening | None) -> bool:
        """Whether it was this process that changed it; if not, it looks again next time."""
        try:
            commit(write)
        except Changed:
            self._seen.pop(department_id, None)
            return False
        self._seen[department_id] = (after, self.clock())
        return True
