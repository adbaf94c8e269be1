"""Missed appointments and what several of them lead to. Pure data and rules.

A strike is one missed appointment of a person, whichever account made it. Enough of them within the hospital's window
are a sanction: recorded, open to an appeal, then active, which bars new registrations until it expires.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from chalicelib.types import Model, Moment

MOST_STRIKES = 100
"""How many strikes of a person are remembered; the oldest go first."""

SanctionStatus = Literal["recorded", "pending", "appealed", "upheld", "active", "lifted", "expired"]
SanctionEvent = Literal["announce", "appeal", "uphold", "lift", "activate", "expire", "retract"]

TRANSITIONS: dict[SanctionEvent, tuple[tuple[SanctionStatus, ...], SanctionStatus]] = {
    "announce": (("recorded",), "pending"),
    "appeal": (("pending",), "appealed"),
    "uphold": (("appealed",), "upheld"),
    "lift": (("appealed",), "lifted"),
    "activate": (("pending", "upheld"), "active"),
    "expire": (("active",), "expired"),
    "retract": (("recorded", "pending", "appealed", "upheld", "active"), "lifted"),
}
"""Event -> the statuses it may happen in, and the one it leads to. An appeal that waits holds the sanction back.

`retract`: one of its missed appointments turned out to be none.
"""


class Strike(Model):
    """A missed appointment: when it was (Unix s), and which sanction it has led to."""

    at: int
    sanction: str | None = None


class Strikes(Model):
    """What a person has missed, by appointment id."""

    missed: dict[str, Strike] = Field(default_factory=dict)
    version: int = 0

    def counted(self, appointment_id: str, at: datetime) -> "Strikes | None":
        """With one more; None where it counted before, or is older than all that are remembered."""
        moment = int(at.timestamp())
        if appointment_id in self.missed:
            return None
        every = {**self.missed, appointment_id: Strike(at=moment)}
        newest = sorted(every.items(), key=lambda each: (each[1].at, each[0]))[-MOST_STRIKES:]
        kept = dict(newest)
        return Strikes(missed=kept, version=self.version + 1) if appointment_id in kept else None

    def without(self, appointment_id: str, sanction_id: str | None = None) -> "Strikes":
        """With one less; those that were spent on a sanction which is no more are open again."""
        rest = {
            name: Strike(at=each.at) if sanction_id and each.sanction == sanction_id else each
            for name, each in self.missed.items()
            if name != appointment_id
        }
        return Strikes(missed=rest, version=self.version + 1)

    def open_in(self, days: int, around: datetime) -> dict[str, int]:
        """Those that led to no sanction yet and lie within so many days up to `around`."""
        until = int(around.timestamp())
        since = int((around - timedelta(days=days)).timestamp())
        return {
            name: each.at
            for name, each in self.missed.items()
            if each.sanction is None and since < each.at <= until
        }

    def spent(self, names: Mapping[str, int], sanction_id: str) -> "Strikes":
        """The same, with these spent on a sanction: none counts twice."""
        spent = {name: Strike(at=at, sanction=sanction_id) for name, at in names.items()}
        return self.model_copy(update={"missed": self.missed | spent})


class Decision(Model):
    """How an appeal ended: who decided, when and why, by an administrator's id and without names."""

    outcome: Literal["granted", "denied"]
    by: str
    at: Moment
    reason: Annotated[str, Field(repr=False)]


class Sanction(Model):
    """One person's sanction, by the rules of the hospital where the last appointment was missed."""

    id: str
    person_id: str
    hospital_id: str
    status: SanctionStatus = "recorded"
    missed: dict[str, int]
    """Appointment id -> its start (Unix s)."""
    recorded_at: AwareDatetime
    appeal_days: Annotated[int, Field(ge=0)]
    sanction_days: Annotated[int, Field(ge=1)]
    appeal_until: AwareDatetime | None = None
    barred_until: AwareDatetime | None = None
    appealed_at: AwareDatetime | None = None
    decided: Decision | None = None
    appeal_sealed: bytes | None = Field(default=None, repr=False)
    """The appeal's words under the identity key; gone with the decision."""
    version: int = 1

    def next_event(self, now: datetime) -> SanctionEvent | None:
        """What time alone brings; None where nothing is due."""
        if self.status == "recorded":
            return "announce"
        if self.status == "upheld" or (self.status == "pending" and _over(self.appeal_until, now)):
            return "activate"
        return "expire" if self.status == "active" and _over(self.barred_until, now) else None


def _over(until: datetime | None, now: datetime) -> bool:
    return until is not None and now >= until
