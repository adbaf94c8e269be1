"""The tests' cloud, made to be run a thousand times: it remembers a state, and a process in it may die.

It knows the emulator's memory, because going back to a state through its API would take most of the time.
"""

import pickle
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID

from tests.clock import HeldClock
from tests.cloud import REGION, STREAMS, Cloud, as_lambda_gives_it, resources
from tests.conftest import CONFIG, WIRING, forget
from tests.faults.faults import Crash, Fault, Kind
from tests.faults.tap import Tap

_LAMBDA_AGAIN_SECONDS = 1
T = TypeVar("T")


class Died(Exception):
    """The process ended without an answer: API Gateway says 502, Lambda gives the event again."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the cloud held at one moment."""

    stored: bytes
    read_until: Mapping[str, str]


@dataclass
class FaultyCloud(Cloud):
    """A cloud whose processes `tap` may kill. Waiting for a message to come back turns the clock."""

    tap: Tap = field(kw_only=True)
    clock: HeldClock = field(kw_only=True)
    deliveries: list[Callable[[], object]] = field(default_factory=list)

    # -- one process
    def live(self, work: Callable[[], T]) -> T:
        """Run one process's work. Raises Died where it was killed; the next one starts cold."""
        number = self.tap.begin(work)
        if number >= 0:
            self.deliveries.append(work)
        try:
            answer = work()
        except Crash:
            forget(CONFIG, WIRING)
            raise Died from None
        if self.tap.fault == Fault(Kind.REPEATED, number):
            with self.tap.closed():
                work()
        return answer

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Call one of `app.py`'s functions in a process of its own."""
        return self.live(lambda: super(FaultyCloud, self).invoke(function, event))

    # -- streams and queues, looked at in the emulator's memory first: most looks are in vain
    def stream(self, table: str) -> dict[str, Any] | None:
        """The table's changes since the last call."""
        shard, first = _shard(table)
        begin = int(self.read_until.get(table, first - 1)) + 1
        records = shard.get(begin, len(shard.items))
        if not records:
            return None
        self.read_until[table] = records[-1]["dynamodb"]["SequenceNumber"]
        return {"Records": [as_lambda_gives_it(each, self.arns[table]) for each in records]}

    def receive(self, queue: str) -> list[dict[str, Any]]:
        """Up to ten waiting messages."""
        return super().receive(queue) if _sqs().queues[queue]._messages else []

    def finish(self, queue: str, records: list[dict[str, Any]], failed: set[str]) -> None:
        """Delete what was worked on; what failed comes back after its visibility timeout."""
        if failed:
            self.clock.turn(seconds=int(resources("AWS::SQS::Queue")[queue]["VisibilityTimeout"]))
        super().finish(queue, records, failed)

    def _reread(self, table: str, before: str | None) -> None:
        self.clock.turn(seconds=_LAMBDA_AGAIN_SECONDS)
        super()._reread(table, before)

    def at_rest(self) -> bool:
        """Whether no stream and no queue has anything left."""
        return all(map(self._read, STREAMS)) and not any(each._messages for each in _sqs().queues.values())

    def _read(self, table: str) -> bool:
        shard, first = _shard(table)
        return int(self.read_until.get(table, first - 1)) == first + len(shard.items) - 1

    def due(self) -> bool:
        """Whether the schedule's next round would find anything."""
        now = self.clock().timestamp()
        items = (item.to_json()["Attributes"] for item in _dynamodb().tables["CoreTable"].all_items())
        return any("due_kind" in item and int(item["due_at"]["N"]) <= now for item in items)

    def things(self) -> list[dict[str, Any]]:
        """Everything stored: items of every table, files, and messages that were given up."""
        found: list[dict[str, Any]] = []
        for name, table in _dynamodb().tables.items():
            found += [{"kind": name, **item.to_json()["Attributes"]} for item in table.all_items()]
        for bucket in _s3().buckets.values():
            found += [
                {"kind": "file", "key": key.name, "type": key.metadata.get("Content-Type")}
                for key in bucket.keys.values()
            ]
        dead = [queue for name, queue in _sqs().queues.items() if name.endswith("DeadLetterQueue")]
        found += [{"kind": "dead letter", "body": each.body} for queue in dead for each in queue._messages]
        return found

    # -- going back
    def remember(self) -> Memory:
        """What tables and bucket hold now. Streams and queues must be at rest."""
        if not self.at_rest():
            raise AssertionError("something is still under way")
        held = (_dynamodb().tables, _s3().buckets)
        return Memory(pickle.dumps(held), deepcopy(self.read_until))

    def return_to(self, memory: Memory) -> None:
        """Hold exactly that again, with every process cold."""
        _dynamodb().tables, _s3().buckets = pickle.loads(memory.stored)  # noqa: S301  (our own bytes)
        self.read_until = dict(memory.read_until)
        self.deliveries = []
        for queue in _sqs().queues.values():
            queue._messages.clear()
            queue._pending_messages.clear()
            queue.deleted_messages.clear()
        forget(CONFIG, WIRING)


def _shard(table: str) -> tuple[Any, int]:
    """A table's stream, and the number of its first record."""
    shard = _dynamodb().tables[table].stream_shard
    return shard, shard.starting_sequence_number


@cache
def _dynamodb() -> Any:
    return get_backend("dynamodb")[DEFAULT_ACCOUNT_ID][REGION]


@cache
def _sqs() -> Any:
    return get_backend("sqs")[DEFAULT_ACCOUNT_ID][REGION]


@cache
def _s3() -> Any:
    return get_backend("s3")[DEFAULT_ACCOUNT_ID]["aws"]
