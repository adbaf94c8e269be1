"""The errand's crash points, a sample that fits into every test run; `make faults` tries all of them."""

import logging
from collections.abc import Iterator

import pytest

from tests.faults.enumerator import enumerate_faults
from tests.faults.errand import Errand, Scenario
from tests.faults.scenarios import SCENARIOS
from tests.faults.stage import stage

EVERY = 29
"""Of so many faults one is tried (`make faults` tries all): no multiple of a call's kinds, so that they take turns."""
FIRST = 11
"""The first one tried is one of so many: even the shortest use-case has them."""


@pytest.fixture
def errand(aws_keys: dict[str, str]) -> Iterator[Errand]:
    logging.disable()  # a hundred runs' logs, which nobody reads
    with stage(aws_keys) as made:
        yield made
    logging.disable(logging.NOTSET)


@pytest.mark.faults
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")  # a crash left it behind
@pytest.mark.parametrize(
    ("first", "scenario"), list(enumerate(SCENARIOS)), ids=[each.name.replace(" ", "-") for each in SCENARIOS]
)
def test_faults_of_the_errand_heal(first: int, scenario: Scenario, errand: Errand) -> None:
    report = enumerate_faults(errand, scenario, lambda number: number % EVERY == first % FIRST)
    assert report.faults
    assert not report.survivors, "\n".join(map(str, report.survivors))
