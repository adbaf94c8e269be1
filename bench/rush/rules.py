"""What a rush is, whatever it runs on: sessions, people, what a try may answer. Knows no engine.

A client is a container that serves several people at once. It remembers for a second what it last saw of a session,
as a function of ours would: whoever comes within that second to a session that was full asks nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from time import monotonic
from typing import Any, NamedTuple, Protocol

REMEMBERED_SECONDS = 1.0
_DOUBLE_TAPS = 20
"""Every so manieth person taps twice."""


class Answer(Enum):
    """What one try came to."""

    HELD = "held"
    ALREADY = "already"
    FULL = "full"
    LOST = "lost"


class Sale(NamedTuple):
    """A hold that its person was told of. `proof` is whatever else the engine needs to find it again."""

    session: int
    slot: int
    person: int
    proof: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """One rush on one engine: `address` says where it listens, `name` keeps rushes apart."""

    store: str
    address: str
    name: str
    places: tuple[int, ...]
    contenders: int
    clients: int

    def taps(self) -> list["Tap"]:
        """Everybody, in the order in which they come; some tap twice."""
        people = range(self.contenders)
        return [
            Tap(each, again) for each in people for again in ((False, True) if _doubles(each) else (False,))
        ]

    def wishes(self, tap: "Tap") -> list[int]:
        """The sessions that a person would take, the dearest first; a second tap repeats the first wish only."""
        count = len(self.places)
        return [(tap.person + step) % count for step in range(1 if tap.again else count)]


class Tap(NamedTuple):
    """Somebody tries to get a slot; `again` is the second of two taps at once."""

    person: int
    again: bool = False


def _doubles(person: int) -> bool:
    return person % _DOUBLE_TAPS == 0


@dataclass(slots=True)
class Tally:
    """What one client's calls came to. `told_units` is what the engine itself says that it would bill."""

    calls: int = 0
    units: int = 0
    refused_units: int = 0
    told_units: float = 0


class Store(Protocol):
    """One engine's way to hold a slot, for one client."""

    tally: Tally

    def warm(self) -> None:
        """Open the connection."""

    def hold(self, session: int, person: int) -> tuple[Answer, Sale | None]:
        """Try once to hold any free slot of a session, with at most one call.

        FULL only where every slot is somebody else's: a person who is in the session is told so first.
        """

    def audit(self, sales: list[Sale]) -> tuple[int, int]:
        """How many of these sales stand, each in a slot and with a person of its own; and how many slots are free."""


@dataclass(slots=True)
class Memory:
    """What a container saw last of each session, for a second."""

    seen: dict[int, tuple[float, Any]] = field(default_factory=dict)
    now: Callable[[], float] = monotonic

    def keep(self, session: int, what: Any) -> None:
        """Remember this."""
        self.seen[session] = (self.now(), what)

    def recall(self, session: int) -> Any:
        """What was remembered less than a second ago; None for nothing."""
        at, what = self.seen.get(session, (0.0, None))
        return what if self.now() - at < REMEMBERED_SECONDS else None


def contend(store: Store, full: Memory, turn: Turn, tap: Tap) -> Sale | None:
    """One tap: try session after session until one is held, or the person is in it already, or all are full.

    Who taps twice always asks the engine: a session may be full because the other tap has its last slot.
    """
    for session in turn.wishes(tap):
        while _doubles(tap.person) or not full.recall(session):
            answer, sale = store.hold(session, tap.person)
            if answer is Answer.FULL:
                full.keep(session, what=True)
                break
            if answer is not Answer.LOST:
                return sale
    return None
