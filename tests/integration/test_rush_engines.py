"""2,000 people against 200 slots sell exactly 200, no person twice: on the embedded cloud's DynamoDB and on Amazon's.

The holds are the service's own, from 8 processes of 8 threads; both engines are started here and end with the test.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from bench.rush import engines
from bench.rush.clients import Clients, Outcome, clients
from bench.rush.local_dynamo import Missing
from bench.rush.rules import Turn

pytestmark = pytest.mark.xdist_group("rush")

PEOPLE = 2000
PLACES = (70, 70, 60)
CROWD = 64

Engine = Callable[[], AbstractContextManager[str]]


@pytest.fixture(
    scope="module", params=[engines.ministack, engines.dynamodb_local], ids=lambda each: each.__name__
)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    start: Engine = request.param
    try:
        with start() as address:
            yield address
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def people() -> Iterator[Clients]:
    with clients() as crowd:
        yield crowd


def a_rush(address: str, places: tuple[int, ...], contenders: int) -> Turn:
    return Turn("session-items", address, f"test-{len(places)}", places, contenders, CROWD)


def test_of_64_parallel_holds_of_one_slot_one_succeeds(engine: str, people: Clients) -> None:
    turn = a_rush(engine, (1,), CROWD)
    outcome = people.rush(turn)
    assert outcome.held == 1
    assert outcome.sold_out(turn)
    assert outcome.calls > 1


def test_2000_people_and_200_slots_are_200_sales_of_one_unit_each(engine: str, people: Clients) -> None:
    turn = a_rush(engine, PLACES, PEOPLE)
    outcome = people.rush(turn)
    assert outcome.sold_out(turn)
    assert outcome.held == 200
    assert_price(outcome)


def assert_price(outcome: Outcome) -> None:
    """The engine counts as we do, and a session of 70 places is never more than one unit."""
    assert outcome.units == outcome.told_units
    assert outcome.units <= outcome.held * 1.05
