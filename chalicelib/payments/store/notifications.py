"""What the payment app told, and what a human must look at, as items of the core table."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.cases.model import case_item
from chalicelib.payments.model import Notification
from chalicelib.platform.dynamo import Table, commit
from chalicelib.platform.outbox import message
from chalicelib.types import rfc3339

_KEEP_NOTIFICATION = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class NotificationStore:
    """Reads and writes, each of one item."""

    table: Table

    def record(self, told: Notification, now: datetime) -> None:
        """Keep a notification and ask for the work behind it, with one write. Told twice: nothing happens."""
        item = {
            "pk": f"NOTIFICATION#{told.id}",
            "sk": "PAYMENT",
            "recorded_at": rfc3339(now),
            "expires_at": int((now + _KEEP_NOTIFICATION).timestamp()),
            "told": told.model_dump(),
            "outbox": [message("payments", "payment.settle", told.id)],
        }
        commit(self.table.put(item, lambda _: None))

    def find(self, notification_id: str) -> Notification | None:
        """A recorded notification."""
        item = self.table.get({"pk": f"NOTIFICATION#{notification_id}", "sk": "PAYMENT"}, consistent=True)
        return Notification.model_validate(item["told"]) if item else None

    def open_case(self, about: str, kind: str, now: datetime, **facts: object) -> None:
        """Keep a case for a human, once: `about` is the notification, the order or the refund that it is about."""
        commit(self.table.put(case_item(about, "PAYMENT", kind, now, **facts), lambda _: None))
