"""Uses of cards as items of the core table, beside the person.

One conditional put makes a code single-use and is the entry of the person's usage log at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.cards.model.decoding import ERRANDS
from chalicelib.cards.model.usage import Usage
from chalicelib.errors import AppError
from chalicelib.platform.dynamo import ABSENT, Item, Table, Write, commit
from chalicelib.platform.outbox import Message
from chalicelib.types import rfc3339
from chalicelib.usage.model import Entry, Kind, Receiver, Words, attributes, end_of_keeping

_PREFIX = "USE#"
_MOMENTS = ("decoded_at", "presented_at", "disputed_at")


def _partition(person_id: str) -> str:
    return f"PERSON#{person_id}"


def _key(person_id: str, usage_id: str) -> dict[str, str]:
    return {"pk": f"PERSON#{person_id}", "sk": f"USE#{usage_id}"}


@dataclass(frozen=True, slots=True)
class UsageStore:
    """Reads and writes."""

    table: Table

    def use(self, person_id: str, usage: Usage) -> Usage:
        """The use that stands under this id: this one, or the one that came before it. One conditional put."""
        first: list[Usage] = []

        def came_before(standing: Item) -> AppError | None:
            first.append(_usage(standing))
            return None

        commit(self.table.put(_item(person_id, usage), came_before))
        return first[0] if first else usage

    def enter(self, person_id: str, usage: Usage) -> Write:
        """A use whose id is new, for a transaction that does more; again it changes nothing."""
        return self.table.put(_item(person_id, usage), _entered_before)

    def find(self, person_id: str, usage_id: str) -> Usage | None:
        """One use of a person's card, as it stands this moment."""
        item = self.table.get(_key(person_id, usage_id), consistent=True)
        return _usage(item) if item else None

    def list_of(
        self, person_id: str, limit: int, after: Mapping[str, Any] | None
    ) -> tuple[list[Usage], Item | None]:
        """A person's uses, newest first, up to this very moment; and the key to go on after."""
        items, last = self.table.query(
            _partition(person_id),
            prefix=_PREFIX,
            limit=limit,
            after=after,
            newest_first=True,
            consistent=True,
        )
        return [_usage(item) for item in items], last

    def dispute(self, person_id: str, usage_id: str, now: datetime, notice: Message | None) -> Write:
        """Mark a use as not the holder's; one that is marked already changes nothing."""
        assign: dict[str, object] = {"disputed_at": rfc3339(now)}
        if notice:
            assign["outbox"] = [notice]
        return self.table.update(
            _key(person_id, usage_id), _disputed_before, expect={"disputed_at": ABSENT}, assign=assign
        )

    def spent_again(self, person_id: str, usage: Usage, by: str, notice: Message | None) -> None:
        """Note that institution `by` presented the code of `usage` too, and let the holder be told."""
        assign: dict[str, object] = {"spent_again": [*usage.spent_again, by]}
        if notice:
            assign["outbox"] = [notice]
        expect = {"spent_again": list(usage.spent_again)}
        commit(self.table.update(_key(person_id, usage.id), _noted_elsewhere, expect=expect, assign=assign))


def _entered_before(_: Item) -> None:
    """An earlier try of the same transaction took effect."""


def _disputed_before(_: Item) -> None:
    """The holder pressed twice."""


def _noted_elsewhere(_: Item) -> None:
    """Another institution presented it at the same moment, and that is noted."""


def _item(person_id: str, usage: Usage) -> Item:
    moments = {name: rfc3339(at) for name in _MOMENTS if (at := getattr(usage, name))}
    return (
        _key(person_id, usage.id)
        | usage.model_dump(exclude_none=True)
        | moments
        | attributes(_entry(person_id, usage))
        | {"expires_at": end_of_keeping(usage.decoded_at)}
    )


def _entry(person_id: str, usage: Usage) -> Entry:
    """The use as its person's log has it, at the moment when we told the institution who came."""
    errand = ERRANDS[usage.business_type]
    return Entry(
        id=usage.id,
        person_id=person_id,
        kind=Kind.CARD,
        at=usage.decoded_at,
        what=f"card/{usage.kind}",
        label=Words(zh=errand.zh, en=errand.en),
        purpose=usage.business_type,
        case_id=usage.presence_id,
        receiver=Receiver(
            code=usage.institution_id, name=usage.institution_name, system=usage.terminal.device_id
        ),
        proof=usage.signature,
    )


def _usage(item: Item) -> Usage:
    return Usage.model_validate(
        {name: item[name] for name in Usage.model_fields if name in item}, strict=False
    )
