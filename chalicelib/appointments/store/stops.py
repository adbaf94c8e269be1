"""Stops of clinic sessions: one item each, which asks for the next page of its roster until all is ended.

A stop that is not at its end carries `due_kind` and `due_at`, so that a sweep finds it if a message was lost.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.appointments.model.places import clinic_key, moment_of
from chalicelib.appointments.model.stops import Stop
from chalicelib.platform.dynamo import Item, Table, commit
from chalicelib.platform.outbox import Message, message
from chalicelib.types import decode_base32

_DUE = "clinic-stop"
_OVERDUE = timedelta(minutes=1)
_KEEP = timedelta(days=90)
_PREFIX, _MOMENT = "STOP#", "MOMENT#"


def _key(clinic: int, at_ms: int) -> dict[str, str]:
    return {"pk": f"STOP#{clinic_key(clinic)}", "sk": f"MOMENT#{at_ms}"}


def _next(stop: Stop, version: int) -> Message:
    key = clinic_key(stop.clinic)
    return message("events", "clinic.end", f"{key}:{stop.at_ms}", version, clinic=key, stop=str(stop.at_ms))


@dataclass(frozen=True, slots=True)
class StopStore:
    """Reads and writes, each of one item."""

    table: Table

    def open(self, stop: Stop, now: datetime) -> None:
        """Keep a new stop and ask for its first page; one that is kept already stays as it is."""
        item = {
            **_key(stop.clinic, stop.at_ms),
            **stop.model_dump(),
            "outbox": [_next(stop, stop.version)],
            "due_kind": _DUE,
            "due_at": int((now + _OVERDUE).timestamp()),
            "expires_at": int((moment_of(stop.at_ms) + _KEEP).timestamp()),
        }
        commit(self.table.put(item, lambda _: None))

    def find(self, clinic: int, at_ms: int) -> Stop | None:
        """A stop as it stands this moment."""
        item = self.table.get(_key(clinic, at_ms), consistent=True)
        return _stop(item) if item else None

    def proceed(self, stop: Stop, after: Mapping[str, str], now: datetime) -> None:
        """One page is done: ask for the next one. Nothing happens if another worker was here before."""
        self._change(stop, after, int((now + _OVERDUE).timestamp()), [_next(stop, stop.version + 1)])

    def look_again(self, stop: Stop, at: datetime) -> None:
        """The roster is done; the sweep begins it once more at that moment."""
        self._change(stop, None, int(at.timestamp()), [])

    def close(self, stop: Stop) -> None:
        """All is ended."""
        commit(
            self.table.update(
                _key(stop.clinic, stop.at_ms),
                lambda _: None,
                expect={"version": stop.version},
                assign={"status": "ended", "outbox": []},
                remove=("due_kind", "due_at"),
                add={"version": 1},
            )
        )

    def due(self, now: datetime) -> Iterator[tuple[int, int]]:
        """Session and moment of the stops that the sweep must look at."""
        found = self.table.due(_DUE, int(now.timestamp()))
        return (
            (decode_base32(item["pk"].removeprefix(_PREFIX)), int(item["sk"].removeprefix(_MOMENT)))
            for item in found
        )

    def _change(
        self, stop: Stop, after: Mapping[str, str] | None, due_at: int, outbox: list[Message]
    ) -> None:
        commit(
            self.table.update(
                _key(stop.clinic, stop.at_ms),
                lambda _: None,
                expect={"version": stop.version},
                assign={"after": after, "outbox": outbox, "due_at": due_at},
                add={"version": 1},
            )
        )


def _stop(item: Item) -> Stop:
    return Stop.model_validate({name: item[name] for name in Stop.model_fields})
