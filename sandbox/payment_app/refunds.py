"""Refunds of a paid trade. The same out_request_no never pays twice. It must not know how trades are made."""

from typing import Any

from sandbox.clock import Clock, beijing
from sandbox.payment_app.accounts import logon_id
from sandbox.payment_app.money import fen, yuan
from sandbox.payment_app.protocol import SUCCESS, BusinessFailure, Call
from sandbox.payment_app.trade_model import Refund, Trade
from sandbox.payment_app.trades import Trades
from sandbox.shelf import Shelf


class Refunds:
    """Gives money back, wholly or in part."""

    def __init__(self, shelf: Shelf, clock: Clock, trades: Trades) -> None:
        self._shelf = shelf
        self._clock = clock
        self._trades = trades

    def refund(self, call: Call) -> tuple[Trade, Refund, bool]:
        """`alipay.trade.refund`: the trade, its refund, and whether this very call moved money."""
        amount = fen(call.required("refund_amount"), "refund_amount")
        with self._shelf.change():
            trade = self._trades.named(call)
            request = call.text("out_request_no", 64) or trade.out_trade_no
            if known := trade.refund(request):
                _refuse_another_amount(known, amount)
                return trade, known, False
            _refuse_impossible(trade, amount)
            return *self._add(trade, request, amount, call.text("refund_reason")), True

    def query(self, call: Call) -> dict[str, Any]:
        """`alipay.trade.fastpay.refund.query`: no refund_status means the refund was not received."""
        trade = self._trades.named(call)
        refund = trade.refund(call.required("out_request_no", 64))
        if refund is None:
            return {**SUCCESS}
        return {
            **SUCCESS,
            "trade_no": trade.trade_no,
            "out_trade_no": trade.out_trade_no,
            "out_request_no": refund.out_request_no,
            "refund_status": "REFUND_SUCCESS",
            "total_amount": yuan(trade.total_fen),
            "refund_amount": yuan(refund.amount_fen),
            "gmt_refund_pay": beijing(refund.refunded_at),
        }

    def _add(self, trade: Trade, request: str, amount: int, reason: str | None) -> tuple[Trade, Refund]:
        now = self._clock.now()
        refund = Refund(out_request_no=request, amount_fen=amount, reason=reason, refunded_at=now)
        after = trade.model_copy(update={"refunds": [*trade.refunds, refund]})
        if after.refunded_fen == after.total_fen:
            after = after.model_copy(update={"status": "TRADE_CLOSED", "closed_at": now})
        return self._trades.keep(after), refund


def refund_answer(trade: Trade, *, moved: bool) -> dict[str, Any]:
    """What `alipay.trade.refund` answers; refund_fee is everything refunded so far."""
    return {
        **SUCCESS,
        "trade_no": trade.trade_no,
        "out_trade_no": trade.out_trade_no,
        "buyer_logon_id": logon_id(trade.buyer_id),
        "fund_change": "Y" if moved else "N",
        "refund_fee": yuan(trade.refunded_fen),
    }


def _refuse_another_amount(known: Refund, amount: int) -> None:
    if known.amount_fen != amount:
        raise BusinessFailure("ACQ.DISCORDANT_REPEAT_REQUEST", "请求信息不一致")


def _refuse_impossible(trade: Trade, amount: int) -> None:
    if trade.paid_at is None:
        raise BusinessFailure("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    if trade.refunded_fen + amount > trade.total_fen:
        raise BusinessFailure("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
