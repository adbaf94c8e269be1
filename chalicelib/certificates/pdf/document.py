"""A page's PDF taken apart and written again, whole, with room for a signature over every byte but its own.

One revision instead of an appended one: objects are packed into a compressed stream (ISO 32000-1 7.5.7), which saves
more than the signature costs, and the material to validate it later is under the signature too. Knows PDF's syntax as
typst writes it; not what a page shows, nor how a signature is made.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

_TRAILER = re.compile(
    rb"trailer\s*<<.*?/Size (\d+).*?/Root (\d+) 0 R.*?/Info (\d+) 0 R.*?/ID(\[[^\]]*\]).*?>>\s*startxref\s+(\d+)",
    re.DOTALL,
)
_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)\s*endobj\s*\Z", re.DOTALL)
_PAGES = re.compile(rb"/Pages (\d+) 0 R")
_KIDS = re.compile(rb"/Kids\[(\d+) 0 R")
_PLAIN_STREAM = re.compile(rb"<<(.*?)/Length \d+(.*?)>>\s*stream\n(.*)\nendstream", re.DOTALL)
_HEAD = 200  # a stream's dictionary ends within so many bytes
_ENTRY_BYTES = 20
_RANGE_WIDTH = 10  # digits of the longest number in a byte range
_RANGE = b"/ByteRange[0 %s]"
_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_DIRECT, _PACKED = 1, 2  # kinds of entries in a cross-reference stream


class NotAPage(ValueError):
    """This is no PDF as typst writes it."""


@dataclass(frozen=True, slots=True)
class Page:
    """The objects of an unsigned PDF by number, and what its trailer says."""

    objects: dict[int, bytes]
    root: int
    info: int
    identity: bytes

    @classmethod
    def of(cls, pdf: bytes) -> "Page":
        """Raises NotAPage."""
        tail = _TRAILER.search(pdf, pdf.rfind(b"trailer"))
        if tail is None:
            raise NotAPage
        size, root, info, table = (int(tail[group]) for group in (1, 2, 3, 5))
        first = pdf.index(b"\n", pdf.index(b"\n", table) + 1) + 1
        entries = (pdf[first + _ENTRY_BYTES * at : first + _ENTRY_BYTES * (at + 1)] for at in range(size))
        starts = [*sorted(int(entry[:10]) for entry in entries if entry[17:18] == b"n"), table]
        pairs = pairwise(starts)
        return cls(dict(_object(pdf[start:end]) for start, end in pairs), root, info, tail[4])

    @property
    def next_number(self) -> int:
        """The first number that no object has."""
        return max(self.objects) + 1

    def first_sheet(self) -> int:
        """The number of the first of its sheets: long tables stand on sheets of their own. Raises NotAPage."""
        found = _PAGES.search(self.objects[self.root])
        if found is None:
            raise NotAPage
        number = int(found[1])
        while kids := _KIDS.search(self.objects[number]):
            number = int(kids[1])
        return number


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A whole document whose signature is still to come: zeros stand between `start` and `end`."""

    raw: bytes
    start: int
    end: int

    @property
    def room(self) -> int:
        """Bytes that a signature may have."""
        return (self.end - self.start) // 2 - 1

    @property
    def digest(self) -> bytes:
        """SHA-256 over everything but the signature."""
        seen = memoryview(self.raw)
        digest = sha256(seen[: self.start])
        digest.update(seen[self.end :])
        return digest.digest()

    def with_signature(self, signature: bytes) -> bytes:
        """The finished document. Raises ValueError if the signature is larger than its room."""
        if len(signature) > self.room:
            raise ValueError("the signature is larger than its room")
        written = b"<" + signature.hex().encode().ljust(2 * self.room, b"0") + b">"
        return self.raw[: self.start] + written + self.raw[self.end :]


