"""The payment app's bill: asked for at the gateway, downloaded, unpacked, read as it streams.

Knows the method and the file's wrapping, not what the movements are compared with. The address is only as good as its
host: a listed one, or the gateway's own. Nothing is written to a path that the archive names; what it unpacks to is
counted while it is read, whatever its headers promise.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import IO
from urllib.parse import urlsplit, urlunsplit
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from chalicelib.errors import Unavailable
from chalicelib.platform import log, web
from chalicelib.platform.alipay import Gateway, GatewayRefused
from chalicelib.reconciliation.errors import BillNotReady, BillUnreadable
from chalicelib.reconciliation.model.bill import Bill
from chalicelib.reconciliation.model.movements import Key, Movement, by_key

_METHOD = "alipay.data.dataservice.bill.downloadurl.query"
_ABSENT = "bill_not_exist"
_DETAILS = "业务明细.csv"
_SECONDS = 60.0
_LARGEST_ARCHIVE = 64 << 20
_LARGEST_FILE = 512 << 20
_MOST_FILES = 16
_LONGEST_LINE = 16_384
_IN_MEMORY = 8 << 20
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class DayBill:
    """A day at the payment app as its bill tells it."""

    movements: dict[Key, Movement]
    fees_fen: int


@dataclass(frozen=True, slots=True)
class Bills:
    """One seller's bills. `hosts` may serve them besides the gateway's own, over HTTPS."""

    gateway: Gateway
    seller_id: str
    hosts: frozenset[str]

    def of(self, day: date) -> DayBill:
        """A day's bill (from nine in the morning of the next day). Raises BillNotReady, BillUnreadable, Unavailable."""
        bill = Bill(self.seller_id, day)
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as archive:
            web.download(self._address(day), archive, seconds=_SECONDS, most=_LARGEST_ARCHIVE)
            movements = by_key(bill.movements(_lines(archive)))
        log.event("bill.read", day=day.isoformat(), trades=bill.counts["in"], refunds=bill.counts["out"])
        return DayBill(movements, bill.fees_fen)

    def _address(self, day: date) -> str:
        content = {"bill_type": "trade", "bill_date": day.isoformat()}
        try:
            node = self.gateway.call(_METHOD, content)
        except GatewayRefused as refusal:
            absent = refusal.sub_code.lower().replace("-", "_").endswith(_ABSENT)
            raise (BillNotReady if absent else Unavailable) from refusal
        return self._trusted(str(node.get("bill_download_url", "")))

    def _trusted(self, address: str) -> str:
        """The address, over HTTPS unless it is the gateway's own origin. Raises BillUnreadable for a strange host."""
        try:
            told, own = urlsplit(address), urlsplit(self.gateway.url)
            if (told.scheme, told.netloc) == (own.scheme, own.netloc):
                return address
            listed = told.hostname in self.hosts and told.port in {None, 80, 443} and "@" not in told.netloc
        except ValueError:
            listed = False
        if not listed or told.scheme not in {"http", "https"}:
            log.event("bill.host-refused")
            raise BillUnreadable
        return urlunsplit(("https", str(told.hostname), told.path, told.query, ""))


def _lines(archive: IO[bytes]) -> Iterator[str]:
    """The lines of the archive's one file of details. Raises BillUnreadable."""
    archive.seek(0)
    try:
        with ZipFile(archive, metadata_encoding="gbk") as unpacked:
            details = _details(unpacked.infolist())
            with unpacked.open(details) as stream:
                yield from _decoded(stream)
    except (BadZipFile, UnicodeDecodeError, EOFError, zlib.error) as error:
        raise BillUnreadable from error


def _details(files: list[ZipInfo]) -> ZipInfo:
    found = [each for each in files if each.filename.endswith(_DETAILS)]
    if len(files) > _MOST_FILES or len(found) != 1:
        raise BillUnreadable
    (details,) = found
    plain = details.compress_type in {ZIP_STORED, ZIP_DEFLATED} and not details.flag_bits & _ENCRYPTED
    if not plain or {"/", "\\"} & set(details.filename) or details.file_size > _LARGEST_FILE:
        raise BillUnreadable
    return details


def _decoded(stream: IO[bytes]) -> Iterator[str]:
    """Lines of GBK (GB 18030 holds all of it), no longer than a line may be, and not more than a file may hold."""
    text, read = TextIOWrapper(stream, "gb18030", newline=""), 0
    while line := text.readline(_LONGEST_LINE):
        read += len(line)
        if read > _LARGEST_FILE or (len(line) == _LONGEST_LINE and not line.endswith("\n")):
            raise BillUnreadable
        yield line
