"""A cloud in memory: what `tests/cloud.py` builds of moto, a hundred times faster, and a process in it may die.

For tests that live through thousands of histories. That it answers as the emulator does is proven beside it.
"""

import sys
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from chalicelib.platform import aws, web
from chalicelib.platform.clock import Clock, held
from tests.clock import HeldClock
from tests.cloud import ORIGIN, QUEUES, REGION, STREAMS, Cloud, resources
from tests.conftest import CONFIG, WIRING, forget
from tests.fakes import PaymentApp
from tests.memory.calls import Calls, Strike, Tapped
from tests.memory.dynamodb import DynamoDB
from tests.memory.errors import Attributes
from tests.memory.kms import Kms
from tests.memory.outside import Nearby, Pool
from tests.memory.s3 import S3
from tests.memory.sqs import Sqs, Waiting
from tests.memory.tables import Change, Key, MemoryTable, Shape

_ACCOUNT = "123456789012"
T = TypeVar("T")
Remembered = Mapping[str, Mapping[Key, Attributes]]
"""What every table held at one moment."""


def _arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:{REGION}:{_ACCOUNT}:{name}"


@dataclass
class MemoryCloud(Cloud):
    """Tables, queues and keys of `infra/`, in memory. Streams and queues are driven as in any cloud of the tests."""

    keys: Mapping[str, str] = field(
        default_factory=lambda: {name: _arn("kms", f"key/{name}") for name in resources("AWS::KMS::Key")}
    )
    clock: Clock = field(kw_only=True)
    calls: Calls = field(default_factory=Calls)
    tables: dict[str, MemoryTable] = field(default_factory=dict)
    sqs: Sqs = field(default_factory=lambda: Sqs(()))
    s3: S3 = field(default_factory=S3)
    clients: dict[str, Any] = field(default_factory=dict)

    def create(self) -> None:
        """Make tables and queues anew."""
        for name, properties in resources("AWS::DynamoDB::Table").items():
            self.tables[name] = MemoryTable(Shape.declared(name, properties))
            self.arns[name] = _arn("dynamodb", f"table/{name}/stream/1")
        for name in resources("AWS::SQS::Queue"):
            self.arns[name], self.urls[name] = _arn("sqs", name), f"https://sqs.invalid/{_ACCOUNT}/{name}"
        for name in resources("AWS::S3::Bucket"):
            self.arns[name] = f"arn:aws:s3:::{name.lower()}"
        self.read_until.clear()
        self.sqs, self.s3 = Sqs(self.urls.values()), S3()
        specs = {self.keys[name]: told["KeySpec"] for name, told in resources("AWS::KMS::Key").items()}
        made = {"dynamodb": DynamoDB(self.tables), "kms": Kms(specs), "sqs": self.sqs, "s3": self.s3}
        self.clients = {name: Tapped(self.calls, name, each) for name, each in made.items()}

    def live(self, work: Callable[[], T], strike: Strike | None = None) -> T:
        """Run one process's work. Raises Died where `strike` killed it."""
        return self.calls.live(work, strike)

    # -- what happened, and what is still to be done
    def items(self, table: str = "CoreTable") -> list[Attributes]:
        """Every item of a table in DynamoDB's notation."""
        return list(self.tables[table].items.values())

    def changes(self, table: str = "CoreTable") -> list[Change]:
        """Every change of a table, in order."""
        return self.tables[table].changes

    def stream(self, table: str) -> dict[str, Any] | None:
        """The table's changes since the last call as a Lambda event; None where there are none."""
        begin = int(self.read_until.get(table, "0"))
        changes = self.tables[table].changes[begin:]
        if not changes:
            return None
        self.read_until[table] = str(begin + len(changes))
        return self.event(changes)

    def event(self, changes: list[Change]) -> dict[str, Any]:
        """Changes as Lambda gets them, however late and however often."""
        return {"Records": [self._record(each) for each in changes]}

    def _record(self, change: Change) -> dict[str, Any]:
        kind = "INSERT" if change.old is None else "REMOVE" if change.new is None else "MODIFY"
        images = {"OldImage": change.old, "NewImage": change.new}
        told: dict[str, Any] = {name: _plain(image) for name, image in images.items() if image is not None}
        told |= {"Keys": change.key, "SequenceNumber": change.sequence}
        told["ApproximateCreationDateTime"] = self.clock().timestamp()
        return {"eventName": kind, "eventSourceARN": self.arns[change.table], "dynamodb": told}

    def receive(self, queue: str) -> list[dict[str, Any]]:
        """Up to ten waiting messages as a Lambda event's records; they stay until `finish`ed."""
        return [each.record(self.arns[queue]) for each in self.waiting(queue)[:10]]

    def waiting(self, queue: str) -> list[Waiting]:
        """What a queue holds; a test may reorder it, or let a message be there twice."""
        return self.sqs.queues[self.urls[queue]]

    def finish(self, queue: str, records: list[dict[str, Any]], failed: set[str]) -> None:
        """Delete what was worked on; what failed stays, or is given up after its last time."""
        redrive = resources("AWS::SQS::Queue")[queue].get("RedrivePolicy")
        for record in records:
            if record["messageId"] not in failed:
                self._take(queue, record["messageId"])
            elif (
                redrive and int(record["attributes"]["ApproximateReceiveCount"]) >= redrive["maxReceiveCount"]
            ):
                given_up = self._take(queue, record["messageId"])
                self.waiting(redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]).append(given_up)

    def _take(self, queue: str, message_id: str) -> Waiting:
        waiting = self.waiting(queue)
        return waiting.pop(next(place for place, each in enumerate(waiting) if each.id == message_id))

    def at_rest(self) -> bool:
        """Whether no stream and no queue has anything left."""
        read = all(int(self.read_until.get(each, "0")) == len(self.changes(each)) for each in STREAMS)
        return read and not any(self.waiting(queue) for queue in QUEUES)

    def remember(self) -> Remembered:
        """What every table holds now. Streams and queues must be at rest."""
        assert self.at_rest(), "something is still under way"
        return {name: dict(table.items) for name, table in self.tables.items()}

    def return_to(self, remembered: Remembered) -> None:
        """Hold exactly that again."""
        self.create()
        for name, items in remembered.items():
            self.tables[name].items.update(items)

    def lag(self, *, lagging: bool) -> None:
        """From now on replicas have, or lack, the last change of each item changed since they had everything."""
        for table in self.tables.values():
            table.catch_up()
            table.lagging = lagging


