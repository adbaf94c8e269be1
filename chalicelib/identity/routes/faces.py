"""Face verifications on the wire."""

from typing import Annotated

from pydantic import Field

from chalicelib import wiring
from chalicelib.errors import Unavailable
from chalicelib.identity.errors import IdentityNumberInvalid, VerificationNotFound
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import Purpose, VerificationStatus
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


class VerificationView(Wire):
    """How a scan ended, and until when it serves."""

    id: str
    status: VerificationStatus
    valid_until: Moment | None
    reason: str | None


@routes.on(
    "POST",
    "/v1/face-verifications",
    status=201,
    auth=wiring.citizen,
    errors=(IdentityNumberInvalid, Unavailable),
)
def open_verification(caller: Citizen, body: OpenVerification) -> OpenedVerification:
    """Open a face scan."""
    verification, address = wiring.faces().open(caller, body.real_name, body.id_number, body.purpose)
    return OpenedVerification(id=verification.id, certify_url=address, expires_at=verification.expires_at)


@routes.on(
    "POST",
    "/v1/face-verifications/{verification_id}/complete",
    auth=wiring.citizen,
    errors=(VerificationNotFound, Unavailable),
    repeatable=True,
)
def complete_verification(caller: Citizen, verification_id: str) -> VerificationView:
    """Ask how the scan ended."""
    verification = wiring.faces().complete(caller, verification_id)
    return VerificationView(
        id=verification.id,
        status=verification.status,
        valid_until=verification.valid_until,
        reason=verification.reason,
    )
