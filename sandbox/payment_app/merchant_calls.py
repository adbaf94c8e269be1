"""The gateway's methods by name. It must not know signatures or envelopes.

What changes a trade records its notification in the same step, so that no crash comes between the two.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.payment_app.auth_codes import AuthCodes
from sandbox.payment_app.bills import Bills
from sandbox.payment_app.face import FaceScans
from sandbox.payment_app.gateway import Method, Page
from sandbox.payment_app.notifications import Notifications
from sandbox.payment_app.protocol import SUCCESS, Call
from sandbox.payment_app.refunds import Refunds, refund_answer
from sandbox.payment_app.trades import Trades
from sandbox.shelf import Shelf


class MerchantCalls:
    """What a merchant's server can ask of the platform."""

    def __init__(
        self,
        shelf: Shelf,
        codes: AuthCodes,
        faces: FaceScans,
        trades: Trades,
        refunds: Refunds,
        notifications: Notifications,
        bills: Bills,
    ) -> None:
        self._shelf = shelf
        self._codes = codes
        self._faces = faces
        self._trades = trades
        self._refunds = refunds
        self._notifications = notifications
        self._bills = bills

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
            "alipay.data.dataservice.bill.downloadurl.query": self._bills.query,
        }

    def pages(self) -> Mapping[str, Page]:
        """Those opened in the app by the citizen, by a signed address."""
        return {"alipay.user.certify.open.certify": self._faces.page_path}

    def _refund(self, call: Call) -> Mapping[str, Any]:
        with self._shelf.change():
            trade, refund, moved = self._refunds.refund(call)
            notify_id = self._notifications.raise_one(trade, refund) if moved else None
        self._notifications.deliver_soon(notify_id)
        return refund_answer(trade, moved=moved)

    def _close(self, call: Call) -> Mapping[str, Any]:
        with self._shelf.change():
            trade = self._trades.close(call)
            notify_id = self._notifications.raise_one(trade)
        self._notifications.deliver_soon(notify_id)
        return {**SUCCESS, "trade_no": trade.trade_no, "out_trade_no": trade.out_trade_no}
