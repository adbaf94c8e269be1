"""What offices tell of births, marriages, schools, disabilities, criminal records and residence.

It must not know who asks.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.departments.records import REGION, Records
from sandbox.people import Person
from sandbox.people.birth import MARRIAGEABLE_AGE
from sandbox.people.life import (
    FIRST_ELECTRONIC_MARRIAGES,
    birth_record,
    criminal_record,
    disability,
    education,
    marriage,
    residence_permit,
)

Claims = Mapping[str, str]


def birth(records: Records, person: Person, _: Claims) -> dict[str, Any] | None:
    """The medical certificate of birth."""
    born = birth_record(person)
    if born is None:
        return None
    parents = {parent.sex: parent.real_name for parent in _relatives(records, person, "parent")}
    return {
        "status": "void" if born.void else "issued",
        "number": born.number,
        "bornOn": person.born_on.isoformat(),
        "bornAt": born.hour,
        "sex": person.sex,
        "gestationWeeks": born.gestation_weeks,
        "weightGrams": born.weight_grams,
        "hospital": born.hospital,
        "mother": parents.get("female"),
        "father": parents.get("male"),
        "region": REGION,
    }


def marriage_status(records: Records, person: Person, _: Claims) -> dict[str, Any]:
    """Whether the person is married, as far as is on record, and by which registration."""
    spouse = next(iter(_relatives(records, person, "spouse")), None)
    last = marriage(person, spouse)
    return {
        "status": person.marital_status,
        "ofAge": person.age(records.today()) >= MARRIAGEABLE_AGE[person.sex],
        "electronic": last is None or last.registered_on >= FIRST_ELECTRONIC_MARRIAGES,
        "registeredOn": last.registered_on.isoformat() if last else None,
        "registry": last.registry if last else None,
        "number": last.number if last else None,
        "region": REGION,
    }


def education_record(_: Records, person: Person, __: Claims) -> dict[str, Any] | None:
    """The highest education."""
    found = education(person)
    if found is None:
        return None
    return {
        "status": found.status,
        "electronic": found.electronic,
        "level": found.level,
        "school": found.school,
        "major": found.major,
        "graduatedOn": found.graduated_on.isoformat() if found.graduated_on else None,
        "number": found.number,
        "region": REGION,
    }


def disability_record(records: Records, person: Person, _: Claims) -> dict[str, Any] | None:
    """The disability certificate; its number is the identity number, the kind and the grade."""
    found = disability(person)
    if found is None:
        return None
    return {
        "status": "valid" if found.valid_until >= records.today() else "expired",
        "number": f"{person.id_number}{found.category}{found.grade}",
        "category": found.category,
        "grade": found.grade,
        "assessedOn": found.assessed_on.isoformat(),
        "validUntil": found.valid_until.isoformat(),
        "region": REGION,
    }


def no_criminal_record(_: Records, person: Person, __: Claims) -> dict[str, Any]:
    """Yes or no, and whether the record is clear enough to say so; nothing of what is in it."""
    found = criminal_record(person)
    return {"holds": found == "clean", "clear": found != "unclear", "region": REGION}


def permit(records: Records, person: Person, _: Claims) -> dict[str, Any] | None:
    """The residence permit: endorsed every year on the day from which the person lives here."""
    found = residence_permit(person)
    if found is None:
        return None
    today = records.today()
    this_year = found.since.replace(year=today.year, day=min(found.since.day, 28))
    until = this_year if this_year >= today else this_year.replace(year=today.year + 1)
    return {
        "status": "lapsed" if found.lapsed else "valid",
        "number": found.number,
        "address": found.address,
        "since": found.since.isoformat(),
        "endorsedUntil": (until.replace(year=today.year - 1) if found.lapsed else until).isoformat(),
        "region": REGION,
    }


def _relatives(records: Records, person: Person, relation: str) -> list[Person]:
    found = (records.people.find_user(kin.user_id) for kin in person.family if kin.relation == relation)
    return [each for each in found if each]
