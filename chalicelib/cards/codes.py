"""`SC1:` codes: minted without a write, read without a read. Pure, knows keys and bytes only.

A code is Base45 (RFC 9285) of 24 bytes: one AES block and the first 8 bytes of an HMAC-SHA-256 over it. The block
holds the card's 80-bit reference, the second of minting and a 16-bit nonce; encrypted, it looks random, so two codes
of one card have nothing in common. Both keys come from a day key. 40 characters: a QR code of 29 x 29 modules.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from chalicelib.cards.errors import CodeInvalid
from chalicelib.cards.model import REFERENCE_LENGTH
from chalicelib.types import decode_base32, encode_base32

PREFIX = "SC1:"
_BLOCK = 16
_TAG = 8
_CHARACTERS = 36
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says: the card's reference, when it was minted (Unix seconds), and its own number."""

    reference: str
    minted_at: int
    nonce: int


class CodeBook:
    """Mints and reads the codes of one day."""

    def __init__(self, day_key: bytes) -> None:
        """`day_key`: 32 secret bytes, the same wherever codes of that day are minted or read."""
        secret = hmac.new(day_key, b"sc1 block", sha256).digest()
        # One block under a key of its own is what ECB is: a permutation of 16-byte strings, nothing is chained.
        self._cipher = Cipher(AES(secret), ECB())  # noqa: S305
        self._tag_key = hmac.new(day_key, b"sc1 tag", sha256).digest()

    def mint(self, reference: str, now: int) -> str:
        """A fresh code for a card's reference."""
        plain = decode_base32(reference).to_bytes(10, "big") + now.to_bytes(4, "big") + token_bytes(2)
        block = self._cipher.encryptor().update(plain)
        return PREFIX + base45(block + self._tag(block))

    def read(self, code: str) -> Code | None:
        """What the code says, or None where it is not of this day's keys. Raises CodeInvalid for a foreign form."""
        raw = unbase45(code)
        block, tag = raw[:_BLOCK], raw[_BLOCK:]
        if not hmac.compare_digest(tag, self._tag(block)):
            return None
        plain = self._cipher.decryptor().update(block)
        return Code(
            encode_base32(int.from_bytes(plain[:10], "big"), REFERENCE_LENGTH),
            int.from_bytes(plain[10:14], "big"),
            int.from_bytes(plain[14:], "big"),
        )

    def _tag(self, block: bytes) -> bytes:
        return hmac.digest(self._tag_key, block, "sha256")[:_TAG]


def base45(raw: bytes) -> str:
    """Base45 of an even number of bytes."""
    characters = []
    for position in range(0, len(raw), 2):
        pair = raw[position] << 8 | raw[position + 1]
        characters += [_ALPHABET[pair % 45], _ALPHABET[pair // 45 % 45], _ALPHABET[pair // 2025]]
    return "".join(characters)


def unbase45(code: str) -> bytes:
    """The 24 bytes behind `SC1:` and 36 characters of Base45, nothing trimmed. Raises CodeInvalid."""
    text = code.removeprefix(PREFIX)
    if len(text) != _CHARACTERS or len(code) != _CHARACTERS + len(PREFIX):
        raise CodeInvalid
    try:
        values = [_VALUES[character] for character in text]
        pairs = [a + 45 * b + 2025 * c for a, b, c in zip(*[iter(values)] * 3, strict=True)]
        return b"".join(pair.to_bytes(2, "big") for pair in pairs)
    except (KeyError, OverflowError) as error:
        raise CodeInvalid from error
