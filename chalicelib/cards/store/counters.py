"""Counters, and arrivals at them, as items of the core table.

A counter lies under its id, where its code finds it; a pointer beside its institution makes it the only one of its
place. An arrival lies beside the institution that it is for, so that nobody else's request can name it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from chalicelib.cards.model.counters import KEEP_ARRIVAL, Arrival, Counter, CounterStatus
from chalicelib.errors import AppError, Unavailable
from chalicelib.platform.dynamo import Item, Table, Write, transact
from chalicelib.platform.outbox import message
from chalicelib.types import Model, rfc3339

_ARRIVAL = "PRESENCE#"


def _counter_key(counter_id: str) -> dict[str, str]:
    return {"pk": f"COUNTER#{counter_id}", "sk": "COUNTER"}


def _place_key(counter: Counter) -> dict[str, str]:
    place = f"{counter.office_id}#{counter.device_id}#{counter.business_type}"
    return {"pk": f"INSTITUTION#{counter.institution_id}", "sk": f"COUNTER#{place}"}


def _arrival_key(institution_id: str, arrival_id: str) -> dict[str, str]:
    return {"pk": f"INSTITUTION#{institution_id}", "sk": f"PRESENCE#{arrival_id}"}


def _last_key(counter_id: str, citizen_id: str, card_id: str) -> dict[str, str]:
    return {"pk": f"COUNTER#{counter_id}", "sk": f"LAST#{citizen_id}#{card_id}"}


class Last(NamedTuple):
    """The last arrival of an account at a counter with a card; `until` in Unix seconds."""

    arrival_id: str
    until: int


@dataclass(frozen=True, slots=True)
class CounterStore:
    """Reads and writes."""

    table: Table

    def put_up(self, counter: Counter) -> str:
        """The id of the counter that stands at this place: this one, or the one that was put up before."""
        first: list[str] = []

        def came_before(standing: Item) -> AppError | None:
            first.append(standing["counter_id"])
            return None

        item = counter.model_dump() | {"put_up_at": rfc3339(counter.put_up_at)}
        transact(
            [
                self.table.put(_place_key(counter) | {"counter_id": counter.id}, came_before),
                self.table.put(_counter_key(counter.id) | item, _done_before),
            ]
        )
        return first[0] if first else counter.id

    def find(self, counter_id: str) -> Counter | None:
        """A counter as it stands this moment."""
        item = self.table.get(_counter_key(counter_id), consistent=True)
        return Counter.model_validate(_fields(Counter, item), strict=False) if item else None

    def withdraw(self, counter: Counter) -> None:
        """Take a counter's code down and free its place; what is down stays down."""
        key, withdrawn = _counter_key(counter.id), {"status": CounterStatus.WITHDRAWN}
        transact(
            [
                self.table.update(
                    key, _done_before, expect={"status": CounterStatus.ACTIVE}, assign=withdrawn
                ),
                self.table.delete(_place_key(counter), _done_before, expect={"counter_id": counter.id}),
            ]
        )

    def last(self, counter_id: str, citizen_id: str, card_id: str) -> Last | None:
        """The last arrival that this account's scans of this counter led to."""
        item = self.table.get(_last_key(counter_id, citizen_id, card_id), consistent=True)
        return Last(item["arrival_id"], item["until"]) if item else None

    def arrive(self, arrival: Arrival, last: Last | None) -> list[Write]:
        """The arrival with the event that tells its institution, in the place of `last`, which is over.

        Where another request of the same account did it at the same moment: Unavailable, ask again.
        """

        def refused(item: Item) -> AppError | None:
            return None if item.get("arrival_id") == arrival.id else Unavailable()

        until = int(arrival.expires_at.timestamp())
        claim: Item = {"arrival_id": arrival.id, "until": until, "expires_at": until}
        claim |= _last_key(arrival.counter_id, arrival.citizen_id, arrival.card_id)
        expect = {"arrival_id": last.arrival_id} if last else None
        return [
            self.table.put(_arrival_item(arrival), _done_before),
            self.table.put(claim, refused, expect=expect),
        ]

    def find_arrival(self, institution_id: str, arrival_id: str) -> Arrival | None:
        """An arrival at one of this institution's counters, also for a while after its end."""
        item = self.table.get(_arrival_key(institution_id, arrival_id), consistent=True)
        return _arrival(item) if item else None

    def arrivals(
        self, institution_id: str, limit: int, after: Mapping[str, Any] | None
    ) -> tuple[list[Arrival], Item | None]:
        """Arrivals at an institution's counters, newest first up to this very moment; and the key to go on after."""
        items, last = self.table.query(
            f"INSTITUTION#{institution_id}",
            prefix=_ARRIVAL,
            limit=limit,
            after=after,
            newest_first=True,
            consistent=True,
        )
        return [_arrival(item) for item in items], last


def _done_before(_: Item) -> None:
    """An earlier try of the same request took effect."""


def _arrival_item(arrival: Arrival) -> Item:
    told = message(
        "events", "event.deliver", arrival.id, institution=arrival.institution_id, event="presence.created"
    )
    return (
        _arrival_key(arrival.institution_id, arrival.id)
        | arrival.model_dump()
        | {
            "arrived_at": rfc3339(arrival.arrived_at),
            "until": rfc3339(arrival.expires_at),
            "expires_at": int((arrival.expires_at + KEEP_ARRIVAL).timestamp()),
            "outbox": [told],
        }
    )


def _arrival(item: Item) -> Arrival:
    return Arrival.model_validate(_fields(Arrival, item) | {"expires_at": item["until"]}, strict=False)


def _fields(model: type[Model], item: Item) -> Item:
    return {name: item[name] for name in model.model_fields}
