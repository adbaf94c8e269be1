"""How likely a slot is, from what was given back before. Pure arithmetic.

People give back independently of each other, so the number of slots that come back is taken as Poisson's. Its mean is
what the department saw: a return is remembered with its *lead*, how long before its day it came; of the returns of the
last four weeks those count whose lead lies between now and the deadline, per clinic day. Whoever has `ahead` people
before them gets a slot if more than `ahead` come back. It does not know the weekday, the season, and whether those
ahead withdraw: an estimate, not a promise.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import exp
from typing import Literal

from chalicelib.types import Fen, Model

WINDOW = timedelta(days=28)
Word = Literal["low", "medium", "high"]
_HIGH, _MEDIUM = 70, 30
_MOST = 99
"""Percent: nothing is certain."""


class Estimate(Model):
    """Percent, its word, and the facts behind it; what would be prepaid, and until when one can wait at most."""

    percent: int
    word: Word
    free_slots: int
    ahead: int
    returned_lately: int
    fee_fen: Fen
    latest_possible: datetime


def leads_between(leads: Iterable[int], begins: datetime, now: datetime, until: datetime) -> int:
    """How many returns came as long before their day as it is from now, or from `until`, or between."""
    most, least = ((begins - each).total_seconds() for each in (now, until))
    return sum(least <= lead <= most for lead in leads)


def percent(ahead: int, returned: int, share: float) -> int:
    """The chance that more than `ahead` slots come back, where `returned` did within `WINDOW`.

    `share`: which part of the department's places would do.
    """
    expected = returned / WINDOW.days * share
    term = total = exp(-expected)
    for number in range(1, ahead + 1):
        term *= expected / number
        total += term
    return min(_MOST, round(100 * max(0.0, 1 - total)))


def word_of(chance: int) -> Word:
    """A percentage in a word."""
    return "high" if chance >= _HIGH else "medium" if chance >= _MEDIUM else "low"
