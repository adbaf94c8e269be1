"""`SCC:` codes, which hang at counters: read without a read, so that a forged one costs nothing. Pure.

A code is Base45 (RFC 9285) of 24 bytes: the counter's id and the first 8 bytes of an HMAC-SHA-256 over it. It hangs
for years, so its key is no day's key. 40 characters: a QR code of 29 x 29 modules.
"""

import hmac
from dataclasses import dataclass

from chalicelib.cards.counter_errors import CounterCodeInvalid
from chalicelib.platform import base45
from chalicelib.platform.keys import Mac
from chalicelib.types import ULID_LENGTH, decode_base32, encode_base32

PREFIX = "SCC:"
_ID, _TAG = 16, 8
_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class CounterCodes:
    """Writes and reads counters' codes."""

    mac: Mac

    def write(self, counter_id: str) -> str:
        """The code of a counter: always the same."""
        raw = decode_base32(counter_id.removeprefix("ctr_")).to_bytes(_ID, "big")
        return PREFIX + base45.encode(raw + self._tag(raw))

    def read(self, code: str) -> str:
        """The id of the counter whose code this is; nothing is trimmed. Raises CounterCodeInvalid."""
        if len(code) != _CHARACTERS or not code.startswith(PREFIX):
            raise CounterCodeInvalid
        try:
            both = base45.decode(code[len(PREFIX) :])
        except ValueError as error:
            raise CounterCodeInvalid from error
        raw, tag = both[:_ID], both[_ID:]
        if not hmac.compare_digest(tag, self._tag(raw)):
            raise CounterCodeInvalid
        return f"ctr_{encode_base32(int.from_bytes(raw, 'big'), ULID_LENGTH)}"

    def _tag(self, raw: bytes) -> bytes:
        return hmac.digest(self.mac.derive("counter"), raw, "sha256")[:_TAG]
