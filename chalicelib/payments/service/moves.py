"""How an order moves: one write with everything that follows from it, its entry of the ledger included."""

from dataclasses import dataclass

from chalicelib.payments.model.ledger import Entry
from chalicelib.payments.model.orders import Order
from chalicelib.payments.store.orders import PaymentStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.outbox import Message, message


@dataclass(frozen=True, slots=True)
class Moves:
    """The one way in which an order's status changes."""

    store: PaymentStore
    clock: Clock

    def move(
        self,
        order: Order,
        event: str,
        *messages: Message,
        entry: Entry | None = None,
        exactly: bool = False,
        **changes: object,
    ) -> Order:
        """Let an event happen, with the entry that it makes and what follows.

        `exactly`: only to this version of the order. Raises Superseded where the order has moved on, Unavailable.
        """
        if entry:
            changes["entries"] = [each.model_dump() for each in (*order.entries, entry)]
            messages = (*messages, _post(order, entry))
        if messages:
            changes["outbox"] = list(messages)
        moved = self.store.move(order, event, self.clock(), exactly=exactly, **changes)
        log.event("order.moved", order=order.id, event=event, status=moved.status)
        return moved


def follow(order: Order) -> Message:
    """Whatever was paid for follows, even if this process ends here."""
    return message("payments", "payment.follow", order.id, order.version + 1)


def _post(order: Order, entry: Entry) -> Message:
    """The entry goes into its day's book."""
    return message("payments", "ledger.post", order.id, order.version + 1, entry=entry.id)
