"""The gateway's methods by name. It must not know signatures or envelopes."""

from collections.abc import Mapping
from typing import Any

from sandbox.payment_app.auth_codes import AuthCodes
from sandbox.payment_app.face import FaceScans
from sandbox.payment_app.gateway import Method, Page
from sandbox.payment_app.notices import trade_notice
from sandbox.payment_app.notifications import Notifications
from sandbox.payment_app.protocol import SUCCESS, Call
from sandbox.payment_app.refunds import Refunds, refund_answer
from sandbox.payment_app.trades import Trades


class MerchantCalls:
    """What a merchant's server can ask of the platform."""

    def __init__(
        self,
        codes: AuthCodes,
        faces: FaceScans,
        trades: Trades,
        refunds: Refunds,
        notifications: Notifications,
    ) -> None:
        self._codes = codes
        self._faces = faces
        self._trades = trades
        self._refunds = refunds
        self._notifications = notifications

    def methods(self) -> Mapping[str, Method]:
        """Those answered by a signed node."""
        return {
            "alipay.system.oauth.token": self._codes.exchange,
            "alipay.user.certify.open.initialize": self._faces.initialize,
            "alipay.user.certify.open.query": self._faces.query,
            "alipay.trade.create": self._trades.create,
            "alipay.trade.query": self._trades.query,
            "alipay.trade.refund": self._refund,
            "alipay.trade.fastpay.refund.query": self._refunds.query,
            "alipay.trade.close": self._close,
        }

    def pages(self) -> Mapping[str, Page]:
        """Those opened in the app by the citizen, by a signed address."""
        return {"alipay.user.certify.open.certify": self._faces.page_path}

    def _refund(self, call: Call) -> Mapping[str, Any]:
        trade, refund, moved = self._refunds.refund(call)
        if moved:
            notice = trade_notice(trade, refund)
            self._notifications.deliver_soon(
                self._notifications.raise_one(trade.trade_no, trade.notify_url, notice)
            )
        return refund_answer(trade, moved=moved)

    def _close(self, call: Call) -> Mapping[str, Any]:
        trade = self._trades.close(call)
        notice = trade_notice(trade)
        self._notifications.deliver_soon(
            self._notifications.raise_one(trade.trade_no, trade.notify_url, notice)
        )
        return {**SUCCESS, "trade_no": trade.trade_no, "out_trade_no": trade.out_trade_no}
