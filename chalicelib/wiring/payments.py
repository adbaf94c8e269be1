"""Payment orders and their ledger."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.config import settings
from chalicelib.platform.clock import system_clock
from chalicelib.wiring.exchange import exchange
from chalicelib.wiring.platform import core_table, outbound_signer, payment_app

if TYPE_CHECKING:
    from chalicelib.payments.service import Payments
    from chalicelib.payments.service.ledger import Ledger


@cache
def payments() -> Payments:
    """Payment orders and their trades at the payment app."""
    from chalicelib.payments.alipay import Trades
    from chalicelib.payments.insurer import HttpInsurer
    from chalicelib.payments.service import Payments
    from chalicelib.payments.service.asking import Asking
    from chalicelib.payments.service.insuring import Insuring
    from chalicelib.payments.service.moves import Moves
    from chalicelib.payments.service.notifying import Notifying
    from chalicelib.payments.service.opening import Opening
    from chalicelib.payments.service.refunding import Refunding
    from chalicelib.payments.service.settling import Settling
    from chalicelib.payments.store.notifications import NotificationStore
    from chalicelib.payments.store.orders import PaymentStore

    chosen = settings()
    notify_url = f"{chosen.public_base_url}/v1/payments/alipay/notify"
    trades = Trades(payment_app(), chosen.payment_seller_id, notify_url)
    orders, told, clock = PaymentStore(core_table()), NotificationStore(core_table()), system_clock
    moves = Moves(orders, clock)
    insuring = Insuring(HttpInsurer(outbound_signer()), exchange(), clock)
    refunding = Refunding(orders, told, trades, insuring, moves, clock)
    settling = Settling(orders, moves, insuring, refunding, clock)
    asking = Asking(orders, told, trades, moves, settling, clock)
    return Payments(
        orders,
        Opening(orders, trades, moves, asking, insuring, settling, clock),
        Notifying(told, orders, trades, asking, clock),
        asking,
        refunding,
        settling,
        clock,
    )


@cache
def ledger() -> Ledger:
    """The double-entry ledger of all orders."""
    from chalicelib.payments.service.ledger import Ledger
    from chalicelib.payments.store.ledger import LedgerStore
    from chalicelib.payments.store.orders import PaymentStore

    return Ledger(LedgerStore(core_table()), PaymentStore(core_table()))
