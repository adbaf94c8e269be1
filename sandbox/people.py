"""The synthetic citizens: 200 people who exist nowhere, the same at every start.

Names, numbers and facts are drawn by a seeded generator; a likeness to anybody is chance. It must not know
the payment app, the departments or the institutions: they ask here.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from sandbox.identity_numbers import identity_number

POPULATION = 200
SEED = 20261122
FIRST_USER_ID = 2088_0000_0000_0000
TODAY = date(2026, 11, 1)
"""Ages are drawn against a fixed day, or people would change overnight."""

ADULT_AGE = 18
MARRIAGEABLE_AGE = {"male": 22, "female": 20}
"""Civil Code of the People's Republic of China, article 1047."""
DISCHARGE_AGES = (22, 40)
LONGEST_LIFE_DAYS = 95 * 365

REGIONS = (
    ("330102", 1983, 2024, "杭州市上城区"),
    ("330103", 1983, 2019, "杭州市下城区"),
    ("330104", 1983, 2019, "杭州市江干区"),
    ("330105", 1983, 2024, "杭州市拱墅区"),
    ("330106", 1983, 2024, "杭州市西湖区"),
    ("330108", 1996, 2024, "杭州市滨江区"),
    ("330109", 2001, 2024, "杭州市萧山区"),
    ("330110", 2001, 2024, "杭州市余杭区"),
    ("330121", 1930, 1986, "杭州市萧山县"),
    ("330122", 1930, 2016, "杭州市桐庐县"),
    ("330123", 1930, 1993, "杭州市富阳县"),
    ("330124", 1930, 1995, "杭州市临安县"),
    ("330125", 1930, 1993, "杭州市余杭县"),
    ("330127", 1930, 2016, "杭州市淳安县"),
    ("330203", 1983, 2016, "宁波市海曙区"),
    ("320102", 1983, 2016, "南京市玄武区"),
    ("310101", 1950, 2016, "上海市黄浦区"),
    ("650102", 1983, 2016, "乌鲁木齐市天山区"),
)
"""Region code, first and last birth year it is drawn for (codes come and go with their counties), place."""


@dataclass(frozen=True, slots=True)
class Person:
    """One synthetic citizen and what the departments know about them."""

    user_id: str
    real_name: str
    id_number: str
    born_on: date
    sex: str
    insured: bool
    card_number: str
    houses: int
    household_type: str
    address: str
    marital_status: str
    veteran: bool
    rural: bool
    veteran_since: date | None

    def view(self) -> dict[str, Any]:
        """The person as `GET /sandbox/people` shows them."""
        return {
            "userId": self.user_id,
            "realName": self.real_name,
            "idNumber": self.id_number,
            "insured": self.insured,
            "facts": self._facts(),
        }

    def _facts(self) -> dict[str, Any]:
        return {
            "birthDate": self.born_on.isoformat(),
            "sex": self.sex,
            "houses": self.houses,
            "household": {"householdType": self.household_type, "address": self.address, "relation": "户主"},
            "maritalStatus": self.marital_status,
            "veteran": {
                "veteran": self.veteran,
                "rural": self.rural,
                "since": self.veteran_since.isoformat() if self.veteran_since else None,
            },
        }


class People:
    """Everybody, found by payment-app user or by identity number."""

    def __init__(self, everybody: Iterable[Person]) -> None:
        self.everybody = tuple(everybody)
        self._by_user = {person.user_id: person for person in self.everybody}
        self._by_number = {person.id_number: person for person in self.everybody}

    def find_user(self, user_id: str) -> Person | None:
        """The person with that payment-app account, or None."""
        return self._by_user.get(user_id)

    def find_number(self, id_number: str) -> Person | None:
        """The person with that identity number, or None."""
        return self._by_number.get(id_number)


@cache
def synthetic_people() -> People:
    """The whole population."""
    names = json.loads((Path(__file__).parent / "data" / "names.json").read_text(encoding="utf-8"))
    return People(_Birth(index, names).person() for index in range(POPULATION))