def stream(body: bytes, entries: bytes = b"") -> bytes:
    """A stream object's body, compressed where that helps."""
    packed = zlib.compress(body, 9)
    how = b"/Filter/FlateDecode" if len(packed) < len(body) else b""
    kept = packed if how else body
    return b"<<%s%s/Length %d>>\nstream\n%s\nendstream" % (entries, how, len(kept), kept)


def signature_dictionary(entries: bytes, room: int) -> bytes:
    """A signature's dictionary with zeros for `room` bytes; `written` finds it by its byte range."""
    placeholder = _RANGE % b"".ljust(3 * _RANGE_WIDTH + 2)
    return b"<<%s%s/Contents<%s>>>" % (entries, placeholder, b"0" * (2 * room))


def written(page: Page, objects: Mapping[int, bytes], signature: int) -> Unsigned:
    """The document made of these objects; `signature` is the number of the one that signs."""
    out = bytearray(_HEADER)
    places: dict[int, tuple[int, int, int]] = {}
    packed = [number for number, body in objects.items() if number != signature and not _is_stream(body)]
    for number, body in objects.items():
        if number not in packed:
            places[number] = (_DIRECT, len(out), 0)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, _compressed(body))
    bundle = max(objects) + 1
    places |= {number: (_PACKED, bundle, at) for at, number in enumerate(packed)}
    places[bundle] = (_DIRECT, len(out), 0)
    out += b"%d 0 obj\n%s\nendobj\n" % (bundle, _bundle({number: objects[number] for number in packed}))
    places[bundle + 1] = (_DIRECT, len(out), 0)
    out += _cross_references(page, bundle + 1, places)
    return _ranged(out, places[signature][1])


def _compressed(body: bytes) -> bytes:
    """A plain stream, compressed: also the metadata, of which only PDF/A-1 forbids it (ISO 19005-1 6.7.2)."""
    found = None if b"/Filter" in body[:_HEAD] else _PLAIN_STREAM.fullmatch(body)
    return stream(found[3], found[1] + found[2]) if found else body


def _object(text: bytes) -> tuple[int, bytes]:
    found = _OBJECT.match(text)
    if found is None:
        raise NotAPage
    return int(found[1]), found[2]


def _is_stream(body: bytes) -> bool:
    return body.endswith(b"endstream")


def _bundle(objects: Mapping[int, bytes]) -> bytes:
    """Objects in one compressed stream, behind a table of their numbers and places."""
    table, at = [], 0
    for number, body in objects.items():
        table.append(b"%d %d" % (number, at))
        at += len(body) + 1
    head = b" ".join(table) + b"\n"
    entries = b"/Type/ObjStm/N %d/First %d" % (len(objects), len(head))
    return stream(head + b"\n".join(objects.values()), entries)


def _cross_references(page: Page, number: int, places: Mapping[int, tuple[int, int, int]]) -> bytes:
    """Where each object lies (ISO 32000-1 7.5.8), and the end of the file."""
    rows = [places.get(each, (0, 0, 0)) for each in range(number + 1)]
    table = b"".join(
        kind.to_bytes(1, "big") + where.to_bytes(3, "big") + nth.to_bytes(2, "big")
        for kind, where, nth in rows
    )
    said = b"/Type/XRef/Size %d/W[1 3 2]/Root %d 0 R/Info %d 0 R/ID%s"
    entries = said % (number + 1, page.root, page.info, page.identity)
    body = b"%d 0 obj\n%s\nendobj\n" % (number, stream(table, entries))
    return body + b"startxref\n%d\n%%%%EOF\n" % places[number][1]


def _ranged(out: bytearray, signature: int) -> Unsigned:
    """The document with the byte range that its signature covers."""
    start = out.index(b"/Contents<", signature) + len(b"/Contents")
    end = out.index(b">", start) + 1
    numbers = b"%d %d %d" % (start, end, len(out) - end)
    wanted = _RANGE % numbers.ljust(3 * _RANGE_WIDTH + 2)
    at = out.index(b"/ByteRange[", signature)
    out[at : at + len(wanted)] = wanted
    return Unsigned(bytes(out), start, end)
