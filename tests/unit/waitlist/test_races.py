"""Two workers at once, a deadline or a withdrawal against a match, and a process that dies at any call."""

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from functools import partial
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from chalicelib.errors import Unavailable
from chalicelib.payments.model import Order
from chalicelib.waitlist.errors import EntryNotOpen
from chalicelib.waitlist.model.entry import Entry
from tests.appointments import Patient, a_patient, a_session, clinic_of, notify, published
from tests.clock import HeldClock
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import MemoryCloud, cold_start
from tests.waitlist import Lobby, got, matched, seen

MOMENTS = (Moment.BEFORE, Moment.AFTER)


def calls_of(cloud: MemoryCloud, work: Callable[[], object]) -> int:
    """How many calls a piece of work makes."""
    cloud.live(work)
    return len(cloud.calls.last.made)


def stroke(
    cloud: MemoryCloud, work: Callable[[], object], at: int, moment: Moment, deed: Callable[[], object]
) -> None:
    """Work, with something happening around its nth call; what it refuses, or dies of, is its own affair."""
    try:
        cloud.live(work, Strike(at, moment, deed))
    except (Died, Unavailable, EntryNotOpen):
        cold_start()


class Stage:
    """A full day with two who wait; the slot has just come back, and nobody has looked yet."""

    def __init__(
        self, lobby: Lobby, cloud: MemoryCloud, session: Session, waiting: list[tuple[Patient, Entry, Order]]
    ) -> None:
        self.lobby, self.cloud, self.session, self.waiting = lobby, cloud, session, waiting
        self._tables: Any = self.cloud.remember()
        self._till: Any = deepcopy((lobby.till.trades, lobby.till.refunds))
        self._now = lobby.clock.now

    def again(self) -> None:
        self.cloud.return_to(self._tables)
        trades, refunds = deepcopy(self._till)
        self.lobby.till.trades, self.lobby.till.refunds = trades, refunds
        self.lobby.clock.now = self._now
        cold_start()

    def settle(self) -> None:
        """Whatever was lost is found again."""
        for _ in range(3):
            self.cloud.settle()
            self.lobby.clock.turn(seconds=70)
            self.cloud.sweep()

    def must_add_up(self) -> None:
        """The slot went to one of them at most; whoever has none and waits no longer has the money back."""
        statuses = {"fulfilled", "active", "unfulfilled", "withdrawn"}
        winners = []
        for who, entry, order in self.waiting:
            now = seen(who, entry)
            assert now.status in statuses
            if now.status == "fulfilled":
                winners.append(got(who, entry))
            assert self.lobby.till.refunded(order) == (now.status in {"unfulfilled", "withdrawn"})
        sold = {slot: value for slot, value in clinic_of(self.session).seen.slots.items() if value < 0}
        assert len(winners) <= 1
        assert sold == {each.hold.key: -each.hold.until_ms for each in winners}
        assert all(each.status == "booked" for each in winners)
        assert not self.cloud.dead_letters()

    def statuses(self) -> list[str]:
        return [seen(who, entry).status for who, entry, _ in self.waiting]


@pytest.fixture
def stage(
    lobby: Lobby,
    cloud: MemoryCloud,
    clock: HeldClock,
    patient: Patient,
    other: Patient,
    third: Patient,
) -> Stage:
    session = published(a_session(clock, places=1))
    appointment_id = lobby.books(patient, session)
    waiting = []
    for who in (other, third):
        clock.turn(seconds=1)
        entry = lobby.enters(who, session)
        waiting.append((who, entry, lobby.prepays(who, entry)))
    patient.cancel(appointment_id)
    # the stream has shown nothing yet: the slot is back, and nobody was asked to look
    cloud.read_until["CoreTable"] = str(len(cloud.changes()))
    cloud.settle()
    return Stage(lobby, cloud, session, waiting)


