"""When a department is left in peace, and when it is tried again: the rules of a circuit breaker. Pure.

closed --so many inquiries in a row without an answer--> open --its rest is over--> half-open, for one who tries
half-open --an answer--> closed
half-open --no answer--> open, for twice as long
half-open --whoever tried says nothing--> half-open, for another
"""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime

from chalicelib.types import Model

FAILURES = 3
"""Inquiries in a row, within one process, that came back without a single answer of a department."""
FIRST_REST, LONGEST_REST = timedelta(seconds=10), timedelta(minutes=5)
TRIAL = timedelta(seconds=15)
"""Whoever tries has an inquiry's time, and some; if they died, somebody else tries after that."""


class State(StrEnum):
    """What a breaker lets through: everything, nothing, or one trial."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Opening(Model):
    """A breaker that is not closed, as all processes share it. A closed one has no record."""

    until: AwareDatetime
    trips: int = 1
    """Openings without an answer in between."""
    tried_until: AwareDatetime | None = None
    """Until when somebody is trying."""
    version: int = 1

    def rests(self, now: datetime) -> datetime | None:
        """Until when nobody asks; None where one may try now."""
        busy = [end for end in (self.until, self.tried_until) if end and now < end]
        return max(busy) if busy else None

    def tried(self, now: datetime) -> "Opening":
        """Somebody tries."""
        return self.model_copy(update={"tried_until": now + TRIAL, "version": self.version + 1})

    def again(self, now: datetime) -> "Opening":
        """The trial had no answer."""
        rest = min(LONGEST_REST, FIRST_REST * 2**self.trips)
        changes = {"trips": self.trips + 1, "until": now + rest, "tried_until": None}
        return self.model_copy(update=changes | {"version": self.version + 1})


def opened(now: datetime) -> Opening:
    """A breaker that opens."""
    return Opening(until=now + FIRST_REST)


def state(opening: Opening | None, now: datetime) -> State:
    """Where a breaker stands, seen by somebody who would ask now."""
    if opening is None:
        return State.CLOSED
    return State.OPEN if opening.rests(now) else State.HALF_OPEN
