"""What offices have on a person, a word each: for whoever looks for somebody whom a certificate would fit, or not.

It must not know who asks.
"""

from typing import Any

from sandbox.fund.accounts import account_of
from sandbox.people import Person
from sandbox.people.life import birth_record, criminal_record, disability, education, moving, residence_permit
from sandbox.people.work import retired_on, work


def summary(person: Person) -> dict[str, Any]:
    """The `facts` of `GET /sandbox/people` beside the person's own; null where an office has no record."""
    born, paid, account = birth_record(person), work(person), account_of(person)
    school, permit, disabled = education(person), residence_permit(person), disability(person)
    retired = retired_on(person)
    return {
        "birthRecord": ("void" if born.void else "issued") if born else None,
        "paidMonths": paid.paid_months if paid else None,
        "payments": paid.status if paid else None,
        "retiredOn": retired.isoformat() if retired else None,
        "providentFund": account.status if account else None,
        "education": {"status": school.status, "electronic": school.electronic} if school else None,
        "disabilityUntil": disabled.valid_until.isoformat() if disabled else None,
        "moving": moving(person),
        "criminalRecord": criminal_record(person),
        "residencePermit": ("lapsed" if permit.lapsed else "valid") if permit else None,
    }
