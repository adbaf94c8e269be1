"""One day's reconciliation: three sides read, compared, kept as a report, differences as cases.

It can be run at any time, again, and by two at once: the same sides give the same report and the same cases. A case
closes by itself as soon as a run finds its difference gone.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from chalicelib.cases.service.cases import Cases
from chalicelib.errors import Invalid
from chalicelib.payments.model import Order
from chalicelib.payments.model.ledger import balance
from chalicelib.payments.service.ledger import Ledger
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.reconciliation.bills import Bills, DayBill
from chalicelib.reconciliation.errors import BillNotReady, BillUnreadable
from chalicelib.reconciliation.model.billing import against_bill
from chalicelib.reconciliation.model.differences import Difference
from chalicelib.reconciliation.model.movements import at_hospitals, at_payment_app, by_key
from chalicelib.reconciliation.model.report import Report, Status, sums
from chalicelib.reconciliation.model.settling import against_hospitals
from chalicelib.reconciliation.service.elsewhere import OtherDays
from chalicelib.reconciliation.store import ReportStore, SettlementStore
from chalicelib.types import CHINA

WINDOW = 10
"""How many days back an unfinished day is still run by itself."""
BILL_MISSING_AFTER = timedelta(days=3)
"""How long after its day a bill may be missing before that is a case."""
_SCOPE = "RECONCILIATION"


@dataclass(frozen=True, slots=True)
class Reconciling:
    """The daily three-way reconciliation. `awaited` tells whether an order's hospital has heard of it."""

    ledger: Ledger
    bills: Bills
    settlements: SettlementStore
    reports: ReportStore
    cases: Cases
    awaited: Callable[[Order], bool]
    clock: Clock

    def due(self) -> list[date]:
        """The days that a scheduled run looks at, the oldest first: yesterday, and what is unfinished before it."""
        yesterday = self._today() - timedelta(days=1)
        days = [yesterday - timedelta(days=back) for back in range(WINDOW)]
        reports = {day: self.reports.find(day) for day in days}
        first = min((day for day in days if reports[day]), default=yesterday)
        return sorted(day for day in days if day >= first and not _settled(reports[day]))

    def run(self, day: date) -> Report:
        """Reconcile a day in China, again if need be. Raises Invalid for one to come, Unavailable.

        Without a bill that can be believed the report says so, and what an earlier run found stays.
        """
        if day > self._today():
            raise Invalid(("/day", "must not be in the future"))
        try:
            bill = self.bills.of(day)
        except BillNotReady:
            return self._without(day, "waiting")
        except BillUnreadable:
            return self._without(day, "unreadable")
        report, differences = self._compared(day, bill)
        report = report.model_copy(update={"open": self._kept(day, differences)})
        for trouble in ("bill-missing", "bill-unreadable"):
            self.cases.settle(f"{day}.{trouble}", "the bill is there")
        return self._reported(report)

    def _compared(self, day: date, bill: DayBill) -> tuple[Report, list[Difference]]:
        entries = list(self.ledger.entries(day))
        cash = by_key(chain.from_iterable(map(at_payment_app, entries)))
        owed = list(chain.from_iterable(map(at_hospitals, entries)))
        told = [each.movement for each in self.settlements.on(day)]
        others = OtherDays(day, self._today(), self.ledger, self.bills, self.settlements, self.awaited)
        found = against_bill(cash, bill.movements, others)
        differences = found.differences + against_hospitals(day, owed, told, others.history)
        report = Report(
            day=day,
            status="complete",
            ran_at=self.clock(),
            ledger=sums(cash.values()),
            platform=sums(bill.movements.values()),
            fees_fen=bill.fees_fen,
            owed=sums(owed),
            hospitals=sums(told),
            accounts=balance(day, entries).accounts,
            differences=dict(Counter(each.kind for each in differences)),
            carried=found.carried,
            shifted=found.shifted,
        )
        return report, differences

    def _kept(self, day: date, differences: Sequence[Difference]) -> int:
        """Every difference has its case, every case of an earlier run whose difference is gone is closed.

        The mark comes before the case and goes after it, so that no case is ever forgotten. Answers how many are open.
        """
        now = {each.id(day): each for each in differences}
        for gone in sorted(self.reports.marks(day) - now.keys()):
            self.cases.settle(gone, "the difference is gone")
            self.reports.unmark(day, gone)
        for found in now:
            self.reports.mark(day, found)
        return sum(self._open(day, found, each) for found, each in now.items())

    def _open(self, day: date, found: str, difference: Difference) -> bool:
        facts = difference.model_dump(exclude={"kind"}) | {"day": day.isoformat()}
        return self.cases.open(found, _SCOPE, difference.kind, **facts)

    def _without(self, day: date, status: Status) -> Report:
        """There is nothing to compare with. A bill that is late for days, or unreadable, is a case of its own."""
        over = datetime(day.year, day.month, day.day, tzinfo=CHINA) + timedelta(days=1)
        late = self.clock() >= over + BILL_MISSING_AFTER
        is_open = False
        if status == "unreadable" or late:
            trouble = "bill-unreadable" if status == "unreadable" else "bill-missing"
            is_open = self.cases.open(f"{day}.{trouble}", _SCOPE, trouble, day=day.isoformat())
        before = self.reports.find(day)
        if before and before.status == "complete":
            return before
        return self._reported(Report(day=day, status=status, ran_at=self.clock(), open=int(is_open)))

    def _reported(self, report: Report) -> Report:
        self.reports.keep(report)
        log.event("day.reconciled", day=report.day.isoformat(), status=report.status, open=report.open)
        log.measure("OpenDifferences", report.open)
        return report

    def _today(self) -> date:
        return self.clock().astimezone(CHINA).date()


def _settled(report: Report | None) -> bool:
    return report is not None and report.settled
