"""One question, put to one department within its time: again where that is safe, and never more than it can bear."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import SystemRandom
from threading import BoundedSemaphore

from chalicelib.exchange.departments import Departments, DepartmentSlow, Passing, Pending, Refusing
from chalicelib.exchange.errors import AnswerNotTrusted, DepartmentUnavailable
from chalicelib.exchange.model import Department, Fact, Missing, MissingKind, Question
from chalicelib.platform import log
from chalicelib.platform.clock import Clock

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0
_LEAST_SECONDS = 0.05
"""With less time left nobody answers: asking would only send somebody's data for nothing."""
_SOON = 5
_chance = SystemRandom()


@dataclass(slots=True)
class Seats:
    """How many questions this process has under way with each department, within what it bears."""

    _taken: dict[tuple[str, int], BoundedSemaphore] = field(default_factory=dict)

    def of(self, department: Department) -> BoundedSemaphore:
        """A department's seats; as many as it says now."""
        key = (department.id, department.limits.at_once)
        return self._taken.setdefault(key, BoundedSemaphore(key[1]))


@dataclass(frozen=True, slots=True)
class Asking:
    """Puts questions. `pause` waits between attempts."""

    departments: Departments
    clock: Clock
    pause: Callable[[float], None] = time.sleep
    seats: Seats = field(default_factory=Seats, repr=False, compare=False)

    def ask(self, department: Department, question: Question, until: float) -> Fact | Missing:
        """The answer, or why there is none, by `until` (of `time.monotonic`) and within the department's own time."""
        ends = min(until, time.monotonic() + department.limits.milliseconds / 1000)
        seat = self.seats.of(department)
        if not seat.acquire(timeout=max(0.0, ends - time.monotonic())):
            return self._missing(question, MissingKind.SLOW, "no-seat")
        try:
            return self._attempts(department, question, ends)
        finally:
            seat.release()

    def _attempts(self, department: Department, question: Question, ends: float) -> Fact | Missing:
        """Ask until there is an answer, no attempt or no time is left. By its id a repeat is the same question."""
        for attempt in range(1, department.limits.attempts + 1):
            try:
                return self._attempt(department, question, ends)
            except Passing as error:
                # Full jitter: whoever was turned away together does not come back together.
                rest = _chance.uniform(0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt))
                if attempt == department.limits.attempts or time.monotonic() + rest + _LEAST_SECONDS > ends:
                    return self._missing(question, MissingKind.DOWN, error.reason)
                self.pause(rest)
            except DepartmentUnavailable as error:
                return self._missing(question, _kind(error), error.reason)
        raise AssertionError("a department is asked at least once")

    def _attempt(self, department: Department, question: Question, ends: float) -> Fact | Missing:
        seconds = ends - time.monotonic()
        if seconds < _LEAST_SECONDS:
            raise DepartmentSlow("no-time-left")
        answer = self.departments.ask(department, question, self.clock(), seconds)
        if isinstance(answer, Pending):
            return self._missing(question, MissingKind.PENDING, "works-on-it", answer.interval)
        if time.monotonic() > ends:
            raise DepartmentSlow("too-late")  # nobody waits for it any more
        log.event("fact.answered", **_ids(question), status=answer.status)
        return answer

    def _missing(
        self, question: Question, kind: MissingKind, reason: str, retry_after: int = _SOON
    ) -> Missing:
        name = "fact.distrusted" if kind is MissingKind.DISTRUSTED else "fact.unavailable"
        log.event(name, **_ids(question), kind=kind, reason=reason)
        return Missing(kind=kind, retry_after=retry_after)


def _kind(error: DepartmentUnavailable) -> MissingKind:
    match error:
        case AnswerNotTrusted():
            return MissingKind.DISTRUSTED
        case DepartmentSlow():
            return MissingKind.SLOW
        case Refusing():
            return MissingKind.REFUSED
    return MissingKind.DOWN


def _ids(question: Question) -> dict[str, str]:
    return {
        "department": question.department_id,
        "fact": question.fact,
        "request": question.request_id,
    }
