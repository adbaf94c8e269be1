"""The ledger's cash beside the payment app's bill, one day in China at a time. Pure rules.

A bill's line is judged on the bill's day, wherever our entry stands: a trade of 23:59:59 whose notification came after
midnight has its entry in the next day's book and is no difference. An entry without a line is looked for in the bills
around its day; one of the last hour may stand in a bill that is not there yet, and waits for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.reconciliation.model.differences import Difference, Kind, difference
from chalicelib.reconciliation.model.movements import Key, Movement


class Elsewhere(Protocol):
    """What stands in other days' books and bills."""

    def posted(self, line: Movement) -> Movement | None:
        """Our entry about a bill's line, in whatever book."""

    def known(self, line: Movement) -> bool:
        """Whether we know the order (and the refund) that a line is about."""

    def billed(self, ours: Movement) -> bool | None:
        """Whether another day's bill has a line for our entry; None where that bill is not there yet."""


@dataclass
class Findings:
    """What became of a day's comparison."""

    differences: list[Difference] = field(default_factory=list)
    carried: int = 0
    """Entries that wait for the next day's bill."""
    shifted: int = 0
    """Entries and lines that belong together across midnight."""


def against_bill(
    ledger: Mapping[Key, Movement], bill: Mapping[Key, Movement], elsewhere: Elsewhere
) -> Findings:
    """Compare by the order's or refund's number and direction, in exact fen."""
    found = Findings()
    for key in sorted(bill):
        _judge_line(found, ledger.get(key), bill[key], elsewhere)
    for key in sorted(ledger.keys() - bill.keys()):
        _judge_entry(found, ledger[key], elsewhere.billed(ledger[key]))
    return found


def _judge_line(found: Findings, today: Movement | None, line: Movement, elsewhere: Elsewhere) -> None:
    ours = today or elsewhere.posted(line)
    if ours is None:
        kind: Kind = "state-differs" if elsewhere.known(line) else "missing-in-ledger"
        found.differences.append(difference("platform", kind, None, line))
    elif ours.amount_fen != line.amount_fen:
        found.differences.append(difference("platform", "amount-differs", ours, line))
    elif today is None:
        found.shifted += 1


def _judge_entry(found: Findings, ours: Movement, billed: bool | None) -> None:  # noqa: FBT001  (three answers)
    if billed is None:
        found.carried += 1
    elif billed:
        found.shifted += 1
    else:
        found.differences.append(difference("platform", "missing-at-platform", ours, None))
