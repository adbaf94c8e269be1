"""A hospital's past under other rules. Pure: records go in, counts come out.

First effects only: who would have been refused is counted, not what they would have done instead. A limit that refuses
a hold frees its place for that person's next hold, and nothing more.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from chalicelib.policies.model import Outcome, Policy
from chalicelib.types import CHINA

_BY_CITIZEN = frozenset({"cancelled_by_citizen", "rescheduled_by_citizen"})


@dataclass(frozen=True, slots=True)
class Past:
    """One appointment as history knows it. `person` tells people apart across sessions, and nothing else."""

    person: str
    status: str
    reason: str | None
    held_at: datetime
    hold_expires_at: datetime
    starts_at: datetime
    paid: bool = True
    cancelled_at: datetime | None = None
    arrived_at: datetime | None = None
    testified: bool = True
    """Whether the hospital had taken the booking: otherwise nobody can testify that the person never came."""

    @property
    def undated(self) -> bool:
        """Whether a citizen cancelled it and nobody knows when."""
        return self.reason in _BY_CITIZEN and self.cancelled_at is None

    @property
    def released_at(self) -> datetime:
        """When the person was free of it; where that is unknown, at once, so that no refusal is made up."""
        if self.reason == "hold_expired" or self.status == "pending":
            return self.hold_expires_at
        if self.status == "cancelled":
            return self.cancelled_at or self.held_at
        return datetime.max.replace(tzinfo=UTC)


class History(Protocol):
    """Where the past is read."""

    def past(self, hospital_id: str, days: int, now: datetime) -> Iterator[Past]:
        """A hospital's appointments of the last `days` days in China before today, the latest days first."""
        ...


def outcome(past: Iterable[Past], policy: Policy) -> Outcome:
    """What would have been refused, missed and punished under these rules."""
    records = sorted(past, key=lambda each: each.held_at)
    missed = sorted((each for each in records if _missed(each, policy)), key=lambda each: each.starts_at)
    strikes = [each for each in missed if each.testified]
    return Outcome(
        cancellations_refused=sum(_cancelled_too_late(each, policy) for each in records),
        holds_over_day_limit=_over_day_limit(records, policy.most_per_day),
        holds_too_early=sum(each.held_at < policy.opens_at(each.starts_at) for each in records),
        noshows=len(missed),
        sanctions=_sanctions(strikes, policy),
    )


def difference(standing: Outcome, tried: Outcome) -> Outcome:
    """How many more (or, negative, fewer) under the tried rules."""
    before, after = standing.model_dump(), tried.model_dump()
    return Outcome(**{name: after[name] - before[name] for name in before})


def _cancelled_too_late(past: Past, policy: Policy) -> bool:
    """An unpaid hold may go until its slot, whatever the rules."""
    if past.reason not in _BY_CITIZEN or past.cancelled_at is None or not past.paid:
        return False
    return past.cancelled_at >= policy.cancel_until(past.starts_at)


def _over_day_limit(records: Sequence[Past], most: int) -> int:
    """Holds for a person who had so many of that day at that moment; `records` by the moment of their hold."""
    kept: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    refused = 0
    for each in records:
        day = each.starts_at.astimezone(CHINA).date().isoformat()
        releases = kept[each.person, day]
        if sum(release > each.held_at for release in releases) >= most:
            refused += 1
        else:
            releases.append(each.released_at)
    return refused


def _missed(past: Past, policy: Policy) -> bool:
    """Who never came, and who came after check-in would have closed."""
    closed = past.starts_at + timedelta(minutes=policy.late_minutes)
    return past.status == "noshow" or (past.arrived_at is not None and past.arrived_at > closed)


def _sanctions(missed: Iterable[Past], policy: Policy) -> int:
    """So many missed within the window are one sanction, and are settled by it; `missed` by their start."""
    window = timedelta(days=policy.noshow_window_days)
    open_ones: dict[str, list[datetime]] = defaultdict(list)
    sanctions = 0
    for each in missed:
        recent = [start for start in open_ones[each.person] if each.starts_at - start < window]
        recent.append(each.starts_at)
        full = len(recent) >= policy.most_noshows
        sanctions += full
        open_ones[each.person] = [] if full else recent
    return sanctions
