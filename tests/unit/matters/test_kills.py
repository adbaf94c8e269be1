"""A process may die at any call of any step: there is one decision, one payment, one entry per reading."""

from collections.abc import Callable

import pytest

from chalicelib import wiring
from chalicelib.matters.model.applications import Application, Status
from tests.matters import ITEM, Applicant
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import cold_start
from tests.unit.matters.conftest import Scene

MOST_CALLS = 80


def struck(scene: Scene, work: Callable[[], object], at: int, moment: Moment) -> bool:
    """Whether the process died at this call: it made so many."""
    try:
        scene.cloud.live(work, Strike(at, moment, scene.cloud.calls.die))
    except Died:
        cold_start()
        return True
    return False


def ends_well(scene: Scene, worker: Applicant, applied: Application) -> None:
    scene.minutes(10)
    paid = worker.now(applied)
    assert paid.status is Status.PAID
    assert scene.town.fund.payments == [paid.order_number]
    readings = [each["id"]["S"] for each in scene.cloud.items() if each["sk"]["S"].startswith("USAGE#")]
    assert len(readings) == 4
    assert wiring.matters().usage()[ITEM].decided == 1
    assert scene.cloud.at_rest()
    assert not scene.cloud.dead_letters()


@pytest.mark.parametrize("moment", list(Moment))
def test_the_worker_dies_at_every_call_and_the_money_is_paid_once(scene: Scene, moment: Moment) -> None:
    for at in range(MOST_CALLS):
        worker = scene.applicant()
        applied = worker.applies()
        died = struck(scene, lambda: wiring.proceeding().proceed(worker.citizen.id, applied.id), at, moment)  # noqa: B023
        ends_well(scene, worker, applied)
        if not died:
            assert at > 10
            return
        again(scene)
    raise AssertionError("it never lived to its end")


@pytest.mark.parametrize("moment", list(Moment))
def test_the_request_dies_at_every_call_and_is_made_again(scene: Scene, moment: Moment) -> None:
    for at in range(MOST_CALLS):
        worker = scene.applicant()
        died = struck(scene, worker.applies, at, moment)
        ends_well(scene, worker, worker.applies())
        if not died:
            assert at > 1
            return
        again(scene)
    raise AssertionError("it never lived to its end")


def again(scene: Scene) -> None:
    """The next one begins with empty books and tables."""
    scene.here.begin()
    scene.here.world.received.clear()
    scene.town.__post_init__()
