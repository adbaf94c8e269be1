"""A certificate from its request to its paper: its states, its id, its serial number. Pure data and rules."""

import re
from datetime import datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256

from pydantic import AwareDatetime, Field

from chalicelib.certificates.model.types import CertificateType, Label, Reason
from chalicelib.types import CHINA, Model, encode_base32, id_pattern

_TIME_CHARACTERS = 10  # of a ULID
_RANDOM_BYTES, _RANDOM_CHARACTERS = 10, 16
_SERIAL_CHARACTERS = 8


class Grounds(Model):
    """The signed answer that a certificate rests on."""

    request_id: str
    value: dict[str, str | int | bool | None] = Field(repr=False)
    answered_at: AwareDatetime
    proof: str = Field(repr=False)


class CertificateStatus(StrEnum):
    """Where a certificate stands."""

    GATHERING = "gathering"
    ISSUING = "issuing"
    ISSUED = "issued"
    REJECTED = "rejected"


OPEN = (CertificateStatus.GATHERING, CertificateStatus.ISSUING)
"""Something of ours is still to be done."""

TRANSITIONS: dict[str, tuple[tuple[CertificateStatus, ...], CertificateStatus]] = {
    "consent-ends": ((CertificateStatus.GATHERING,), CertificateStatus.REJECTED),
    "facts-confirm": ((CertificateStatus.GATHERING,), CertificateStatus.ISSUING),
    "facts-contradict": ((CertificateStatus.GATHERING,), CertificateStatus.REJECTED),
    "sign": ((CertificateStatus.ISSUING,), CertificateStatus.ISSUED),
    "cannot-print": ((CertificateStatus.ISSUING,), CertificateStatus.REJECTED),
}


class Certificate(Model):
    """A certificate from its request on. `sealed` (name and identity number) is dropped in a final state.

    `mandate_id` and `holder` (masked) are there only where it is about a family member.
    """

    id: str
    citizen_id: str
    person_id: str
    type_id: str
    purpose: str = Field(repr=False)
    status: CertificateStatus
    version: int
    requested_at: AwareDatetime
    mandate_id: str | None = None
    holder: str | None = None
    sealed: bytes | None = Field(default=None, repr=False)
    grounds: Grounds | None = None
    serial: str | None = None
    issued_at: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    sha256: str | None = None
    reason: Reason | None = None


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


def certificate_id(verification_id: str, type_id: str, purpose: str, mandate_id: str | None = None) -> str:
    """The id of this request: asking twice with one face verification is one request (for each family member).

    A ULID with the verification's own time, so that a citizen's certificates lie in order.
    """
    about = f"\0{mandate_id}" if mandate_id else ""
    digest = sha256(f"{verification_id}\0{type_id}\0{purpose}{about}".encode()).digest()
    chance = encode_base32(int.from_bytes(digest[:_RANDOM_BYTES], "big"), _RANDOM_CHARACTERS)
    return f"cert_{verification_id.rpartition('_')[2][:_TIME_CHARACTERS]}{chance}"


def serial_number(kind: CertificateType, certificate: str, region: str, issued_at: datetime) -> str:
    """What the paper is called: type, region (GB/T 2260), day of issue in China, the end of the certificate's id."""
    return f"{kind.serial_prefix}-{region}-{issued_at.astimezone(CHINA):%Y%m%d}-{certificate[-_SERIAL_CHARACTERS:]}"


def end_of_validity(issued_at: datetime, days: int) -> datetime:
    """The last second of the last day, in China."""
    last = issued_at.astimezone(CHINA).date() + timedelta(days=days)
    return datetime.combine(last, time(23, 59, 59), CHINA)
