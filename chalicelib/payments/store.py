"""Orders, notifications and cases as items of the core table.

An order that is not at rest carries `due_kind` and `due_at`, so that a sweep finds it; at rest it loses them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.errors import AppError
from chalicelib.payments.model import (
    FIRST_QUESTION_AFTER,
    NEXT_QUESTION_AFTER,
    OPEN,
    REFUND_RETRY_AFTER,
    TRANSITIONS,
    Notification,
    Order,
    Status,
)
from chalicelib.platform.dynamo import Item, Table, commit
from chalicelib.platform.outbox import message
from chalicelib.types import rfc3339

_DUE = "payment"
_PREFIX = "ORDER#"
_KEEP_NOTIFICATION = timedelta(days=400)
_WAITS: dict[Status, timedelta] = {
    "created": FIRST_QUESTION_AFTER,
    "unknown": NEXT_QUESTION_AFTER,
    "paying": FIRST_QUESTION_AFTER,
    "late_paid": NEXT_QUESTION_AFTER,
    "refunding": REFUND_RETRY_AFTER,
}
"""How long an order may stay in a status before the sweep looks; the statuses not named are at rest."""


class Superseded(Exception):
    """The order had moved on when the change came."""

    def __init__(self, order: Order) -> None:
        """`order` is what stands."""
        super().__init__(order.id)
        self.order = order


def _key(order_id: str) -> dict[str, str]:
    return {"pk": f"{_PREFIX}{order_id}", "sk": "ORDER"}


@dataclass(frozen=True, slots=True)
class PaymentStore:
    """Reads and writes, each of one item."""

    table: Table

    def find(self, order_id: str) -> Order | None:
        """An order as it stands this moment."""
        item = self.table.get(_key(order_id), consistent=True)
        return _order(item) if item else None

    def create(self, order: Order, now: datetime) -> Order:
        """Keep a new order, or the one that is there under its id: one write either way."""

        def refused(standing: Item) -> AppError | None:
            raise Superseded(_order(standing))

        item = (
            _key(order.id) | order.model_dump() | {"pay_by": rfc3339(order.pay_by)} | _due(order.status, now)
        )
        try:
            commit(self.table.put(item, refused))
        except Superseded as earlier:
            return earlier.order
        return order

    def move(self, order: Order, event: str, now: datetime, **changes: object) -> Order:
        """Let `event` happen where `TRANSITIONS` allows it. Raises Superseded with the order as it stands."""
        allowed, status = TRANSITIONS[event]
        due = _due(status, now)

        def refused(standing: Item) -> AppError | None:
            raise Superseded(_order(standing))

        written = commit(
            self.table.update(
                _key(order.id),
                refused,
                expect={"status": allowed},
                assign={"status": status, **changes, **due},
                remove=() if due else ("due_kind", "due_at"),
                add={"version": 1},
            )
        )
        return _order(written)

    def postpone(self, order: Order, now: datetime, *, tried: int = 0) -> None:
        """Look again later; an order that has moved on needs nothing."""
        commit(
            self.table.update(
                _key(order.id),
                lambda _: None,
                expect={"status": (*OPEN, "refunding", "late_paid")},
                assign={"due_at": int((now + NEXT_QUESTION_AFTER).timestamp())},
                add={"refund_tries": tried} if tried else None,
            )
        )

    def due(self, now: datetime) -> list[str]:
        """Ids of orders that the sweep must look at."""
        found = self.table.due(_DUE, int(now.timestamp()))
        return [item["pk"].removeprefix(_PREFIX) for item in found]

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

    def notification(self, notification_id: str) -> Notification | None:
        """A recorded notification."""
        item = self.table.get({"pk": f"NOTIFICATION#{notification_id}", "sk": "PAYMENT"}, consistent=True)
        return Notification.model_validate(item["told"]) if item else None

    def open_case(self, told: Notification, kind: str, now: datetime) -> None:
        """Keep what a human must look at: a notification that does not fit its order."""
        item = {
            "pk": f"CASE#{told.id}",
            "sk": "PAYMENT",
            "kind": kind,
            "opened_at": rfc3339(now),
            "told": told.model_dump(),
        }
        commit(self.table.put(item, lambda _: None))


def _due(status: Status, now: datetime) -> Item:
    wait = _WAITS.get(status)
    return {"due_kind": _DUE, "due_at": int((now + wait).timestamp())} if wait else {}


def _order(item: Item) -> Order:
    fields = {name: item[name] for name in Order.model_fields}
    fields["pay_by"] = datetime.fromisoformat(item["pay_by"])
    return Order.model_validate(fields)
