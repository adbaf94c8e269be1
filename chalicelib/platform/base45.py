"""Base45 (RFC 9285): bytes as the characters that a QR code packs most tightly. Knows no code's meaning.

Two bytes are three characters, an odd last byte is two; each string of bytes has one text and no other.
"""

from functools import lru_cache
from struct import unpack

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_FOREIGN = 255
_VALUES = bytes(_ALPHABET.find(chr(each)) % 256 for each in range(256))
"""What each character is worth; `find` says -1 of a foreign one."""
_PAIRS = [low + high for high in _ALPHABET for low in _ALPHABET]


def encode(raw: bytes) -> str:
    """The text of these bytes."""
    numbers = unpack(f">{len(raw) // 2}H", raw[: len(raw) & ~1])
    text = "".join([_PAIRS[number % 2025] + _ALPHABET[number // 2025] for number in numbers])
    return text + _PAIRS[raw[-1]] if len(raw) & 1 else text


def decode(text: str) -> bytes:
    """The bytes behind this text, nothing trimmed. ValueError where it is no Base45."""
    values = text.encode("ascii").translate(_VALUES)
    if _FOREIGN in values:
        raise ValueError("a character that Base45 does not have")
    whole = len(values) // 3 * 3
    return _even(values[:whole]) + _odd(values[whole:])


def _even(values: bytes) -> bytes:
    """Two bytes of every three values, all in one go: a long number has a lane of 24 bits for each three.

    A code is read while somebody waits at a counter; a loop over the lanes takes twice as long.
    """
    number, low = int.from_bytes(values, "big"), _lanes(len(values) // 3)
    sums = (number >> 16 & low) + 45 * (number >> 8 & low) + 2025 * (number & low)
    if sums & low << 16:
        raise ValueError("three characters that stand for more than two bytes")
    pairs = bytearray(sums.to_bytes(len(values), "big"))
    del pairs[::3]
    return bytes(pairs)


@lru_cache(8)
def _lanes(count: int) -> int:
    """The lowest byte of every lane."""
    return int.from_bytes(b"\x00\x00\xff" * count, "big")


def _odd(values: bytes) -> bytes:
    """The last byte of an odd number: of nothing, or of two values."""
    if not values:
        return b""
    low, high = values
    return bytes([low + 45 * high])
