"""What the payment app tells: verified and kept by one write, then worked off."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from chalicelib.errors import Unavailable
from chalicelib.payments.alipay import Trades
from chalicelib.payments.errors import NotificationMalformed
from chalicelib.payments.model import Notification, Order
from chalicelib.payments.service.asking import Asking
from chalicelib.payments.store.notifications import NotificationStore
from chalicelib.payments.store.orders import PaymentStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.signatures import SignatureInvalid

_MOST_FIELDS = 100


@dataclass(frozen=True, slots=True)
class Notifying:
    """Notifications come late, twice, in any order, and from anybody."""

    store: NotificationStore
    orders: PaymentStore
    trades: Trades
    asking: Asking
    clock: Clock

    def record(self, body: bytes) -> None:
        """Verify a notification's signature, keep it. Raises NotificationMalformed, SignatureInvalid, Unavailable."""
        told = self.trades.notification(_form(body))
        if told is None:
            raise SignatureInvalid
        self.store.record(told, self.clock())
        log.event("payment.notified", notification=told.id, order=told.order_id, status=told.trade.status)

    def settle(self, notification_id: str) -> Order | None:
        """Bring an order to where its recorded notification says; None for one that is not ours (now a case)."""
        told = self.store.find(notification_id)
        if told is None:
            raise Unavailable
        order = self.orders.find(told.order_id)
        misfit = self._misfit(told, order)
        if misfit or order is None:
            self.store.open_case(told.id, misfit, self.clock(), told=told.model_dump())
            log.event("payment.misfit", notification=told.id, order=told.order_id, kind=misfit)
            return None
        return self.asking.learn(order, told.trade)

    def _misfit(self, told: Notification, order: Order | None) -> str:
        if not self.trades.ours(told):
            return "another-merchant"
        if order is None:
            return "order-unknown"
        if told.trade.total_fen != order.legs.cash:
            return "another-amount"
        if order.trade_no and told.trade.trade_no != order.trade_no:
            return "another-trade"
        return ""


def _form(body: bytes) -> Mapping[str, str]:
    """The form's values, decoded once. Raises NotificationMalformed; a name that comes twice is malformed too."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as error:
        raise NotificationMalformed from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise NotificationMalformed
    return form
