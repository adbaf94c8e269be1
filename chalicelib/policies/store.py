"""Policies as items of the core table: every version ever activated, and which one is in force."""

from dataclasses import dataclass

from chalicelib.platform.dynamo import Item, Table
from chalicelib.policies.model import Policy


def _key(hospital_id: str) -> dict[str, str]:
    return {"pk": f"POLICY#{hospital_id}", "sk": "ACTIVE"}


@dataclass(frozen=True, slots=True)
class PolicyStore:
    """Reads and writes."""

    table: Table

    def active(self, hospital_id: str) -> Policy | None:
        """The version in force; None for a hospital that has none of its own."""
        item = self.table.get(_key(hospital_id))
        return _policy(item) if item else None


def _policy(item: Item) -> Policy:
    return Policy.model_validate({name: item[name] for name in Policy.model_fields if name in item})
