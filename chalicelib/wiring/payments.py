"""Payment orders."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.config import settings
from chalicelib.platform.clock import system_clock
from chalicelib.wiring.platform import core_table, payment_app

if TYPE_CHECKING:
    from chalicelib.payments.service import Payments


@cache
def payments() -> Payments:
    """Payment orders and their trades at the payment app."""
    from chalicelib.payments.alipay import Trades
    from chalicelib.payments.service import Payments
    from chalicelib.payments.store import PaymentStore

    chosen = settings()
    notify_url = f"{chosen.public_base_url}/v1/payments/alipay/notify"
    trades = Trades(payment_app(), chosen.payment_seller_id, notify_url)
    return Payments(PaymentStore(core_table()), trades, system_clock)
