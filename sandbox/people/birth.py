"""Draws one person: what their part settles stays, the rest is chance, the same at every start.

It must not know who is anybody's relative.
"""

from datetime import date, timedelta
from random import Random

from sandbox.identity_numbers import identity_number
from sandbox.people.belongings import bank_account, phone_number
from sandbox.people.cast import Part
from sandbox.people.person import ADULT_AGE, Person

SEED = 20261122
FIRST_USER_ID = 2088_0000_0000_0000
TODAY = date(2026, 11, 1)
"""Ages are drawn against a fixed day, or people would change overnight."""

MARRIAGEABLE_AGE = {"male": 22, "female": 20}
"""Civil Code of the People's Republic of China, article 1047."""
DISCHARGE_AGES = (22, 40)
ANY_AGE = (2 * 365 + 1, 94 * 365)

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

Names = dict[str, list[str]]


class Birth:
    """Draws one person. Each has generators of their own, so that adding people or facts changes nobody."""

    def __init__(self, index: int, names: Names, part: Part) -> None:
        self._index = index
        self._names = names
        self._part = part
        self._random = Random(SEED * 1000 + index)
        self._later = Random(f"{SEED}/{index}/belongings")
        """What people were given after they were first drawn comes from here."""

    def person(self) -> Person:
        """The person."""
        born_on = self._born_on()
        code, place = self._region(born_on.year)
        sex = self._sex()
        adult = _age(born_on) >= ADULT_AGE
        veteran = self._veteran(_age(born_on))
        return Person(
            user_id=self._user_id(),
            real_name=self._name(sex),
            id_number=identity_number(code, born_on, self._sequence(sex)),
            born_on=born_on,
            sex=sex,
            insured=(insured := self._insured()),
            card_number=f"{'ABCDEFGH'[self._index % 8]}{self._random.randrange(10**8):08d}",
            card_status=self._part.card_status,
            houses=self._houses(adult=adult),
            household_type=self._random.choice(("urban", "urban", "rural")),
            household_relation=self._part.household_relation,
            address=self._address(place),
            marital_status=self._marital_status(sex, _age(born_on)),
            veteran=veteran,
            rural=veteran and self._random.random() < 0.5,  # noqa: PLR2004 - even odds
            veteran_since=self._discharged(born_on) if veteran else None,
            phone=phone_number(self._later),
            bank=bank_account(self._later, self._part.bank, adult=adult) if insured else None,
            deceased=self._part.deceased,
        )

    def _born_on(self) -> date:
        if self._part.born_between:
            earliest, latest = self._part.born_between
            return earliest + timedelta(days=self._random.randrange((latest - earliest).days))
        return TODAY - timedelta(days=self._random.randrange(*(self._part.age_days or ANY_AGE)))

    def _region(self, year: int) -> tuple[str, str]:
        known = [(code, place) for code, first, last, place in REGIONS if first <= year <= last]
        return self._random.choice(known)

    def _sex(self) -> str:
        drawn = self._random.choice(("male", "female"))
        return self._part.sex or drawn

    def _veteran(self, age: int) -> bool:
        if age < ADULT_AGE:
            return False
        drawn = self._random.randrange(100) < 12  # noqa: PLR2004 - in a hundred
        return (self._part.veteran or drawn) and age > DISCHARGE_AGES[0]

    def _insured(self) -> bool:
        if self._part.insured is not None:
            return self._part.insured
        return self._random.randrange(100) < 85  # noqa: PLR2004 - in a hundred

    def _sequence(self, sex: str) -> int:
        """Odd for men, even for women; the person's index in it keeps numbers apart."""
        return (self._index * 4 + self._random.randrange(2) * 2 + (1 if sex == "male" else 2)) % 1000

    def _user_id(self) -> str:
        return str(FIRST_USER_ID + self._random.randrange(10**7) * 1000 + self._index)

    def _name(self, sex: str) -> str:
        if self._part.surname:
            return self._part.surname + self._random.choice(self._names[sex])
        if self._index % 50 == 49:  # noqa: PLR2004 - a few names have more than one part
            return self._random.choice(self._names["dotted"])
        rare = self._index % 10 == 7  # noqa: PLR2004 - one in ten has a surname that fonts forget
        surname = self._random.choice(self._names["rareSurnames" if rare else "surnames"])
        given = self._random.choice(self._names["rareGiven" if self._index % 7 == 3 else sex])  # noqa: PLR2004
        return surname + given

    def _houses(self, *, adult: bool) -> int:
        if self._part.houses is not None:
            return self._part.houses
        return self._random.choice((0, 0, 0, 1, 1, 2, 4)) if adult else 0

    def _address(self, place: str) -> str:
        drawn = f"{place}{self._random.choice(self._names['streets'])}{self._random.randrange(1, 400)}号"
        return self._part.address or drawn

    def _marital_status(self, sex: str, age: int) -> str:
        drawn = self._random.choice(("married", "single", "divorced")) if age >= ADULT_AGE else "single"
        legal = drawn if age >= MARRIAGEABLE_AGE[sex] else "single"
        return self._part.marital_status or legal

    def _discharged(self, born_on: date) -> date:
        youngest, oldest = DISCHARGE_AGES
        return born_on + timedelta(days=self._random.randrange(youngest, min(oldest, _age(born_on))) * 365)


def drawn_surname(index: int, names: Names) -> str:
    """A surname for whom one has to be settled before they are drawn."""
    return Random(f"{SEED}/{index}/surname").choice(names["surnames"])


def surname_of(name: str, names: Names) -> str:
    """The surname that a name begins with: two characters where it is one of those, else one."""
    return name[:2] if name[:2] in names["rareSurnames"] else name[0]


def _age(born_on: date) -> int:
    """Whole years on the fixed day."""
    return TODAY.year - born_on.year - ((TODAY.month, TODAY.day) < (born_on.month, born_on.day))
