"""A clock that a test holds and turns."""

from datetime import UTC, datetime, timedelta


class HeldClock:
    """Stands still until it is turned. Starts at the present second, since the clouds' own clocks run on."""

    def __init__(self, at: datetime | None = None) -> None:
        self.now = at or datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> datetime:
        """Move on by `seconds=`, `minutes=`, ...; returns the new moment."""
        self.now += timedelta(**by)
        return self.now
