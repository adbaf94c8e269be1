"""Trades at the payment app: made, asked for, closed, refunded. Knows its methods' fields, nothing of what is sold.

Amounts are yuan with two decimals, times are Beijing's, both only here. An answer that does not tell the outcome is
raised as `Unavailable`: query, never assume.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import Unavailable
from chalicelib.payments.errors import OrderClosed, PaymentRefused
from chalicelib.payments.model import Notification, Order, Payer, Refund, Trade, fen, yuan
from chalicelib.payments.model.trades import RefundOutcome
from chalicelib.platform.alipay import Gateway, GatewayRefused
from chalicelib.types import CHINA

_ABSENT = "ACQ.TRADE_NOT_EXIST"
_HAS_CLOSED = "ACQ.TRADE_HAS_CLOSE"
_HAS_SUCCESS = "ACQ.TRADE_HAS_SUCCESS"
_NOT_OF_THIS_STATUS = {"ACQ.REASON_TRADE_STATUS_INVALID", "ACQ.TRADE_STATUS_ERROR", _HAS_SUCCESS}
_MOVED = "Y"
_REFUNDED = "REFUND_SUCCESS"
_PARTLY = "PART_SUCCESS"


@dataclass(frozen=True, slots=True)
class Trades:
    """One seller's trades. `notify_url` is where the payment app tells us what became of them."""

    gateway: Gateway
    seller_id: str
    notify_url: str

    def create(self, order: Order, payer: Payer) -> str | None:
        """The trade's number for `my.tradePay`, the same for a repeated order; None: it was paid before.

        Raises Unavailable (outcome unknown), OrderClosed, PaymentRefused.
        """
        content = {
            "out_trade_no": order.id,
            "total_amount": yuan(order.legs.cash),
            "subject": order.subject,
            "seller_id": self.seller_id,
            "product_code": "JSAPI_PAY",
            "time_expire": order.pay_by.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
            **_buyer(payer),
        }
        try:
            node = self.gateway.call("alipay.trade.create", content, notify_url=self.notify_url)
        except GatewayRefused as refusal:
            if refusal.sub_code == _HAS_SUCCESS:
                return None
            raise (OrderClosed if refusal.sub_code == _HAS_CLOSED else PaymentRefused) from refusal
        return str(node["trade_no"])

    def query(self, order: Order) -> Trade | None:
        """How the order's trade stands; None where the payment app never heard of it. Raises Unavailable."""
        try:
            node = self.gateway.call("alipay.trade.query", {"out_trade_no": order.id})
        except GatewayRefused as refusal:
            if refusal.sub_code == _ABSENT:
                return None
            raise Unavailable from refusal
        return _trade(node)

    def close(self, order: Order) -> bool:
        """Let nobody pay any more; False where the trade has moved on meanwhile. Raises Unavailable."""
        try:
            self.gateway.call("alipay.trade.close", {"out_trade_no": order.id})
        except GatewayRefused as refusal:
            if refusal.sub_code == _ABSENT:
                return True
            if refusal.sub_code in _NOT_OF_THIS_STATUS:
                return False
            raise Unavailable from refusal
        return True

    def refund(self, order: Order, refund: Refund) -> bool:
        """Ask for a refund's cash under its own number; whether this very call moved it. Raises Unavailable.

        False means moved by an earlier call, or not at all: `refund_outcome` knows.
        """
        content = {
            "out_trade_no": order.id,
            "refund_amount": yuan(refund.legs.cash),
            "out_request_no": refund.number,
        }
        try:
            node = self.gateway.call("alipay.trade.refund", content)
        except GatewayRefused as refusal:
            raise Unavailable from refusal
        return node.get("fund_change") == _MOVED

    def refund_outcome(self, order: Order, refund: Refund) -> RefundOutcome:
        """What became of a refund asked for ten seconds ago or more. Raises Unavailable."""
        content = {"out_trade_no": order.id, "out_request_no": refund.number}
        try:
            node = self.gateway.call("alipay.trade.fastpay.refund.query", content)
        except GatewayRefused as refusal:
            raise Unavailable from refusal
        if node.get("refund_channel_status") == _PARTLY:
            return "partly"
        return "returned" if node.get("refund_status") == _REFUNDED else "absent"

    def notification(self, form: Mapping[str, str]) -> Notification | None:
        """The facts of a notification that the payment app signed; None if it did not sign it, or not about a trade."""
        if not self.gateway.authentic(form):
            return None
        try:
            return Notification(
                id=form["notify_id"],
                order_id=form["out_trade_no"],
                app_id=form["app_id"],
                seller_id=form["seller_id"],
                trade=_trade(form),
            )
        except (KeyError, ValueError):
            return None

    def ours(self, told: Notification) -> bool:
        """Whether it is about a trade of this app and this seller."""
        return told.app_id == self.gateway.app_id and told.seller_id == self.seller_id


def _buyer(payer: Payer) -> dict[str, str]:
    return {"buyer_id": payer.user_id} if payer.user_id else {"buyer_open_id": payer.open_id}


def _trade(told: Mapping[str, Any]) -> Trade:
    return Trade(
        status=told["trade_status"],
        trade_no=told["trade_no"],
        total_fen=fen(told["total_amount"]),
        refunded="refund_fee" in told or "gmt_refund" in told,
    )
