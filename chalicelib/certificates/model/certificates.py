"""A certificate: the paper's own record, whoever asked for it. Its states, its names, how long it holds.

Pure data and rules: it knows no request, no storage, and not what the paper says.
"""

import re
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field

from chalicelib.certificates.model.labels import Label
from chalicelib.certificates.model.requests import Grounds
from chalicelib.types import CHINA, Model, id_pattern

_SERIAL_CHARACTERS = 10
_ROOT = "1.2.156.3005.2"
"""Of every electronic certificate's identifier in China (GB/T 36904)."""
_EDITION = "001"
_CHECKED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class CertificateStatus(StrEnum):
    """Where a certificate stands. That its time is over nobody has to write down."""

    ISSUING = "issuing"
    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


TRANSITIONS: dict[str, tuple[tuple[CertificateStatus, ...], CertificateStatus]] = {
    "sign": ((CertificateStatus.ISSUING,), CertificateStatus.VALID),
    "suspend": ((CertificateStatus.VALID,), CertificateStatus.SUSPENDED),
    "resume": ((CertificateStatus.SUSPENDED,), CertificateStatus.VALID),
    "revoke": ((CertificateStatus.VALID, CertificateStatus.SUSPENDED), CertificateStatus.REVOKED),
}
"""Event -> the states it may happen in, and the one it leads to."""


Standing = Literal["valid", "suspended", "revoked", "expired"]
"""How an issued certificate stands at a moment."""


_STANDING: dict[CertificateStatus, Standing] = {
    CertificateStatus.VALID: "valid",
    CertificateStatus.SUSPENDED: "suspended",
    CertificateStatus.REVOKED: "revoked",
}


class Change(Model):
    """When a certificate came into a state, by whom (an institution's id) and why; ours have neither.

    `reason` is a code; `note` is the department's own and goes nowhere.
    """

    at: AwareDatetime
    status: CertificateStatus
    reason: str | None = None
    by: str | None = None
    note: str | None = Field(default=None, repr=False)


class Certificate(Model):
    """One certificate. `type_name` and `issuer` are as printed, because the catalogue may change.

    `grounds` are the signed answers that it rests on, `digests` the SHA-256 (hex) of its files by format. `status_list`
    and `status_index` are its place in the status list. Nothing here says whose it is but `person_id`.
    """

    id: str
    person_id: str
    type_id: str
    code: str | None = None
    type_name: Label
    issuer: Label
    department_id: str
    region: str
    serial: str
    identifier: str
    as_of: date
    issued_at: AwareDatetime
    valid_until: AwareDatetime
    status: CertificateStatus
    version: int
    changes: tuple[Change, ...]
    grounds: tuple[Grounds, ...] = Field(repr=False)
    facts_digest: str = Field(repr=False)
    content_digest: str | None = None
    digests: dict[str, str] = Field(default_factory=dict)
    status_list: int | None = None
    status_index: int | None = None

    def standing_at(self, now: datetime) -> Standing | None:
        """`valid`, `suspended`, `revoked` or `expired`; None while it is not issued."""
        if self.status is CertificateStatus.ISSUING:
            return None
        if self.status is not CertificateStatus.REVOKED and now > self.valid_until:
            return "expired"
        return _STANDING[self.status]

    def serves_at(self, now: datetime) -> bool:
        """Whether the same facts need no other certificate."""
        return self.status is not CertificateStatus.REVOKED and now <= self.valid_until


class PublicRecord(Model):
    """What anyone who holds an issued certificate may know of it: nothing about its holder."""

    type_id: str
    type_name: Label
    serial: str
    issuer: Label
    issued_at: AwareDatetime
    valid_until: AwareDatetime
    content_digest: str
    sha256: str

    def holds_at(self, now: datetime) -> bool:
        """Whether it has not expired."""
        return now <= self.valid_until


def is_certificate_id(text: str) -> bool:
    """Whether this may be the id of a certificate at all."""
    return re.fullmatch(id_pattern("cert"), text) is not None


def serial_number(prefix: str, certificate: str, region: str, issued_at: datetime) -> str:
    """What the paper is called: type, region (GB/T 2260), day of issue in China, the end of the certificate's id."""
    return f"{prefix}-{region}-{issued_at.astimezone(CHINA):%Y%m%d}-{certificate[-_SERIAL_CHARACTERS:]}"


def identifier(type_code: str, issuer_code: str, certificate: str) -> str:
    """The certificate's identifier (证照标识, GB/T 36904): root, type, issuer, number, edition, check character.

    `type_code` is the type's, `issuer_code` the issuer's unified social credit code. The number is the certificate's
    ULID: up to 32 digits and capital letters are usual. The check character is ISO/IEC 7064 MOD 37,36 over all but
    the root, without the dots.
    """
    parts = (type_code, issuer_code, certificate.rpartition("_")[2], _EDITION)
    return ".".join((_ROOT, *parts, check_character("".join(parts))))


def check_character(text: str) -> str:
    """The check character of ISO/IEC 7064 MOD 37,36 for digits and capital letters."""
    modulus = len(_CHECKED)
    rest = modulus
    for character in text:
        rest = (rest + _CHECKED.index(character)) % modulus or modulus
        rest = rest * 2 % (modulus + 1)
    return _CHECKED[(1 - rest) % modulus]


def end_of_validity(issued_at: datetime, days: int) -> datetime:
    """The last second of the last day, in China."""
    last = issued_at.astimezone(CHINA).date() + timedelta(days=days)
    return datetime.combine(last, time(23, 59, 59), CHINA)
