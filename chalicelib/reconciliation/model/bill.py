"""The payment app's daily bill (业务明细), line by line. Pure: text in, movements out; where it came from is not known.

The file: remark lines that begin with `#` (whose bill, of which day), a line of column names, a line per trade or
refund, `#...业务明细列表结束`, and the sums. Values carry a tab so that a spreadsheet shows them as text; a refund's
amount is negative. A bill that ends early, belongs to somebody else, or does not add up to its own sums is refused
whole: half a bill would turn the other half into differences.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from chalicelib.reconciliation.errors import BillUnreadable
from chalicelib.reconciliation.model.movements import Direction, Movement
from chalicelib.types import CHINA

ORDER_NO, KIND, FINISHED = "商户订单号", "业务类型", "完成时间"
AMOUNT, REQUEST_NO, FEE = "订单金额（元）", "退款批次号/请求号", "服务费（元）"
_NEEDED = {ORDER_NO, KIND, FINISHED, AMOUNT, REQUEST_NO, FEE}
_DIRECTIONS: dict[str, Direction] = {"交易": "in", "退款": "out"}
_ACCOUNT = re.compile(r"^#账号：\[(\d{16,24})\]")
_DAY = re.compile(r"^#起始日期：\[(\d{4})年(\d{2})月(\d{2})日 00:00:00\]")
_END = "业务明细列表结束"
_COUNTS = re.compile(r"^#(交易|退款)合计：(\d{1,9})笔")
_YUAN = re.compile(r"^(-?)(0|[1-9]\d{0,8})\.(\d{2})$", re.ASCII)
_NUMBER = re.compile(r"^[!-~]{1,64}$", re.ASCII)


@dataclass
class Bill:
    """One seller's bill of one day, while it is read; afterwards its sums."""

    seller_id: str
    day: date
    fees_fen: int = 0
    """What the payment app keeps for its service."""
    counts: dict[Direction, int] = field(default_factory=lambda: {"in": 0, "out": 0})
    _seen: set[str] = field(default_factory=set)

    def movements(self, lines: Iterator[str]) -> Iterator[Movement]:
        """Each line's movement as it is read. Raises BillUnreadable, at the latest after the last line."""
        rows = csv.reader(self._after_remarks(lines))
        try:
            columns = [name.strip() for name in next(rows, [])]
            if not columns or not set(columns) >= _NEEDED or len(set(columns)) != len(columns):
                raise BillUnreadable
            for row in rows:
                yield self._movement(dict(zip(columns, (each.strip() for each in row), strict=True)))
        except (csv.Error, ValueError) as error:
            raise BillUnreadable from error
        self._check_sums(lines)

    def _after_remarks(self, lines: Iterator[str]) -> Iterator[str]:
        """The lines between the remarks before and after; what the remarks say is checked."""
        for line in lines:
            if not line.startswith("#"):
                yield line
            elif _END in line:
                self._seen.add("end")
                return
            else:
                self._remark(line)

    def _remark(self, line: str) -> None:
        if found := _ACCOUNT.match(line):
            self._expect(found[1].startswith(self.seller_id), "account")
        if found := _DAY.match(line):
            self._expect((int(found[1]), int(found[2]), int(found[3])) == _parts(self.day), "day")

    def _expect(self, holds: bool, what: str) -> None:  # noqa: FBT001  (said at both calls what it is)
        if not holds:
            raise BillUnreadable
        self._seen.add(what)

    def _movement(self, row: Mapping[str, str]) -> Movement:
        direction = _DIRECTIONS.get(row[KIND])
        if direction is None:
            raise BillUnreadable
        amount = _fen(row[AMOUNT]) * (1 if direction == "in" else -1)
        number = row[ORDER_NO] if direction == "in" else row[REQUEST_NO]
        if amount < 0 or not _NUMBER.match(number) or not _NUMBER.match(row[ORDER_NO]):
            raise BillUnreadable
        at = datetime.strptime(row[FINISHED], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
        self.counts[direction] += 1
        self.fees_fen -= _fen(row[FEE])
        return Movement(direction, number, row[ORDER_NO], amount, at)

    def _check_sums(self, lines: Iterator[str]) -> None:
        """The bill has its end, says whose and of when it is, and counts as many lines as were read."""
        for line in lines:
            if found := _COUNTS.match(line):
                self._expect(int(found[2]) == self.counts[_DIRECTIONS[found[1]]], found[1])
        if not {"account", "day", "end"} <= self._seen:
            raise BillUnreadable


def _parts(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def _fen(amount_yuan: str) -> int:
    """`-12.34` -> `-1234`. Raises BillUnreadable for anything but yuan with two decimals."""
    found = _YUAN.match(amount_yuan)
    if not found:
        raise BillUnreadable
    return (int(found[2]) * 100 + int(found[3])) * (-1 if found[1] else 1)
