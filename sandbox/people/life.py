"""What a life leaves on record: birth, school, marriage, disability, the police. It follows from the person.

Drawn by generators of their own, the same at every start, so that nobody else changes. It must not know who asks.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal

from sandbox.people.birth import MARRIAGEABLE_AGE, SEED, TODAY
from sandbox.people.person import ADULT_AGE, Person

HOME = "杭州市"
FIRST_BIRTH_CERTIFICATES = date(1996, 1, 1)
"""The medical certificate of birth is issued throughout the country since then."""
FIRST_ELECTRONIC_DIPLOMAS = date(2001, 1, 1)
"""Diplomas of higher education are registered electronically since then."""
FIRST_ELECTRONIC_MARRIAGES = date(1990, 1, 1)
HOSPITALS = ("西湖虚构妇产医院", "钱塘虚构妇幼保健院", "拱墅虚构人民医院")
SCHOOLS = ("虚构理工大学", "虚构师范大学", "虚构工业大学", "虚构农林大学")
MAJORS = ("机械工程", "临床医学", "会计学", "汉语言文学", "土木工程", "计算机科学与技术")
STREETS = ("文三路", "古墩路", "江南大道", "体育场路")
Level = Literal["secondary", "associate", "bachelor", "master"]
LEVELS: tuple[tuple[Level, int], ...] = (
    ("secondary", 18),
    ("associate", 21),
    ("bachelor", 22),
    ("master", 25),
)
PERMIT_AFTER = timedelta(days=182)
DISABILITY_YEARS = 10
Finding = Literal["clean", "found", "unclear"]


@dataclass(frozen=True, slots=True)
class BirthRecord:
    """What the place of delivery certified."""

    number: str
    hour: str
    gestation_weeks: int
    weight_grams: int
    hospital: str
    void: bool


@dataclass(frozen=True, slots=True)
class Education:
    """The highest education on record."""

    status: Literal["graduated", "studying", "left"]
    level: Level
    school: str
    major: str | None
    graduated_on: date | None
    number: str | None

    @property
    def electronic(self) -> bool:
        """Whether it is more than paper in an archive."""
        return self.graduated_on is None or self.graduated_on >= FIRST_ELECTRONIC_DIPLOMAS


@dataclass(frozen=True, slots=True)
class Disability:
    """A disability certificate: kind 1 to 7, grade 1 to 4; it holds for ten years."""

    category: str
    grade: str
    assessed_on: date

    @property
    def valid_until(self) -> date:
        """The last day."""
        return self.assessed_on.replace(year=self.assessed_on.year + DISABILITY_YEARS)


@dataclass(frozen=True, slots=True)
class Permit:
    """A residence permit, endorsed every year."""

    number: str
    address: str
    since: date
    lapsed: bool


@dataclass(frozen=True, slots=True)
class Marriage:
    """What a marriage registry has: the last registration."""

    registered_on: date
    registry: str
    number: str


def birth_record(person: Person) -> BirthRecord | None:
    """The birth on record in this city; None for who was born before that, or elsewhere."""
    if person.born_on < FIRST_BIRTH_CERTIFICATES or not person.id_number.startswith("3301"):
        return None
    random = _random(person, "birth")
    return BirthRecord(
        number=f"{random.choice('RSTU')}33{random.randrange(10**7):07d}",
        hour=f"{random.randrange(24):02d}时{random.randrange(60):02d}分",
        gestation_weeks=random.randrange(37, 42),
        weight_grams=random.randrange(2500, 4200, 10),
        hospital=random.choice(HOSPITALS),
        void=random.randrange(20) == 0,
    )


def education(person: Person) -> Education | None:
    """The highest education; None for children and for one adult in eight."""
    random = _random(person, "school")
    age = person.age(TODAY)
    level, leaves_at = random.choice(LEVELS)
    school = random.choice(SCHOOLS)
    major: str | None = random.choice(MAJORS)
    left, none = random.randrange(15) == 0, random.randrange(8) == 0
    number = f"1{random.randrange(10**16):016d}"
    if age < ADULT_AGE or none:
        return None
    if level == "secondary":
        school, major = "虚构高级中学", None
    if age <= leaves_at or left:
        return Education("studying" if age <= leaves_at else "left", level, school, major, None, None)
    return Education("graduated", level, school, major, date(person.born_on.year + leaves_at, 6, 30), number)


def disability(person: Person) -> Disability | None:
    """A disability certificate; one person in eight has one, here, so that there are enough of every kind."""
    random = _random(person, "disability")
    has_one, years = random.randrange(8) == 0, random.randrange(1, 13)
    category, grade = str(random.randrange(1, 8)), str(random.randrange(1, 5))
    assessed_on = TODAY - timedelta(days=years * 365 - random.randrange(300))
    if not has_one or assessed_on <= person.born_on:
        return None
    return Disability(category, grade, assessed_on.replace(day=min(assessed_on.day, 28)))


def criminal_record(person: Person) -> Finding:
    """What an enquiry finds: nothing with most."""
    drawn = _random(person, "police").randrange(40)
    if person.age(TODAY) < ADULT_AGE:
        return "clean"
    return "found" if drawn == 0 else "unclear" if drawn == 1 else "clean"


def moving(person: Person) -> bool:
    """Whether the household registration has left one place and is not entered at the next; of the single, some."""
    drawn = _random(person, "household").randrange(12) == 0
    return drawn and person.age(TODAY) >= ADULT_AGE and not person.family and not person.deceased


def residence_permit(person: Person) -> Permit | None:
    """The permit of who is registered elsewhere and lives here; one in six has not asked for one."""
    if person.address.startswith(HOME) or person.deceased:
        return None
    random = _random(person, "residence")
    since = TODAY - PERMIT_AFTER - timedelta(days=random.randrange(8 * 365))
    if random.randrange(6) == 0:
        return None
    return Permit(
        number=f"330100{random.randrange(10**12):012d}",
        address=f"{HOME}{random.choice(STREETS)}{random.randrange(1, 400)}号",
        since=max(since, person.born_on),
        lapsed=random.randrange(5) == 0,
    )


def marriage(person: Person, spouse: Person | None) -> Marriage | None:
    """The registration that a status rests on, the same for both; None for who is single."""
    if person.marital_status == "single":
        return None
    couple = sorted((person, spouse) if spouse else (person,), key=lambda each: each.user_id)
    random = Random(f"{SEED}/{'/'.join(each.user_id for each in couple)}/marriage")
    earliest = max(_marriageable_on(each) for each in couple)
    latest = min(TODAY - timedelta(days=30), earliest + timedelta(days=8 * 365))
    registered_on = earliest + timedelta(days=random.randrange(max((latest - earliest).days, 1)))
    code = "L" if person.marital_status == "divorced" else "J"
    number = f"{code}330100-{registered_on.year}-{random.randrange(10**6):06d}"
    return Marriage(registered_on, f"{HOME}虚构区民政局婚姻登记处", number)


def _marriageable_on(person: Person) -> date:
    """The first of the month after the birthday from which the law lets them."""
    year = person.born_on.year + MARRIAGEABLE_AGE[person.sex]
    month = person.born_on.month % 12 + 1
    return date(year + (person.born_on.month == 12), month, 1)  # noqa: PLR2004 - December


def _random(person: Person, what: str) -> Random:
    return Random(f"{SEED}/{person.user_id}/{what}")
