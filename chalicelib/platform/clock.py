"""Time as a dependency: services take a `Clock`, and whoever tests or replays them may hold it still."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

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
