"""Entering reads that leave no record of their own."""

from dataclasses import dataclass

from chalicelib.platform.dynamo import Write
from chalicelib.usage.model import Entry
from chalicelib.usage.store import UsageLog


@dataclass(frozen=True, slots=True)
class Recording:
    """The log as other rooms write to it."""

    store: UsageLog

    def entered(self, read: Entry) -> Write:
        """The entry of a read, for the transaction that lets it happen; the same read again is one entry."""
        return self.store.enter(read)
