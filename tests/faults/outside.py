"""The world outside as the errand meets it: it remembers what it did, and does what nobody asked of it by itself.

Protocols and signatures are those of `tests/fakes.py`; here is the memory that makes a second call the second call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sandbox.identity_numbers import identity_number
from tests.fakes import Department, Party, PaymentApp, Received, Sent, World
from tests.faults.state import Thing


@dataclass(frozen=True, slots=True)
class Somebody:
    """A citizen, made up."""

    account: str
    name: str
    number: str


ZHANG = Somebody("zhang-wei", "张伟", identity_number("330102", date(1990, 5, 17), 11))
WANG = Somebody("wang-fang", "王芳", identity_number("330102", date(1988, 3, 9), 22))
LI = Somebody("li-xiaobao", "李小宝", identity_number("330102", date(2016, 6, 1), 33))
"""Zhang's child."""
EVERYBODY = (ZHANG, WANG, LI)


class _Department(Department):
    """A department with several facts, each the same for everybody but a card's number."""

    def tells(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """The value of the fact that is asked for."""
        number = asked["subject"]["idNumber"]
        own = {"cardNumber": card_number(number)} if asked["fact"] == "insured-person" else {}
        return _FACTS[self.id][asked["fact"]] | own if number in self.names else None


def card_number(number: str) -> str:
    """The physical card of whoever has this identity number."""
    return f"A{number[-8:]}".replace("X", "0")


@dataclass
class Deeds:
    """What happened outside so far. Plain data, so that it can be copied and given back."""

    codes_used: set[str] = field(default_factory=set)
    scans: dict[str, bool] = field(default_factory=dict)
    """Certify id -> passed."""
    trades: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Our trade number -> the trade as the payment app sees it."""
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Webhook id -> the event that the hospital took."""
    hospital_says: str = "accepted"
    """What it answers to a booking; nothing where it leaves its events unread."""
    agenda: list[tuple[str, str]] = field(default_factory=list)
    """What somebody outside still has to do about what: (who, about)."""


class Outside:
    """Everybody beyond our edge."""

    def __init__(self) -> None:
        self.world = World()
        self.app = PaymentApp(self.world)
        self.deeds = Deeds()
        names = {each.number: each.name for each in EVERYBODY}
        self.departments = [_Department(name, self.world, names=names) for name in _FACTS]
        self.hospital = Party("hos_zj1")
        self.pharmacy = Party("pha_zj1")
        self.other_pharmacy = Party("pha_zj2")
        self.bureau = Party("bur_zj1")
        self.registrar = Party("real-estate")
        self.events_endpoint = self.world.on("/hospital/events", self._take_event)
        self.app.says("alipay.system.oauth.token", self._token)
        self.app.says("alipay.user.certify.open.initialize", self._open_scan)
        self.app.says("alipay.user.certify.open.query", self._scan_result)
        self.app.says("alipay.trade.create", self._create_trade)
        self.app.says("alipay.trade.query", self._query_trade)
        self.app.says("alipay.trade.close", self._close_trade)
        self.app.says("alipay.trade.refund", self._refund)
        self.app.says("alipay.trade.fastpay.refund.query", self._query_refund)

    def close(self) -> None:
        """Stop the server that the fakes bring with them."""
        self.world.close()

    def things(self) -> list[Thing]:
        """What happened outside, as the end state counts it."""
        deeds = self.deeds
        return [
            *({"kind": "outside: scan", "certify_id": key, "passed": v} for key, v in deeds.scans.items()),
            *({"kind": "outside: trade", **trade} for trade in deeds.trades.values()),
            *({"kind": "outside: refund", **refund} for refund in deeds.refunds.values()),
            *({"kind": "outside: event", "webhook_id": key, **v} for key, v in deeds.events.items()),
        ]

    # -- identity
    def _token(self, asked: dict[str, Any]) -> Mapping[str, Any]:
        if asked["code"] in self.deeds.codes_used:
            return {"code": "40002", "sub_code": "isv.code-invalid"}
        self.deeds.codes_used.add(asked["code"])
        account = asked["code"].partition("/")[0]
        return {"access_token": "a", "expires_in": "300", "open_id": f"open-{account}"}

    def _open_scan(self, asked: dict[str, Any]) -> Mapping[str, Any]:
        certify_id = "certify" + asked["biz_content"]["outer_order_no"][-26:]
        self.deeds.scans.setdefault(certify_id, False)
        return {"certify_id": certify_id}

    def scan_face(self, certify_id: str) -> None:
        """The citizen looks into the camera, and it is them."""
        self.deeds.scans[certify_id] = True

    def _scan_result(self, asked: dict[str, Any]) -> Mapping[str, Any]:
        return {"passed": "T" if self.deeds.scans[asked["biz_content"]["certify_id"]] else "F"}

    # -- money
    def _create_trade(self, asked: dict[str, Any]) -> Mapping[str, Any]:
        content = asked["biz_content"]
        number = content["out_trade_no"]
        trade = self.deeds.trades.setdefault(
            number,
            {
                "out_trade_no": number,
                "trade_no": _trade_no(number),
                "total_amount": content["total_amount"],
                "trade_status": "WAIT_BUYER_PAY",
                "notify_url": asked.get("notify_url", ""),
            },
        )
        if trade["trade_status"] == "TRADE_CLOSED":
            return {"code": "40004", "sub_code": "ACQ.TRADE_HAS_CLOSE"}
        if trade["trade_status"] != "WAIT_BUYER_PAY":
            return {"code": "40004", "sub_code": "ACQ.TRADE_HAS_SUCCESS"}
        if trade["total_amount"] != content["total_amount"]:
            return {"code": "40004", "sub_code": "ACQ.CONTEXT_INCONSISTENT"}
        return {"out_trade_no": number, "trade_no": trade["trade_no"]}

    def _query_trade(self, asked: dict[str, Any]) -> Mapping[str, Any]:
        trade = self.deeds.trades.get(asked["biz_content"]["out_trade_no"])
        if trade is None:
            return {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}
        told = {name: value for name, value in trade.items() if name != "notify_url"}
        return told | {"buyer_open_id": "open-zhang-wei", "send_pay_date": "2026-11-23 12:00:00"}

    def _close_trade(self, asked: dict[str, Any]) -> Mapping[str, Any]:
        trade = self.deeds.trades.get(asked["biz_content"]["out_trade_no"])
        if trade is None:
            return {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}
        if trade["trade_status"] == "TRADE_SUCCESS":
            return {"code": "40004", "sub_code": "ACQ.REASON_TRADE_STATUS_INVALID"}
        trade["trade_status"] = "TRADE_CLOSED"
        return {"out_trade_no": trade["out_trade_no"], "trade_no": trade["trade_no"]}

    def _refund(self, asked: dict[str, Any]) -> Mapping[str, Any]:
        content = asked["biz_content"]
        number = content["out_request_no"]
        fresh = number not in self.deeds.refunds
        self.deeds.refunds.setdefault(number, {"out_request_no": number, "amount": content["refund_amount"]})
        return {
            "out_trade_no": content["out_trade_no"],
            "fund_change": "Y" if fresh else "N",
            "refund_fee": content["refund_amount"],
        }

    def _query_refund(self, asked: dict[str, Any]) -> Mapping[str, Any]:
        refund = self.deeds.refunds.get(asked["biz_content"]["out_request_no"])
        if refund is None:
            return {}
        return {
            "refund_status": "REFUND_SUCCESS",
            "refund_amount": refund["amount"],
            "out_request_no": refund["out_request_no"],
        }

    def pay(self, out_trade_no: str, *, silently: bool = False) -> None:
        """The citizen pays in the payment app, which will notify us until we say `success`, or (silently) never."""
        self.deeds.trades[out_trade_no]["trade_status"] = "TRADE_SUCCESS"
        if not silently:
            self.deeds.agenda.append(("notify", out_trade_no))

    def notification(self, out_trade_no: str) -> dict[str, str]:
        """What the payment app posts about a trade that was paid."""
        trade = self.deeds.trades[out_trade_no]
        return self.app.notification(
            notify_type="trade_status_sync",
            notify_id=f"notify-{trade['trade_no']}",
            notify_time="2026-11-23 12:00:00",
            seller_id=self.app.seller_id,
            trade_no=trade["trade_no"],
            out_trade_no=out_trade_no,
            buyer_open_id="open-zhang-wei",
            trade_status=trade["trade_status"],
            total_amount=trade["total_amount"],
            gmt_payment="2026-11-23 12:00:00",
        )

    # -- the hospital
    def _take_event(self, request: Received) -> Sent:
        webhook_id = request.headers["webhook-id"]
        if webhook_id not in self.deeds.events:
            self.deeds.events[webhook_id] = {"type": request.json["type"], "data": request.json["data"]}
            if self.deeds.hospital_says:
                self.deeds.agenda.append(("hospital", webhook_id))
        return Sent(204)


def _trade_no(out_trade_no: str) -> str:
    """The payment app's own number: always the same for the same trade of ours, and an id of the same shape."""
    return "T" + out_trade_no[-26:]


_FACTS: dict[str, dict[str, dict[str, Any]]] = {
    "social-security": {
        "insured-person": {"region": "330100", "cardStatus": "active", "cardVersion": 1, "deceased": False},
        "bank-account": {
            "active": True,
            "phoneMatches": True,
            "bank": "杭州银行",
            "accountMasked": "6222****0018",
        },
    },
    "real-estate": {"house-ownership": {"houses": 0, "region": "330100"}},
    "civil-registry": {
        "household": {
            "householdType": "urban",
            "address": "杭州市上城区",
            "relation": "head",
            "alive": True,
        },
        "kinship": {"relation": "child", "guardian": True},
    },
    "veterans": {"veteran-status": {"veteran": False, "rural": False, "since": None}},
}
