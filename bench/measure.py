"""Rounds, medians and rows. Knows contenders and figures, never what they do.

A machine is never quiet, so times are CPU times, contenders take turns in a new order each round, and a row is the
ratio of two medians of one run: what slows one down slows its floor down as well.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing: ours, its floor in the same run, and what we want the ratio to be at most."""

    name: str
    value: float
    unit: str
    floor: float
    goal: float
    runs: int
    note: str = ""
    spread: str = ""

    @property
    def ratio(self) -> float:
        """How many floors it takes."""
        return round(self.value / self.floor, 3)

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.ratio <= self.goal

    def record(self) -> dict[str, Any]:
        """The row as `results.json` holds it."""
        kept = {name: value for name, value in asdict(self).items() if value != ""}
        return kept | {"ratio": self.ratio}


def rounds(contenders: Mapping[str, Callable[[], float]], count: int) -> dict[str, list[float]]:
    """Each contender's figures: one unmeasured turn for all, then `count` rounds, each in a new order."""
    for take in contenders.values():
        take()
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(count):
        for name in random.sample(list(contenders), len(contenders)):
            taken[name].append(contenders[name]())
    return taken


def compared(name: str, unit: str, goal: float, ours: list[float], floor: list[float], why: str = "") -> Row:
    """A row of two contenders' figures; `why` explains a miss and is kept only where there is one."""
    row = Row(
        name=name,
        value=round(median(ours), 1),
        unit=unit,
        floor=round(median(floor), 1),
        goal=goal,
        runs=len(ours),
        spread=f"quartiles {_quartiles(ours)}, floor {_quartiles(floor)}",
    )
    if row.met:
        return row
    missed = f"missed by {(row.ratio / goal - 1) * 100:.0f} %: {why}"
    return Row(row.name, row.value, unit, row.floor, goal, row.runs, missed, row.spread)


def _quartiles(figures: list[float]) -> str:
    low, _, high = quantiles(figures, n=4)
    return f"{low:.0f} to {high:.0f}"
