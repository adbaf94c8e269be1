"""Judges the service items before they are packaged: what is wrong in a file shall meet no citizen.

    python -m infra.matters [FOLDER]

Each fault is a line that names the item. It must not know any item by name.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from chalicelib.certificates.catalogue import facts as declared
from chalicelib.certificates.model.labels import Label
from chalicelib.matters import catalogue
from chalicelib.matters.model.decision import ASKED
from chalicelib.matters.model.items import Material, ServiceItem

UNDECLARED = {("social-security", "bank-account")}
"""Facts that the exchange fetches for other rooms; no certificate needs them, so no file declares them."""
_ASKED = {"firstInPeriod", "amountFen", "withinQuota", "withinBalance"}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def faults(folder: Path = catalogue.FOLDER) -> list[str]:
    """Everything that is wrong with the items, one line each; none if they may be packaged."""
    try:
        found = catalogue.read(folder)
    except ValidationError as error:
        return [f"{each['loc']}: {each['msg']}" for each in error.errors()]
    codes = Counter(item.code for item in found.values())
    twice = [f"code {code} is used by {times} items" for code, times in codes.items() if times > 1]
    misnamed = [f"{name}: its id is {item.id}" for name, item in found.items() if name != item.id]
    return [*twice, *misnamed, *(f"{item.id}: {each}" for item in found.values() for each in _of(item))]


def _of(item: ServiceItem) -> Iterator[str]:
    ids = Counter(each.id for each in item.materials)
    yield from (f"material {name} stands there {times} times" for name, times in ids.items() if times > 1)
    for material in item.materials:
        yield from _material(material)
    for department, fact in item.needs():
        known = fact in declared() and declared()[fact].department_id == department
        if not known and (department, fact) not in UNDECLARED:
            yield f"{department} tells no fact {fact}"
    yield from (f"{label.zh!r} is not told in both languages" for label in _labels(item) if not _told(label))
    yield from _unreadable(item)


def _material(material: Material) -> Iterator[str]:
    if (material.by == "paper") != (material.why is not None):
        yield f"material {material.id} is paper without saying why, or says why and is none"


def _unreadable(item: ServiceItem) -> Iterator[str]:
    """Fields that it looks at and nobody tells it."""
    needed = {fact for _, fact in item.needs()}
    for fact in item.looks_at():
        there = (
            _ASKED
            if fact == ASKED
            else set(declared()[fact].fields)
            if fact in needed & set(declared())
            else set()
        )
        yield from (f"{fact}.{field} is told by nobody" for field in sorted(item.reads(fact) - there))


def _labels(item: ServiceItem) -> Iterator[Label]:
    yield from (item.name, item.department.name, item.legal_basis)
    for material in item.materials:
        yield from (material.name, material.source.name, *([material.why] if material.why else []))
    yield from (rule.otherwise for rule in (*item.rules, *item.review))


def _told(label: Label) -> bool:
    return bool(_CHINESE.search(label.zh)) and bool(label.en.strip()) and not _CHINESE.search(label.en)


def main(words: list[str]) -> int:
    """`python -m infra.matters [FOLDER]`: tell every fault; 1 if there is one."""
    found = faults(Path(words[0]) if words else catalogue.FOLDER)
    print("\n".join(found) or "the service items may be packaged")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
