"""Time as a dependency: services take a `Clock`, and whoever tests or replays them may hold it still."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

_Thing = TypeVar("_Thing")
_ROUND = timedelta(seconds=4)

Clock = Callable[[], datetime]
"""Returns the present moment as an aware UTC datetime."""


def _machine() -> datetime:
    return datetime.now(UTC)


_clocks: list[Clock] = [_machine]


def system_clock() -> datetime:
    """The machine's time in UTC, or that of the clock which is being held."""
    return _clocks[-1]()


@contextmanager
def held(clock: Clock) -> Iterator[None]:
    """Within this block every service of the process lives by `clock`."""
    _clocks.append(clock)
    try:
        yield
    finally:
        _clocks.remove(clock)


def while_time_lasts(found: Iterable[_Thing], clock: Clock, lasting: timedelta = _ROUND) -> Iterator[_Thing]:
    """What was found, at least one of it, until so much time has gone by; what is left waits for the next round."""
    ends = clock() + lasting
    for each in found:
        yield each
        if clock() >= ends:
            return
