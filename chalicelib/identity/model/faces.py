"""Face verifications: one scan, for one purpose, of one person. Pure data and rules."""

from datetime import timedelta
from enum import StrEnum

from pydantic import AwareDatetime

from chalicelib.types import Model

VERIFICATION_LIFE = timedelta(minutes=30)
"""How long a passed face scan serves later steps."""
SCAN_LIFE = timedelta(minutes=10)
"""How long the citizen may take to scan."""


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
