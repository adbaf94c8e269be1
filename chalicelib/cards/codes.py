"""`SC1:` codes: minted without a write, read without a read. Pure, knows keys and bytes only.

A code is Base45 (RFC 9285) of 24 bytes: a sealed block and the first 8 bytes of an HMAC-SHA-256 over it. Both keys
come from a day key. 40 characters: a QR code of 29 x 29 modules.
"""

import hmac
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.cards.blocks import BLOCK, Blocks, Code
from chalicelib.cards.days import AHEAD_SECONDS, day_key, day_of
from chalicelib.cards.errors import CodeExpired, CodeInvalid
from chalicelib.cards.model.decoding import CODE_LIFE
from chalicelib.platform import base45
from chalicelib.platform.keys import Mac

__all__ = ["PREFIX", "Code", "CodeBook", "CodeBooks"]

PREFIX = "SC1:"
_TAG = 8
_CHARACTERS = 40
_LIFE_SECONDS = CODE_LIFE.total_seconds()


class CodeBook:
    """Mints and reads the codes of one day."""

    def __init__(self, day_key: bytes) -> None:
        """`day_key`: 32 secret bytes, the same wherever codes of that day are minted or read."""
        self._blocks = Blocks(hmac.digest(day_key, b"sc1 block", "sha256"))
        # Copied for each tag: a keyed hash that has begun is a third quicker than one that starts with its key.
        self._tags = hmac.new(hmac.digest(day_key, b"sc1 tag", "sha256"), digestmod="sha256")

    def mint(self, reference: str, minted_at: int, *, family: bool = False) -> str:
        """A fresh code for a card's reference or, `family`, a mandate's. `minted_at` in Unix seconds."""
        block = self._blocks.seal(reference, minted_at, family=family)
        return PREFIX + base45.encode(block + self._tag(block))

    def open(self, raw: bytes) -> Code | None:
        """What these 24 bytes say, or None where they are not of this day's keys."""
        block = raw[:BLOCK]
        return self._blocks.open(block) if hmac.compare_digest(raw[BLOCK:], self._tag(block)) else None

    def _tag(self, block: bytes) -> bytes:
        tag = self._tags.copy()
        tag.update(block)
        return tag.digest()[:_TAG]


@dataclass(frozen=True, slots=True)
class CodeBooks:
    """Mints and reads the codes of every day. A day begins at 00:00 UTC; its book is made once in a process.

    Under another `epoch` every day has another key.
    """

    mac: Mac
    epoch: str = ""
    _books: dict[int, CodeBook] = field(default_factory=dict, repr=False, compare=False)

    def mint(self, reference: str, now: datetime, *, family: bool = False) -> str:
        """A fresh code for a card's reference or, `family`, a mandate's; it lives 60 s."""
        second = int(now.timestamp())
        return self.of(day_of(second)).mint(reference, second, family=family)

    def read(self, code: str, now: datetime) -> Code:
        """What a code says that is valid now.

        Raises CodeInvalid for what is not ours, was changed or comes from the future, CodeExpired for what was ours:
        yesterday's code is stale, not foreign.
        """
        raw, at = _raw(code), now.timestamp()
        read = self.of(day_of(at)).open(raw) or self._of_another_day(raw, at)
        if read is None or read.minted_at > at + AHEAD_SECONDS:
            raise CodeInvalid
        if read.minted_at <= at - _LIFE_SECONDS:
            raise CodeExpired
        return read

    def of(self, day: int) -> CodeBook:
        """The book of a day, counted from 1970-01-01."""
        return self._books.get(day) or self._opened(day)

    def _opened(self, day: int) -> CodeBook:
        book = CodeBook(day_key(self.mac, "sc1", self.epoch, day))
        return self._books.setdefault(day, book)

    def _of_another_day(self, raw: bytes, at: float) -> Code | None:
        """Of yesterday or, around midnight, of tomorrow by a clock that is a little ahead."""
        today, ahead = day_of(at), day_of(at + AHEAD_SECONDS)
        others = dict.fromkeys((today - 1, ahead))
        return next((read for day in others if day != today and (read := self.of(day).open(raw))), None)


def _raw(code: str) -> bytes:
    """The 24 bytes behind `SC1:` and 36 characters, nothing trimmed. Raises CodeInvalid."""
    if len(code) != _CHARACTERS or not code.startswith(PREFIX):
        raise CodeInvalid
    try:
        return base45.decode(code[len(PREFIX) :])
    except ValueError as error:
        raise CodeInvalid from error
