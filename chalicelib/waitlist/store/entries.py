"""Entries, in the account that made them, and who stands in which queues, as items of the core table.

An entry that is not at rest carries `due_kind` and `due_at`. It enters and leaves its queue in the transaction that
changes its record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.errors import AppError, Unavailable
from chalicelib.platform.dynamo import ABSENT, Item, Table, Write, commit, transact
from chalicelib.platform.outbox import Message
from chalicelib.types import rfc3339
from chalicelib.waitlist.errors import EntryNotOpen
from chalicelib.waitlist.model.entry import OVER, TRANSITIONS, Day, Entry, Event
from chalicelib.waitlist.store.queues import QueueStore

_DUE = "waitlist"
_CITIZEN = "CITIZEN#"
_PREFIX = "WAITLIST#"
_LOOK_AFTER = timedelta(seconds=30)
_MOMENTS = ("latest_fulfilment_at", "pay_by")
Standing = dict[str, tuple[str, str]]
"""Queue -> account and entry."""


def _key(citizen_id: str, entry_id: str) -> dict[str, str]:
    return {"pk": f"{_CITIZEN}{citizen_id}", "sk": f"{_PREFIX}{entry_id}"}


def _waiting_key(person_id: str) -> dict[str, str]:
    return {"pk": f"PERSON#{person_id}", "sk": "WAITING"}


@dataclass(frozen=True, slots=True)
class EntryStore:
    """Reads and writes."""

    table: Table
    queues: QueueStore

    def find(self, citizen_id: str, entry_id: str) -> Entry | None:
        """One entry as it stands this moment."""
        item = self.table.get(_key(citizen_id, entry_id), consistent=True)
        return _entry(item) if item else None

    def list_own(self, citizen_id: str, limit: int, after: Item | None) -> tuple[list[Entry], Item | None]:
        """A citizen's entries, the newest first, and the key to go on after."""
        items, last = self.table.query(
            f"{_CITIZEN}{citizen_id}", prefix=_PREFIX, limit=limit, after=after, newest_first=True
        )
        return [_entry(item) for item in items], last

    def standing(self, person_id: str) -> tuple[Standing, int]:
        """The queues that a person entered, some perhaps over by now; and the version of that list."""
        item = self.table.get(_waiting_key(person_id), consistent=True)
        if item is None:
            return {}, 0
        found = {queue: (each["citizen"], each["entry"]) for queue, each in item["queues"].items()}
        return found, item["version"]

    def enter(self, entry: Entry, standing: Standing, version: int) -> None:
        """Keep a new entry, and in the same transaction the person's list. Raises Unavailable if that moved on."""
        listed = standing | {entry.day.key: (entry.citizen_id, entry.id)}
        person = {
            **_waiting_key(entry.person_id),
            "queues": {name: {"citizen": who, "entry": what} for name, (who, what) in listed.items()},
            "version": version + 1,
        }
        expect: dict[str, object] = {"version": version} if version else {"pk": ABSENT}
        moments = {name: rfc3339(getattr(entry, name)) for name in _MOMENTS}
        fields = {**entry.model_dump(), "day": entry.day.model_dump(mode="json"), **moments}
        item = {**_key(entry.citizen_id, entry.id), **fields, **_due(entry.pay_by)}
        transact([self.table.put(person, Unavailable(), expect=expect), self.table.put(item, Unavailable())])

    def move(
        self, entry: Entry, event: Event, now: datetime, outbox: Sequence[Message] = (), **changes: object
    ) -> Entry:
        """Let `event` happen to the very version that was read; the queue follows in the same transaction.

        Raises EntryNotOpen; Unavailable where only the version has moved on.
        """
        moved, writes = self.moving(entry, event, now, outbox, **changes)
        transact(writes)
        return moved

    def moving(
        self, entry: Entry, event: Event, now: datetime, outbox: Sequence[Message] = (), **changes: object
    ) -> tuple[Entry, list[Write]]:
        """What `move` does, as writes, and the entry as it will be."""
        allowed, status = TRANSITIONS[event]
        moved = entry.model_copy(update={"status": status, "version": entry.version + 1, **changes})

        def refused(standing: Item) -> AppError | None:
            return Unavailable() if standing.get("status") in allowed else EntryNotOpen()

        due = {} if status == "fulfilled" else _due(_look_at(moved, now))
        record = self.table.update(
            _key(entry.citizen_id, entry.id),
            refused,
            expect={"status": allowed, "version": entry.version},
            assign={"status": status, "outbox": list(outbox), **changes, **due},
            remove=() if due else ("due_kind", "due_at"),
            add={"version": 1},
        )
        return moved, [record, *self.queues.following(entry, moved, now)]

    def rest(self, entry: Entry) -> None:
        """Nothing is left to be done about an entry that is over."""
        commit(
            self.table.update(
                _key(entry.citizen_id, entry.id),
                lambda _: None,
                expect={"status": OVER},
                remove=("due_kind", "due_at"),
            )
        )

    def due(self, now: datetime) -> list[tuple[str, str]]:
        """Citizen and id of the entries that the sweep must look at."""
        found = self.table.due(_DUE, int(now.timestamp()))
        return [(item["pk"].removeprefix(_CITIZEN), item["sk"].removeprefix(_PREFIX)) for item in found]


def _look_at(entry: Entry, now: datetime) -> datetime:
    """When the sweep looks: at the deadline of one who waits, soon at whatever is under way."""
    return entry.latest_fulfilment_at if entry.status == "active" else now + _LOOK_AFTER


def _due(at: datetime) -> Item:
    return {"due_kind": _DUE, "due_at": int(at.timestamp())}


def _entry(item: Item) -> Entry:
    fields: dict[str, Any] = {name: item[name] for name in Entry.model_fields if name in item}
    for name in _MOMENTS:
        fields[name] = datetime.fromisoformat(fields[name])
    fields["day"] = Day(**{**fields["day"], "date": date.fromisoformat(fields["day"]["date"])})
    return Entry.model_validate(fields)
