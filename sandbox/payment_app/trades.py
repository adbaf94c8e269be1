"""Trades: created, queried, closed by the merchant, and paid by the buyer. Refunds stand beside, in refunds.py.

It must not know how a merchant is notified.
"""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sandbox.clock import Clock, beijing, from_beijing
from sandbox.origin.routing import Refused
from sandbox.payment_app.accounts import find_open_id, logon_id, open_id
from sandbox.payment_app.money import fen, yuan
from sandbox.payment_app.protocol import SUCCESS, BusinessFailure, Call
from sandbox.payment_app.trade_model import Trade
from sandbox.people import People
from sandbox.shelf import Shelf

DEFAULT_LIFE = timedelta(days=15)
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
FORBIDDEN_IN_SUBJECT = set("/=&")


class Trades:
    """Every trade of every app."""

    def __init__(self, shelf: Shelf, clock: Clock, people: People) -> None:
        self._shelf = shelf
        self._clock = clock
        self._people = people

    def create(self, call: Call) -> dict[str, Any]:
        """`alipay.trade.create`: one trade for one out_trade_no, however often it is asked for."""
        wanted = self._wanted(call)
        with self._shelf.change():
            known = self._by_order(wanted.app_id, wanted.out_trade_no)
            if known is None:
                self.keep(wanted)
                self._shelf.put(
                    "trade-order", f"{wanted.app_id}|{wanted.out_trade_no}", {"trade_no": wanted.trade_no}
                )
        trade = known or wanted
        _refuse_another(trade, wanted)
        return {**SUCCESS, "out_trade_no": trade.out_trade_no, "trade_no": trade.trade_no}

    def query(self, call: Call) -> dict[str, Any]:
        """`alipay.trade.query`: what became of a trade."""
        trade = self.named(call)
        return {**SUCCESS, **_identity(trade), "trade_status": trade.status, **_amounts(trade)}

    def close(self, call: Call) -> Trade:
        """`alipay.trade.close`: nobody can pay it any more; paid or closed before: TRADE_STATUS_ERROR."""
        with self._shelf.change():
            trade = self.named(call)
            if trade.status != "WAIT_BUYER_PAY":
                raise BusinessFailure("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
            return self.keep(_closed(trade, self._clock.now()))

    def pay(self, trade_no: str) -> tuple[Trade, bool]:
        """The buyer pays; whether this very call did it. Raises Refused 404 or 409."""
        with self._shelf.change():
            trade = self.get(trade_no)
            if trade.status == "TRADE_CLOSED":
                raise Refused(409, "trade-closed", "the trade was closed or its time is over")
            if trade.status == "TRADE_SUCCESS":
                return trade, False
            paid = trade.model_copy(update={"status": "TRADE_SUCCESS", "paid_at": self._clock.now()})
            return self.keep(paid), True

    def get(self, trade_no: str) -> Trade:
        """The trade, closed if its time is over; raises Refused 404."""
        document = self._shelf.get("trade", trade_no)
        if document is None:
            raise Refused(404, "trade-unknown", "there is no such trade")
        return self._aged(Trade.model_validate(document))

    def every(self) -> list[Trade]:
        """Every trade, oldest first."""
        return [self._aged(Trade.model_validate(document)) for document in self._shelf.every("trade")]

    def named(self, call: Call) -> Trade:
        """The app's trade by trade_no (which wins) or out_trade_no; raises ACQ.TRADE_NOT_EXIST."""
        trade_no, order = call.text("trade_no", 64), call.text("out_trade_no", 64)
        if trade_no is None and order is None:
            raise BusinessFailure("ACQ.INVALID_PARAMETER", "trade_no 与 out_trade_no 不能同时为空")
        document = self._shelf.get("trade", trade_no) if trade_no else None
        trade = Trade.model_validate(document) if document else None
        if trade_no is None and order is not None:
            trade = self._by_order(call.app.app_id, order)
        if trade is None or trade.app_id != call.app.app_id:
            raise BusinessFailure("ACQ.TRADE_NOT_EXIST", "交易不存在")
        return self._aged(trade)

    def keep(self, trade: Trade) -> Trade:
        """Keep what became of the trade."""
        self._shelf.put("trade", trade.trade_no, trade.model_dump(mode="json"))
        return trade

    def _by_order(self, app_id: str, order: str) -> Trade | None:
        known = self._shelf.get("trade-order", f"{app_id}|{order}")
        return self.get(known["trade_no"]) if known else None

    def _aged(self, trade: Trade) -> Trade:
        if trade.status == "WAIT_BUYER_PAY" and self._clock.now() >= trade.expires_at:
            return self.keep(_closed(trade, trade.expires_at))
        return trade

    def _wanted(self, call: Call) -> Trade:
        now = self._clock.now()
        order = call.required("out_trade_no", 64)
        subject = call.required("subject")
        if not re.fullmatch(r"\w{1,64}", order, re.ASCII) or FORBIDDEN_IN_SUBJECT & set(subject):
            raise BusinessFailure("ACQ.INVALID_PARAMETER", "参数无效")
        if call.text("seller_id") not in {None, call.app.seller_id}:
            raise BusinessFailure("ACQ.INVALID_RECEIVE_ACCOUNT", "收款账号不正确")
        return Trade(
            trade_no=f"{beijing(now)[:10].replace('-', '')}22001{secrets.randbelow(10**15):015d}",
            app_id=call.app.app_id,
            seller_id=call.app.seller_id,
            out_trade_no=order,
            total_fen=fen(call.required("total_amount"), "total_amount"),
            subject=subject,
            body=call.text("body", 128),
            buyer_id=self._buyer(call),
            notify_url=_notify_url(call),
            passback_params=call.text("passback_params", 512),
            created_at=now,
            expires_at=_expiry(call, now),
        )

    def _buyer(self, call: Call) -> str:
        user, in_app = call.text("buyer_id"), call.text("buyer_open_id") or call.text("op_buyer_open_id")
        if in_app is not None:
            user = find_open_id(self._people, call.app.app_id, in_app)
        if user is None or self._people.find_user(user) is None:
            raise BusinessFailure("ACQ.INVALID_PARAMETER", "买家参数无效")
        return user


def _refuse_another(trade: Trade, wanted: Trade) -> None:
    """What a repeated out_trade_no means when the trade it names has moved on, or is another one."""
    if not trade.same_order(wanted):
        raise BusinessFailure("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
    if trade.status == "TRADE_SUCCESS":
        raise BusinessFailure("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
    if trade.status == "TRADE_CLOSED":
        raise BusinessFailure("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")


def _closed(trade: Trade, at: datetime) -> Trade:
    return trade.model_copy(update={"status": "TRADE_CLOSED", "closed_at": at})


def _notify_url(call: Call) -> str | None:
    url = call.params.get("notify_url") or None
    if url is not None and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
        raise BusinessFailure("ACQ.INVALID_PARAMETER", "notify_url 参数无效")
    return url


def _expiry(call: Call, now: datetime) -> datetime:
    """When nobody can pay any more: time_expire wins over timeout_express (1m to 15d)."""
    absolute, relative = call.text("time_expire"), call.text("timeout_express")
    try:
        if absolute is not None:
            return from_beijing(absolute if absolute.count(":") > 1 else f"{absolute}:00")
        if relative is not None:
            return now + min(int(relative[:-1]) * UNITS[relative[-1]], DEFAULT_LIFE)
    except (ValueError, KeyError):
        raise BusinessFailure("ACQ.INVALID_PARAMETER", "超时时间参数无效") from None
    return now + DEFAULT_LIFE


def _identity(trade: Trade) -> dict[str, Any]:
    return {
        "trade_no": trade.trade_no,
        "out_trade_no": trade.out_trade_no,
        "buyer_logon_id": logon_id(trade.buyer_id),
        "buyer_user_id": trade.buyer_id,
        "buyer_open_id": open_id(trade.app_id, trade.buyer_id),
    }


def _amounts(trade: Trade) -> dict[str, Any]:
    total = yuan(trade.total_fen)
    if trade.paid_at is None:
        return {"total_amount": total, "receipt_amount": "0.00", "buyer_pay_amount": "0.00"}
    return {
        "total_amount": total,
        "receipt_amount": total,
        "buyer_pay_amount": total,
        "invoice_amount": total,
        "point_amount": "0.00",
        "send_pay_date": beijing(trade.paid_at),
        "fund_bill_list": [{"fund_channel": "ALIPAYACCOUNT", "amount": total}],
    }
