"""The daily reconciliation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.config import settings
from chalicelib.platform.clock import system_clock
from chalicelib.wiring.cases import cases
from chalicelib.wiring.payments import ledger
from chalicelib.wiring.platform import core_table, payment_app
from chalicelib.wiring.waitlist import awaited

if TYPE_CHECKING:
    from chalicelib.reconciliation.service.reconciling import Reconciling
    from chalicelib.reconciliation.service.settlements import Settlements


@cache
def settlements() -> Settlements:
    """What hospitals say they charged."""
    from chalicelib.reconciliation.service.settlements import Settlements
    from chalicelib.reconciliation.store import SettlementStore

    return Settlements(SettlementStore(core_table()), cases())


@cache
def reconciling() -> Reconciling:
    """Comparing a day's three sides."""
    from chalicelib.reconciliation.bills import Bills
    from chalicelib.reconciliation.service.reconciling import Reconciling
    from chalicelib.reconciliation.store import ReportStore, SettlementStore

    chosen, table = settings(), core_table()
    hosts = frozenset(filter(None, chosen.payment_bill_hosts.split(",")))
    bills = Bills(payment_app(), chosen.payment_seller_id, hosts)
    return Reconciling(
        ledger(), bills, SettlementStore(table), ReportStore(table), cases(), awaited, system_clock
    )


def reconcile(event: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to the schedule, or to somebody who names a day."""
    from chalicelib.reconciliation.service.asked import Asked

    return Asked(reconciling(), cases()).serve(event)
