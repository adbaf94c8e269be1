"""The daily bill (业务明细) of an app's seller: a zip with a GBK table, at an address that works for 30 seconds.

Made of the trades and refunds as they stand when it is asked for; a fault changes what it says, never the trades. As
there, a day that is not over has no bill. It must not know what the merchant compares it with.
"""

import io
import re
import secrets
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.clock import BEIJING, Clock, beijing
from sandbox.faults import BillFault, Faults
from sandbox.origin.routing import Refused
from sandbox.payment_app.accounts import logon_id
from sandbox.payment_app.money import yuan
from sandbox.payment_app.protocol import SUCCESS, BusinessFailure, Call
from sandbox.payment_app.trade_model import Trade
from sandbox.payment_app.trades import Trades
from sandbox.shelf import Shelf

KIND = "bill-address"
ADDRESS_LIFE = timedelta(seconds=30)
SELLERS_TAIL = "0156"
"""What the platform writes after a seller's id to name its account."""
FEE_PER_THOUSAND = 6
COLUMNS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,"
    "卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
FIRST = "#-----------------------------------------业务明细列表----------------------------------------"
LAST = "#-----------------------------------------业务明细列表结束------------------------------------"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill: a trade, or a refund under its request's number. A refund's fen are negative."""

    trade_no: str
    order_no: str
    subject: str
    buyer: str
    created_at: datetime
    finished_at: datetime
    amount_fen: int
    request_no: str = ""

    @property
    def number(self) -> str:
        """What a fault names it by."""
        return self.request_no or self.order_no

    def text(self) -> str:
        """The line as the platform writes it."""
        kind, amount = ("退款" if self.request_no else "交易"), _signed(self.amount_fen)
        fee = _signed(-(self.amount_fen * FEE_PER_THOUSAND // 1000)) if self.amount_fen > 0 else "0.00"
        times = [beijing(self.created_at), beijing(self.finished_at)]
        request = f"{self.request_no}\t" if self.request_no else ""
        start = [f"{self.trade_no}\t", f"{self.order_no}\t", kind, self.subject, *times, "", "", "", ""]
        sums = [amount, amount, *["0.00"] * 5, "", "0.00", "0.00"]
        return ",".join([*start, self.buyer, *sums, request, fee, "0.00", ""])


class Bills:
    """Bills, and where each can be fetched for a while."""

    def __init__(self, shelf: Shelf, clock: Clock, faults: Faults, trades: Trades, origin: str) -> None:
        self._shelf = shelf
        self._clock = clock
        self._faults = faults
        self._trades = trades
        self._origin = origin

    def query(self, call: Call) -> dict[str, Any]:
        """`alipay.data.dataservice.bill.downloadurl.query`: an address for a day's bill; `isp.bill_not_exist`."""
        day = _day(call.required("bill_date"))
        if call.required("bill_type") != "trade":
            raise BusinessFailure("isv.invalid-arguments", "参数错误")
        fault = self._faults.now().bill or BillFault()
        today = self._clock.now().astimezone(BEIJING).date()
        if fault.absent or day > today or (day == today and not fault.early):
            raise BusinessFailure("isp.bill_not_exist", "账单不存在")
        token = secrets.token_hex(16)
        expires = (self._clock.now() + ADDRESS_LIFE).isoformat()
        address = {"seller": call.app.seller_id, "app": call.app.app_id, "day": str(day), "expires": expires}
        self._shelf.put(KIND, token, address)
        return {**SUCCESS, "bill_download_url": f"{self._origin}/sandbox/payment-app/bills/{token}"}

    def fetch(self, token: str) -> bytes:
        """The zip behind an address; raises Refused 404 or 410."""
        address = self._shelf.get(KIND, token)
        if address is None:
            raise Refused(404, "bill-unknown", "there is no such bill")
        if self._clock.now() > datetime.fromisoformat(address["expires"]):
            raise Refused(410, "bill-address-expired", "the address was good for 30 seconds")
        day = date.fromisoformat(address["day"])
        trades = [each for each in self._trades.every() if each.app_id == address["app"]]
        lines = list(_altered(_lines(trades, day), day, self._faults.now().bill or BillFault()))
        return _zipped(address["seller"] + SELLERS_TAIL, day, lines, self._clock.now())


