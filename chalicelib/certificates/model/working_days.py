"""Working days, as the law counts them: the day of the deed does not count, the last one ends with itself.

Pure: which days are holidays, and which weekends are worked for them, is told by whoever knows (see `catalogue`).
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from chalicelib.certificates.model.labels import Data
from chalicelib.types import CHINA

_SATURDAY = 5
_NO_YEAR_HAS_MORE = 366


class Holidays(Data):
    """A year as the State Council arranged it: which days nobody works, and which weekend days are worked instead."""

    off: frozenset[date]
    worked: frozenset[date] = frozenset()


class Calendar(Data):
    """The arranged years; `every_year` (month, day) is what the law says, for a year that is not arranged yet."""

    years: Mapping[int, Holidays]
    every_year: frozenset[tuple[int, int]]

    def is_worked(self, day: date) -> bool:
        """Whether offices work on that day."""
        arranged = self.years.get(day.year)
        if arranged is None:
            return day.weekday() < _SATURDAY and (day.month, day.day) not in self.every_year
        return day in arranged.worked or (day.weekday() < _SATURDAY and day not in arranged.off)

    def due_by(self, asked_at: datetime, working_days: int) -> datetime:
        """The last second of the last of so many working days after a moment, in China."""
        day, left = asked_at.astimezone(CHINA).date(), working_days
        for _ in range(_NO_YEAR_HAS_MORE):
            if left == 0:
                break
            day += timedelta(days=1)
            left -= self.is_worked(day)
        return datetime.combine(day, time(23, 59, 59), CHINA)
