"""A clock that a test holds and turns."""

from datetime import UTC, datetime, time, timedelta

from chalicelib.types import CHINA


class HeldClock:
    """Stands still until it is turned. Starts today, since the clouds' own clocks run on, at ten in the morning.

    Of the hour when the tests happen to run nothing may depend: at midnight tomorrow's clinic is today's.
    """

    def __init__(self, at: datetime | None = None) -> None:
        today = datetime.now(CHINA).date()
        self.now = at or datetime.combine(today, time(10), CHINA).astimezone(UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> datetime:
        """Move on by `seconds=`, `minutes=`, ...; returns the new moment."""
        self.now += timedelta(**by)
        return self.now
