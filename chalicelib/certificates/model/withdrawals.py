"""What a department does to a certificate that it issued, why, and how the certificate stood at any moment. Pure data.

It knows no storage and no status list.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple

from chalicelib.certificates.model.certificates import Certificate, CertificateStatus, Change
from chalicelib.certificates.model.labels import Label
from chalicelib.certificates.model.status import Status


class Act(StrEnum):
    """A transition of a certificate that its department decides (state machine 3.7)."""

    REVOKE = "revoke"
    SUSPEND = "suspend"
    RESUME = "resume"


class Why(Label):
    """A reason, and for which acts it may be given. `told_as`: what anyone but the holder is told instead."""

    acts: tuple[Act, ...]
    told_as: str | None = None


STATUS = {
    CertificateStatus.VALID: Status.VALID,
    CertificateStatus.SUSPENDED: Status.SUSPENDED,
    CertificateStatus.REVOKED: Status.INVALID,
}
"""What the status list says of a certificate in this state."""

Stood = Literal["not-yet", "valid", "suspended", "revoked", "expired"]
_STOOD: dict[CertificateStatus, Stood] = {
    CertificateStatus.ISSUING: "valid",  # its files are being made: what they say holds from `issued_at` on
    CertificateStatus.VALID: "valid",
    CertificateStatus.SUSPENDED: "suspended",
    CertificateStatus.REVOKED: "revoked",
}


class Standing(NamedTuple):
    """How a certificate stood, since when, and the code of the reason that its department gave."""

    status: Stood
    since: datetime
    reason: str | None = None


def standing(certificate: Certificate, at: datetime) -> Standing:
    """How an issued certificate stood at that moment. Revoked is for ever; what expired is not suspended any more."""
    if at < certificate.issued_at:
        return Standing("not-yet", certificate.issued_at)
    last = _last(certificate, at)
    if at > certificate.valid_until and last.status is not CertificateStatus.REVOKED:
        return Standing("expired", certificate.valid_until)
    if last.reason is None:
        return Standing(_STOOD[last.status], certificate.issued_at)
    return Standing(_STOOD[last.status], last.at, last.reason)


def _last(certificate: Certificate, at: datetime) -> Change:
    """The change that counted at a moment not before the certificate's issue."""
    return [certificate.changes[0], *(each for each in certificate.changes if each.at <= at)][-1]
