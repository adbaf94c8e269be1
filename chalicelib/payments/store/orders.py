"""Orders as items of the core table, with their refunds and their entries of the ledger.

An order that is not at rest carries `due_kind` and `due_at`, so that a sweep finds it; at rest it loses them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.errors import AppError
from chalicelib.payments.model.orders import (
    FIRST_QUESTION_AFTER,
    NEXT_QUESTION_AFTER,
    OPEN,
    SETTLING,
    TRANSITIONS,
    Order,
    Status,
)
from chalicelib.payments.model.refunds import REFUND_RETRY_AFTER
from chalicelib.platform.dynamo import Item, Table, commit
from chalicelib.types import rfc3339

_DUE = "payment"
_PREFIX = "ORDER#"
_WAITS: dict[Status, timedelta] = {
    "created": FIRST_QUESTION_AFTER,
    "unknown": NEXT_QUESTION_AFTER,
    "paying": FIRST_QUESTION_AFTER,
    "settling": NEXT_QUESTION_AFTER,
    "late_paid": NEXT_QUESTION_AFTER,
    "refunding": REFUND_RETRY_AFTER,
}
"""How long an order may stay in a status before the sweep looks; the statuses not named are at rest."""
_REFUNDED = {"refunding": "asked", "refunded": "returned", "refund_stuck": "stuck"}


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

    def move(
        self, order: Order, event: str, now: datetime, *, exactly: bool = False, **changes: object
    ) -> Order:
        """Let `event` happen where `TRANSITIONS` allows it; with `exactly`, only to this very version of the order.

        Raises Superseded with the order as it stands, ValueError for changes that no order may have.
        """
        allowed, status = TRANSITIONS[event]
        due = _due(status, now)
        if order.status in allowed:
            _checked(order, status, changes)

        def refused(standing: Item) -> AppError | None:
            raise Superseded(_order(standing))

        written = commit(
            self.table.update(
                _key(order.id),
                refused,
                expect={"status": allowed} | ({"version": order.version} if exactly else {}),
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
                expect={"status": (*OPEN, SETTLING, "refunding", "late_paid")},
                assign={"due_at": int((now + NEXT_QUESTION_AFTER).timestamp())},
                add={"refund_tries": tried} if tried else None,
            )
        )

    def due(self, now: datetime) -> Iterator[str]:
        """Ids of orders that the sweep must look at, the longest due first."""
        found = self.table.due(_DUE, int(now.timestamp()))
        return (item["pk"].removeprefix(_PREFIX) for item in found)

    def put_behind(self, order_id: str, now: datetime) -> None:
        """Let the sweep look at all others before this one."""
        commit(self.table.put_behind(_key(order_id), _DUE, int(now.timestamp())))


def _due(status: Status, now: datetime) -> Item:
    wait = _WAITS.get(status)
    return {"due_kind": _DUE, "due_at": int((now + wait).timestamp())} if wait else {}


def _checked(order: Order, status: Status, changes: Mapping[str, object]) -> None:
    """The order as it will be must be one that may be: its own rules say so before anything is written."""
    known = {name: value for name, value in changes.items() if name in Order.model_fields}
    Order.model_validate({**order.model_dump(), **known, "status": status})


def _order(item: Item) -> Order:
    fields = {name: item[name] for name in Order.model_fields if name in item}
    fields["pay_by"] = datetime.fromisoformat(item["pay_by"])
    if item["status"] in _REFUNDED and "refunds" not in item:
        fields["refunds"] = _whole(item)
    return Order.model_validate(fields)


def _whole(item: Item) -> dict[str, Item]:
    """The one refund, of everything, that orders had before refunds were kept on them."""
    number = item["pk"].removeprefix(_PREFIX).replace("ord_", "rfd_", 1)
    status = _REFUNDED[item["status"]]
    whole = {"number": number, "amount_fen": item["total_fen"], "legs": item["legs"], "status": status}
    return {number: whole | {"asked_at": 0}}
