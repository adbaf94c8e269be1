"""The log of reads: an index over all items that carry an entry, and items for reads that leave no other."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.platform.dynamo import Item, Table, Write
from chalicelib.platform.ranges import Range
from chalicelib.usage.model import AT, INDEX, OF, Entry, attributes, bounds, end_of_keeping, entry


@dataclass(frozen=True, slots=True)
class UsageLog:
    """Reads and write intents."""

    table: Table

    def enter(self, read: Entry) -> Write:
        """A read that leaves no other item; the same read again changes nothing."""
        item = {"pk": f"PERSON#{read.person_id}", "sk": f"READ#{read.id}", **attributes(read)}
        return self.table.put(item | {"expires_at": end_of_keeping(read.at)}, _entered_before)

    def slice(
        self, person_id: str, start: datetime, end: datetime, offset: int, limit: int
    ) -> tuple[list[Entry], int]:
        """Entries of a period, newest first, without the first `offset`, at most `limit`; and how many there are.

        Eventually consistent: an entry may be missing for a moment after its read.
        """
        log = Range(self.table, INDEX, OF, AT)
        items, total = log.slice(person_id, bounds(start, end), offset, limit)
        return [entry(item) for item in items], total


def _entered_before(_: Item) -> None:
    """A repetition of the same read: the first entry stands."""
