"""Rounds that last a while and no longer."""

from datetime import timedelta

from chalicelib.platform.clock import while_time_lasts
from tests.clock import HeldClock

SECOND = timedelta(seconds=1)


def test_a_round_takes_all_while_there_is_time(clock: HeldClock) -> None:
    assert list(while_time_lasts(range(1000), clock, SECOND)) == list(range(1000))


def test_a_round_ends_with_its_time_and_takes_nothing_that_it_does_not_give(clock: HeldClock) -> None:
    waiting = iter(range(1000))
    done = []
    for each in while_time_lasts(waiting, clock, 3 * SECOND):
        done.append(each)
        clock.turn(seconds=1)
    assert done == [0, 1, 2]
    assert next(waiting) == 3


def test_a_round_takes_one_at_least(clock: HeldClock) -> None:
    assert list(while_time_lasts([1, 2], clock, timedelta(0))) == [1]
