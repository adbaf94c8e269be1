"""One version of a hospital's rules. Pure data; the defaults are what a hospital has that never said anything.

The values seen in China's cities differ everywhere, so nothing here is a constant of the code.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated

from pydantic import Field

from chalicelib.types import CHINA, Model

_Minutes = Annotated[int, Field(ge=0, le=7 * 24 * 60)]
_Days = Annotated[int, Field(ge=1, le=3660)]


class Policy(Model):
    """How a hospital takes registrations. Minutes count back from a slot's start unless said otherwise."""

    version: Annotated[int, Field(ge=0)] = 0
    """0: the defaults; each activated version counts one up."""
    hold_minutes: Annotated[int, Field(ge=2, le=60)] = 10
    """How long a slot is held for somebody who has not paid."""
    cancel_minutes: _Minutes = 0
    """Until how long before the slot a citizen may cancel or reschedule."""
    most_per_day: Annotated[int, Field(ge=1, le=100)] = 3
    """Appointments one person may have on one day at this hospital."""
    check_in_minutes: _Minutes = 120
    """How long before the slot check-in opens."""
    late_minutes: _Minutes = 30
    """How long after the slot's start a check-in counts as late; after that it is refused."""
    noshow_minutes: _Minutes = 240
    """How long after the slot's start somebody who never came has missed it."""
    most_noshows: Annotated[int, Field(ge=1, le=100)] = 3
    noshow_window_days: _Days = 90
    """So many missed appointments within so many days lead to a sanction."""
    sanction_days: _Days = 90
    appeal_days: Annotated[int, Field(ge=0, le=60)] = 7
    """How long a recorded sanction waits for an appeal before it acts."""
    most_cooling_minutes: Annotated[int, Field(ge=0, le=240)] = 0
    """A returned slot comes back after a random delay of up to so long, so that nobody can pass it to a friend."""
    horizon_days: Annotated[int, Field(ge=1, le=365)] = 28
    """How far ahead slots are open."""
    release_minute: Annotated[int, Field(ge=0, le=1439)] = 0
    """Minute of the day in China at which the day `horizon_days` ahead opens."""
    answer_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = 24 * 60
    """How long the hospital may take to answer a booking before it becomes a case."""

    def cancel_until(self, starts_at: datetime) -> datetime:
        """The last moment for the citizen to cancel."""
        return starts_at - timedelta(minutes=self.cancel_minutes)

    def opens_at(self, starts_at: datetime) -> datetime:
        """When a slot of that start is released."""
        day = starts_at.astimezone(CHINA).date() - timedelta(days=self.horizon_days)
        at = time(self.release_minute // 60, self.release_minute % 60, tzinfo=CHINA)
        return datetime.combine(day, at).astimezone(UTC)
