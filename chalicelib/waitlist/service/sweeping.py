"""Picks up what stayed open: entries that nobody paid or whose time is over, money, and queues that nobody looked at.

One thing that fails leaves the others alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.errors import AppError
from chalicelib.platform import log
from chalicelib.platform.clock import Clock, while_time_lasts
from chalicelib.waitlist.errors import EntryNotOpen
from chalicelib.waitlist.model.entry import Day
from chalicelib.waitlist.service.prepaying import Prepaying
from chalicelib.waitlist.store.entries import EntryStore


@dataclass(frozen=True, slots=True)
class WaitlistSweeping:
    """The minute's round."""

    entries: EntryStore
    prepaying: Prepaying
    clock: Clock

    def sweep(self) -> None:
        """Bring every entry that is due one step further, and have every queue looked at."""
        now = self.clock()
        for citizen_id, entry_id in while_time_lasts(self.entries.due(now), self.clock):
            _try(entry_id, lambda who=citizen_id, what=entry_id: self._look(who, what))  # type: ignore[misc]
        for day in while_time_lasts(self.entries.queues.due(now), self.clock):
            _try(day.key, lambda day=day: self._wake(day))  # type: ignore[misc]

    def _look(self, citizen_id: str, entry_id: str) -> None:
        entry = self.entries.find(citizen_id, entry_id)
        if entry:
            self.prepaying.look(entry)

    def _wake(self, day: Day) -> None:
        now = self.clock()
        self.entries.queues.wake(day, day.key, int(now.timestamp()), now)


def _try(thing: str, step: Callable[[], None]) -> None:
    try:
        step()
    except EntryNotOpen:
        log.event("sweep.overtaken", about=thing)
    except AppError as error:
        log.event("sweep.postponed", about=thing, code=error.code)
    except Exception as error:  # noqa: BLE001  (one broken record must not keep the others waiting)
        log.fault("sweep.failed", error, about=thing)
