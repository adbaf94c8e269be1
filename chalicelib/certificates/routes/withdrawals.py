"""Withdrawing on the wire: the department that issued a certificate, signed as every institution signs.

Doing it again changes nothing, so no answer is kept for an idempotency key: the refusal of a nonce whose first use got
lost would be kept, too, and the department could never be heard under that key.
"""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib import wiring
from chalicelib.certificates.errors import CertificateNotFound, CertificateRevoked
from chalicelib.certificates.model.certificates import Certificate
from chalicelib.certificates.model.withdrawals import Act
from chalicelib.certificates.routes.verify import StatusListView, listed
from chalicelib.errors import Invalid
from chalicelib.institutions.errors import KeyUnknown, SignatureReplayed
from chalicelib.institutions.model import Institution
from chalicelib.types import Moment, Wire

routes = wiring.routes(__name__)

_ONE = "/v1/institutions/me/certificates/{certificate_id}"
_ERRORS = (CertificateNotFound, CertificateRevoked, Invalid, KeyUnknown, SignatureReplayed)


class Withdrawal(Wire):
    """Why, by a code of `withdrawals.json`. The note is for the department's own file: nobody else is shown it."""

    reason: Annotated[str, Field(min_length=1, max_length=64)]
    note: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class WithdrawnView(Wire):
    """How the certificate stands now, and since when; `reason` is the code that was given with the last change."""

    id: str
    status: Literal["issuing", "valid", "suspended", "revoked"]
    since: Moment
    reason: str | None
    status_list: StatusListView | None


@routes.on("POST", f"{_ONE}/revoke", auth=wiring.institution, errors=_ERRORS, repeatable=True)
def revoke_certificate(caller: Institution, certificate_id: str, body: Withdrawal) -> WithdrawnView:
    """Revoke a certificate that the caller issued, for ever."""
    return _withdrawn(caller, certificate_id, Act.REVOKE, body)


@routes.on("POST", f"{_ONE}/suspend", auth=wiring.institution, errors=_ERRORS, repeatable=True)
def suspend_certificate(caller: Institution, certificate_id: str, body: Withdrawal) -> WithdrawnView:
    """Suspend a certificate that the caller issued, until it is resumed or revoked."""
    return _withdrawn(caller, certificate_id, Act.SUSPEND, body)


@routes.on("POST", f"{_ONE}/resume", auth=wiring.institution, errors=_ERRORS, repeatable=True)
def resume_certificate(caller: Institution, certificate_id: str, body: Withdrawal) -> WithdrawnView:
    """Let a suspended certificate be valid again."""
    return _withdrawn(caller, certificate_id, Act.RESUME, body)


def _withdrawn(caller: Institution, certificate_id: str, act: Act, body: Withdrawal) -> WithdrawnView:
    found = wiring.withdrawing().withdraw(caller, certificate_id, act, body.reason, body.note)
    return _view(found)


def _view(certificate: Certificate) -> WithdrawnView:
    last = certificate.changes[-1]
    return WithdrawnView(
        id=certificate.id,
        status=certificate.status.value,
        since=last.at,
        reason=last.reason,
        status_list=listed(certificate),
    )
