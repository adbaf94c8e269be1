"""The payment app's bill: read when it can be believed line by line, refused whole when it cannot."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.errors import Unavailable
from chalicelib.platform.alipay import Gateway
from chalicelib.reconciliation import bills
from chalicelib.reconciliation.bills import Bills
from chalicelib.reconciliation.errors import BillNotReady, BillUnreadable
from chalicelib.wiring import payment_app as our_gateway
from tests.bills import COLUMNS, END, SELLER, BillDesk, Line, packed, table
from tests.cloud import Cloud
from tests.fakes import PaymentApp, World

DAY = date(2026, 11, 22)
TRADE = Line("ord_1", 50_00)
REFUND = Line("ord_1", 20_00, refund="rfd_1", at="23:59:59")


@pytest.fixture
def desk(cloud: Cloud, world: World, payment_app: PaymentApp) -> BillDesk:
    return BillDesk(world, payment_app)


@pytest.fixture
def gateway(cloud: Cloud) -> Gateway:
    return our_gateway()


def read(gateway: Gateway) -> bills.DayBill:
    return Bills(gateway, SELLER, frozenset({"dwbillcenter.alipay.com"})).of(DAY)


def test_a_bill_tells_trades_and_refunds_in_exact_fen_at_chinas_time(
    desk: BillDesk, gateway: Gateway
) -> None:
    desk.says(DAY, TRADE, REFUND)
    told = read(gateway)
    assert {key: each.amount_fen for key, each in told.movements.items()} == {
        ("in", "ord_1"): 50_00,
        ("out", "rfd_1"): 20_00,
    }
    assert told.movements["out", "rfd_1"].at == datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)
    assert {each.order_id for each in told.movements.values()} == {"ord_1"}
    assert told.fees_fen == 12


def test_a_day_without_trades_is_an_empty_bill_not_a_missing_one(desk: BillDesk, gateway: Gateway) -> None:
    desk.says(DAY)
    assert read(gateway).movements == {}


@pytest.mark.parametrize("code", ["isp.bill_not_exist", "isv.bill-not-exist", "BILL_NOT_EXIST"])
def test_a_bill_that_is_not_there_yet_is_no_empty_bill(
    cloud: Cloud, payment_app: PaymentApp, gateway: Gateway, code: str
) -> None:
    payment_app.says("alipay.data.dataservice.bill.downloadurl.query", {"code": "40004", "sub_code": code})
    with pytest.raises(BillNotReady):
        read(gateway)


def test_what_is_told_in_parts_counts_as_their_sum(desk: BillDesk, gateway: Gateway) -> None:
    desk.says(DAY, TRADE, TRADE)
    assert read(gateway).movements["in", "ord_1"].amount_fen == 100_00


def refusals() -> dict[str, bytes]:
    good = table(DAY, TRADE)
    gbk = good.encode("gbk")
    return {
        "not an archive": b"<html>the address is no longer good</html>",
        "cut off": packed(gbk)[:-40],
        "no details": packed(gbk, "x.csv"),
        "two details": packed(gbk, more={"y_业务明细.csv": gbk}),
        "a path": packed(gbk, "../x_业务明细.csv"),
        "an absolute path": packed(gbk, "/etc/x_业务明细.csv"),
        "another system's path": packed(gbk, "..\\x_业务明细.csv"),
        "many files": packed(gbk, more={f"{number}": b"" for number in range(20)}),
        "utf-16": packed(good.encode("utf-16")),
        "another encoding": packed(gbk.replace("挂号费".encode("gbk"), b"\xff\xff")),
        "a column is missing": packed(
            table(DAY, columns=COLUMNS.replace("订单金额（元）", "金额")).encode("gbk")
        ),
        "a value is missing": packed(good.replace(",挂号费", "").encode("gbk")),
        "a quote that never ends": packed(good.replace("挂号费", '"挂号费').encode("gbk")),
        "half a bill": packed(good[: good.index(END)].encode("gbk")),
        "a line was lost": packed(good.replace("#交易合计：1笔", "#交易合计：2笔").encode("gbk")),
        "of another seller": packed(table(DAY, TRADE, seller="2088999999999999").encode("gbk")),
        "of another day": packed(table(date(2026, 11, 21), TRADE).encode("gbk")),
        "of nobody": packed("\r\n".join(good.split("\r\n")[3:]).encode("gbk")),
        "of an unknown kind": packed(good.replace(",交易,", ",转账,").encode("gbk")),
        "not an amount": packed(good.replace("50.00", "5e1").encode("gbk")),
        "a negative trade": packed(good.replace("50.00", "-50.00").encode("gbk")),
        "no day of the calendar": packed(good.replace("22 10:00:30", "32 10:00:30").encode("gbk")),
        "an empty file": packed(b""),
        "an order number that is no number": packed(table(DAY, Line("挂号费", 1)).encode("gbk")),
    }


@pytest.mark.parametrize("name", refusals())
def test_a_bill_that_cannot_be_believed_is_refused_whole(desk: BillDesk, gateway: Gateway, name: str) -> None:
    desk.archives[str(DAY)] = refusals()[name]
    with pytest.raises(BillUnreadable):
        read(gateway)


def test_an_archive_that_unpacks_to_more_than_it_may_is_refused_while_it_is_read(
    desk: BillDesk, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.archives[str(DAY)] = packed(table(DAY, *[TRADE] * 2000).encode("gbk"))
    monkeypatch.setattr(bills, "_LARGEST_FILE", 100_000)
    with pytest.raises(BillUnreadable):
        read(gateway)


def test_an_archive_whose_headers_lie_about_the_size_is_refused(desk: BillDesk, gateway: Gateway) -> None:
    details = table(DAY, TRADE).encode("gbk")
    size, less = (number.to_bytes(4, "little") for number in (len(details), len(details) - 200))
    desk.archives[str(DAY)] = packed(details).replace(size, less)
    with pytest.raises(BillUnreadable):
        read(gateway)


def test_a_line_without_an_end_is_refused(desk: BillDesk, gateway: Gateway) -> None:
    desk.archives[str(DAY)] = packed(("#" * 1_000_000).encode())
    with pytest.raises(BillUnreadable):
        read(gateway)


def test_too_large_an_archive_is_not_taken(
    desk: BillDesk, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.says(DAY, TRADE)
    monkeypatch.setattr(bills, "_LARGEST_ARCHIVE", 100)
    with pytest.raises(Unavailable):
        read(gateway)


@pytest.mark.parametrize("status", [302, 403, 404, 500])
def test_an_address_that_gives_no_file_is_asked_for_again_later(
    desk: BillDesk, gateway: Gateway, status: int
) -> None:
    desk.says(DAY, TRADE)
    desk.status = status
    with pytest.raises(Unavailable):
        read(gateway)


@pytest.mark.parametrize(
    "address",
    [
        "http://bills.example.com/x.zip",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "https://dwbillcenter.alipay.com@example.com/x",
        "https://user@dwbillcenter.alipay.com/x",
        "https://dwbillcenter.alipay.com.example.com/x",
        "https://dwbillcenter.alipay.com:8443/x",
        "http://127.0.0.1:1/x",
        "http://[::1",
        "",
    ],
)
def test_a_bill_is_fetched_from_nowhere_but_the_listed_hosts(
    desk: BillDesk, gateway: Gateway, address: str
) -> None:
    desk.says(DAY, TRADE)
    desk.address = address or "not an address"
    with pytest.raises(BillUnreadable):
        read(gateway)


def test_a_listed_host_is_asked_over_https(gateway: Gateway) -> None:
    trusted = Bills(gateway, SELLER, frozenset({"dwbillcenter.alipay.com"}))._trusted
    told = "http://dwbillcenter.alipay.com/downloadBillFile.resource?bizType=trade&token=1"
    assert trusted(told) == told.replace("http:", "https:")
