"""Queues: sending in batches, consuming with partial failures. Knows message bodies as plain data only.

Delivery is at least once and unordered, so every consumer must be repeatable.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.errors import AppError, Unavailable
from chalicelib.platform import aws, log

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH = 10

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


def consume(event: Mapping[str, Any], jobs: Mapping[str, Job]) -> dict[str, Any]:
    """Run each record's job by its `type`; answers which records must come back (partial batch response).

    A refusal (AppError other than Unavailable) is final: the job has recorded it, the message is acknowledged.
    """
    failed = [
        {"itemIdentifier": record["messageId"]} for record in event["Records"] if not _worked(record, jobs)
    ]
    return {"batchItemFailures": failed}


def _worked(record: Mapping[str, Any], jobs: Mapping[str, Job]) -> bool:
    kind: str | None = None
    message_id = record["messageId"]
    try:
        message: dict[str, Any] = json.loads(record["body"])
        kind = str(message["type"])
        jobs[kind](message)
    except Unavailable as error:
        log.event("job.postponed", job=kind, message_id=message_id, code=error.code)
        return False
    except AppError as error:
        log.event("job.refused", job=kind, message_id=message_id, code=error.code)
        return True
    except Exception as error:  # noqa: BLE001  (any other fault brings this one record back, not its neighbours)
        log.fault("job.failed", error, job=kind, message_id=message_id)
        return False
    log.event("job.done", job=kind, message_id=message_id)
    return True
