"""Strikes and sanctions as items of the core table, beside the person they are about.

A sanction that time will move on carries `due_kind` and `due_at`, so that a sweep finds it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from chalicelib.appointments.errors import SanctionNotOpen
from chalicelib.appointments.model.sanctions import (
    TRANSITIONS,
    Decision,
    Sanction,
    SanctionEvent,
    Strike,
    Strikes,
)
from chalicelib.errors import AppError, Unavailable
from chalicelib.platform.dynamo import ABSENT, Item, Table, Write
from chalicelib.platform.outbox import Message
from chalicelib.types import rfc3339

_DUE = "sanction"
_WAITING = "appeal"
_SANCTION = "SANCTION#"
_MOMENTS = ("recorded_at", "appeal_until", "barred_until", "appealed_at")
KEEP_ENDED = timedelta(days=400)
"""How long an ended sanction is kept, for whoever asks about it."""


def _person(person_id: str) -> str:
    return f"PERSON#{person_id}"


def _key(person_id: str, sanction_id: str) -> dict[str, str]:
    return {"pk": _person(person_id), "sk": f"{_SANCTION}{sanction_id}"}


def _strikes_key(person_id: str) -> dict[str, str]:
    return {"pk": _person(person_id), "sk": "STRIKES"}


def _bookings_key(person_id: str) -> dict[str, str]:
    return {"pk": _person(person_id), "sk": "BOOKINGS"}


def _owner_key(sanction_id: str) -> dict[str, str]:
    return {"pk": f"SANCTION#{sanction_id}", "sk": "PERSON"}


@dataclass(frozen=True, slots=True)
class SanctionStore:
    """Reads and write intents."""

    table: Table

    def strikes(self, person_id: str) -> Strikes:
        """What a person has missed, as it stands this moment."""
        item = self.table.get(_strikes_key(person_id), consistent=True)
        if item is None:
            return Strikes()
        missed = {name: Strike.model_validate(each) for name, each in item["missed"].items()}
        return Strikes(missed=missed, version=item["version"])

    def keep_strikes(self, person_id: str, strikes: Strikes) -> Write:
        """The strikes, if nobody changed them since they were seen; else refused with Unavailable."""
        seen = strikes.version - 1
        item: Item = {**_strikes_key(person_id), **strikes.model_dump()}
        return self.table.put(item, Unavailable(), expect={"version": seen} if seen else {"pk": ABSENT})

    def record(self, sanction: Sanction) -> list[Write]:
        """A new sanction, and whose it is."""
        due_at = int(sanction.recorded_at.timestamp())
        key, due = _key(sanction.person_id, sanction.id), {"due_kind": _DUE, "due_at": due_at}
        item: Item = {**key, **_plain(sanction), **due}
        owner = {**_owner_key(sanction.id), "person_id": sanction.person_id}
        return [self.table.put(item, Unavailable()), self.table.put(owner, Unavailable())]

    def find(self, person_id: str, sanction_id: str) -> Sanction | None:
        """A person's sanction, as it stands this moment."""
        item = self.table.get(_key(person_id, sanction_id), consistent=True)
        return _sanction(item) if item else None

    def owner(self, sanction_id: str) -> str | None:
        """Whose a sanction is."""
        item = self.table.get(_owner_key(sanction_id), consistent=True)
        return item["person_id"] if item else None

    def list_of(self, person_id: str) -> list[Sanction]:
        """A person's sanctions, the newest first."""
        items, _ = self.table.query(_person(person_id), prefix=_SANCTION, newest_first=True)
        return [_sanction(item) for item in items]

    def move(
        self,
        sanction: Sanction,
        event: SanctionEvent,
        outbox: Sequence[Message],
        due: datetime | None,
        **changes: object,
    ) -> Write:
        """Let `event` happen to the very version that was read, and be looked at again when `due`.

        What an appeal waits for is a human: it is due, but no sweep takes it. Refused with SanctionNotOpen, or
        Unavailable where only the version has moved on.
        """
        allowed, status = TRANSITIONS[event]

        def refused(standing: Item) -> AppError | None:
            return Unavailable() if standing.get("status") in allowed else SanctionNotOpen()

        kind = _WAITING if event == "appeal" else _DUE
        later = {"due_kind": kind, "due_at": int(due.timestamp())} if due else {}
        gone = ("appeal_sealed",) if event in ("uphold", "lift", "retract") else ()
        return self.table.update(
            _key(sanction.person_id, sanction.id),
            refused,
            expect={"status": allowed, "version": sanction.version},
            assign={"status": status, "outbox": list(outbox), **_stored(changes), **later},
            remove=gone if due else (*gone, "due_kind", "due_at"),
            add={"version": 1},
        )

    def bar(self, person_id: str, until: datetime) -> Write | None:
        """Bar the person from new holds until then; None where they are barred for longer already.

        Whoever holds a slot claims it on this item of the person, and names this attribute in the condition.
        """
        standing = (self.table.get(_bookings_key(person_id), consistent=True) or {}).get("barred_until")
        seconds = int(until.timestamp())
        if standing and standing >= seconds:
            return None
        return self.table.update(
            _bookings_key(person_id),
            Unavailable(),
            expect={"barred_until": standing or ABSENT},
            assign={"barred_until": seconds},
        )

    def unbar(self, sanction: Sanction) -> Write | None:
        """Let the bar of an active sanction go: what stays is the longest of its person's others, if there is one.

        None where this sanction is not what bars the person.
        """
        standing = (self.table.get(_bookings_key(sanction.person_id), consistent=True) or {}).get(
            "barred_until"
        )
        bars = {
            each.id: each.barred_until for each in self.list_of(sanction.person_id) if each.status == "active"
        }
        own = bars.pop(sanction.id, None)
        if own is None or standing != int(own.timestamp()):
            return None
        longest = max((int(each.timestamp()) for each in bars.values() if each), default=None)
        return self.table.update(
            _bookings_key(sanction.person_id),
            Unavailable(),
            expect={"barred_until": standing},
            assign={"barred_until": longest} if longest else {},
            remove=() if longest else ("barred_until",),
        )

    def due(self, now: datetime) -> Iterator[Sanction]:
        """Sanctions that time has moved on."""
        return self._due(_DUE, now)

    def appealed(self, now: datetime, limit: int) -> list[Sanction]:
        """Sanctions whose appeal waits for a decision, the oldest first."""
        return list(islice(self._due(_WAITING, now), limit))

    def _due(self, kind: str, now: datetime) -> Iterator[Sanction]:
        keys = self.table.due(kind, int(now.timestamp()))
        found = (self.table.get({"pk": each["pk"], "sk": each["sk"]}, consistent=True) for each in keys)
        return (_sanction(item) for item in found if item)


def _stored(fields: Mapping[str, Any]) -> Item:
    return {name: rfc3339(each) if isinstance(each, datetime) else each for name, each in fields.items()}


def _plain(sanction: Sanction) -> Item:
    return _stored(sanction.model_dump(exclude_none=True))


def _sanction(item: Item) -> Sanction:
    fields = {name: item[name] for name in Sanction.model_fields if name in item}
    for name in _MOMENTS:
        if name in fields:
            fields[name] = datetime.fromisoformat(fields[name]).astimezone(UTC)
    if "decided" in fields:
        fields["decided"] = Decision.model_validate_json(json.dumps(fields["decided"]))
    return Sanction.model_validate(fields)
