"""The departments and the facts each can give. It must not know how a question arrives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.departments import civil, livelihood
from sandbox.departments.records import REGION, Records, claimed
from sandbox.people import Person
from sandbox.people.life import moving
from sandbox.people.person import ADULT_AGE

REGISTRIES = {
    "杭州市": REGION,
    "宁波市": "330200",
    "南京市": "320100",
    "上海市": "310100",
    "乌鲁木齐市": "650100",
}
"""Where a household is registered: the civil registry tells of the whole country's."""
Claims = Mapping[str, str]
Tell = Callable[[Records, Person, Claims], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Department:
    """One department: its id, its names, and what it can tell by fact name; None says that it has no record."""

    department_id: str
    name_zh: str
    name_en: str
    facts: dict[str, Tell]


def _insured_person(records: Records, person: Person, _: Claims) -> dict[str, Any] | None:
    card = records.cards.of(person)
    if card is None:
        return None
    return {
        "cardNumber": person.card_number,
        "region": REGION,
        "cardStatus": card.status,
        "cardVersion": card.version,
        "deceased": records.cards.deceased(person),
    }


def _bank_account(_: Records, person: Person, claims: Claims) -> dict[str, Any] | None:
    if person.bank is None:
        return None
    return {
        "active": person.bank.active,
        "phoneMatches": claimed(claims, "phone") == person.phone,
        "bank": person.bank.name,
        "accountMasked": person.bank.account_masked,
    }


def _house_ownership(_: Records, person: Person, __: Claims) -> dict[str, Any]:
    return {"houses": person.houses, "region": REGION}


def _owns_no_house(_: Records, person: Person, __: Claims) -> dict[str, Any]:
    """Yes or no and nothing else: what a withdrawal needs to know."""
    return {"holds": person.houses == 0, "region": REGION}


def _household(records: Records, person: Person, _: Claims) -> dict[str, Any]:
    return {
        "householdType": person.household_type,
        "address": person.address,
        "relation": person.household_relation,
        "alive": not records.cards.deceased(person),
        "moving": moving(person),
        "region": next(code for place, code in REGISTRIES.items() if person.address.startswith(place)),
    }


def _kinship(records: Records, person: Person, claims: Claims) -> dict[str, Any] | None:
    """What the relative is to the subject, and whether the subject is their guardian; None for no relative."""
    relative = records.people.find_number(claimed(claims, "relativeIdNumber"))
    kin = person.kin(relative) if relative else None
    if relative is None or kin is None:
        return None
    minor = relative.age(records.today()) < ADULT_AGE
    return {"relation": kin.relation, "guardian": kin.guardian and minor}


def _veteran_status(_: Records, person: Person, __: Claims) -> dict[str, Any]:
    since = person.veteran_since.isoformat() if person.veteran_since else None
    return {"veteran": person.veteran, "rural": person.rural, "since": since, "region": REGION}


DEPARTMENTS = {
    department.department_id: department
    for department in (
        Department(
            "social-security",
            "杭州市人力资源和社会保障局",
            "Hangzhou Human Resources and Social Security Bureau",
            {
                "insured-person": _insured_person,
                "bank-account": _bank_account,
                "payment-record": livelihood.payment_record,
                "retirement": livelihood.retirement,
            },
        ),
        Department(
            "real-estate",
            "杭州市不动产登记服务中心",
            "Hangzhou Real Estate Registration Centre",
            {"house-ownership": _house_ownership, "owns-no-house": _owns_no_house},
        ),
        Department(
            "civil-registry",
            "杭州市公安局户政管理处",
            "Hangzhou Civil Registry",
            {"household": _household, "kinship": _kinship},
        ),
        Department(
            "civil-affairs",
            "杭州市民政局",
            "Hangzhou Civil Affairs Bureau",
            {"marriage-status": civil.marriage_status},
        ),
        Department(
            "provident-fund",
            "杭州住房公积金管理中心",
            "Hangzhou Housing Provident Fund Centre",
            {
                "provident-fund-account": livelihood.fund_account,
                "provident-fund-deposits": livelihood.fund_deposits,
            },
        ),
        Department(
            "veterans",
            "杭州市退役军人事务局",
            "Hangzhou Veterans Affairs Bureau",
            {"veteran-status": _veteran_status},
        ),
        Department(
            "health",
            "杭州市卫生健康委员会",
            "Hangzhou Health Commission",
            {"birth-record": civil.birth},
        ),
        Department(
            "disabled-persons",
            "杭州市残疾人联合会",
            "Hangzhou Disabled Persons' Federation",
            {"disability": civil.disability_record},
        ),
        Department(
            "education",
            "杭州市教育局",
            "Hangzhou Education Bureau",
            {"education-record": civil.education_record},
        ),
        Department(
            "public-security",
            "杭州市公安局",
            "Hangzhou Public Security Bureau",
            {"has-no-criminal-record": civil.no_criminal_record, "residence-permit": civil.permit},
        ),
    )
}