class _Birth:
    """Draws one person. Each has a generator of their own, so that adding people changes nobody."""

    def __init__(self, index: int, names: dict[str, list[str]]) -> None:
        self._index = index
        self._names = names
        self._random = Random(SEED * 1000 + index)

    def person(self) -> Person:
        born_on = TODAY - timedelta(days=self._age_days())
        code, place = self._region(born_on.year)
        sex = self._random.choice(("male", "female"))
        age = _age(born_on)
        adult = age >= ADULT_AGE
        veteran = adult and self._chance(3, 12) and age > DISCHARGE_AGES[0]
        return Person(
            user_id=self._user_id(),
            real_name=self._name(sex),
            id_number=identity_number(code, born_on, self._sequence(sex)),
            born_on=born_on,
            sex=sex,
            insured=self._index in FIRST_INSURED or (self._index != FIRST_UNINSURED and self._chance(0, 85)),
            card_number=f"{'ABCDEFGH'[self._index % 8]}{self._random.randrange(10**8):08d}",
            houses=self._houses(adult=adult),
            household_type=self._random.choice(("urban", "urban", "rural")),
            address=f"{place}{self._random.choice(self._names['streets'])}{self._random.randrange(1, 400)}号",
            marital_status=self._marital_status(sex, age),
            veteran=veteran,
            rural=veteran and self._random.random() < 0.5,  # noqa: PLR2004 - even odds
            veteran_since=self._discharged(born_on) if veteran else None,
        )

    def _age_days(self) -> int:
        if self._index < CAST:
            return self._random.randrange(28 * 365, 60 * 365)
        return self._random.randrange(2 * 365 + 1, LONGEST_LIFE_DAYS - 365)

    def _region(self, year: int) -> tuple[str, str]:
        known = [(code, place) for code, first, last, place in REGIONS if first <= year <= last]
        return self._random.choice(known)

    def _sequence(self, sex: str) -> int:
        """Odd for men, even for women; the person's index in it keeps numbers apart."""
        return (self._index * 4 + self._random.randrange(2) * 2 + (1 if sex == "male" else 2)) % 1000

    def _user_id(self) -> str:
        return str(FIRST_USER_ID + self._random.randrange(10**7) * 1000 + self._index)

    def _name(self, sex: str) -> str:
        if self._index % 50 == 49:  # noqa: PLR2004 - a few names have more than one part
            return self._random.choice(self._names["dotted"])
        rare = self._index % 10 == 7  # noqa: PLR2004 - one in ten has a surname that fonts forget
        surname = self._random.choice(self._names["rareSurnames" if rare else "surnames"])
        given = self._random.choice(self._names["rareGiven" if self._index % 7 == 3 else sex])  # noqa: PLR2004
        return surname + given

    def _houses(self, *, adult: bool) -> int:
        if self._index < len(FIRST_HOUSES):
            return FIRST_HOUSES[self._index]
        return self._random.choice((0, 0, 0, 1, 1, 2, 4)) if adult else 0

    def _marital_status(self, sex: str, age: int) -> str:
        drawn = self._random.choice(("married", "single", "divorced")) if age >= ADULT_AGE else "single"
        return drawn if age >= MARRIAGEABLE_AGE[sex] else "single"

    def _discharged(self, born_on: date) -> date:
        youngest, oldest = DISCHARGE_AGES
        return born_on + timedelta(days=self._random.randrange(youngest, min(oldest, _age(born_on))) * 365)

    def _chance(self, always: int, percent: int) -> bool:
        """True for the person of that index, and for so many in a hundred of the others."""
        return self._random.randrange(100) < percent or (always > 0 and self._index == always)


def _age(born_on: date) -> int:
    """Whole years on the fixed day."""
    return TODAY.year - born_on.year - ((TODAY.month, TODAY.day) < (born_on.month, born_on.day))


# The first people are cast, so that a demonstration and a test can say whom they mean:
# 0 insured, owns nothing · 1 insured, owns a house · 2 not insured · 3 insured, a veteran · 4 and 5 as 0.
CAST = 6
FIRST_INSURED = {0, 1, 3, 4, 5}
FIRST_UNINSURED = 2
FIRST_HOUSES = (0, 1, 0, 2, 0, 0)
