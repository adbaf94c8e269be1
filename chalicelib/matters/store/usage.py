"""What real cases of an item came to, counted in the transaction that decides them: each case once, or not at all.

The counts are spread, so that many decisions at one moment do not wait for one item.
"""

from dataclasses import dataclass
from zlib import crc32

from chalicelib.matters.model.applications import Application
from chalicelib.matters.model.ledger import Usage
from chalicelib.platform.dynamo import ABSENT, Table, Write

_SHARDS = 8


def _partition(shard: int) -> str:
    return f"MATTER-USAGE#{shard}"


def counting(table: Table, application: Application) -> Write:
    """Count a decided application."""
    key = {"pk": _partition(crc32(application.id.encode()) % _SHARDS), "sk": application.item_id}
    added = {"decided": 1, "spared": application.fetched, "on_paper": application.on_paper}
    return table.update(key, lambda _: None, expect={"closed": ABSENT}, add=added)


@dataclass(frozen=True, slots=True)
class UsageStore:
    """Reads."""

    table: Table

    def by_item(self) -> dict[str, Usage]:
        """The sums by item, a moment old at most."""
        summed: dict[str, Usage] = {}
        for shard in range(_SHARDS):
            items, _ = self.table.query(_partition(shard), limit=100)
            for each in items:
                fields = {name: each[name] for name in Usage.model_fields}
                summed[each["sk"]] = summed.get(each["sk"], Usage()).plus(Usage(**fields))
        return summed
