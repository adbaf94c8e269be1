"""The tap between the app and everything beyond its process: it counts every call, and breaks one.

It stands on the SDK clients' own events and on the HTTP pool's own choice of connection, so nothing of the app is
replaced. It knows calls, never what they are for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast

import urllib3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import ClientMeta
from botocore.exceptions import ConnectionClosedError
from botocore.model import OperationModel
from urllib3.exceptions import ProtocolError

from chalicelib.platform import aws, web
from tests.fakes import Received, World
from tests.faults.faults import HTTP, Call, Crash, Fault, Kind

_NOWHERE = "https://nowhere.invalid/"
_ATTEMPTS = 3
_THROTTLED = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "kms": "ThrottlingException",
    "s3": "SlowDown",
    "sqs": "RequestThrottled",
}


class Tap:
    """Counts the calls of the processes that run while it is open, and lets `fault` strike once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.calls: list[Call] = []
        self.process = -1
        self.fault: Fault | None = None
        self.struck: Call | None = None
        self.deliver_again: Callable[[], object] = lambda: None
        self._open = False
        self._dead = False
        self._now: Kind | None = None
        self._attempt = 0

    # -- what the stage does with it
    @contextmanager
    def watching(self) -> Iterator[None]:
        """Within this block, stand on the app's own SDK clients and HTTP pool."""
        clients = (aws.dynamodb(), aws.kms(), aws.s3(), aws.sqs())
        pool = cast("Any", web._pool())
        pool.clear()
        before, pool.pool_classes_by_scheme = (
            pool.pool_classes_by_scheme,
            {"http": self._connection, "https": self._connection},
        )
        for client in clients:
            self._stand_on(client.meta)
        try:
            yield
        finally:
            for client in clients:
                self._leave(client.meta)
            pool.clear()
            pool.pool_classes_by_scheme = before

    def _stand_on(self, client: ClientMeta) -> None:
        events = cast("Any", client.events)  # its types know no handler that answers
        events.register_first("before-call", self._on_call)
        events.register_first("before-send", self._on_attempt)
        events.register_last("before-send", self._on_effect)
        events.register_first(_retry_event(client), self._on_retry)

    def _leave(self, client: ClientMeta) -> None:
        events = cast("Any", client.events)
        events.unregister("before-call", self._on_call)
        events.unregister("before-send", self._on_attempt)
        events.unregister("before-send", self._on_effect)
        events.unregister(_retry_event(client), self._on_retry)

    def open(self, fault: Fault | None) -> None:
        """Count from now on, and let `fault` strike."""
        self.calls, self.process, self.struck = [], -1, None
        self.fault, self._open, self._dead, self._now = fault, True, False, None

    def close(self) -> None:
        """Count no more; nothing strikes."""
        self._open, self._now = False, None

    def begin(self, deliver_again: Callable[[], object]) -> int:
        """A process begins its work. Returns its number, -1 while nobody counts."""
        self._dead = False
        if not self._open:
            return -1
        self.process += 1
        self.deliver_again = deliver_again
        return self.process

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Within this block calls pass uncounted and unbroken."""
        before, self._open, self._now = self._open, False, None
        try:
            yield
        finally:
            self._open = before

    # -- one call
    def _begin_call(self, service: str, operation: str) -> Kind | None:
        if self._dead:
            raise Crash
        self._now, self._attempt = None, 0
        if not self._open:
            return None
        call = Call(len(self.calls), service, operation, self.process)
        self.calls.append(call)
        fault = self.fault
        if fault is None or fault.at != call.number or fault.kind in {Kind.REPEATED, Kind.LATE}:
            return None
        self.struck, self._now = call, fault.kind
        if fault.kind is Kind.CRASH_BEFORE:
            self._die()
        if fault.kind is Kind.DOUBLED:
            with self.closed():
                self.deliver_again()
            return None
        return fault.kind

    def _die(self) -> None:
        self._dead = True
        raise Crash

    # -- the SDK's events
    def _on_call(self, model: OperationModel, **_: Any) -> tuple[Any, dict[str, Any]] | None:
        """Once per call, before any attempt; an answer given here is the call's."""
        service = model.service_model.service_name
        match self._begin_call(service, model.name):
            case Kind.THROTTLED:
                return _answer(400, _error(_THROTTLED[service]))
            case Kind.CONFLICT if model.name == "TransactWriteItems":
                conflict = {"CancellationReasons": [{"Code": "TransactionConflict"}]}
                return _answer(400, _error("TransactionCanceledException") | conflict)
            case Kind.CONFLICT:
                return _answer(400, _error("TransactionConflictException"))
        return None

    def _on_attempt(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        """Once per attempt, before it takes effect."""
        if self._dead:
            raise Crash
        self._attempt += 1
        throttled = self._now is Kind.THROTTLED_ONCE and self._attempt == 1
        same_token = self._now is Kind.LOST_ONCE and self._attempt > 1 and _is_transaction(request)
        if not (throttled or same_token):
            return self._partly(request) if self._now is Kind.PARTLY_REFUSED else None
        request.url = _NOWHERE  # so that the emulated service behind does not see it
        if same_token:
            # DynamoDB answers a transaction of the same client token (the SDK adds one) as if it ran now; the
            # emulated one does not know tokens
            return _sent(request, 200, b"{}")
        return _throttled(request)

    def _partly(self, request: AWSPreparedRequest) -> AWSResponse | None:
        wanted = json.loads(cast("bytes", request.body))
        if "RequestItems" in wanted:
            request.url = _NOWHERE
            return _sent(request, 200, json.dumps({"UnprocessedItems": wanted["RequestItems"]}).encode())
        first, *others = wanted["Entries"]
        failed = [{"Id": first["Id"], "SenderFault": False, "Code": "InternalError", "Message": ""}]
        if others:
            with self.closed():
                aws.sqs().send_message_batch(QueueUrl=wanted["QueueUrl"], Entries=others)
        taken = [{"Id": each["Id"], "MessageId": "0", "MD5OfMessageBody": "0"} for each in others]
        request.url = _NOWHERE
        return _sent(request, 200, json.dumps({"Successful": taken, "Failed": failed}).encode())

    def _on_effect(self, request: AWSPreparedRequest, **_: Any) -> None:
        """Once per attempt, after the service did what was asked."""
        if self._now is Kind.CRASH_AFTER:
            self._die()
        if self._now is Kind.LOST or (self._now is Kind.LOST_ONCE and self._attempt == 1):
            raise ConnectionClosedError(endpoint_url=request.url)

    def _on_retry(self, attempts: int, **_: Any) -> int | None:
        """The first word on whether the SDK tries again: as it would, but without its pause."""
        once = self._now in {Kind.THROTTLED_ONCE, Kind.LOST_ONCE} and attempts == 1
        always = self._now is Kind.LOST and attempts < _ATTEMPTS
        return 0 if once or always else None

    # -- calls over HTTP
    def _connection(self, host: str, port: int | None = None, **_: Any) -> _Connection:
        return _Connection(self)

    def post(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> urllib3.HTTPResponse:
        """One call to the world outside, which answers in this process."""
        kind = self._begin_call(HTTP, f"{method} {path}")
        if kind is Kind.THROTTLED:
            return _response(503, b"", "text/plain")
        lowered = {name.lower(): value for name, value in headers.items()}
        sent = self.world.answer(Received(path, lowered, body))
        if kind is Kind.CRASH_AFTER:
            self._die()
        if kind is Kind.LOST:
            raise ProtocolError("connection aborted")
        return _response(sent.status, sent.body, sent.content_type)


def _retry_event(client: ClientMeta) -> str:
    """The SDK asks a service's own handlers before everybody else's."""
    return f"needs-retry.{client.service_model.service_id.hyphenize()}"


class _Connection:
    """What urllib3's pool manager takes for a pool of connections to one host."""

    def __init__(self, tap: Tap) -> None:
        self._tap = tap

    def urlopen(
        self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str], **_: Any
    ) -> urllib3.HTTPResponse:
        return self._tap.post(method, url, headers, body or b"")

    def close(self) -> None:
        """Nothing is held open."""


def _response(status: int, body: bytes, content_type: str) -> urllib3.HTTPResponse:
    return urllib3.HTTPResponse(BytesIO(body), {"Content-Type": content_type}, status, preload_content=False)


def _error(code: str) -> dict[str, Any]:
    return {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": 400}}


def _answer(status: int, parsed: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    return SimpleNamespace(status_code=status), parsed


def _is_transaction(request: AWSPreparedRequest) -> bool:
    return _target(request).endswith("TransactWriteItems")


def _target(request: AWSPreparedRequest) -> str:
    raw = request.headers.get("X-Amz-Target") or b""
    return raw.decode() if isinstance(raw, bytes) else raw


def _throttled(request: AWSPreparedRequest) -> AWSResponse:
    """A refusal in the service's own form: JSON of DynamoDB, KMS and SQS, XML of S3."""
    target = _target(request)
    if not target:
        return _sent(request, 503, b"<Error><Code>SlowDown</Code><Message/></Error>")
    code = _THROTTLED["dynamodb" if "DynamoDB" in target else "sqs" if "SQS" in target else "kms"]
    return _sent(request, 400, json.dumps({"__type": code}).encode())


class _Raw(BytesIO):
    """A body as the SDK reads it from its HTTP library."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _sent(request: AWSPreparedRequest, status: int, body: bytes) -> AWSResponse:
    return AWSResponse(request.url, status, cast("Any", {}), cast("Any", _Raw(body)))
