"""Who is insured how, and what that bears of a fee. Deterministic per person; it must not know any book.

Rates are the shape of the real ones, not their amounts: employees have a personal account, residents have none,
civil servants a subsidy of their own, and who is insured elsewhere gets less. Something always stays to be paid.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from sandbox.people import Person
from sandbox.people.birth import TODAY
from sandbox.people.person import ADULT_AGE

HOME_REGION = "330100"
RETIREMENT_AGE = 60
ELSEWHERE_PERCENT = 30
LEAST_CASH_FEN = 100
_LARGEST_BALANCE_YUAN = 300


@dataclass(frozen=True, slots=True)
class Plan:
    """One person's insurance: what the pooled fund and other funds bear in percent, and the account as it began."""

    scheme: Literal["employee", "resident"]
    pooled_percent: int
    other_percent: int
    first_balance_fen: int


@dataclass(frozen=True, slots=True)
class Split:
    """Who bears a fee, in fen."""

    gov: int
    acct: int
    other: int
    cash: int

    def view(self) -> dict[str, int]:
        """The legs on the wire."""
        return {"gov": self.gov, "acct": self.acct, "other": self.other, "cash": self.cash}


def plan_of(person: Person) -> Plan | None:
    """How the person is insured; None for who is not."""
    if not person.insured:
        return None
    chance = sha256(f"insurance/{person.user_id}".encode()).digest()
    age = person.age(TODAY)
    if age < ADULT_AGE or (age >= RETIREMENT_AGE and chance[0] % 2):
        return Plan("resident", 60, 0, 0)
    subsidy = 10 if chance[1] % 5 == 0 else 0
    return Plan("employee", 50, subsidy, (20 + chance[2] % _LARGEST_BALANCE_YUAN) * 100)


def split(plan: Plan, region: str, total_fen: int, balance_fen: int) -> Split:
    """What each bears of the fee: rounded down to whole fen, so that what is left is the person's own."""
    percent = plan.pooled_percent if region == HOME_REGION else ELSEWHERE_PERCENT
    gov = total_fen * percent // 100
    other = total_fen * plan.other_percent // 100
    left = max(0, total_fen - gov - other - LEAST_CASH_FEN)
    acct = min(balance_fen, left // 2)
    return Split(gov, acct, other, total_fen - gov - other - acct)
