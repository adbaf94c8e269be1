"""Double-entry bookkeeping in fen: an entry's postings add up to zero, or the entry cannot be made.

Debits are positive, credits negative. Accounts:
`clearing:payment-app` what the payment app holds for us; `receivable:gov|acct|other` what an insurer still owes;
`reversals:gov|acct|other` what of that an insurer is still to reverse;
`payable:<payee>` what we owe to whoever was paid; `deposits:citizens` money that belongs to nobody yet: it came too
late, or before the insurance settled; `refunds:citizens` what is on its way back.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Self

from pydantic import model_validator

from chalicelib.types import CHINA, Model

CLEARING = "clearing:payment-app"
DEPOSITS = "deposits:citizens"
OWED_BACK = "refunds:citizens"


def payable(payee_id: str) -> str:
    """What we owe to one payee."""
    return f"payable:{payee_id}"


def receivable(leg: str) -> str:
    """What the insurer owes for one leg."""
    return f"receivable:{leg}"


def reversal(leg: str) -> str:
    """What the insurer is still to reverse of one leg."""
    return f"reversals:{leg}"


class Entry(Model):
    """One money event of one order. `id` says which, so the same event is the same entry; `at` is RFC 3339."""

    id: str
    order_id: str
    at: str
    postings: dict[str, int]

    @model_validator(mode="after")
    def _balances(self) -> Self:
        if len(self.postings) < 2:  # noqa: PLR2004  (double entry)
            raise ValueError("an entry needs two accounts at least")
        if sum(self.postings.values()) != 0 or 0 in self.postings.values():
            raise ValueError("an entry's postings must be amounts that add up to zero")
        return self

    @property
    def day(self) -> date:
        """The book that it belongs to: the day in China."""
        return datetime.fromisoformat(self.at).astimezone(CHINA).date()


class Balance(Model):
    """A day's book summed up by account."""

    day: date
    entries: int
    accounts: dict[str, int]

    @property
    def total(self) -> int:
        """Zero, since every entry is balanced."""
        return sum(self.accounts.values())


def balance(day: date, entries: Iterable[Entry]) -> Balance:
    """The trial balance of these entries; accounts at zero stay, since something moved on them."""
    sums: Counter[str] = Counter()
    count = 0
    for entry in entries:
        count += 1
        for account, amount in entry.postings.items():
            sums[account] += amount
    return Balance(day=day, entries=count, accounts=dict(sorted(sums.items())))
