"""Deriving the audit trail from the table's stream, so that nobody who changes a record can leave it out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.audit.model import OWNERS, Change
from chalicelib.audit.store import AuditStore


@dataclass(frozen=True, slots=True)
class Audit:
    """The trail of status changes."""

    store: AuditStore

    def record(self, event: Mapping[str, Any]) -> None:
        """Keep one entry for every record of a stream event whose `status` changed, once each.

        Raises Unavailable: the stream brings the event again, and what was kept stays.
        """
        self.store.keep(changes(event))


def changes(event: Mapping[str, Any]) -> Iterator[Change]:
    """The changes of status that a stream event (DynamoDB's notation) shows."""
    for record in event["Records"]:
        told = record["dynamodb"]
        old, new = told.get("OldImage", {}), told.get("NewImage", {})
        before, after = _text(old, "status"), _text(new, "status")
        if before != after:
            yield Change(
                record_pk=told["Keys"]["pk"]["S"],
                record_sk=told["Keys"]["sk"]["S"],
                sequence=told["SequenceNumber"],
                before=before,
                after=after,
                at=datetime.fromtimestamp(told["ApproximateCreationDateTime"], UTC),
                ids={name: text for name in OWNERS if (text := _text(new or old, name))},
            )


def _text(image: Mapping[str, Any], name: str) -> str | None:
    """An attribute that is text; an HTTP status that some record keeps is a number, and no state."""
    value: str | None = image.get(name, {}).get("S")
    return value
