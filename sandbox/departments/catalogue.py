"""The departments and the facts each can give. It must not know how a question arrives."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.people import Person

REGION = "330100"
"""Hangzhou: every department here is the city's."""

Tell = Callable[[Person], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Department:
    """One department: its id, its names, and what it can tell by fact name; None says that it has no record."""

    department_id: str
    name_zh: str
    name_en: str
    facts: dict[str, Tell]


def _insured_person(person: Person) -> dict[str, Any] | None:
    if not person.insured:
        return None
    return {"cardNumber": person.card_number, "region": REGION, "cardStatus": "active"}


def _house_ownership(person: Person) -> dict[str, Any]:
    return {"houses": person.houses, "region": REGION}


def _household(person: Person) -> dict[str, Any]:
    return {
        "householdType": person.household_type,
        "address": person.address,
        "relation": "户主",
        "alive": True,
    }


def _veteran_status(person: Person) -> dict[str, Any]:
    since = person.veteran_since.isoformat() if person.veteran_since else None
    return {"veteran": person.veteran, "rural": person.rural, "since": since}


DEPARTMENTS = {
    department.department_id: department
    for department in (
        Department(
            "social-security",
            "杭州市人力资源和社会保障局",
            "Hangzhou Human Resources and Social Security Bureau",
            {"insured-person": _insured_person},
        ),
        Department(
            "real-estate",
            "杭州市不动产登记服务中心",
            "Hangzhou Real Estate Registration Centre",
            {"house-ownership": _house_ownership},
        ),
        Department(
            "civil-registry",
            "杭州市公安局户政管理处",
            "Hangzhou Civil Registry",
            {"household": _household},
        ),
        Department(
            "veterans",
            "杭州市退役军人事务局",
            "Hangzhou Veterans Affairs Bureau",
            {"veteran-status": _veteran_status},
        ),
    )
}
