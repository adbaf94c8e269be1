"""The row `code-mint`: an online code minted and read, against the simplest code that could be honest.

That one is 16 random bytes and the first 8 bytes of an HMAC over them, in the same Base45, minted and checked; it says
neither whose it is nor when it was minted. What two bare HMACs take is told beside it.
"""

import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_bytes
from statistics import median
from time import process_time_ns

from bench.ground import Ground
from bench.measure import Row, compared, rounds
from chalicelib.cards.codes import PREFIX, CodeBooks
from chalicelib.platform import base45
from chalicelib.platform.keys import Mac

ROUNDS = 61
CODES = 1000
GOAL = 2.0
WHY = "the block is sealed, and the reference is text on one side and bits on the other"
_REFERENCE = "0123456789ABCDEF"
_BYTES, _TAG, _CHARACTERS = 16, 8, 40


class LocalMac(Mac):
    """What KMS derives once a day, derived here."""

    def derive(self, label: str) -> bytes:
        """A key for `label`."""
        return sha256(label.encode()).digest()


class Plain:
    """The simplest honest code."""

    def __init__(self) -> None:
        self._tags = hmac.new(token_bytes(32), digestmod="sha256")

    def mint(self) -> str:
        """A fresh code."""
        raw = token_bytes(_BYTES)
        return PREFIX + base45.encode(raw + self._tag(raw))

    def read(self, code: str) -> bytes:
        """What it says; ValueError where it is not ours."""
        if len(code) != _CHARACTERS or not code.startswith(PREFIX):
            raise ValueError(code)
        raw = base45.decode(code[len(PREFIX) :])
        if not hmac.compare_digest(raw[_BYTES:], self._tag(raw[:_BYTES])):
            raise ValueError(code)
        return raw[:_BYTES]

    def _tag(self, raw: bytes) -> bytes:
        tag = self._tags.copy()
        tag.update(raw)
        return tag.digest()[:_TAG]


def measure(_: Ground) -> Row:
    """Mint and read, each as whoever uses them asks for it."""
    books, plain, now = CodeBooks(LocalMac("code")), Plain(), datetime.now(UTC)
    key, block = token_bytes(32), token_bytes(_BYTES)
    taken = rounds(
        {
            "ours": lambda: _each(lambda: books.read(books.mint(_REFERENCE, now), now)),
            "mint": lambda: _each(lambda: books.mint(_REFERENCE, now)),
            "plain": lambda: _each(lambda: plain.read(plain.mint())),
            "hmac": lambda: _each(lambda: hmac.digest(key, block, "sha256")),
        },
        ROUNDS,
    )
    row = compared("code-mint", "us CPU", GOAL, taken["ours"], taken["plain"], WHY)
    minted = round(1_000_000 / median(taken["mint"]), -3)
    bare = median(taken["ours"]) / median(taken["hmac"]) / 2
    told = f"{minted:,.0f} codes minted per second and core; both together {bare:.1f} times two bare HMACs"
    return replace(row, note="; ".join(filter(None, (row.note, told))))


def _each(call: Callable[[], object]) -> float:
    """CPU microseconds of one."""
    began = process_time_ns()
    for _ in range(CODES):
        call()
    return (process_time_ns() - began) / CODES / 1000
