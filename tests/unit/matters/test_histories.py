"""Random histories of one person's applications: whatever happens in whichever order, the books agree at the end."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.errors import AppError
from chalicelib.matters.model.applications import OPEN, Application, Status, period_of
from tests.matters import ITEM, Applicant, Town
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import Place, cold_start
from tests.memory.depth import depth
from tests.unit.matters.conftest import BEGINNING, Scene

MOODS = ("", "", "down", "lost", "accepting", "miscounting")


class History:
    """Two accounts of one person, and everybody else."""

    def __init__(self, here: Place) -> None:
        here.world.received.clear()
        here.begin()
        here.clock.now = BEGINNING
        self.scene = Scene(here, Town(here.world))
        first = self.scene.applicant()
        self.accounts = [first, self.scene.applicant(first.number)]
        self.made: dict[str, Applicant] = {}

    def apply(self, which: int, amount: int | None) -> None:
        who = self.accounts[which]
        with suppress(AppError):
            made = who.applies(amount, who.scans(self.scene.here.payment_app))
            self.made[made.id] = who

    def work(self, at: int, moment: Moment) -> None:
        """A worker goes through what is open, and may die on the way."""
        with suppress(Died, AppError):
            self.scene.cloud.live(self._proceed, Strike(at, moment, self.scene.cloud.calls.die))
        cold_start()

    def _proceed(self) -> None:
        for application, who in self.made.items():
            wiring.proceeding().proceed(who.citizen.id, application)

    def happens(self, what: str, which: int) -> None:
        town = self.scene.town
        department = town.departments["real-estate"]
        deeds: dict[str, Callable[[], Any]] = {
            "mood": lambda: setattr(town.fund, "mood", MOODS[which % len(MOODS)]),
            "down": lambda: setattr(department, "down", bool(which % 2)),
            "refuse": lambda: setattr(town.fund, "refuses", "balance-short" if which % 2 else ""),
            "settle": self.scene.cloud.settle,
            "minutes": lambda: self.scene.minutes(6),
            "months": lambda: self.scene.clock.turn(days=40),
            "revoke": self._revoke,
        }
        deeds[what]()

    def _revoke(self) -> None:
        for each in self.standing():
            if each.consent_id:
                wiring.consents().revoke(self.made[each.id].citizen, each.consent_id)

    def standing(self) -> list[Application]:
        return [wiring.applying().get(who.citizen, each) for each, who in self.made.items()]

    def ends(self) -> None:
        """All is well from now on, and time passes."""
        self.scene.town.fund.mood = self.scene.town.fund.refuses = ""
        self.scene.town.departments["real-estate"].down = False
        late = {n: o for n, o in self.scene.town.fund.orders.items() if o["status"] == "accepted"}
        for number in late:  # what was taken in was lost there: it is ordered again under its number
            del self.scene.town.fund.orders[number]
        self.scene.minutes(130)

    def adds_up(self) -> None:
        standing, fund = self.standing(), self.scene.town.fund
        assert [each.status for each in standing if each.status in OPEN] == []
        paid = [each for each in standing if each.status is Status.PAID]
        assert sorted(fund.payments) == sorted(each.order_number for each in paid)
        quarters = [period_of(each.decided_at, 3) for each in paid if each.decided_at]
        assert len(set(quarters)) == len(quarters)
        usage = wiring.matters().usage().get(ITEM)
        assert (usage.decided if usage else 0) == sum(each.decided_at is not None for each in standing)
        readings = [
            each["case_id"]["S"] for each in self.scene.cloud.items() if each["sk"]["S"].startswith("USAGE#")
        ]
        assert all(readings.count(each) <= 4 for each in set(readings))
        assert [each for each in self.scene.cloud.items() if each["sk"]["S"].startswith("MATTER-OPEN#")] == []


APPLY = st.tuples(st.just("apply"), st.integers(0, 1), st.sampled_from([None, 100_00, 9_000_00]))
WORK = st.tuples(st.just("work"), st.integers(0, 30), st.sampled_from(list(Moment)))
WHAT = st.sampled_from(["mood", "mood", "down", "refuse", "settle", "minutes", "months", "revoke"])
HAPPENS = st.tuples(st.just("happens"), WHAT, st.integers(0, 5))


@depth(20)
@given(st.lists(APPLY | WORK | HAPPENS, min_size=3, max_size=12))
def test_whatever_happens_the_books_agree(here: Place, deeds: list[tuple[str, Any, Any]]) -> None:
    history = History(here)
    for name, *arguments in deeds:
        getattr(history, name)(*arguments)
    history.ends()
    history.adds_up()
