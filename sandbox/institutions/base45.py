"""Base45 as RFC 9285 writes it: bytes as text of the QR alphanumeric alphabet. It must not know what the bytes are."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def decode(text: str) -> bytes:
    """The bytes; raises ValueError for what is no Base45, also in length or range."""
    out = bytearray()
    for start in range(0, len(text), 3):
        group = text[start : start + 3]
        number = sum(_value(character) * 45**place for place, character in enumerate(group))
        size = len(group) - 1
        if size == 0 or number >= 256**size:
            raise ValueError("no Base45")
        out += number.to_bytes(size)
    return bytes(out)


def encode(data: bytes) -> str:
    """The text."""
    out = []
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        number = int.from_bytes(pair)
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, 45)
            out.append(ALPHABET[digit])
    return "".join(out)


def _value(character: str) -> int:
    if character not in _VALUES:
        raise ValueError("no Base45")
    return _VALUES[character]
