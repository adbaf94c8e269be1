"""What an asynchronous notification says about a trade (`trade_status_sync`). It must not know how it is sent."""

import json
from datetime import datetime

from sandbox.clock import beijing
from sandbox.payment_app.accounts import logon_id, open_id
from sandbox.payment_app.money import yuan
from sandbox.payment_app.trade_model import Refund, Trade


def trade_notice(trade: Trade, refund: Refund | None = None) -> dict[str, str]:
    """The parameters that tell the merchant the trade's state, but for those of a single delivery.

    Absent facts are left out, as the platform does. A refund adds its request and the sum refunded so far.
    """
    params = {**_common(trade), **_paid(trade), **_times(trade), **_refunded(trade, refund)}
    return {name: value for name, value in params.items() if value}


def _common(trade: Trade) -> dict[str, str]:
    return {
        "notify_type": "trade_status_sync",
        "app_id": trade.app_id,
        "auth_app_id": trade.app_id,
        "charset": "utf-8",
        "version": "1.0",
        "trade_no": trade.trade_no,
        "out_trade_no": trade.out_trade_no,
        "trade_status": trade.status,
        "total_amount": yuan(trade.total_fen),
        "seller_id": trade.seller_id,
        "buyer_id": trade.buyer_id,
        "buyer_open_id": open_id(trade.app_id, trade.buyer_id),
        "buyer_logon_id": logon_id(trade.buyer_id),
        "subject": trade.subject,
        "body": trade.body or "",
        "passback_params": trade.passback_params or "",
    }


def _paid(trade: Trade) -> dict[str, str]:
    if trade.paid_at is None:
        return {}
    total = yuan(trade.total_fen)
    bills = [{"amount": total, "fundChannel": "ALIPAYACCOUNT"}]
    return {
        "receipt_amount": total,
        "invoice_amount": total,
        "buyer_pay_amount": total,
        "point_amount": "0.00",
        "fund_bill_list": json.dumps(bills, separators=(",", ":")),
    }


def _times(trade: Trade) -> dict[str, str]:
    return {
        "gmt_create": beijing(trade.created_at),
        "gmt_payment": _maybe(trade.paid_at),
        "gmt_close": _maybe(trade.closed_at),
    }


def _refunded(trade: Trade, refund: Refund | None) -> dict[str, str]:
    if refund is None:
        return {}
    return {
        "out_biz_no": refund.out_request_no,
        "refund_fee": yuan(trade.refunded_fen),
        "gmt_refund": beijing(refund.refunded_at),
    }


def _maybe(moment: datetime | None) -> str:
    return beijing(moment) if moment else ""
