"""Face verifications: one scan, for one purpose, of one person, and its receipt. Pure data and rules."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from pydantic import AwareDatetime

from chalicelib.identity.model.reasons import Reason
from chalicelib.types import CHINA, Model

VERIFICATION_LIFE = timedelta(minutes=30)
"""How long a passed face scan serves later steps."""
SCAN_LIFE = timedelta(minutes=10)
"""How long the citizen may take to scan."""
ASKING_LIFE = SCAN_LIFE + VERIFICATION_LIFE
"""How long after opening we still ask how a scan ended: nobody can tell when a later answer's face was shown."""
MOST_OPENED = 20
"""Scans of one person's face that may be opened on one day of Beijing's."""
MOST_FAILED = 5
"""Scans of one person's face that may fail on one such day, whoever opened them."""
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
    MATTERS = "matters"
    """To apply for a service item."""


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
    reason: Reason | None
    receipt: str | None = None

    @property
    def day(self) -> date:
        """The day on which it was opened, and counts."""
        return beijing_day(self.expires_at - SCAN_LIFE)


class Attempts(Model):
    """How many scans of one person's face were opened, and failed, on one day."""

    opened: int = 0
    failed: int = 0

    @property
    def left(self) -> int:
        """How many more there may be."""
        return max(0, min(MOST_OPENED - self.opened, MOST_FAILED - self.failed))


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


def beijing_day(moment: datetime) -> date:
    """The date that the calendar shows in Beijing."""
    return moment.astimezone(CHINA).date()


def day_end(day: date) -> datetime:
    """The midnight that ends a day in Beijing."""
    return datetime.combine(day + timedelta(days=1), time(), CHINA)
