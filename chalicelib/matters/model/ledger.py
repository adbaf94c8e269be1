"""The once-only ledger: which materials are still asked on paper, and how wide the gap is. Pure arithmetic.

Computed from the items' own data, never stored: it cannot say anything else than what the items ask for.
"""

from collections.abc import Iterable, Mapping

from chalicelib.matters.model.items import Material, Office, ServiceItem
from chalicelib.types import Model


class Tally(Model):
    """So many materials are fetched, and so many are still paper."""

    api: int = 0
    paper: int = 0

    @property
    def materials(self) -> int:
        """All of them."""
        return self.api + self.paper

    @property
    def gap_percent(self) -> int:
        """What part is still paper, in per cent, rounded up: a gap is not closed before it is 0."""
        return -(-100 * self.paper // self.materials) if self.materials else 0


class Usage(Model):
    """What real cases of an item came to: how many were decided, what was fetched for them, what was brought."""

    decided: int = 0
    spared: int = 0
    on_paper: int = 0

    def plus(self, other: "Usage") -> "Usage":
        """Both together."""
        return Usage(
            decided=self.decided + other.decided,
            spared=self.spared + other.spared,
            on_paper=self.on_paper + other.on_paper,
        )


class Holding(Model):
    """One department that keeps what materials say, and how many of them it gives."""

    office: Office
    tally: Tally


def tally(materials: Iterable[Material]) -> Tally:
    """How many of these are fetched, and how many are paper."""
    ways = [each.by for each in materials]
    return Tally(api=ways.count("api"), paper=ways.count("paper"))


def by_source(items: Iterable[ServiceItem]) -> list[Holding]:
    """The gap by who keeps the material, the widest first: whom to connect next."""
    kept: dict[str, list[Material]] = {}
    for item in items:
        for material in item.materials:
            kept.setdefault(material.source.id, []).append(material)
    found = [Holding(office=each[0].source, tally=tally(each)) for each in kept.values()]
    return sorted(found, key=lambda each: (-each.tally.paper, each.office.id))


def total(usages: Mapping[str, Usage]) -> Usage:
    """The usage of all items together."""
    summed = Usage()
    for each in usages.values():
        summed = summed.plus(each)
    return summed
