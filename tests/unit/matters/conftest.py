"""These tests live on the cloud in memory: a process may die in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from tests.clock import HeldClock
from tests.matters import Applicant, Told, Town, an_applicant
from tests.memory.cloud import MemoryCloud, Place, place

BEGINNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scene:
    """The town on a quiet day."""

    here: Place
    town: Town

    @property
    def cloud(self) -> MemoryCloud:
        """Where the service runs."""
        return self.here.cloud

    @property
    def clock(self) -> HeldClock:
        """Its time."""
        return self.here.clock

    def applicant(self, number: str = "", **changed: Told | None) -> Applicant:
        """Somebody about whom the departments say so."""
        return an_applicant(self.here.payment_app, self.town, number, **changed)

    def minutes(self, minutes: int) -> None:
        """Time passes, with the sweep's rounds."""
        for _ in range(0, minutes, 2):
            self.clock.turn(minutes=2)
            self.cloud.sweep()
            self.cloud.settle()


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with place(HeldClock()) as made:
        yield made


@pytest.fixture
def scene(here: Place) -> Scene:
    here.world.received.clear()
    here.begin()
    here.clock.now = BEGINNING
    return Scene(here, Town(here.world))
