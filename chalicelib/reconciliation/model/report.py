"""A day's reconciliation as it is kept: sums of each side, how many differences of which kind, how many stand open."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from chalicelib.reconciliation.model.movements import Movement
from chalicelib.types import CHINA, Model

Status = Literal["complete", "waiting", "unreadable"]


class Sums(Model):
    """What one side says went in and out, in fen and in pieces."""

    in_count: int = 0
    in_fen: int = 0
    out_count: int = 0
    out_fen: int = 0


def sums(movements: Iterable[Movement]) -> Sums:
    """Add one side's movements up."""
    told = list(movements)
    ins = [each.amount_fen for each in told if each.direction == "in"]
    outs = [each.amount_fen for each in told if each.direction == "out"]
    return Sums(in_count=len(ins), in_fen=sum(ins), out_count=len(outs), out_fen=sum(outs))


class Report(Model):
    """One day. `ledger` is our cash, `platform` the bill's; `owed` what we owe hospitals, `hospitals` what they say.

    `accounts` is the day's trial balance, every leg on its own. `waiting` and `unreadable` say that there is no bill
    to compare with: nothing is known then, least of all that nothing was traded.
    """

    day: date
    status: Status
    ran_at: datetime
    ledger: Sums = Sums()
    platform: Sums = Sums()
    fees_fen: int = 0
    owed: Sums = Sums()
    hospitals: Sums = Sums()
    accounts: dict[str, int] = Field(default_factory=dict)
    differences: dict[str, int] = Field(default_factory=dict)
    open: int = 0
    carried: int = 0
    shifted: int = 0

    @property
    def settled(self) -> bool:
        """Nothing is left to be looked at again: it ran after the day was over, and nothing is open or waits."""
        over = self.ran_at.astimezone(CHINA).date() > self.day
        return over and self.status == "complete" and not self.open and not self.carried
