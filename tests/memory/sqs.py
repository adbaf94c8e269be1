"""SQS in memory: what waits in each queue, for a test that delivers it when, how often and in what order it likes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.memory.errors import NotModelled, refused

_MOST_ENTRIES = 10
_numbers = count(1)


@dataclass
class Waiting:
    """A message in a queue."""

    body: str
    id: str = field(default_factory=lambda: f"message-{next(_numbers)}")
    received: int = 0

    def record(self, arn: str) -> dict[str, Any]:
        """As a Lambda event brings it; each time, it was received once more."""
        self.received += 1
        return {
            "messageId": self.id,
            "receiptHandle": self.id,
            "body": self.body,
            "attributes": {"ApproximateReceiveCount": str(self.received)},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": arn,
        }


class Sqs:
    """The client."""

    def __init__(self, urls: Iterable[str]) -> None:
        self.queues: dict[str, list[Waiting]] = {url: [] for url in urls}

    def send_message_batch(
        self, *, QueueUrl: str, Entries: Sequence[Mapping[str, Any]], **unknown: Any
    ) -> dict[str, Any]:
        """Up to ten messages."""
        if unknown or any(entry.keys() != {"Id", "MessageBody"} for entry in Entries):
            raise NotModelled("an argument of SendMessageBatch")
        if not 0 < len(Entries) <= _MOST_ENTRIES:
            raise refused("SendMessageBatch", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest")
        self.queues[QueueUrl] += [Waiting(each["MessageBody"]) for each in Entries]
        return {"Successful": [{"Id": each["Id"], "MessageId": each["Id"]} for each in Entries], "Failed": []}

    def change_message_visibility(
        self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int
    ) -> dict[str, Any]:
        """The message rests; here it stays where it is until the test delivers it again."""
        if not any(each.id == ReceiptHandle for each in self.queues[QueueUrl]):
            raise refused("ChangeMessageVisibility", "ReceiptHandleIsInvalid")
        return {}
