"""Pure types that every room shares: ids, money, times. Knows no capability and no storage."""

import re
import secrets
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [high + low for high in _CROCKFORD for low in _CROCKFORD]
_DIGITS = bytes.maketrans(
    bytes(range(256)),
    bytes((b"0123456789abcdefghijklmnopqrstuv!")[_CROCKFORD.find(chr(each))] for each in range(256)),
)
"""Each character as Python's own digit of base 32; a foreign one as what is no digit at all."""
ULID_LENGTH = 26
ULID_PATTERN = r"[0-7][0-9A-HJKMNP-TV-Z]{25}"

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has one time zone and no summer time since 1991: a fixed offset needs no tz database in a Lambda."""

Fen = Annotated[int, Field(ge=0, le=10_000_000_00)]
"""Money in fen, the hundredth part of a yuan; at most ten million yuan."""


def rfc3339(moment: datetime) -> str:
    """`2026-11-23T04:05:06.789Z`: UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Moment = Annotated[datetime, PlainSerializer(rfc3339, return_type=str, when_used="json")]


def encode_base32(number: int, length: int) -> str:
    """Crockford's base 32 of `number`, `length` characters, most significant first."""
    text = "".join([_PAIRS[number >> place & 1023] for place in range(5 * length - 10, -1, -10)])
    return text + _CROCKFORD[number & 31] if length & 1 else text


def decode_base32(text: str) -> int:
    """The number behind Crockford's base 32; ValueError on a foreign character."""
    return int(text.encode("ascii").translate(_DIGITS), 32)


def ulid(milliseconds: int, randomness: int | None = None) -> str:
    """26 characters: 48 bits of Unix milliseconds, 80 bits of randomness (github.com/ulid/spec)."""
    low = secrets.randbits(80) if randomness is None else randomness
    return encode_base32(milliseconds << 80 | low, ULID_LENGTH)


def new_id(prefix: str, at: datetime) -> str:
    """A fresh id such as `card_01J...`, sortable by its time of birth."""
    return f"{prefix}_{ulid(int(at.timestamp() * 1000))}"


def follow_id(prefix: str, at: datetime, cause: str) -> str:
    """The id of what follows from `cause`, always the same: whoever repeats the step meets what was made before."""
    randomness = int.from_bytes(sha256(cause.encode()).digest()[:10], "big")
    return f"{prefix}_{ulid(int(at.timestamp() * 1000), randomness)}"


def id_pattern(prefix: str) -> str:
    """The regular expression that an id of this prefix matches from end to end."""
    return f"^{re.escape(prefix)}_{ULID_PATTERN}$"


class Model(BaseModel):
    """Data at rest within us: strict, closed, immutable. Built on first use, so that a cold start stays short."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


class Wire(BaseModel):
    """Data on the wire: camelCase outside, snake_case inside; unknown fields are refused."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        defer_build=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )
