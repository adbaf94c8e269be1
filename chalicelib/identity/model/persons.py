"""Persons and their identity numbers (GB 11643). Pure data and rules.

A person's id is a keyed hash of the identity number, so the same human being has one id in every account and nobody
without the key can tell whose it is.
"""

from datetime import date
from itertools import starmap

from pydantic import Field

from chalicelib.types import ULID_LENGTH, Model, encode_base32

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_ULID_BYTES = 16


class Person(Model):
    """A human being whose face was verified: for use within one request, never stored or logged like this."""

    id: str
    real_name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    holder: str
    number_masked: str
    sealed: bytes


def check_character(seventeen: str) -> str:
    """The 18th character of an identity number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return _CHECKS[
        sum(starmap(lambda digit, weight: int(digit) * weight, zip(seventeen, _WEIGHTS, strict=True))) % 11
    ]


def identity_number(text: str) -> str | None:
    """The number in its one form (upper-case X) if format, birth date and check character are right, else None."""
    number = text.strip().upper()
    body, check = number[:17], number[17:]
    if len(number) != 18 or not (body.isascii() and body.isdigit()):  # noqa: PLR2004  (GB 11643: 17 + 1)
        return None
    try:
        date(int(body[6:10]), int(body[10:12]), int(body[12:14]))
    except ValueError:
        return None
    return number if check == check_character(body) else None


def masked_name(name: str) -> str:
    """`张*`: the family name's first character, nothing else."""
    return name[:1] + "*" * max(1, len(name) - 1)


def masked_number(number: str) -> str:
    """`3301**********0018`: region and the last four."""
    return f"{number[:4]}{'*' * 10}{number[-4:]}"


def digest_id(prefix: str, digest: bytes) -> str:
    """An id that follows from a keyed hash: the same for the same person or account, telling nothing of either."""
    return f"{prefix}_{encode_base32(int.from_bytes(digest[:_ULID_BYTES], 'big'), ULID_LENGTH)}"
