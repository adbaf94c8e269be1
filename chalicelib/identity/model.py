"""Citizens (accounts of the payment app), persons (human beings) and face verifications. Pure data and rules.

A person's id is a keyed hash of the identity number, so the same human being has one id in every account and nobody
without the key can tell whose it is.
"""

from datetime import date, timedelta
from enum import StrEnum
from itertools import starmap

from pydantic import AwareDatetime

from chalicelib.types import Model

SESSION_LIFE = timedelta(minutes=30)
VERIFICATION_LIFE = timedelta(minutes=30)
"""How long a passed face scan serves later steps."""
SCAN_LIFE = timedelta(minutes=10)
"""How long the citizen may take to scan."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


class Purpose(StrEnum):
    """What a face scan is for; `IDENTITY` serves every later step."""

    IDENTITY = "identity"
    BIND_CARD = "bind-card"
    CERTIFICATES = "certificates"


class VerificationStatus(StrEnum):
    """A face verification's state."""

    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"


TRANSITIONS: dict[str, tuple[tuple[VerificationStatus, ...], VerificationStatus]] = {
    "pass": ((VerificationStatus.PENDING,), VerificationStatus.PASSED),
    "fail": ((VerificationStatus.PENDING,), VerificationStatus.FAILED),
}


class Citizen(Model):
    """The caller of a citizen's route, as the session token tells."""

    id: str
    session_id: str


class Account(Model):
    """A payment-app account that has logged in at least once."""

    id: str
    app_id: str
    open_id: str
    user_id: str | None
    person_id: str | None
    holder: str | None
    number_masked: str | None


class Session(Model):
    """A fresh session and its token."""

    access_token: str
    expires_at: AwareDatetime
    account: Account


class Verification(Model):
    """One face scan: of whom, for what, and how it ended. `sealed` holds name and identity number."""

    id: str
    citizen_id: str
    person_id: str
    certify_id: str
    purpose: Purpose
    status: VerificationStatus
    holder: str
    number_masked: str
    sealed: bytes
    expires_at: AwareDatetime
    valid_until: AwareDatetime | None
    reason: str | None


class Person(Model):
    """A human being whose face was verified: for use within one request, never stored or logged like this."""

    id: str
    real_name: str
    id_number: str
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
