"""The few shapes of DER (X.690) that a signature is made of. Knows bytes, never what they mean."""

_LONG = 0x80
SEQUENCE, SET, OCTETS, INTEGER, OID, BOOLEAN, NULL = 0x30, 0x31, 0x04, 0x02, 0x06, 0x01, 0x05


def tlv(tag: int, *parts: bytes) -> bytes:
    """A value with its tag and its length."""
    body = b"".join(parts)
    size = len(body)
    if size < _LONG:
        return bytes((tag, size)) + body
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG | len(digits))) + digits + body


def sequence(*parts: bytes) -> bytes:
    """What stands in this order."""
    return tlv(SEQUENCE, *parts)


def set_of(*parts: bytes, tag: int = SET) -> bytes:
    """What has no order: DER sorts it by its bytes."""
    return tlv(tag, *sorted(parts))


def context(number: int, *parts: bytes) -> bytes:
    """A part named by its number in the whole, made of other values."""
    return tlv(0xA0 | number, *parts)


def octets(value: bytes) -> bytes:
    """A string of bytes."""
    return tlv(OCTETS, value)


def integer(value: int) -> bytes:
    """A whole number that is not negative."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """An object identifier."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return tlv(OID, *(_base128(arc) for arc in (40 * first + second, *rest)))


def _base128(arc: int) -> bytes:
    digits = [arc & 0x7F]
    while arc := arc >> 7:
        digits.append(_LONG | arc & 0x7F)
    return bytes(reversed(digits))


TRUE = tlv(BOOLEAN, b"\xff")
