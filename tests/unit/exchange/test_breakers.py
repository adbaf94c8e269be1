"""A department that does not answer is left in peace; one process tries for all; an answer opens the way again."""

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.exchange.model import Missing, MissingKind
from chalicelib.exchange.model.breaker import (
    FAILURES,
    FIRST_REST,
    LONGEST_REST,
    TRIAL,
)
from chalicelib.exchange.service.breakers import Breakers
from chalicelib.exchange.store.breakers import BreakerStore
from tests.clock import HeldClock
from tests.cloud import Cloud

NAME = "real-estate"
DOWN = Missing(kind=MissingKind.DOWN, retry_after=5)
PENDING = Missing(kind=MissingKind.PENDING, retry_after=5)
REFUSED = Missing(kind=MissingKind.REFUSED, retry_after=5)


@pytest.fixture
def process(cloud: Cloud, clock: HeldClock) -> Callable[[], Breakers]:
    """Makes the breakers of another process."""
    return lambda: Breakers(BreakerStore(wiring.core_table()), clock)


def fail(breakers: Breakers, times: int = FAILURES) -> None:
    for _ in range(times):
        breakers.heed(NAME, [DOWN])


def test_failures_in_a_row_open_it_for_every_process(process: Callable[[], Breakers]) -> None:
    here, elsewhere = process(), process()
    fail(here, FAILURES - 1)
    assert here.rest(NAME) is None
    fail(here, 1)
    rest = round(FIRST_REST.total_seconds())
    assert (here.rest(NAME), elsewhere.rest(NAME), elsewhere.rest("veterans")) == (rest, rest, None)


@pytest.mark.parametrize("answer", [[PENDING], [DOWN, PENDING]])
def test_an_answer_in_between_begins_the_count_anew(
    answer: list[Missing], process: Callable[[], Breakers]
) -> None:
    here = process()
    fail(here, FAILURES - 1)
    here.heed(NAME, answer)
    fail(here, FAILURES - 1)
    assert here.rest(NAME) is None


def test_a_refusal_says_nothing_about_its_health(process: Callable[[], Breakers]) -> None:
    here = process()
    for _ in range(FAILURES):
        here.heed(NAME, [REFUSED])
    assert here.rest(NAME) is None


def test_after_its_rest_one_process_tries_for_all(process: Callable[[], Breakers], clock: HeldClock) -> None:
    here, elsewhere = process(), process()
    fail(here)
    clock.turn(seconds=FIRST_REST.total_seconds())
    assert [here.rest(NAME), elsewhere.rest(NAME)] == [None, TRIAL.total_seconds()]
    here.heed(NAME, [PENDING])
    clock.turn(seconds=5)  # elsewhere looks again
    assert elsewhere.rest(NAME) is None


def test_a_trial_without_an_answer_doubles_the_rest(
    process: Callable[[], Breakers], clock: HeldClock
) -> None:
    here = process()
    fail(here)
    for times in range(1, 8):
        clock.turn(seconds=here.rest(NAME) or 0)
        assert here.rest(NAME) is None
        fail(here, 1)
        expected = min(LONGEST_REST, FIRST_REST * 2**times)
        assert here.rest(NAME) == expected.total_seconds()


def test_who_tried_and_died_is_followed_by_another(process: Callable[[], Breakers], clock: HeldClock) -> None:
    fail(process())
    clock.turn(seconds=FIRST_REST.total_seconds())
    assert process().rest(NAME) is None
    assert process().rest(NAME) == TRIAL.total_seconds()
    clock.turn(seconds=TRIAL.total_seconds())
    assert process().rest(NAME) is None


def test_a_late_failure_from_before_it_opened_lengthens_nothing(process: Callable[[], Breakers]) -> None:
    here, elsewhere = process(), process()
    fail(here)
    fail(elsewhere)
    assert process().rest(NAME) == FIRST_REST.total_seconds()


# -- any course of events
EVENTS = st.one_of(
    st.tuples(st.just("ask"), st.integers(0, 2), st.booleans()),
    st.tuples(st.just("turn"), st.sampled_from([1, 5, 10, 15, 60, 400]), st.none()),
    st.tuples(st.just("up"), st.none(), st.booleans()),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENTS, max_size=25))
def test_whatever_happens_it_lets_through_little_and_comes_back(
    events: list[tuple[str, int, bool]], process: Callable[[], Breakers], clock: HeldClock
) -> None:
    """Three processes and a department that is up or down; one of those that ask may die of it."""
    clock.turn(hours=2)
    department = f"dep-{clock()}"
    processes, up, trials = [process() for _ in range(3)], True, list[datetime]()

    def ask(which: Breakers, *, dies: bool = False) -> bool:
        if which.rest(department) is not None:
            return False
        if which._seen[department][0]:  # it knows that it is the one
            trials.append(clock())
        if not dies:
            which.heed(department, [PENDING if up else DOWN])
        return True

    for what, number, flag in events:
        match what:
            case "ask":
                ask(processes[number], dies=flag)
            case "turn":
                clock.turn(seconds=number)
            case _:
                up = flag
    apart = [later - sooner for sooner, later in pairwise(trials)]
    assert all(each >= min(FIRST_REST, TRIAL) for each in apart)
    up = True
    clock.turn(seconds=(LONGEST_REST + TRIAL).total_seconds())
    assert ask(processes[0])
    assert BreakerStore(wiring.core_table()).find(department) is None
