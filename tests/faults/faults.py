"""What can go wrong at one call to the cloud or to the world outside. Pure data: knows no SDK and no scenario."""

from dataclasses import dataclass
from enum import StrEnum

HTTP = "http"


class Crash(BaseException):
    """The process is gone, as if killed: no `except Exception` of the app's may see it."""


class Kind(StrEnum):
    """One way in which a call, or the delivery that led to it, goes wrong."""

    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"
    THROTTLED_ONCE = "throttled once"
    """The service refuses one attempt; the SDK's own retry succeeds."""
    THROTTLED = "throttled"
    """The service refuses every attempt (an address outside answers 503)."""
    CONFLICT = "conflict"
    """Another transaction holds the item: the SDK does not retry this."""
    PARTLY_REFUSED = "partly refused"
    """A batch is taken but for some: of messages the first, of items all."""
    LOST_ONCE = "reply lost once"
    """It took effect, the connection broke, and the SDK tried again."""
    LOST = "reply lost"
    """Every attempt took effect, and every answer was lost."""
    DOUBLED = "doubled during"
    """What triggered this process is delivered a second time, and worked on entirely, just before this call."""
    REPEATED = "delivered again"
    """What triggered this process is delivered again as soon as it has ended."""
    LATE = "delivered late"
    """What triggered this process is delivered again after everything came to rest."""


@dataclass(frozen=True, slots=True)
class Call:
    """The nth call beyond the process, and which process made it."""

    number: int
    service: str
    operation: str
    process: int

    @property
    def writes(self) -> bool:
        """Whether it changes anything beyond the process."""
        return self.service in {HTTP, "sqs"} or self.operation.startswith(
            ("Put", "Update", "Delete", "TransactWrite", "BatchWrite", "Copy")
        )

    def __str__(self) -> str:
        return f"{self.service} {self.operation}"


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault at the nth call, or at the nth process."""

    kind: Kind
    at: int


_EVERYWHERE = (Kind.CRASH_BEFORE, Kind.CRASH_AFTER, Kind.THROTTLED, Kind.LOST, Kind.DOUBLED)
_RETRIED_BY_SDK = (Kind.THROTTLED_ONCE, Kind.LOST_ONCE)


def of_call(call: Call) -> list[Fault]:
    """Every fault that can strike this call.

    A fault of one attempt is told from a fault of all of them only where the SDK retries by itself and the call
    changes something: of a read nobody can tell whether it was asked once or twice.
    """
    kinds = list(_EVERYWHERE)
    if call.writes and call.service != HTTP:
        kinds += _RETRIED_BY_SDK
    if call.writes and call.service == "dynamodb":
        kinds.append(Kind.CONFLICT)
    if call.operation in {"SendMessageBatch", "BatchWriteItem"}:
        kinds.append(Kind.PARTLY_REFUSED)
    return [Fault(kind, call.number) for kind in kinds]


def of_process(number: int) -> list[Fault]:
    """Every fault of the delivery that started a process."""
    return [Fault(Kind.REPEATED, number), Fault(Kind.LATE, number)]
