"""The one typeface that certificates are set in, shipped in the certificate worker's layer.

Knows where the font lies and which characters it has; knows nothing of certificates or of PDF.
"""

import struct
from bisect import bisect_left
from functools import cache
from pathlib import Path

DIRECTORY = Path(__file__).parent
FONT = DIRECTORY / "NotoSansSC-GBK-subset.otf"
FAMILY = "Noto Sans CJK SC"


def missing(text: str) -> set[str]:
    """The characters of `text` that would print as an empty box."""
    return {character for character in text if not _covers(ord(character))}


def _covers(code: int) -> bool:
    starts, ends = _ranges()
    at = bisect_left(ends, code)
    return at < len(ends) and starts[at] <= code


@cache
def _ranges() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """First and last characters of the font's ranges, from its `cmap` (OpenType, subtable format 4).

    The font has no gaps inside a range: its subsetter writes a range per run of characters that have a glyph.
    """
    subtable = _windows_bmp(_table(FONT.read_bytes(), b"cmap"))
    count = struct.unpack_from(">H", subtable, 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", subtable, 14)
    starts = struct.unpack_from(f">{count}H", subtable, 16 + 2 * count)
    return starts[:-1], ends[:-1]  # the last range is the format's end mark, U+FFFF


def _table(font: bytes, tag: bytes) -> bytes:
    for record in range(struct.unpack_from(">H", font, 4)[0]):
        name, _, offset, length = struct.unpack_from(">4s3I", font, 12 + 16 * record)
        if name == tag:
            return font[offset : offset + length]
    raise LookupError(tag)


def _windows_bmp(cmap: bytes) -> bytes:
    for record in range(struct.unpack_from(">H", cmap, 2)[0]):
        platform, encoding, offset = struct.unpack_from(">2HI", cmap, 4 + 8 * record)
        if (platform, encoding) == (3, 1):
            return cmap[offset:]
    raise LookupError("cmap")
