"""Every call beyond the process, counted; and what a test lets happen just before or just after the nth of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from tests.faults.faults import Crash

T = TypeVar("T")


class Died(Exception):
    """The process ended without an answer: its client does not know what became of the request."""


class Moment(StrEnum):
    """When something happens."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Strike:
    """`deed` happens once, `moment` the nth call (from 0) of the next process."""

    at: int
    moment: Moment
    deed: Callable[[], object]


@dataclass
class Process:
    """One process's life."""

    strike: Strike | None = None
    made: list[str] = field(default_factory=list)
    """What it called, in order: "dynamodb.get_item"."""
    struck: bool = False
    """Whether the strike came about: it made enough calls."""
    dead: bool = False

    def perhaps(self, number: int, moment: Moment) -> None:
        """Let the strike come where it is its time."""
        strike = self.strike
        if strike and not self.struck and strike.at == number and strike.moment is moment:
            self.struck = True
            strike.deed()


class Calls:
    """The one gate through which processes reach anything beyond them."""

    def __init__(self) -> None:
        self.last = Process()
        """The process that ended last."""
        self._running = [Process()]

    def live(self, work: Callable[[], T], strike: Strike | None = None) -> T:
        """Run one process's work. Raises Died where `strike` killed it; another process may run during the strike."""
        self._running.append(Process(strike))
        try:
            return work()
        except Crash:
            raise Died from None
        finally:
            self.last = self._running.pop()

    def die(self) -> None:
        """The running process is killed: a deed for a strike."""
        self._running[-1].dead = True
        raise Crash

    def pass_through(self, name: str, call: Callable[..., T], arguments: Mapping[str, Any]) -> T:
        """One call."""
        process = self._running[-1]
        if process.dead:
            raise Crash
        number = len(process.made)
        process.made.append(name)
        process.perhaps(number, Moment.BEFORE)
        answer = call(**arguments)
        process.perhaps(number, Moment.AFTER)
        return answer


class Tapped:
    """A client whose every call passes through the gate."""

    def __init__(self, calls: Calls, service: str, client: object) -> None:
        self._calls, self._service, self._client = calls, service, client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method, calls, full = getattr(self._client, name), self._calls, f"{self._service}.{name}"

        def tapped(**arguments: Any) -> Any:
            return calls.pass_through(full, method, arguments)

        self.__dict__[name] = tapped
        return tapped
