"""The whole population, found by payment-app user or by identity number. It must not know what is drawn, or how."""

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from sandbox.people.birth import Birth, Names, drawn_surname, surname_of
from sandbox.people.cast import CAST, Part
from sandbox.people.families import FAMILIES, FIRST_FAMILY, MEMBERS, every_link, families, head_part
from sandbox.people.person import Kin, Person

POPULATION = FIRST_FAMILY + FAMILIES * (MEMBERS + 1)


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
    names = json.loads((Path(__file__).parent.parent / "data" / "names.json").read_text(encoding="utf-8"))
    return People(_related(_everybody(names)))


def _everybody(names: Names) -> list[Person]:
    """Everybody in order of index, without relatives."""
    born = {index: Birth(index, names, CAST.get(index, Part())).person() for index in range(FIRST_FAMILY)}
    for number, family in enumerate(families()):
        if family.head >= FIRST_FAMILY:
            settled = head_part(number, drawn_surname(family.head, names))
            born[family.head] = Birth(family.head, names, settled).person()
        head = born[family.head]
        surnames = surname_of(head.real_name, names), drawn_surname(family.first, names)
        for index, part in family.parts(head, *surnames):
            born[index] = Birth(index, names, part).person()
    return [born[index] for index in sorted(born)]


def _related(everybody: list[Person]) -> list[Person]:
    kin: dict[int, list[Kin]] = {}
    for one, relation, other, guardian in every_link():
        kin.setdefault(one, []).append(Kin(relation, everybody[other].user_id, guardian))
    return [replace(person, family=tuple(kin.get(index, ()))) for index, person in enumerate(everybody)]
