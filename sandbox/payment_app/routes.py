"""The payment app's calls: the gateway for merchants, and what a citizen does in the app.

It must not know departments or institutions.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.clock import rfc3339
from sandbox.events import Events
from sandbox.origin.routing import Refused, Request, Response, Route, Wire, json_response
from sandbox.payment_app.apps import OWN_APP_ID
from sandbox.payment_app.auth_codes import AuthCodes
from sandbox.payment_app.bills import Bills
from sandbox.payment_app.console import Console
from sandbox.payment_app.couriers import Courier
from sandbox.payment_app.face import FaceScans
from sandbox.payment_app.face_reasons import WORDS, Reason
from sandbox.payment_app.gateway import Gateway
from sandbox.payment_app.notices import trade_notice
from sandbox.payment_app.notification_model import Notification
from sandbox.payment_app.notifications import Notifications
from sandbox.payment_app.trade_model import Trade
from sandbox.payment_app.trades import Trades
from sandbox.people import People
from sandbox.shelf import Shelf

BASE = "/sandbox/payment-app"
FACE_PAGE = Path(__file__).parent.parent / "pages" / "face.html"


class WantedCode(Wire):
    """Who logs in, and to which app."""

    user_id: str
    app_id: str = OWN_APP_ID


class Scan(Wire):
    """How a face scan ends, and why if it fails."""

    passed: bool
    reason: Reason = Reason.NOT_MATCHED


@dataclass(frozen=True, slots=True)
class PaymentApp:
    """The payment app's parts, as its calls need them."""

    gateway: Gateway
    console: Console
    shelf: Shelf
    people: People
    codes: AuthCodes
    faces: FaceScans
    trades: Trades
    notifications: Notifications
    courier: Courier
    events: Events
    bills: Bills

    def routes(self) -> list[Route]:
        """Every call of the payment app."""
        return [
            Route("GET", f"{BASE}/gateway.do", self.gateway.answer),
            Route("POST", f"{BASE}/gateway.do", self.gateway.answer),
            *self.console.routes(),
            Route("POST", f"{BASE}/auth-codes", self.give_code),
            Route("GET", f"{BASE}/face-page/{{certify_id}}", self.face_page),
            Route("GET", f"{BASE}/face/{{certify_id}}", self.face),
            Route("POST", f"{BASE}/face/{{certify_id}}", self.scan),
            Route("GET", f"{BASE}/trades", self.list_trades),
            Route("GET", f"{BASE}/trades/{{trade_no}}", self.trade),
            Route("POST", f"{BASE}/trades/{{trade_no}}/pay", self.pay),
            Route("POST", f"{BASE}/trades/{{trade_no}}/forge-notification", self.forge),
            Route("GET", f"{BASE}/bills/{{token}}", self.fetch_bill),
            Route("GET", f"{BASE}/notifications", self.list_notifications),
            Route("POST", f"{BASE}/notifications/{{notify_id}}/resend", self.resend),
        ]

    def give_code(self, request: Request) -> Response:
        """`my.getAuthCode`: a code for that citizen."""
        wanted = request.read(WantedCode)
        if self.people.find_user(wanted.user_id) is None:
            raise Refused(404, "person-unknown", "nobody has that userId")
        return json_response({"authCode": self.codes.give(wanted.user_id, wanted.app_id)})

    def face_page(self, request: Request) -> Response:
        """The page behind certifyUrl."""
        self.faces.get(request.params["certify_id"])
        headers = (("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"))
        return Response(200, FACE_PAGE.read_bytes(), headers)

    def face(self, request: Request) -> Response:
        """What the page shows: whom the merchant claims to be before it, masked, and how the scan ended."""
        scan = self.faces.get(request.params["certify_id"])
        return json_response(
            {
                "certifyId": scan.certify_id,
                "state": scan.state,
                "name": scan.cert_name[0] + "*" * (len(scan.cert_name) - 1),
                "reason": scan.fail_reason,
                "failReason": WORDS[scan.fail_reason] if scan.fail_reason else None,
                "returnUrl": scan.return_url,
            }
        )

    def scan(self, request: Request) -> Response:
        """The citizen's face is before the camera."""
        told = request.read(Scan)
        scan = self.faces.scan(request.params["certify_id"], passed=told.passed, reason=told.reason)
        self.events.tell("face", certifyId=scan.certify_id, state=scan.state)
        return json_response(
            {
                "certifyId": scan.certify_id,
                "state": scan.state,
                "passed": scan.state == "passed",
                "reason": scan.fail_reason,
            }
        )

    def list_trades(self, _: Request) -> Response:
        """Every trade."""
        return json_response({"items": [_trade_view(trade) for trade in self.trades.every()]})

    def trade(self, request: Request) -> Response:
        """One trade."""
        return json_response(_trade_view(self.trades.get(request.params["trade_no"])))

    def pay(self, request: Request) -> Response:
        """`my.tradePay`: paid, and the first notification tried before this answers."""
        trade_no = request.params["trade_no"]
        with self.shelf.change():
            trade, now = self.trades.pay(trade_no)
            notify_id = self.notifications.raise_one(trade) if now else None
        self.events.tell("trade", tradeNo=trade_no, status=trade.status, outTradeNo=trade.out_trade_no)
        notified = self.notifications.deliver(notify_id) if notify_id else self._heard_of(trade_no)
        return json_response({"tradeNo": trade_no, "status": trade.status, "notified": notified})

    def forge(self, request: Request) -> Response:
        """A stranger tells the merchant that the trade is paid, with a signature of their own."""
        trade = self.trades.get(request.params["trade_no"])
        if trade.notify_url is None:
            raise Refused(409, "no-notify-url", "the merchant named no address for notifications")
        claim = trade.model_copy(
            update={"status": "TRADE_SUCCESS", "paid_at": trade.paid_at or trade.created_at}
        )
        forged = Notification(
            notify_id="0", trade_no=trade.trade_no, url=trade.notify_url, params=trade_notice(claim)
        )
        return json_response({"tradeNo": trade.trade_no, "status": self.courier.send_forged(forged).status})

    def fetch_bill(self, request: Request) -> Response:
        """The zip behind a bill's address."""
        packed = self.bills.fetch(request.params["token"])
        return Response(200, packed, (("Content-Type", "application/zip"),))

    def list_notifications(self, _: Request) -> Response:
        """Every notification with its deliveries."""
        return json_response({"items": [each.view() for each in self.notifications.every()]})

    def resend(self, request: Request) -> Response:
        """Send a notification once more."""
        notify_id = request.params["notify_id"]
        notified = self.notifications.resend(notify_id)
        return json_response({**self.notifications.get(notify_id).view(), "notified": notified})

    def _heard_of(self, trade_no: str) -> bool:
        return any(
            each.trade_no == trade_no and each.state == "delivered" for each in self.notifications.every()
        )


def _trade_view(trade: Trade) -> dict[str, Any]:
    return {
        "tradeNo": trade.trade_no,
        "outTradeNo": trade.out_trade_no,
        "appId": trade.app_id,
        "buyerId": trade.buyer_id,
        "subject": trade.subject,
        "totalFen": trade.total_fen,
        "refundedFen": trade.refunded_fen,
        "status": trade.status,
        "createdAt": rfc3339(trade.created_at),
        "paidAt": rfc3339(trade.paid_at) if trade.paid_at else None,
    }
