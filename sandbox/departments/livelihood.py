"""What the social insurance and the provident fund tell of work, pensions and deposits. It must not know who asks."""

from collections.abc import Mapping
from typing import Any

from sandbox.departments.records import REGION, Records
from sandbox.fund.accounts import EMPLOYERS, account_of
from sandbox.people import Person
from sandbox.people.work import SHOWN_MONTHS, month_name, retired_on, work

Claims = Mapping[str, str]


def payment_record(_: Records, person: Person, __: Claims) -> dict[str, Any] | None:
    """The months paid as an employee; `months` has a line each: month, base, own share."""
    paid = work(person)
    if paid is None:
        return None
    has_paid = paid.paid_months > 0
    return {
        "status": paid.status,
        "firstMonth": month_name(paid.first_month) if has_paid else None,
        "lastMonth": month_name(paid.last_month) if has_paid else None,
        "paidMonths": paid.paid_months,
        "employer": _employer(person) if paid.status == "paying" else None,
        "months": "\n".join(f"{month},{base},{own}" for month, base, own in paid.shown()) if has_paid else "",
        "region": REGION,
    }


def retirement(_: Records, person: Person, __: Claims) -> dict[str, Any] | None:
    """Whether the person draws a pension, and since when."""
    paid, day = work(person), retired_on(person)
    if paid is None:
        return None
    return {
        "status": "retired" if day else "working",
        "retiredOn": day.isoformat() if day else None,
        "paidMonths": paid.paid_months,
        "employer": _employer(person) if day else None,
        "region": REGION,
    }


def fund_account(records: Records, person: Person, _: Claims) -> dict[str, Any] | None:
    """The account as it stands."""
    return records.fund.view(person)


def fund_deposits(_: Records, person: Person, __: Claims) -> dict[str, Any] | None:
    """The last deposits; `months` has a line each: month, deposit, balance after it."""
    account = account_of(person)
    if account is None:
        return None
    first = account.first_deposit_on.year * 12 + account.first_deposit_on.month - 1
    numbers = range(account.deposited_months, max(account.deposited_months - SHOWN_MONTHS, 0), -1)
    rows = (
        f"{month_name(first + number - 1)},{account.monthly_fen},{account.monthly_fen * number}"
        for number in numbers
    )
    return {"months": "\n".join(rows), "region": REGION}


def _employer(person: Person) -> str:
    """The fund's, where there is an account, so that two offices tell of one employer."""
    account = account_of(person)
    return account.employer if account else EMPLOYERS[person.born_on.day % len(EMPLOYERS)]
