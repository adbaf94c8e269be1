"""Ids that say where the thing is: a slot's id names its session and place, an appointment's id names its hold.

Both are ULIDs, so nothing else need be read to find the item behind one, and no index need be written.

* slot: 48 bits start (Unix ms) | 40 bits clinic number | 8 bits index | 8 bits minutes per slot | 24 zero bits
* appointment: 48 bits end of its hold (Unix ms) | 40 bits clinic number | 8 bits index | 32 bits person token (26 used)

The end of the hold is the fence: a slot that carries this very number is held (or, negated, confirmed) by this very
appointment. The person token is a short hash of the person in this one session: it tells two people of a session
apart, and nothing to anybody else.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Self

from chalicelib.types import ULID_PATTERN, decode_base32, encode_base32, ulid

SLOT_PREFIX = "slt"
APPOINTMENT_PREFIX = "apt"
CLINIC_BITS = 40
MOST_PLACES = 256
LONGEST_SLOT_MINUTES = 255

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
"""RFC 1924's 85 characters: each one byte in a map's key, and none of them the dot that parts a path."""
_BASE = len(_DIGITS)
_PERSON_LENGTH = 4
PEOPLE = 85**4
"""How many person tokens there are: 52 million."""
_ID = re.compile(rf"(slt|apt)_({ULID_PATTERN})", re.ASCII)


def _bits(prefix: str, text: str) -> int | None:
    found = _ID.fullmatch(text)
    return decode_base32(found[2]) if found and found[1] == prefix else None


def clinic_key(clinic: int) -> str:
    """A session's key in its table: its number in 8 characters."""
    return encode_base32(clinic, CLINIC_BITS // 5)


def clinic_number(practitioner_id: str, starts_at: datetime, attempt: int = 0) -> int:
    """A session's number, the same whenever it is published again; `attempt` steps over a number that is taken."""
    text = f"{practitioner_id}\0{int(starts_at.timestamp())}\0{attempt}"
    return int.from_bytes(sha256(text.encode()).digest()[: CLINIC_BITS // 8])


def slot_key(index: int) -> str:
    """A slot's key within its session: one character for the first 85, then two."""
    return _text(index, 1 if index < _BASE else 2)


def slot_index(key: str) -> int:
    """The index behind a slot's key."""
    return _number(key)


def person_token(person_id: str, clinic: int) -> int:
    """What stands for a person in one session; two people of a full session of 70 meet once in 21,000 sessions."""
    return int.from_bytes(sha256(f"{clinic}\0{person_id}".encode()).digest()[:8]) % PEOPLE


def person_key(token: int) -> str:
    """A person token as a map's key: 4 characters."""
    return _text(token, _PERSON_LENGTH)


def token_of(key: str) -> int:
    """The person token behind a map's key."""
    return _number(key)


def _text(number: int, length: int) -> str:
    return "".join(_DIGITS[number // _BASE**place % _BASE] for place in reversed(range(length)))


def _number(text: str) -> int:
    number = 0
    for digit in text:
        number = number * _BASE + _DIGITS.index(digit)
    return number


def milliseconds(moment: datetime) -> int:
    """Unix milliseconds, without a float between."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def moment_of(unix_ms: int) -> datetime:
    """The moment of Unix milliseconds."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=unix_ms)


@dataclass(frozen=True, slots=True)
class Place:
    """One slot: its session, its index there, when it starts and how long it lasts."""

    clinic: int
    index: int
    minutes: int
    starts_ms: int

    @property
    def id(self) -> str:
        """The slot's id."""
        return (
            f"{SLOT_PREFIX}_{ulid(self.starts_ms, self.clinic << 40 | self.index << 32 | self.minutes << 24)}"
        )

    @property
    def key(self) -> str:
        """The slot's key within its session."""
        return slot_key(self.index)

    def beside(self, index: int) -> Self:
        """Another slot of the same session."""
        return replace(self, index=index, starts_ms=(self.session_starts + index * self.minutes * 60) * 1000)

    @property
    def session_starts(self) -> int:
        """When the session must have started (Unix seconds) for this id to be true."""
        return self.starts_ms // 1000 - self.index * self.minutes * 60

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The slot that an id names, which need not exist; None for anything that is no slot id."""
        bits = _bits(SLOT_PREFIX, text)
        if bits is None or bits & 0xFFFFFF or (bits >> 80) % 1000:
            return None
        return cls(bits >> 40 & (1 << 40) - 1, bits >> 32 & 0xFF, bits >> 24 & 0xFF, bits >> 80)


@dataclass(frozen=True, slots=True)
class Hold:
    """One person's hold of one slot until a moment: an appointment before anybody wrote it down."""

    clinic: int
    index: int
    until_ms: int
    person: int

    @property
    def id(self) -> str:
        """The appointment's id."""
        return (
            f"{APPOINTMENT_PREFIX}_{ulid(self.until_ms, self.clinic << 40 | self.index << 32 | self.person)}"
        )

    @property
    def key(self) -> str:
        """The slot's key within its session."""
        return slot_key(self.index)

    @property
    def person_key(self) -> str:
        """The person's key within the session."""
        return person_key(self.person)

    @property
    def until(self) -> datetime:
        """When the hold ends."""
        return moment_of(self.until_ms)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The hold that an appointment's id names, which need not exist; None for anything else."""
        bits = _bits(APPOINTMENT_PREFIX, text)
        if bits is None or bits & (1 << 32) - 1 >= PEOPLE:
            return None
        return cls(bits >> 40 & (1 << 40) - 1, bits >> 32 & 0xFF, bits >> 80, bits & (1 << 32) - 1)
