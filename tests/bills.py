"""A payment app's bill as its archive holds it, with everything about it that a test may want to be wrong."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.payments.model import yuan
from tests.fakes import PaymentApp, Received, Sent, World

METHOD = "alipay.data.dataservice.bill.downloadurl.query"
SELLER = PaymentApp.seller_id
COLUMNS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,"
    "卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
END = "#-----------------------------------------业务明细列表结束------------------------------------"


@dataclass(frozen=True, slots=True)
class Line:
    """A trade, or with `refund` a refund of it; `at` is Beijing's time of the day."""

    order: str
    fen: int
    refund: str = ""
    at: str = "10:00:30"

    def text(self, day: date) -> str:
        amount = f"-{yuan(self.fen)}" if self.refund else yuan(self.fen)
        times = f"{day} 00:00:00,{day} {self.at}"
        kind = "退款" if self.refund else "交易"
        request = f"{self.refund}\t" if self.refund else ""
        zeros = "0.00,0.00,0.00,0.00,0.00,,0.00,0.00"
        return f"2026\t,{self.order}\t,{kind},挂号费,{times},,,,,b***,{amount},{amount},{zeros},{request},-0.06,0.00,"


def table(day: date, *lines: Line, seller: str = SELLER, end: str = END, columns: str = COLUMNS) -> str:
    """The details as text."""
    back = sum(1 for each in lines if each.refund)
    return "\r\n".join(
        [
            "#支付宝业务明细查询",
            f"#账号：[{seller}0156]",
            f"#起始日期：[{day:%Y年%m月%d日} 00:00:00]   终止日期：[{day + timedelta(days=1):%Y年%m月%d日} 00:00:00]",
            "#-----------------------------------------业务明细列表----------------------------------------",
            columns,
            *(each.text(day) for each in lines),
            end,
            f"#交易合计：{len(lines) - back}笔，商家实收共0.00元，商家优惠共0.00元",
            f"#退款合计：{back}笔，商家实收退款共-0.00元，商家优惠退款共0.00元",
            f"#导出时间：[{datetime(2026, 11, 23):%Y年%m月%d日 %H:%M:%S}]",  # noqa: DTZ001  (only a remark)
            "",
        ]
    )


def packed(details: bytes, name: str = "x_业务明细.csv", more: Mapping[str, bytes] | None = None) -> bytes:
    """The archive."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in {name: details, "x_业务明细(汇总).csv": b"#", **(more or {})}.items():
            archive.writestr(each, content)
    return kept.getvalue()


class BillDesk:
    """The payment app's bills by day; a day without one is not ready."""

    def __init__(self, world: World, app: PaymentApp) -> None:
        self.archives: dict[str, bytes] = {}
        self.status = 200
        self.address = ""
        self.refused: set[str] = set()
        self._world = world
        app.says(METHOD, self._asked)

    def says(self, day: date, *lines: Line) -> None:
        """Let a day's bill say this."""
        self.archives[str(day)] = packed(table(day, *lines).encode("gbk"))

    def _asked(self, asked: dict[str, dict[str, str]]) -> dict[str, str]:
        content = asked["biz_content"]
        assert content["bill_type"] == "trade"
        day = content["bill_date"]
        if day in self.refused:
            return {"code": "40006", "sub_code": "isv.insufficient-isv-permissions"}
        if day not in self.archives:
            return {"code": "40004", "sub_code": "isp.bill_not_exist"}
        return {"bill_download_url": self.address or self._world.on(f"/bill/{day}", self._sent)}

    def _sent(self, request: Received) -> Sent:
        return Sent(self.status, self.archives[request.path.rpartition("/")[2]], "application/zip")
