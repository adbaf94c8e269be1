"""A CFF typeface taken apart and cut down to a page's characters, for a page written by hand. Knows bytes only."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import certificate_fonts

_RUNS = 4  # the format of the table of characters


@dataclass(frozen=True, slots=True)
class Font:
    """A CFF font taken apart once: its characters, and each glyph's outline and width."""

    glyphs: dict[int, int]
    outlines: tuple[bytes, ...]
    widths: tuple[int, ...]

    def cut(self, kept: Sequence[int]) -> bytes:
        """A CFF font with these glyphs alone, numbered in this order."""
        count = len(kept)
        charstrings = _index([self.outlines[glyph] for glyph in kept])
        charset = b"\2" + struct.pack(">HH", 1, count - 2)
        select = b"\3" + struct.pack(">HHBH", 1, 0, 0, count)
        private = b"\x1c\x03\xe8\x14"
        names, strings = _index([b"F"]), _index([b"Adobe", b"Identity"])
        start = 4 + len(names) + len(_index([_top(0, 0, 0, 0, count)])) + len(strings) + 2
        chosen = start + len(charset)
        drawn = chosen + len(select)
        fonts = drawn + len(charstrings)
        fields = _index([_number(len(private)) + _number(fonts + 16) + b"\x12"])
        fields = _index([_number(len(private)) + _number(fonts + len(fields)) + b"\x12"])
        top = _index([_top(start, chosen, drawn, fonts, count)])
        parts = (names, top, strings, b"\0\0", charset, select, charstrings, fields, private)
        return b"\1\0\4\4" + b"".join(parts)


@cache
def font() -> Font:
    """The layer's typeface."""
    raw = certificate_fonts.FONT.read_bytes()
    tables = {
        raw[at : at + 4]: struct.unpack_from(">II", raw, at + 8)
        for at in range(12, 12 + 16 * struct.unpack_from(">H", raw, 4)[0], 16)
    }
    outlines = _outlines(_table(raw, tables, b"CFF "))
    measured = struct.unpack_from(">H", _table(raw, tables, b"hhea"), 34)[0]
    pairs = struct.unpack_from(f">{2 * measured}H", _table(raw, tables, b"hmtx"))
    widths = pairs[::2] + (pairs[-2],) * (len(outlines) - measured)
    return Font(_characters(_table(raw, tables, b"cmap")), outlines, widths)


def _table(raw: bytes, tables: dict[bytes, Any], name: bytes) -> bytes:
    start, size = tables[name]
    return raw[start : start + size]


def _characters(cmap: bytes) -> dict[int, int]:
    """From characters to glyphs (OpenType `cmap`, subtable format 4)."""
    records = struct.unpack_from(">H", cmap, 2)[0]
    places = [struct.unpack_from(">I", cmap, 8 + 8 * record)[0] for record in range(records)]
    at = next(place for place in places if struct.unpack_from(">H", cmap, place)[0] == _RUNS)
    count = struct.unpack_from(">H", cmap, at + 6)[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{count}H", cmap, at + begin + 2 * count * part)
        for part, begin in enumerate((14, 16, 16, 16))
    )
    base, found = at + 16 + 6 * count, {}
    for run in range(count - 1):
        for code in range(starts[run], ends[run] + 1):
            place = base + 2 * run + offsets[run] + 2 * (code - starts[run])
            glyph = struct.unpack_from(">H", cmap, place)[0] if offsets[run] else code
            found[code] = (glyph + deltas[run]) & 0xFFFF
    return found


def _outlines(cff: bytes) -> tuple[bytes, ...]:
    """Every glyph's charstring; the font has no subroutines."""
    _, at = _entries(cff, cff[2])
    (top,), _ = _entries(cff, at)
    return _entries(cff, _operand(top, 17))[0]


def _entries(cff: bytes, at: int) -> tuple[tuple[bytes, ...], int]:
    """What an INDEX holds, and where it ends."""
    count = struct.unpack_from(">H", cff, at)[0]
    if not count:
        return (), at + 2
    size, base = cff[at + 2], at + 3
    places = [
        int.from_bytes(cff[base + size * each : base + size * (each + 1)], "big") for each in range(count + 1)
    ]
    start = base + size * (count + 1) - 1
    return tuple(cff[start + one : start + other] for one, other in pairwise(places)), start + places[-1]


def _operand(top: bytes, wanted: int) -> int:
    """The last operand of an operator in a DICT."""
    at, last = 0, 0
    while at < len(top):
        first = top[at]
        if first <= 21:
            if first == wanted:
                return last
            at += 2 if first == 12 else 1
        elif first == 28:
            last, at = struct.unpack_from(">h", top, at + 1)[0], at + 3
        elif first == 29:
            last, at = struct.unpack_from(">i", top, at + 1)[0], at + 5
        elif first == 30:
            at = (
                next(each for each in range(at + 1, len(top)) if top[each] & 15 == 15 or top[each] >> 4 == 15)
                + 1
            )
        elif first <= 246:
            last, at = first - 139, at + 1
        else:
            last, at = (first - 247) * 256 + top[at + 1] + 108, at + 2
    raise LookupError(wanted)


def _index(entries: Sequence[bytes]) -> bytes:
    places, at = [1], 1
    for entry in entries:
        at += len(entry)
        places.append(at)
    packed = struct.pack(f">{len(places)}I", *places)
    return struct.pack(">HB", len(entries), 4) + packed + b"".join(entries)


def _number(value: int) -> bytes:
    return b"\x1d" + struct.pack(">i", value)


def _top(charset: int, select: int, charstrings: int, fonts: int, count: int) -> bytes:
    named = _number(391) + _number(392) + _number(0) + b"\x0c\x1e"
    sized = _number(count) + b"\x0c\x22" + _number(charset) + b"\x0f"
    return (
        named
        + sized
        + _number(select)
        + b"\x0c\x25"
        + _number(charstrings)
        + b"\x11"
        + _number(fonts)
        + b"\x0c\x24"
    )