def _lines(trades: Iterable[Trade], day: date) -> Iterator[Line]:
    for trade in trades:
        if trade.paid_at is None:
            continue
        buyer, facts = logon_id(trade.buyer_id), (trade.trade_no, trade.out_trade_no, trade.subject)
        if _on(trade.paid_at, day):
            yield Line(*facts, buyer, trade.created_at, trade.paid_at, trade.total_fen)
        for refund in trade.refunds:
            if _on(refund.refunded_at, day):
                at, amount, number = refund.refunded_at, -refund.amount_fen, refund.out_request_no
                yield Line(*facts, buyer, trade.created_at, at, amount, number)


def _altered(lines: Iterable[Line], day: date, fault: BillFault) -> Iterator[Line]:
    """The lines as a fault wants them."""
    for line in lines:
        if line.number in fault.drop:
            continue
        amount = fault.alter.get(line.number, abs(line.amount_fen))
        signed = amount if line.amount_fen > 0 else -amount
        yield Line(**{name: getattr(line, name) for name in Line.__slots__} | {"amount_fen": signed})
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=BEIJING)
    for added in fault.add:
        trade_no = f"{day:%Y%m%d}22001{secrets.randbelow(10**15):015d}"
        signed = -added.amount_fen if added.request_no else added.amount_fen
        yield Line(trade_no, added.order_no, "挂号费", "-", noon, noon, signed, added.request_no)


def _zipped(account: str, day: date, lines: list[Line], now: datetime) -> bytes:
    name = f"{account}_{day:%Y%m%d}"
    table = "\r\n".join(
        [*_head("明细", account, day), FIRST, COLUMNS, *(line.text() for line in lines), LAST]
    )
    details = f"{table}\r\n{_foot(lines)}\r\n#导出时间：[{now.astimezone(BEIJING):%Y年%m月%d日 %H:%M:%S}]\r\n"
    summary = "\r\n".join([*_head("汇总", account, day), _foot(lines), ""])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_gbk_name(f"{name}_业务明细.csv"), details.encode("gb18030"))
        archive.writestr(_gbk_name(f"{name}_业务明细(汇总).csv"), summary.encode("gb18030"))
    return packed.getvalue()


def _gbk_name(name: str) -> zipfile.ZipInfo:
    """A name whose bytes are GBK without the flag for UTF-8, as the platform's archiver writes them."""
    info = _PlainName(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


class _PlainName(zipfile.ZipInfo):
    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the base class's name
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def _head(what: str, account: str, day: date) -> list[str]:
    until = day + timedelta(days=1)
    span = f"#起始日期：[{day:%Y年%m月%d日} 00:00:00]   终止日期：[{until:%Y年%m月%d日} 00:00:00]"
    return [f"#支付宝业务{what}查询", f"#账号：[{account}]", span]


def _foot(lines: list[Line]) -> str:
    trades = [line.amount_fen for line in lines if not line.request_no]
    refunds = [line.amount_fen for line in lines if line.request_no]
    paid = f"#交易合计：{len(trades)}笔，商家实收共{_signed(sum(trades))}元，商家优惠共0.00元"
    back = f"#退款合计：{len(refunds)}笔，商家实收退款共{_signed(sum(refunds))}元，商家优惠退款共0.00元"
    return f"{paid}\r\n{back}"


def _signed(amount_fen: int) -> str:
    return f"{'-' if amount_fen < 0 else ''}{yuan(abs(amount_fen))}"


def _on(moment: datetime, day: date) -> bool:
    return moment.astimezone(BEIJING).date() == day


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise BusinessFailure("isv.invalid-arguments", "参数错误")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BusinessFailure("isv.invalid-arguments", "参数错误") from None
