"""The registry of departments and the log of readings as items of the core table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import AppError
from chalicelib.exchange.model import Department, Limits, Usage
from chalicelib.platform.dynamo import Item, Refusal, Table, Write, commit
from chalicelib.types import rfc3339
from chalicelib.usage.model import Entry, Kind, Receiver, attributes, end_of_keeping


def _department_key(department_id: str) -> dict[str, str]:
    return {"pk": f"DEPARTMENT#{department_id}", "sk": "DEPARTMENT"}


@dataclass(frozen=True, slots=True)
class ExchangeStore:
    """Reads and conditional writes."""

    table: Table

    def find(self, department_id: str) -> Department | None:
        """A department by id."""
        item = self.table.get(_department_key(department_id))
        return _department(item) if item else None

    def register(self, department: Department) -> None:
        """Store a department, or replace the one that stands."""
        item = _department_key(department.id) | department.model_dump()
        commit(self.table.put(item, _replaced, expect={}))

    def record(self, usage: Usage) -> None:
        """Note a reading; the same reading once, however often it is retried."""
        commit(self.noting(usage, _noted_before))

    def noting(self, usage: Usage, refused: AppError | Refusal) -> Write:
        """The entry of a reading; `refused` where it was noted before."""
        item: Item = {"pk": f"PERSON#{usage.person_id}", "sk": f"USAGE#{usage.id}"}
        item |= usage.model_dump(exclude_none=True)
        item |= {"read_at": rfc3339(usage.read_at), "expires_at": end_of_keeping(usage.read_at)}
        return self.table.put(item | attributes(_entry(usage)), refused)


def _department(item: Mapping[str, Any]) -> Department:
    fields = {name: item[name] for name in Department.model_fields if name != "limits"}
    return Department(**fields, limits=Limits(**item.get("limits", {})))


def _entry(usage: Usage) -> Entry:
    """The reading as its person's log has it."""
    return Entry(
        id=usage.id,
        person_id=usage.person_id,
        kind=Kind.FACT,
        at=usage.read_at,
        what=f"{usage.department_id}/{usage.fact}",
        purpose=usage.purpose,
        case_id=usage.case_id,
        receiver=Receiver(code=usage.client.rpartition("/")[0], name="", system=usage.client),
        proof=usage.id,
    )


def _noted_before(_: Item) -> None:
    """A retry of the same question: the first entry stands."""


def _replaced(_: Item) -> None:
    """Registration replaces what was there."""
