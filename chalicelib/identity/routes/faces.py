"""Face verifications on the wire."""

from typing import Annotated

from pydantic import Field

from chalicelib import wiring
from chalicelib.errors import Unavailable
from chalicelib.identity.errors import (
    FaceAttemptsExhausted,
    IdentityNumberInvalid,
    VerificationExpired,
    VerificationNotFound,
)
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import Purpose, Verification, VerificationStatus
from chalicelib.identity.model.reasons import WORDS, Reason
from chalicelib.types import Moment, Wire

routes = wiring.routes(__name__)


class OpenVerification(Wire):
    """Whose face is to be scanned, and for what."""

    real_name: Annotated[str, Field(min_length=1, max_length=60)]
    id_number: Annotated[str, Field(min_length=1, max_length=40)]
    purpose: Purpose


class OpenedVerification(Wire):
    """Where the scan happens, and until when."""

    id: str
    certify_url: str
    expires_at: Moment


class ReasonText(Wire):
    """A reason for the citizen to read."""

    zh: str
    en: str


class VerificationView(Wire):
    """How a scan ended, and until when it serves. `receipt` proves it to later steps of the same session.

    `attemptsLeft` is how often this person may still scan on that day.
    """

    id: str
    purpose: Purpose
    status: VerificationStatus
    expires_at: Moment
    valid_until: Moment | None
    reason: Reason | None
    reason_text: ReasonText | None
    attempts_left: int
    receipt: str | None


@routes.on(
    "POST",
    "/v1/face-verifications",
    status=201,
    auth=wiring.citizen,
    errors=(IdentityNumberInvalid, FaceAttemptsExhausted, Unavailable),
)
def open_verification(caller: Citizen, body: OpenVerification) -> OpenedVerification:
    """Open a face scan."""
    verification, address = wiring.scans().open(caller, body.real_name, body.id_number, body.purpose)
    return OpenedVerification(id=verification.id, certify_url=address, expires_at=verification.expires_at)


@routes.on(
    "POST",
    "/v1/face-verifications/{verification_id}/complete",
    auth=wiring.citizen,
    errors=(VerificationNotFound, VerificationExpired, FaceAttemptsExhausted, Unavailable),
    repeatable=True,
)
def complete_verification(caller: Citizen, verification_id: str) -> VerificationView:
    """Ask how the scan ended."""
    return _view(wiring.scans().complete(caller, verification_id))


@routes.on(
    "GET", "/v1/face-verifications/{verification_id}", auth=wiring.citizen, errors=(VerificationNotFound,)
)
def get_verification(caller: Citizen, verification_id: str) -> VerificationView:
    """A face scan as it stands; the payment app is not asked."""
    return _view(wiring.scans().get(caller, verification_id))


def _view(verification: Verification) -> VerificationView:
    reason = verification.reason
    words = WORDS[reason] if reason else None
    return VerificationView(
        id=verification.id,
        purpose=verification.purpose,
        status=verification.status,
        expires_at=verification.expires_at,
        valid_until=verification.valid_until,
        reason=reason,
        reason_text=ReasonText(zh=words.zh, en=words.en) if words else None,
        attempts_left=wiring.scans().attempts_left(verification),
        receipt=verification.receipt,
    )
