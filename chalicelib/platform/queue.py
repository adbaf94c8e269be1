"""Queues: sending in batches, consuming with partial failures. Knows message bodies as plain data only.

Delivery is at least once and unordered, so every consumer must be repeatable.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.errors import AppError, Unavailable
from chalicelib.platform import aws, log

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH = 10
_RESTS = (5, 300, 1_800, 7_200, 18_000, 36_000)
"""Seconds that a message rests after each postponement, so that a party which is down for a day is met again."""
_LONGEST_REST = 43_000

Job = Callable[[dict[str, Any]], None]
"""Does what a message asks for. `Unavailable` or an unknown error brings the message back, later to the DLQ."""


@dataclass(frozen=True, slots=True)
class Queues:
    """Sends to queues by their short names."""

    urls: Mapping[str, str]
    client: Callable[[], SQSClient] = aws.sqs

    def send(self, queue: str, messages: Sequence[Mapping[str, Any]]) -> None:
        """Send JSON messages in order of batches. Raises Unavailable if any was not taken: send all again."""
        for start in range(0, len(messages), _BATCH):
            entries = [
                {"Id": str(position), "MessageBody": json.dumps(message, ensure_ascii=False)}
                for position, message in enumerate(messages[start : start + _BATCH])
            ]
            answer = aws.call(self.client().send_message_batch, QueueUrl=self.urls[queue], Entries=entries)
            if answer.get("Failed"):
                raise Unavailable

    def rest(self, record: Mapping[str, Any]) -> None:
        """Let a received message rest before it comes again, the longer the more often it came.

        Losing this call is harmless: the queue's own visibility timeout brings the message back.
        """
        times = int(record["attributes"]["ApproximateReceiveCount"])
        seconds = _RESTS[times - 1] if times <= len(_RESTS) else _LONGEST_REST
        name = record["eventSourceARN"].rpartition(":")[2]
        url = next(url for url in self.urls.values() if url.rpartition("/")[2] == name)
        try:
            aws.call(
                self.client().change_message_visibility,
                QueueUrl=url,
                ReceiptHandle=record["receiptHandle"],
                VisibilityTimeout=seconds,
            )
        except (Unavailable, ClientError) as error:
            log.event("message.not-rested", message_id=record["messageId"], error=type(error).__name__)


def consume(event: Mapping[str, Any], jobs: Mapping[str, Job], queues: Queues) -> dict[str, Any]:
    """Run each record's job by its `type`; answers which records must come back (partial batch response).

    A refusal (AppError other than Unavailable) is final: the job has recorded it, the message is acknowledged.
    What is only unavailable rests for a while and comes again (`Queues.rest`).
    """
    failed = [
        {"itemIdentifier": record["messageId"]}
        for record in event["Records"]
        if not _worked(record, jobs, queues)
    ]
    return {"batchItemFailures": failed}


def _worked(record: Mapping[str, Any], jobs: Mapping[str, Job], queues: Queues) -> bool:
    kind: str | None = None
    message_id = record["messageId"]
    try:
        message: dict[str, Any] = json.loads(record["body"])
        kind = str(message["type"])
        jobs[kind](message)
    except Unavailable as error:
        log.event("job.postponed", job=kind, message_id=message_id, code=error.code)
        queues.rest(record)
        return False
    except AppError as error:
        log.event("job.refused", job=kind, message_id=message_id, code=error.code)
        return True
    except Exception as error:  # noqa: BLE001  (any other fault brings this one record back, not its neighbours)
        log.fault("job.failed", error, job=kind, message_id=message_id)
        return False
    log.event("job.done", job=kind, message_id=message_id)
    return True
