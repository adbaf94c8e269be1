"""A hospital plans its sessions: it is told first whom a change would hurt, and applies exactly what it was told.

Applying is one write. What follows (sessions stopped, resumed, published once they are released) is repeatable and
done by the message of that write, then by the sweep at each session's release.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.appointments.errors import ProposalStale
from chalicelib.appointments.model.claims import standing as keeps_out
from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.model.places import milliseconds, moment_of
from chalicelib.appointments.model.schedules import Proposal, Schedule, Standing, digest
from chalicelib.appointments.service.directory import Directory
from chalicelib.appointments.service.releasing import Releasing
from chalicelib.appointments.service.stopping import Stopping
from chalicelib.appointments.store.schedules import Beside, ScheduleStore
from chalicelib.errors import Invalid, Unavailable
from chalicelib.platform import log
from chalicelib.platform.clock import Clock, while_time_lasts
from chalicelib.types import rfc3339


@dataclass(frozen=True, slots=True)
class Schedules:
    """Plans sessions."""

    store: ScheduleStore
    directory: Directory
    stopping: Stopping
    releasing: Releasing
    clock: Clock

    def propose(self, hospital_id: str, schedule_id: str, plan: Schedule) -> Proposal:
        """What a plan would change; nothing changes. Raises Invalid, HospitalUnknown."""
        before, beside = (
            self.store.find(hospital_id, schedule_id),
            self.store.beside(hospital_id, plan, schedule_id),
        )
        return self._proposal(hospital_id, before, beside, plan)

    def apply(
        self, hospital_id: str, hospital_name: str, schedule_id: str, plan: Schedule, proposal: str
    ) -> Proposal:
        """Do what was proposed under that digest. Applying it twice is applying it once.

        Raises ProposalStale where it would do something else by now, Invalid, HospitalUnknown, Unavailable.
        """
        before, beside = (
            self.store.find(hospital_id, schedule_id),
            self.store.beside(hospital_id, plan, schedule_id),
        )
        proposed = self._proposal(hospital_id, before, beside, plan)
        if before and before.proposal == proposal and before.plan == plan:
            return before.done or proposed.model_copy(update={"digest": proposal})
        if proposed.digest != proposal:
            raise ProposalStale
        now = self.clock()
        standing = Standing(
            hospital_id=hospital_id,
            hospital_name=hospital_name,
            id=schedule_id,
            plan=plan,
            proposal=proposal,
            done=proposed,
            applied_ms=milliseconds(now),
            withdrawn=_seconds(proposed.withdrawn),
            restored=_restored(before, beside, plan, now),
            version=before.version + 1 if before else 1,
        )
        self.store.apply(standing, beside, now)
        log.event("schedule.applied", hospital=hospital_id, schedule=schedule_id, hurt=proposed.hurt)
        return proposed

    def _proposal(
        self, hospital_id: str, before: Standing | None, beside: Beside, plan: Schedule
    ) -> Proposal:
        self._must_be_its_own(hospital_id, before, plan)
        now = self.clock()
        new, old = plan.starts(now), before.plan.starts(now) if before else []
        taken = _must_be_apart(beside, new, now)
        gone = {*old, *_moments(before.withdrawn if before else (), now)} - set(new) - taken
        withdrawn = tuple(sorted(gone))
        kept = () if before is None or plan.alike(before.plan) else tuple(each for each in new if each in old)
        hurt = sum(self._patients(hospital_id, plan.practitioner_id, each, now) for each in withdrawn)
        return Proposal(
            digest=digest(before.version if before else 0, plan, withdrawn, hurt),
            added=tuple(each for each in new if each not in old),
            withdrawn=withdrawn,
            kept=kept,
            hurt=hurt,
        )

    def _must_be_its_own(self, hospital_id: str, before: Standing | None, plan: Schedule) -> None:
        pointer, known = "/practitionerId", self.directory.list_practitioners(hospital_id, None)
        if plan.practitioner_id not in {each.id for each in known}:
            raise Invalid((pointer, "is not listed at this hospital"))
        if before and before.plan.practitioner_id != plan.practitioner_id:
            raise Invalid((pointer, "a schedule stays with its practitioner: take another id"))

    def _patients(self, hospital_id: str, practitioner_id: str, starts_at: datetime, now: datetime) -> int:
        clinic = self.stopping.published(hospital_id, practitioner_id, starts_at)
        now_ms = milliseconds(now)
        return sum(keeps_out(value, now_ms) for value in clinic.seen.slots.values()) if clinic else 0

    def work(self, message: dict[str, Any]) -> None:
        """What follows from an applied schedule (message `schedule.follow`). Raises Unavailable."""
        self._follow(message["hospital"], message["schedule"])

    def sweep(self) -> None:
        """Publish what is released by now. Raises Unavailable after it tried all."""
        due = while_time_lasts(self.store.due(self.clock()), self.clock)
        followed = [self._followed(*each) for each in due]
        if not all(followed):
            raise Unavailable

    def _followed(self, hospital_id: str, schedule_id: str) -> bool:
        try:
            self._follow(hospital_id, schedule_id)
        except Unavailable:
            return False
        return True

    def _follow(self, hospital_id: str, schedule_id: str) -> None:
        standing = self.store.find(hospital_id, schedule_id)
        if standing is None:
            return
        now, at = self.clock(), moment_of(standing.applied_ms)
        for starts_at in _moments(standing.withdrawn, now):
            clinic = self.stopping.published(hospital_id, standing.plan.practitioner_id, starts_at)
            if clinic:
                self.stopping.stop(clinic, at)
        for starts_at in _moments(standing.restored, now):
            clinic = self.stopping.published(hospital_id, standing.plan.practitioner_id, starts_at)
            if clinic:
                self.stopping.resume(clinic, at)
        self.store.followed(standing, self._publish(standing, now))

    def _publish(self, standing: Standing, now: datetime) -> datetime | None:
        """Publish every session that is released; returns when the next one will be."""
        sessions = self._sessions(standing, standing.plan.starts(now))
        return min(self.releasing.publish(sessions), default=None)

    def _sessions(self, standing: Standing, starts: Sequence[datetime]) -> list[Session]:
        hospital, plan = standing.hospital_id, standing.plan
        doctor = next(
            each
            for each in self.directory.list_practitioners(hospital, None)
            if each.id == plan.practitioner_id
        )
        names = {each.id: each.name for each in self.directory.list_departments(hospital)}
        return [
            Session(
                hospital_id=hospital,
                hospital_name=standing.hospital_name,
                department_id=doctor.department_id,
                department_name=names[doctor.department_id],
                practitioner_id=doctor.id,
                practitioner_name=doctor.name,
                practitioner_title=doctor.title,
                starts_at=starts_at,
                minutes=plan.minutes,
                places=plan.places,
                fee_fen=plan.fee_fen,
            )
            for starts_at in starts
        ]


def _must_be_apart(beside: Beside, starts: Sequence[datetime], now: datetime) -> set[datetime]:
    """Starts of the practitioner's sessions by other schedules: one session cannot be two schedules' own."""
    taken: set[datetime] = set()
    for other in beside.schedules:
        theirs = set(other.plan.starts(now))
        both = sorted(theirs & set(starts))
        if both:
            said = f"schedule {other.id} has a session of this practitioner at {rfc3339(both[0])}"
            raise Invalid(("/start", said))
        taken |= theirs
    return taken


def _restored(before: Standing | None, beside: Beside, plan: Schedule, now: datetime) -> tuple[int, ...]:
    """Sessions that were withdrawn once, by whichever schedule of the practitioner, and are wanted again."""
    known = [*beside.schedules, *([before] if before else [])]
    once = [at for each in known for at in _moments((*each.withdrawn, *each.restored), now)]
    return _seconds(set(once) & set(plan.starts(now)))


def _seconds(moments: Iterable[datetime]) -> tuple[int, ...]:
    return tuple(sorted(int(each.timestamp()) for each in moments))


def _moments(seconds: Iterable[int], now: datetime) -> list[datetime]:
    """Those that are still to come."""
    return [at for each in seconds if (at := datetime.fromtimestamp(each, UTC)) > now]
