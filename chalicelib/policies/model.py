"""A hospital's rules, their versions, and which one counts when. Pure data.

The values seen in China's cities differ everywhere, so nothing here is a constant of the code; the defaults are what a
hospital has that never said anything. A version's rules never change; its status does, as `TRANSITIONS` allows.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.types import CHINA, Model, Moment

_Minutes = Annotated[int, Field(ge=0, le=7 * 24 * 60)]
_Days = Annotated[int, Field(ge=1, le=3660)]


class Policy(Model):
    """How a hospital takes registrations. Minutes count back from a slot's start unless said otherwise."""

    version: Annotated[int, Field(ge=0)] = 0
    """0: the defaults; each activated version counts one up."""
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

    def check_in_from(self, starts_at: datetime) -> datetime:
        """When check-in opens."""
        return starts_at - timedelta(minutes=self.check_in_minutes)

    def check_in_until(self, starts_at: datetime) -> datetime:
        """The last moment to check in."""
        return starts_at + timedelta(minutes=self.late_minutes)

    def opens_at(self, starts_at: datetime) -> datetime:
        """When a slot of that start is released."""
        day = starts_at.astimezone(CHINA).date() - timedelta(days=self.horizon_days)
        at = time(self.release_minute // 60, self.release_minute % 60, tzinfo=CHINA)
        return datetime.combine(day, at).astimezone(UTC)

    def contradictions(self) -> list[tuple[str, str]]:
        """Rules that deny each other: a rule's name, and a sentence about it."""
        if self.late_minutes <= self.noshow_minutes:
            return []
        return [
            ("noshow_minutes", "Nobody can have missed it while check-in is still open: see late_minutes.")
        ]


Status = Literal["draft", "proposed", "active", "retired"]
Event = Literal["try", "activate", "retire"]

TRANSITIONS: dict[Event, tuple[tuple[Status, ...], Status]] = {
    "try": (("draft",), "proposed"),
    "activate": (("proposed",), "active"),
    "retire": (("active",), "retired"),
}
"""Event -> the statuses it may happen in, and the one it leads to. What was never tried is nobody's proposal."""

Operator = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""An administrator's id in the operators' own register; never a name."""
Why = Annotated[str, Field(min_length=4, max_length=500, pattern=r"^\D*(\d{1,8}(\D+|$))*$")]
"""Why something was done. Longer numbers are refused: they are how a telephone or a person is written down."""


class Act(Model):
    """Who did something, when and why."""

    by: Operator
    at: Moment
    reason: Why


class Outcome(Model):
    """What a hospital's past would have been under some rules."""

    cancellations_refused: int = 0
    holds_over_day_limit: int = 0
    holds_too_early: int = 0
    noshows: int = 0
    sanctions: int = 0


class Trial(Model):
    """A dry run: the past under the version that stood and under the one that was tried."""

    act: Act
    against: int
    """The version that it was compared with."""
    since: str
    until: str
    """First and last day in China."""
    appointments: int
    complete: bool
    """False: there were more appointments than one dry run reads; the latest days were read."""
    undated_cancellations: int
    """Cancellations of which nobody wrote down when; no rule could be tried on them."""
    standing: Outcome
    tried: Outcome
    difference: Outcome


class Activation(Model):
    """A version was put in force."""

    act: Act
    replaces: int
    from_at: Moment


class Version(Model):
    """One version of a hospital's rules with its life. It counted from its activation's `from_at` until `until`."""

    hospital_id: str
    policy: Policy
    status: Status = "draft"
    drafted: Act
    trial: Trial | None = None
    activation: Activation | None = None
    until: Moment | None = None

    @property
    def number(self) -> int:
        """The version's number."""
        return self.policy.version

    def counted(self, moment: datetime) -> bool:
        """Whether these were the rules at that moment."""
        if self.activation is None or moment < self.activation.from_at:
            return False
        return self.until is None or moment < self.until


class Standing(Model):
    """The version activated last, and the one that counts until it begins."""

    policy: Policy = Policy()
    from_at: Moment = datetime(1970, 1, 1, tzinfo=UTC)
    before: Policy | None = None
    before_from: Moment | None = None

    def at(self, moment: datetime) -> Policy | None:
        """The rules at a moment; None where it lies further back than this tells."""
        if moment >= self.from_at:
            return self.policy
        return self.before if self.before_from is not None and moment >= self.before_from else None

    def followed_by(self, policy: Policy, from_at: datetime, now: datetime) -> "Standing":
        """What stands once `policy` is activated: one that has not begun yet never will."""
        begun = self.from_at <= now
        return Standing(
            policy=policy,
            from_at=from_at,
            before=self.policy if begun else self.before,
            before_from=self.from_at if begun else self.before_from,
        )
