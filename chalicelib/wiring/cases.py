"""What a human must look at, and what an administrator does about it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.payments import payments
from chalicelib.wiring.platform import core_table, cursors

if TYPE_CHECKING:
    from chalicelib.cases.model import Case
    from chalicelib.cases.service.cases import Cases


@cache
def cases() -> Cases:
    """The cases of all rooms."""
    from chalicelib.cases.service.cases import Cases
    from chalicelib.cases.store import CaseStore

    return Cases(CaseStore(core_table()), system_clock)


def _retry_refund(case: Case) -> str:
    """Try a stuck refund again, under its own number; how its order stands then."""
    from chalicelib.cases.errors import DeedImpossible

    order = payments().find(case.facts["order_id"])
    if order is None:
        raise DeedImpossible
    return payments().retry(order).status


def _decide_matter(case: Case, verdict: Literal["approve", "refuse"]) -> str:
    """Decide an application that waits for a person."""
    from chalicelib.wiring.matters import proceeding

    return proceeding().judged(case.facts["citizen_id"], case.id, approved=verdict == "approve")


def administer_cases(event: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to an administrator's request about cases."""
    from chalicelib.cases.service.administration import Administration

    retries = dict.fromkeys(("refund-stuck", "refund-part", "reversal-refused"), _retry_refund)
    return Administration(cases(), cursors(), retries, {"matter-review": _decide_matter}).serve(event)
