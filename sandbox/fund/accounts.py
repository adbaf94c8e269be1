"""Who has deposited how much at the fund. What was there first follows from the person; what was paid out is kept.

It must not know how an order arrives.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Literal

from sandbox.people import Person
from sandbox.people.birth import TODAY
from sandbox.people.person import ADULT_AGE
from sandbox.shelf import Shelf

REGION = "330100"
RETIREMENT_AGE = 60
EMPLOYERS = ("启明制造有限公司", "钱塘物流有限公司", "西溪餐饮服务部", "江南建筑劳务有限公司", "余杭电子厂")
"""Made up, like everybody who works there."""
_LONGEST_MONTHS, _BRIEFLY = 96, 2

Status = Literal["normal", "frozen"]


@dataclass(frozen=True, slots=True)
class Account:
    """One person's account as it was on `TODAY`."""

    status: Status
    monthly_fen: int
    deposited_months: int
    employer: str

    @property
    def first_deposit_on(self) -> date:
        """The first of the month of the first deposit."""
        months = TODAY.year * 12 + TODAY.month - 1 - self.deposited_months
        return date(months // 12, months % 12 + 1, 1)

    @property
    def deposited_fen(self) -> int:
        """All that was ever deposited."""
        return self.monthly_fen * self.deposited_months


def account_of(person: Person) -> Account | None:
    """How the person stands at the fund; None for who never worked here.

    One in ten began lately, one in twenty is frozen.
    """
    if not person.insured or not ADULT_AGE <= person.age(TODAY) < RETIREMENT_AGE:
        return None
    chance = sha256(f"provident-fund/{person.user_id}".encode()).digest()
    lately, frozen = chance[0] % 10 == 0, chance[1] % 20 == 0
    months = 1 + chance[2] % _BRIEFLY if lately else 12 + chance[2] % _LONGEST_MONTHS
    monthly = (60 + chance[3] % 200) * 10_00
    return Account("frozen" if frozen else "normal", monthly, months, EMPLOYERS[chance[4] % len(EMPLOYERS)])


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts as they stand now."""

    shelf: Shelf

    def balance(self, person: Person) -> int:
        """What is in the account, in fen."""
        account = account_of(person)
        paid = self.shelf.get("fund-account", person.user_id) or {"paidFen": 0}
        return account.deposited_fen - int(paid["paidFen"]) if account else 0

    def pay_out(self, person: Person, amount_fen: int) -> bool:
        """Take money out; False where there is not so much."""
        if amount_fen > self.balance(person):
            return False
        paid = self.shelf.get("fund-account", person.user_id) or {"paidFen": 0}
        self.shelf.put("fund-account", person.user_id, {"paidFen": paid["paidFen"] + amount_fen})
        return True

    def view(self, person: Person) -> dict[str, Any] | None:
        """The account as the fund tells of it; None where there is none."""
        account = account_of(person)
        if account is None:
            return None
        return {
            "accountStatus": account.status,
            "balanceFen": self.balance(person),
            "monthlyFen": account.monthly_fen,
            "depositedMonths": account.deposited_months,
            "firstDepositOn": account.first_deposit_on.isoformat(),
            "employer": account.employer,
            "region": REGION,
        }