def cold_start() -> None:
    """Let the next process make every part of the app anew. The tests' own `forget` looks through all modules."""
    for name, module in list(sys.modules.items()):
        if name.startswith(WIRING):
            for made in list(vars(module).values()):
                if hasattr(made, "cache_clear"):
                    made.cache_clear()


def _plain(value: Any) -> Any:
    """An image in Lambda's events, which are JSON: bytes are base64."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return b64encode(value).decode() if isinstance(value, bytes) else value


@dataclass
class Place:
    """A cloud in memory with its clock and the world outside, where the app's own services run."""

    cloud: MemoryCloud
    clock: HeldClock
    world: Nearby
    payment_app: PaymentApp

    def begin(self) -> None:
        """Everything as on the first day: empty tables, cold processes."""
        self.cloud.create()
        cold_start()


@contextmanager
def place(clock: HeldClock) -> Iterator[Place]:
    """Within this block the app's SDK clients and HTTP pool are those of a memory cloud."""
    world = Nearby()
    payment_app, cloud = PaymentApp(world), MemoryCloud(clock=clock)
    cloud.create()
    pool = Pool(cloud.calls, world)
    with pytest.MonkeyPatch.context() as patch, held(clock):
        patch.setattr(aws, "_client", lambda service: cloud.clients[service])
        patch.setattr(web, "_pool", lambda: pool)
        for name, value in cloud.environment(_parameters(payment_app)).items():
            patch.setenv(name, value)
        forget(CONFIG, WIRING)
        yield Place(cloud, clock, world, payment_app)
    forget(CONFIG, WIRING)


def _parameters(app: PaymentApp) -> dict[str, str]:
    return {
        "PublicBaseUrl": ORIGIN,
        "PaymentAppGateway": app.url,
        "PaymentAppId": app.app_id,
        "PaymentAppPublicKey": app.public_key,
        "PaymentSellerId": app.seller_id,
    }
