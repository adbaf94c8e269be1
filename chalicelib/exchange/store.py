"""The registry of departments and the record of queries as items of the core table."""

from dataclasses import dataclass

from chalicelib.exchange.model import Department, Fact
from chalicelib.platform.dynamo import Item, Table, Write, commit
from chalicelib.types import rfc3339


def _department_key(department_id: str) -> dict[str, str]:
    return {"pk": f"DEPARTMENT#{department_id}", "sk": "DEPARTMENT"}


@dataclass(frozen=True, slots=True)
class ExchangeStore:
    """Reads and write intents."""

    table: Table

    def register(self, department: Department) -> None:
        """Store or replace a department."""
        item = _department_key(department.id) | department.model_dump()
        commit(self.table.put(item, _replaced, expect={}))

    def find(self, department_id: str) -> Department | None:
        """A department by id."""
        item = self.table.get(_department_key(department_id))
        return Department(**{name: item[name] for name in Department.model_fields}) if item else None

    def used(self, person_id: str, fact: Fact, purpose: str, case_id: str) -> Write:
        """The usage entry of one query: who answered what to whom and why, by name, never by value."""
        item = {
            "pk": f"PERSON#{person_id}",
            "sk": f"USAGE#{rfc3339(fact.answered_at)}#{fact.request_id}",
            "department_id": fact.department_id,
            "fact": fact.fact,
            "purpose": purpose,
            "case_id": case_id,
            "receiver": "zerotrip",
        }
        return self.table.put(item, _recorded)


def _replaced(_: Item) -> None:
    """Registration replaces what was there."""


def _recorded(_: Item) -> None:
    """The same query is on the record already."""
