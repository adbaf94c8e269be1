"""Face verifications: one scan, for one purpose, of one person, and its receipt. Pure data and rules."""

from datetime import timedelta
from enum import StrEnum

from pydantic import AwareDatetime

from chalicelib.types import Model

VERIFICATION_LIFE = timedelta(minutes=30)
"""How long a passed face scan serves later steps."""
SCAN_LIFE = timedelta(minutes=10)
"""How long the citizen may take to scan."""
FACE_LEVEL = 2
"""How sure a passed scan makes us: 1 is the payment app's login, 2 the face against the public-security portrait."""


class Purpose(StrEnum):
    """What a face scan is for; `IDENTITY` serves every later step."""

    IDENTITY = "identity"
    BIND_CARD = "bind-card"
    CERTIFICATES = "certificates"
    CARD = "card"
    """To take a card back into use or away, or to link a bank account."""
    MANDATE = "mandate"
    """To let somebody act for oneself, or as guardian to act for a child."""


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
    receipt: str | None = None


class Receipt(Model):
    """What a passed scan proves: that in this session this citizen showed this person's face, for this purpose.

    It holds no name and no number, so it may be kept and shown to the citizen's own device.
    """

    verification_id: str
    citizen_id: str
    session_id: str
    person_id: str
    level: int
    purpose: Purpose
    scanned_at: AwareDatetime
    valid_until: AwareDatetime
