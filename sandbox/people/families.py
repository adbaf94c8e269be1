"""Families: three generations under one roof around somebody grown up, each a person like any other.

It must not know how a person is drawn, only what a relative's age, name and roof have to be.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from sandbox.people.cast import JUST_SIXTEEN, NOT_A_GUARDIAN, THEIR_CHILD, YOUNG_CHILD, Part
from sandbox.people.person import Person, Relation

CAST_HEADS = {0: 210, 5: 215}
"""Cast people around whom a family lives, and the index of the first of its other members."""
FIRST_FAMILY = 220
FAMILIES = 40
MEMBERS = 5
HEAD_AGE = (38 * 365, 50 * 365)

SPOUSE, FATHER, MOTHER, CHILD, TEENAGER = range(MEMBERS)
Link = tuple[int, Relation, int, bool]
"""Index of a person, what the other is to them, index of the other, in their legal care."""


@dataclass(frozen=True, slots=True)
class Family:
    """The head's index, and the index of the first other member."""

    head: int
    first: int

    def parts(self, head: Person, surname: str, spouses: str) -> Iterator[tuple[int, Part]]:
        """What is settled about each other member, by index: `surname` is the head's, `spouses` the spouse's."""
        other_sex = "female" if head.sex == "male" else "male"
        at_home = Part(insured=True, address=head.address, bank="active")
        child = replace(at_home, bank="none", household_relation="子女")
        child = replace(child, surname=surname if head.sex == "male" else spouses)
        settled = {
            SPOUSE: replace(_spouse(at_home, head, other_sex), surname=spouses, household_relation="配偶"),
            FATHER: replace(_parent(at_home, head, "male"), surname=surname, household_relation="父亲"),
            MOTHER: replace(_parent(at_home, head, "female"), household_relation="母亲"),
            CHILD: replace(child, age_days=YOUNG_CHILD),
            TEENAGER: replace(child, age_days=JUST_SIXTEEN),
        }
        yield from ((self.first + member, part) for member, part in settled.items())

    def links(self) -> Iterator[Link]:
        """Who is what to whom, in both directions."""
        spouse, father, mother, *children = (self.first + member for member in range(MEMBERS))
        yield from _both(self.head, "spouse", spouse, "spouse")
        yield from _both(father, "spouse", mother, "spouse")
        for parent in (father, mother):
            yield from _both(self.head, "parent", parent, "child")
        for child in children:
            for parent in (self.head, spouse):
                yield from _both(parent, "child", child, "parent", guardian=True)


def families() -> list[Family]:
    """Every family, those of cast people first."""
    drawn = range(FIRST_FAMILY, FIRST_FAMILY + FAMILIES * (MEMBERS + 1), MEMBERS + 1)
    cast = [Family(head, first) for head, first in CAST_HEADS.items()]
    return cast + [Family(head, head + 1) for head in drawn]


def head_part(number: int, surname: str) -> Part:
    """What is settled about the head of a drawn family; every other one is a woman."""
    sex = "male" if number % 2 == 0 else "female"
    return Part(
        HEAD_AGE, sex=sex, surname=surname, insured=True, houses=0, marital_status="married", bank="active"
    )


def every_link() -> Iterator[Link]:
    """Who is what to whom among everybody."""
    for family in families():
        yield from family.links()
    yield from _both(NOT_A_GUARDIAN, "child", THEIR_CHILD, "parent")


def _both(
    one: int, other_is: Relation, other: int, one_is: Relation, *, guardian: bool = False
) -> Iterator[Link]:
    yield one, other_is, other, guardian
    yield other, one_is, one, False


def _spouse(at_home: Part, head: Person, sex: str) -> Part:
    earliest, latest = (head.born_on + timedelta(days=365 * years) for years in (-3, 3))
    return replace(at_home, sex=sex, marital_status="married", born_between=(earliest, latest))


def _parent(at_home: Part, head: Person, sex: str) -> Part:
    oldest, youngest = (head.born_on - timedelta(days=365 * years) for years in (30, 23))
    return replace(at_home, sex=sex, marital_status="married", born_between=(oldest, youngest))
