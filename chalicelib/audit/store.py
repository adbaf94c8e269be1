"""Audit entries as items of the core table: written once, never changed, never expiring."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.audit.model import Change
from chalicelib.platform.dynamo import Item, Table
from chalicelib.types import rfc3339

_SEQUENCE_DIGITS = 40
"""A stream's sequence number has 21 to 40 digits; padded, it sorts as text."""


@dataclass(frozen=True, slots=True)
class AuditStore:
    """Writes."""

    table: Table

    def keep(self, changes: Iterable[Change]) -> None:
        """Store entries; the same ones again change nothing, because an entry follows from its change alone.

        Raises Unavailable if some were not taken: keep all again.
        """
        self.table.put_all([_entry(change) for change in changes])


def _entry(change: Change) -> Item:
    return {
        "pk": f"AUDIT#{change.record_pk}",
        "sk": change.sequence.zfill(_SEQUENCE_DIGITS),
        "record_sk": change.record_sk,
        "before": change.before,
        "after": change.after,
        "at": rfc3339(change.at),
        "ids": change.ids,
    }