def test_two_workers_at_once_give_one_slot_to_one(stage: Stage) -> None:
    """The second begins and ends anywhere within the first."""
    stage.again()
    count = calls_of(stage.cloud, lambda: matched(stage.session))
    for at in range(count):
        for moment in MOMENTS:
            stage.again()
            stroke(stage.cloud, lambda: matched(stage.session), at, moment, lambda: matched(stage.session))
            stage.settle()
            stage.must_add_up()
            assert stage.statuses() == ["fulfilled", "active"]


def test_a_withdrawal_within_a_match_is_before_or_after_it(stage: Stage) -> None:
    who, entry, _ = stage.waiting[0]

    def leave() -> None:
        with suppress(EntryNotOpen):
            wiring.prepaying().withdraw(who.citizen, entry.id)

    stage.again()
    count = calls_of(stage.cloud, lambda: matched(stage.session))
    ends = set()
    for at in range(count):
        stage.again()
        stroke(stage.cloud, lambda: matched(stage.session), at, Moment.BEFORE, leave)
        stage.settle()
        stage.must_add_up()
        ends.add(tuple(stage.statuses()))
    assert ends == {("withdrawn", "fulfilled"), ("fulfilled", "active")}


def test_a_deadline_within_a_match_is_before_or_after_it(stage: Stage) -> None:
    def pass_by() -> None:
        stage.lobby.clock.turn(hours=1)
        wiring.waitlist_sweeping().sweep()

    stage.again()
    count = calls_of(stage.cloud, lambda: matched(stage.session))
    for at in range(count):
        stage.again()
        stroke(stage.cloud, lambda: matched(stage.session), at, Moment.BEFORE, pass_by)
        stage.settle()
        stage.must_add_up()
        assert "active" not in stage.statuses()


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_match_that_dies_at_any_call_is_healed(stage: Stage, moment: Moment) -> None:
    stage.again()
    for at in range(calls_of(stage.cloud, lambda: matched(stage.session))):
        stage.again()
        stroke(stage.cloud, lambda: matched(stage.session), at, moment, stage.cloud.calls.die)
        stage.settle()
        stage.must_add_up()
        assert stage.statuses() == ["fulfilled", "active"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_withdrawal_that_dies_at_any_call_gives_the_money_back(stage: Stage, moment: Moment) -> None:
    who, entry, _ = stage.waiting[1]

    def leave() -> None:
        wiring.prepaying().withdraw(who.citizen, entry.id)

    stage.again()
    for at in range(calls_of(stage.cloud, leave)):
        stage.again()
        stroke(stage.cloud, leave, at, moment, stage.cloud.calls.die)
        stage.settle()
        stage.must_add_up()
        assert stage.statuses()[0] == "fulfilled"


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_deadline_whose_sweep_dies_at_any_call_gives_the_money_back(stage: Stage, moment: Moment) -> None:
    def look() -> None:
        wiring.waitlist_sweeping().sweep()

    stage.again()
    stage.lobby.clock.turn(hours=2)
    for at in range(calls_of(stage.cloud, look)):
        stage.again()
        stage.lobby.clock.turn(hours=2)
        stroke(stage.cloud, look, at, moment, stage.cloud.calls.die)
        stage.settle()
        stage.must_add_up()
        assert stage.statuses() == ["unfulfilled", "unfulfilled"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_prepayment_whose_work_dies_at_any_call_opens_the_place(
    lobby: Lobby,
    cloud: MemoryCloud,
    full: tuple[Session, str],
    other: Patient,
    clock: HeldClock,
    moment: Moment,
) -> None:
    session, _ = full
    entry = lobby.enters(other, session)
    order = wiring.prepaying().pay(other.citizen, entry.id)
    told = lobby.till.pay(order)
    notify(lobby.api, told)
    cloud.settle()
    assert seen(other, entry).status == "active"
    for at in range(8):
        fresh = a_patient(lobby.till.app, clock)
        entry = lobby.enters(fresh, session)
        pay = partial(wiring.prepaying().pay, fresh.citizen, entry.id)
        lobby.till.pay(pay())
        stroke(cloud, pay, at, moment, cloud.calls.die)
        for _ in range(2):
            clock.turn(minutes=11)
            cloud.sweep()
        assert seen(fresh, entry).status == "active"
