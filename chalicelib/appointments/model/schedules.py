"""A hospital's schedule: when one practitioner sees patients, as a rule of weekdays. Pure data."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Annotated, Self

from pydantic import Field, model_validator

from chalicelib.appointments.model.places import LONGEST_SLOT_MINUTES, MOST_PLACES
from chalicelib.types import CHINA, Fen, Model

LONGEST_DAYS = 366
_DAY_MINUTES = 24 * 60
_Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class Schedule(Model):
    """One practitioner's sessions on weekdays (1: Monday) from `first` to `last`; `at` is minutes after midnight."""

    practitioner_id: _Id
    weekdays: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1, max_length=7)]
    at: Annotated[int, Field(ge=0, lt=_DAY_MINUTES)]
    minutes: Annotated[int, Field(ge=1, le=LONGEST_SLOT_MINUTES)]
    places: Annotated[int, Field(ge=1, le=MOST_PLACES)]
    fee_fen: Fen
    first: date
    last: date

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not timedelta(0) <= self.last - self.first < timedelta(days=LONGEST_DAYS):
            raise ValueError("last must be first or later, within 366 days")
        if self.at + self.minutes * self.places > _DAY_MINUTES:
            raise ValueError("a session must end on the day it starts")
        return self

    def starts(self, after: datetime) -> list[datetime]:
        """Every session's start later than a moment, in order."""
        days = (self.first + timedelta(days=each) for each in range((self.last - self.first).days + 1))
        at = time(self.at // 60, self.at % 60, tzinfo=CHINA)
        starts = [
            datetime.combine(day, at).astimezone(UTC) for day in days if day.isoweekday() in self.weekdays
        ]
        return [each for each in starts if each > after]

    def alike(self, other: Self) -> bool:
        """Whether a session of both has the same slots at the same price."""
        return (self.minutes, self.places, self.fee_fen) == (other.minutes, other.places, other.fee_fen)


class Proposal(Model):
    """What a change of a schedule would do. `kept` sessions keep the slots and fee they were published with."""

    digest: str
    added: tuple[datetime, ...]
    withdrawn: tuple[datetime, ...]
    kept: tuple[datetime, ...]
    hurt: int
    """Appointments, held or booked, in sessions that would be withdrawn."""


class Standing(Model):
    """A schedule as it was applied; moments are sessions' starts in Unix seconds.

    What was ever withdrawn or restored and has not begun stays listed, so that no change is lost to the next one.
    """

    hospital_id: str
    hospital_name: str
    id: str
    plan: Schedule
    proposal: str
    done: Proposal | None = None
    """What applying it did; whoever asks again is told the same."""
    applied_ms: int
    withdrawn: tuple[int, ...] = ()
    restored: tuple[int, ...] = ()
    version: int = 1


def digest(version: int, plan: Schedule, withdrawn: Sequence[datetime], hurt: int) -> str:
    """Names one proposal: the same plan on another standing schedule, or with others hurt, has another name."""
    moments = [int(each.timestamp()) for each in withdrawn]
    return sha256(f"{version}\0{plan.model_dump_json()}\0{moments}\0{hurt}".encode()).hexdigest()
