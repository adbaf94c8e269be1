"""Who is cast: what is settled about a person before anything is drawn, so that a test can say whom it means.

It must not know how the rest is drawn.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sandbox.people.person import CardStatus

BankState = Literal["active", "inactive", "none"]


@dataclass(frozen=True, slots=True)
class Part:
    """What is settled about one person; None is left to chance."""

    age_days: tuple[int, int] | None = None
    born_between: tuple[date, date] | None = None
    sex: str | None = None
    surname: str | None = None
    address: str | None = None
    insured: bool | None = None
    houses: int | None = None
    veteran: bool | None = None
    marital_status: str | None = None
    household_relation: str = "户主"
    bank: BankState | None = None
    card_status: CardStatus = "active"
    deceased: bool = False


GROWN = (28 * 365, 60 * 365)
ELDERLY = (70 * 365, 85 * 365)
YOUNG_CHILD = (4 * 365, 12 * 365)
JUST_SIXTEEN = (5850, 5900)
"""Sixteen on the day that ages are drawn against, and for almost two years after it."""


def _plain(houses: int = 0) -> Part:
    return Part(age_days=GROWN, insured=True, houses=houses, bank="active")


def _grown(**settled: object) -> Part:
    return Part(age_days=GROWN, insured=True, houses=0, **settled)  # type: ignore[arg-type]


NOT_A_GUARDIAN, THEIR_CHILD = 206, 207

CAST = {
    0: _plain(),
    1: _plain(houses=1),
    2: Part(age_days=GROWN, insured=False, houses=0),
    3: Part(age_days=GROWN, insured=True, houses=2, veteran=True, bank="active"),
    4: _plain(),
    5: _plain(),
    200: Part(age_days=ELDERLY, insured=True, card_status="cancelled", deceased=True, bank="none"),
    201: _grown(card_status="lost", bank="active"),
    202: _grown(card_status="locked", bank="active"),
    203: _grown(card_status="cancelled", bank="active"),
    204: _grown(bank="inactive"),
    205: _grown(bank="none"),
    NOT_A_GUARDIAN: _grown(bank="active", marital_status="divorced", surname="赵"),
    THEIR_CHILD: Part(age_days=YOUNG_CHILD, insured=True, surname="赵"),
    208: Part(age_days=ELDERLY, insured=True, bank="active"),
    209: Part(age_days=ELDERLY, insured=False),
}
"""The documented people by index (sandbox/README.md); families follow from 210."""
