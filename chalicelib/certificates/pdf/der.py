"""The few shapes of DER (X.690) that a signature is made of. Knows bytes, never what they mean."""

from dataclasses import dataclass

SEQUENCE, SET, OCTETS, INTEGER, OID, BOOLEAN, TIME = 0x30, 0x31, 0x04, 0x02, 0x06, 0x01, 0x18
_LONG = 0x80
_LONGEST = 4
"""Digits of a length, base 256."""


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


class NotDer(ValueError):
    """These bytes are no DER, or not of the shape that was asked for."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value as it was read: its tag, what is in it, and all its bytes."""

    tag: int
    body: bytes
    raw: bytes

    @property
    def parts(self) -> "tuple[Value, ...]":
        """The values in it, in their order. Raises NotDer."""
        found, at = [], 0
        while at < len(self.body):
            value = _value(self.body, at)
            found.append(value)
            at += len(value.raw)
        return tuple(found)

    @property
    def only(self) -> "Value":
        """The one value in it. Raises NotDer."""
        return read(self.body)

    @property
    def number(self) -> int:
        """The whole number that it is."""
        return int.from_bytes(self.body, "big", signed=True)

    def expect(self, tag: int) -> "Value":
        """Itself, if it has this tag. Raises NotDer."""
        if self.tag != tag:
            raise NotDer
        return self


def read(raw: bytes) -> Value:
    """The one value that these bytes are. Raises NotDer."""
    value = _value(raw, 0)
    if len(value.raw) != len(raw):
        raise NotDer
    return value


def _value(raw: bytes, at: int) -> Value:
    header = raw[at : at + 2]
    if len(header) < 2 or header[0] & 0x1F == 0x1F:  # noqa: PLR2004 - a tag and a length; no long tags
        raise NotDer
    size, start = header[1], at + 2
    if size & _LONG:
        digits = size & 0x7F
        size, start = int.from_bytes(raw[start : start + digits], "big"), start + digits
        if not 0 < digits <= _LONGEST:
            raise NotDer
    if start + size > len(raw):
        raise NotDer
    return Value(header[0], raw[start : start + size], raw[at : start + size])
