"""Payment orders and their ledger."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.config import settings
from chalicelib.platform.clock import system_clock
from chalicelib.wiring.platform import core_table, payment_app

if TYPE_CHECKING:
    from chalicelib.payments.service import Payments
    from chalicelib.payments.service.ledger import Ledger


@cache
def payments() -> Payments:
    """Payment orders and their trades at the payment app."""
    from chalicelib.payments.alipay import Trades
    from chalicelib.payments.service import Payments
    from chalicelib.payments.service.asking import Asking
    from chalicelib.payments.service.moves import Moves
    from chalicelib.payments.service.notifying import Notifying
    from chalicelib.payments.service.opening import Opening
    from chalicelib.payments.service.refunding import Refunding
    from chalicelib.payments.store.notifications import NotificationStore
    from chalicelib.payments.store.orders import PaymentStore

    chosen = settings()
    notify_url = f"{chosen.public_base_url}/v1/payments/alipay/notify"
    trades = Trades(payment_app(), chosen.payment_seller_id, notify_url)
    orders, told, clock = PaymentStore(core_table()), NotificationStore(core_table()), system_clock
    moves = Moves(orders, clock)
    asking = Asking(orders, told, trades, moves, clock)
    return Payments(
        orders,
        Opening(orders, trades, moves, asking, clock),
        Notifying(told, orders, trades, asking, clock),
        asking,
        Refunding(orders, told, trades, moves, clock),
        clock,
    )


@cache
def ledger() -> Ledger:
    """The double-entry ledger of all orders."""
    from chalicelib.payments.service.ledger import Ledger
    from chalicelib.payments.store.ledger import LedgerStore
    from chalicelib.payments.store.orders import PaymentStore

    return Ledger(LedgerStore(core_table()), PaymentStore(core_table()))
