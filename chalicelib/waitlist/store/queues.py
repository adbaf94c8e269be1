"""Queues, and what was given back lately, as items of the core table.

A queue (one department's day) holds those who have paid, in order of payment, and a *head*. The head is there while
somebody waits, so that one read tells; every change that may let somebody be served is written on it, with the message
that asks for the matching, and the sweep finds it every minute.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from chalicelib.platform.dynamo import PRESENT, Item, Table, Write, commit
from chalicelib.platform.outbox import Message, message
from chalicelib.waitlist.errors import EntryNotOpen
from chalicelib.waitlist.model.chance import WINDOW
from chalicelib.waitlist.model.entry import Day, Entry

_DUE = "waitlist-queue"
_PLACE = "PLACE#"
_NEXT_ROUND = timedelta(minutes=1)
_MOST_RETURNS = 1000
_PAGE = 200


def _queue(day: Day) -> str:
    return f"QUEUE#{day.key}"


def _head(day: Day) -> dict[str, str]:
    return {"pk": _queue(day), "sk": "HEAD"}


def _returns(day: Day) -> str:
    return f"RETURNS#{day.hospital_id}#{day.department_id}"


@dataclass(frozen=True, slots=True)
class QueueStore:
    """Reads and writes."""

    table: Table

    def following(self, before: Entry, after: Entry, now: datetime) -> Iterator[Write]:
        """What an entry's change means for its queue."""
        if after.status == "active":
            yield self._place(after)
            yield self._opened(after, now)
        elif before.status == "active":
            key = {"pk": _queue(after.day), "sk": f"{_PLACE}{before.place}"}
            yield self.table.delete(key, EntryNotOpen(), expect={"pk": PRESENT})

    def _place(self, entry: Entry) -> Write:
        item = {
            "pk": _queue(entry.day),
            "sk": f"{_PLACE}{entry.place}",
            "citizen": entry.citizen_id,
            "entry": entry.id,
        }
        return self.table.put(item, EntryNotOpen())

    def _opened(self, entry: Entry, now: datetime) -> Write:
        """Somebody waits from now on; `mark` says who came last."""
        item = {
            **_head(entry.day),
            "mark": entry.id,
            "hospital": entry.day.hospital_id,
            "department": entry.day.department_id,
            "day": entry.day.date.isoformat(),
            "outbox": [match_message(entry.day, entry.id, entry.version)],
            **_round(now),
        }
        return self.table.put(item, EntryNotOpen(), expect={})

    def mark(self, day: Day) -> str | None:
        """Who came last, where anybody may be waiting; None where nobody is."""
        item = self.table.get(_head(day), consistent=True)
        return item["mark"] if item else None

    def wake(self, day: Day, about: str, version: int, now: datetime) -> None:
        """Ask for a matching, if anybody may be waiting: something came back, or a minute has passed."""
        commit(
            self.table.update(
                _head(day),
                lambda _: None,
                expect={"mark": PRESENT},
                assign={"outbox": [match_message(day, about, version)], **_round(now)},
            )
        )

    def close(self, day: Day, mark: str) -> None:
        """Nobody waits any more, unless somebody came after `mark`."""
        commit(self.table.delete(_head(day), lambda _: None, expect={"mark": mark}))

    def waiting(self, day: Day) -> Iterator[tuple[str, str]]:
        """Citizen and id of those who wait, in order of payment."""
        page = partial(self.table.query, _queue(day), prefix=_PLACE, limit=_PAGE, consistent=True)
        items, last = page()
        while True:
            yield from ((item["citizen"], item["entry"]) for item in items)
            if last is None:
                return
            items, last = page(after=last)

    def due(self, now: datetime) -> list[Day]:
        """Queues that the sweep must look at."""
        found = self.table.due(_DUE, int(now.timestamp()))
        parts = (item["pk"].split("#") for item in found)
        return [
            Day(hospital_id=hospital, department_id=department, date=date.fromisoformat(day))
            for _, hospital, department, day in parts
        ]

    def note_return(self, day: Day, appointment_id: str, lead: timedelta, now: datetime) -> None:
        """Remember that a sold slot was given back, so long before its day; told twice, it counts once."""
        item = {
            "pk": _returns(day),
            "sk": appointment_id,
            "lead": int(lead.total_seconds()),
            "expires_at": int((now + WINDOW).timestamp()),
        }
        commit(self.table.put(item, lambda _: None))

    def leads(self, day: Day, now: datetime) -> list[int]:
        """The leads (seconds) of what the department was given back within `WINDOW`."""
        items, _ = self.table.query(_returns(day), limit=_MOST_RETURNS, newest_first=True)
        return [item["lead"] for item in items if item["expires_at"] > now.timestamp()]


def match_message(day: Day, about: str, version: int) -> Message:
    """Asks for a matching."""
    where = {"hospital": day.hospital_id, "department": day.department_id, "day": day.date.isoformat()}
    return message("events", "waitlist.match", about, version, **where)


def _round(now: datetime) -> Item:
    return {"due_kind": _DUE, "due_at": int((now + _NEXT_ROUND).timestamp())}
