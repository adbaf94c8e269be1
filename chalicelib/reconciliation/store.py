"""Reports, what was found on each day, and hospitals' settlements, as items of the core table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.platform.dynamo import PRESENT, Item, Table, commit
from chalicelib.reconciliation.model.report import Report
from chalicelib.reconciliation.model.settling import Settlement
from chalicelib.types import CHINA, rfc3339

_PAGE = 200
_FOUND = "FOUND#"


def _day_of(day: date) -> str:
    return f"RECONCILIATION#{day.isoformat()}"


@dataclass(frozen=True, slots=True)
class ReportStore:
    """One report a day, and one mark for each difference that the last run found."""

    table: Table

    def find(self, day: date) -> Report | None:
        """A day's report as the last run left it."""
        item = self.table.get({"pk": _day_of(day), "sk": "REPORT"}, consistent=True)
        return Report.model_validate_json(item["report"]) if item else None

    def keep(self, report: Report) -> None:
        """Let this be the day's report."""
        item = {"pk": _day_of(report.day), "sk": "REPORT", "report": report.model_dump_json()}
        commit(self.table.put(item | {"status": report.status}, lambda _: None, expect={}))

    def mark(self, day: date, found: str) -> None:
        """Remember that a difference stands, before its case is opened."""
        item = {"pk": _day_of(day), "sk": f"{_FOUND}{found}"}
        commit(self.table.put(item, lambda _: None, expect={}))

    def unmark(self, day: date, found: str) -> None:
        """Forget a difference that is gone, after its case is closed."""
        key = {"pk": _day_of(day), "sk": f"{_FOUND}{found}"}
        commit(self.table.delete(key, lambda _: None, expect={"pk": PRESENT}))

    def marks(self, day: date) -> set[str]:
        """The differences that earlier runs found."""
        items = _all(self.table, _day_of(day), _FOUND)
        return {str(item["sk"]).removeprefix(_FOUND) for item in items}


@dataclass(frozen=True, slots=True)
class SettlementStore:
    """What hospitals say, once by order and once by day; each word is only ever added."""

    table: Table

    def add(self, told: Settlement) -> Settlement:
        """Keep a hospital's word under its number; answers with the first word where it was told before."""
        fields = told.model_dump() | {"occurred_at": rfc3339(told.occurred_at)}
        sort = f"{told.institution_id}#{told.kind}#{told.number}"
        before: list[Settlement] = []

        def refused(item: Item) -> None:
            before.append(_settlement(item))

        commit(self.table.put({"pk": f"SETTLEMENT#{told.order_id}", "sk": sort} | fields, refused))
        first = before[0] if before else told
        day = first.occurred_at.astimezone(CHINA).date().isoformat()
        dated = fields | {"amount_fen": first.amount_fen, "occurred_at": rfc3339(first.occurred_at)}
        key = {"pk": f"SETTLEMENTS#{day}", "sk": f"{told.order_id}#{sort}"}
        commit(self.table.put(key | dated, lambda _: None))
        return first

    def of_order(self, order_id: str) -> list[Settlement]:
        """All that was ever told of an order."""
        return [_settlement(item) for item in _all(self.table, f"SETTLEMENT#{order_id}")]

    def on(self, day: date) -> Iterator[Settlement]:
        """All that happened on a day in China."""
        for item in _all(self.table, f"SETTLEMENTS#{day.isoformat()}"):
            yield _settlement(item)


def _settlement(item: Item) -> Settlement:
    fields = {name: item[name] for name in Settlement.model_fields}
    return Settlement.model_validate(fields | {"occurred_at": datetime.fromisoformat(item["occurred_at"])})


def _all(table: Table, partition: str, prefix: str = "") -> Iterator[Item]:
    after: Item | None = None
    while True:
        items, after = table.query(partition, prefix=prefix, limit=_PAGE, after=after, consistent=True)
        yield from items
        if after is None:
            return
