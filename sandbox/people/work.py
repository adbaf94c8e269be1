"""Who works and has worked: the social insurance's record of months paid, and of pensions. It follows from the person.

It must not know who asks.
"""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Literal

from sandbox.people.birth import SEED, TODAY
from sandbox.people.person import ADULT_AGE, Person

RETIREMENT_AGE = 60
FIRST_JOB_AGE = 22
SHOWN_MONTHS = 12
PENSION_PERCENT = 8
STOPPED_ONE_IN = 6
Status = Literal["paying", "stopped", "retired", "none"]


@dataclass(frozen=True, slots=True)
class Work:
    """The months paid as an employee, from the first to the last, and on how much pay a month."""

    status: Status
    paid_months: int = 0
    last_month: int = 0
    """Counted from the year 0; see `month_name`."""
    base_fen: int = 0

    @property
    def first_month(self) -> int:
        """The first month paid."""
        return self.last_month - self.paid_months + 1

    def shown(self) -> list[tuple[str, int, int]]:
        """The last months, newest first: the month, the base, and the employee's own share for the pension."""
        months = range(self.last_month, max(self.first_month, self.last_month - SHOWN_MONTHS + 1) - 1, -1)
        return [
            (month_name(each), self._base(each), self._base(each) * PENSION_PERCENT // 100) for each in months
        ]

    def _base(self, month: int) -> int:
        """The base is set anew every July, five per cent up."""
        julys = (self.last_month - 6) // 12 - (month - 6) // 12
        return int(self.base_fen * 0.95**julys) // 100 * 100


def work(person: Person) -> Work | None:
    """What the social insurance has of an insured person as an employee; None for who is not insured."""
    if not person.insured:
        return None
    age = person.age(TODAY)
    if age < ADULT_AGE + 1:
        return Work("none")
    random = Random(f"{SEED}/{person.user_id}/work")
    base_fen, gap = random.randrange(4_800_00, 20_000_00, 100_00), random.randrange(3, 40)
    stopped = random.randrange(STOPPED_ONE_IN) == 0
    worked = (min(age, RETIREMENT_AGE) - min(FIRST_JOB_AGE, age - 1)) * 12
    share = random.randrange(50, 101)
    ended = _ended(person, gap if stopped else 0)
    status: Status = "retired" if age >= RETIREMENT_AGE else "stopped" if stopped else "paying"
    return Work(status, max(worked * share // 100 - (gap if stopped else 0), 1), ended, base_fen)


def retired_on(person: Person) -> date | None:
    """The last day of the month of the sixtieth birthday, simply put; None for who works or is not insured."""
    if not person.insured or person.age(TODAY) < RETIREMENT_AGE:
        return None
    return date(person.born_on.year + RETIREMENT_AGE, person.born_on.month, 28)


def month_name(month: int) -> str:
    """`2026-10` for a month counted from the year 0."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _ended(person: Person, gap: int) -> int:
    """The last month paid: the one before `TODAY`'s less a gap, or that of retirement."""
    retired = retired_on(person)
    last = retired or TODAY
    return last.year * 12 + last.month - 1 - (0 if retired else 1) - (0 if retired else gap)
