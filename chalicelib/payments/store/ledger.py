"""The ledger's books as items of the core table: one partition per day in China, one item per entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from chalicelib.payments.model.ledger import Entry
from chalicelib.platform.dynamo import Item, Table, commit

_PAGE = 200
_PREFIX = "LEDGER#"


def _book(day: date) -> str:
    return f"{_PREFIX}{day.isoformat()}"


@dataclass(frozen=True, slots=True)
class LedgerStore:
    """Entries are only ever added."""

    table: Table

    def post(self, entry: Entry) -> None:
        """Put an entry into its day's book; the same entry again changes nothing."""
        key = {"pk": f"{_PREFIX}{entry.day.isoformat()}", "sk": entry.id}
        commit(self.table.put(key | entry.model_dump(), lambda _: None))

    def page(self, day: date, limit: int, after: Item | None = None) -> tuple[list[Entry], Item | None]:
        """A day's entries by id, and the key to go on after, or None."""
        items, last = self.table.query(_book(day), limit=limit, after=after, consistent=True)
        return [_entry(item) for item in items], last

    def entries(self, day: date) -> Iterator[Entry]:
        """All of a day's entries, page by page."""
        page, after = self.page(day, _PAGE)
        yield from page
        while after:
            page, after = self.page(day, _PAGE, after)
            yield from page


def _entry(item: Item) -> Entry:
    return Entry.model_validate({name: item[name] for name in Entry.model_fields})
