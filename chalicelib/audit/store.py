"""Audit entries as items of the core table: written once, never changed, never expiring."""

from dataclasses import dataclass

from chalicelib.audit.model import Change
from chalicelib.platform.dynamo import Item, Table, commit
from chalicelib.types import rfc3339

_SEQUENCE_DIGITS = 40
"""A stream's sequence number has 21 to 40 digits; padded, it sorts as text."""


@dataclass(frozen=True, slots=True)
class AuditStore:
    """Writes."""

    table: Table

    def keep(self, change: Change) -> None:
        """Store an entry; the same one again changes nothing."""
        item = {
            "pk": f"AUDIT#{change.record_pk}",
            "sk": change.sequence.zfill(_SEQUENCE_DIGITS),
            "record_sk": change.record_sk,
            "before": change.before,
            "after": change.after,
            "at": rfc3339(change.at),
            "ids": change.ids,
        }
        commit(self.table.put(item, _kept_before))


def _kept_before(_: Item) -> None:
    """The stream brought the record again."""
