"""Whether certificates stand, as two bits each: the Token Status List (draft-ietf-oauth-status-list, revision 20).

Pure data and rules: it knows neither where a list is kept nor who signs it.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from hashlib import sha256

BITS = 2
SIZE = 1 << 20
"""Certificates in one list: enough for its holders to be nobody in particular, and some 25 kB with 1 % revoked."""
TTL = timedelta(seconds=300)
"""How long a verifier may go by its copy before it looks for a newer one."""
LIFE = timedelta(hours=24)
"""A list that is older proves nothing any more."""
RENEWAL = timedelta(hours=12)
"""When a list is signed anew though nothing changed: half its life is left for whatever goes wrong meanwhile."""
PROBES = 16
"""How often a certificate tries one list. With so many the first to find no place comes when it is about half full."""

_LEVEL, _WINDOW, _MEMORY = 9, 15, 9


class Status(IntEnum):
    """What two bits say (section 7.1)."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a certificate's bits are: the list, from 1, and which of its places, from 0."""

    number: int
    index: int


def probes(certificate_id: str, number: int) -> Iterator[Place]:
    """The places that a certificate tries in a list, always the same ones in the same order, scattered by chance."""
    for attempt in range(PROBES):
        digest = sha256(f"status\0{number}\0{attempt}\0{certificate_id}".encode()).digest()
        yield Place(number, int.from_bytes(digest[:4], "big") % SIZE)


def packed(statuses: Mapping[int, int], bits: int = BITS, size: int = SIZE) -> bytes:
    """The byte array of section 4.1: an index's value begins at the lowest free bit; what is not named is VALID.

    Raises ValueError for an index or a value that has no room.
    """
    array, width = bytearray(size * bits // 8), (1 << bits) - 1
    per_byte = 8 // bits
    for index, value in statuses.items():
        if not (0 <= index < size and 0 <= value <= width):
            raise ValueError(f"index {index} or status {value} is out of range")
        place, shift = index // per_byte, index % per_byte * bits
        array[place] = array[place] & ~(width << shift) & 0xFF | value << shift
    return bytes(array)


def compressed(array: bytes) -> bytes:
    """DEFLATE in the ZLIB format, as small as it gets."""
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_FILTERED)
    return deflate.compress(array) + deflate.flush()
