"""How likely a slot is, told before anybody commits to anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.appointments.model.directory import Availability
from chalicelib.appointments.model.places import milliseconds
from chalicelib.appointments.service.directory import Directory
from chalicelib.platform.clock import Clock
from chalicelib.waitlist.errors import NoClinic
from chalicelib.waitlist.model.chance import Estimate, leads_between, percent, word_of
from chalicelib.waitlist.model.entry import Day
from chalicelib.waitlist.store.queues import QueueStore


@dataclass(frozen=True, slots=True)
class Chances:
    """Estimates."""

    queues: QueueStore
    directory: Directory
    clock: Clock

    def estimate(
        self, day: Day, practitioner_id: str | None, until: datetime | None = None
    ) -> tuple[Estimate, str]:
        """The chance of one who entered now and waited until `until` at most, and the hospital's name.

        With `practitioner_id`, of one of this practitioner's slots. Raises NoClinic.
        """
        now = self.clock()
        everything = self.sessions(day)
        fitting = [each for each in everything if practitioner_id in {None, each.session.practitioner_id}]
        if not fitting:
            raise NoClinic
        free = sum(len(each.free(milliseconds(now))) for each in fitting)
        ahead = sum(1 for _ in self.queues.waiting(day))
        latest = max(each.session.starts_of(each.session.places - 1) for each in fitting)
        lately = leads_between(self.queues.leads(day, now), day.begins, now, min(until or latest, latest))
        chance = 100 if free else percent(ahead, lately, _places(fitting) / _places(everything))
        found = Estimate(
            percent=chance,
            word=word_of(chance),
            free_slots=free,
            ahead=ahead,
            returned_lately=lately,
            fee_fen=max(each.session.fee_fen for each in fitting),
            latest_possible=latest,
        )
        return found, fitting[0].session.hospital_name

    def sessions(self, day: Day) -> list[Availability]:
        """The department's sessions that take place that day and are not over."""
        shown = self.directory.sessions(day.hospital_id, day.department_id, day.date)
        now = self.clock()
        return [
            each
            for each in shown
            if not each.stopped and each.session.starts_of(each.session.places - 1) > now
        ]


def _places(sessions: Sequence[Availability]) -> int:
    return sum(each.session.places for each in sessions)
