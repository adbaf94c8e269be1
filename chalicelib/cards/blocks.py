"""The sealed block inside every card code: who, when, and which of that second. Pure, knows keys and bytes only.

One AES block: 80 bits of reference, 32 of the second of minting, one that says whether the reference is a family
mandate's, and 15 of chance. Encrypted it looks random, so two codes of one card have nothing in common.
"""

from secrets import token_bytes
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from chalicelib.cards.model.card import REFERENCE_LENGTH
from chalicelib.types import decode_base32, encode_base32

BLOCK = 16
_FAMILY = 1 << 15
_NONCE = _FAMILY - 1
_SECOND = (1 << 32) - 1


class Code(NamedTuple):
    """What a code says: the card's (or the mandate's) reference, when it was minted (Unix seconds), its own number."""

    reference: str
    minted_at: int
    nonce: int
    family: bool = False
    """The reference is a family mandate's, not a card's."""


class Blocks:
    """Seals and opens the blocks of one key."""

    def __init__(self, secret: bytes) -> None:
        """`secret`: 32 bytes that nothing else uses."""
        # One block under a key of its own is what ECB is: a permutation of 16-byte strings, nothing is chained.
        # Without chaining or padding one context serves every block.
        cipher = Cipher(AES(secret), ECB())  # noqa: S305
        self._seal, self._open = cipher.encryptor().update, cipher.decryptor().update

    def seal(self, reference: str, minted_at: int, *, family: bool) -> bytes:
        """A fresh block of 16 bytes."""
        chance = int.from_bytes(token_bytes(2), "big")
        low = chance | _FAMILY if family else chance & _NONCE
        return self._seal((decode_base32(reference) << 48 | minted_at << 16 | low).to_bytes(BLOCK, "big"))

    def open(self, block: bytes) -> Code:
        """What a block of 16 bytes says; of a foreign one, nonsense: whoever asks has checked whose it is."""
        number = int.from_bytes(self._open(block), "big")
        return Code(
            encode_base32(number >> 48, REFERENCE_LENGTH),
            number >> 16 & _SECOND,
            number & _NONCE,
            bool(number & _FAMILY),
        )
