"""Anyone who holds a certificate asks whether it is genuine, how it stands, or how it stood on a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.certificates.errors import CertificateNotFound
from chalicelib.certificates.model.certificates import Certificate, CertificateStatus, is_certificate_id
from chalicelib.certificates.model.withdrawals import Standing, standing
from chalicelib.certificates.service.statuses import Statuses
from chalicelib.certificates.store.certificates import CertificateStore
from chalicelib.errors import Invalid
from chalicelib.platform.clock import Clock

_AHEAD = timedelta(minutes=1)
"""Clocks differ."""


@dataclass(frozen=True, slots=True)
class Verifying:
    """Answers anyone, and keeps no trace of who asked: one read, no log line, no entry in any log of uses."""

    store: CertificateStore
    statuses: Statuses
    clock: Clock

    def verify(
        self, certificate_id: str, at: datetime | None = None
    ) -> tuple[Certificate, Standing, datetime]:
        """An issued certificate, how it stands (or stood at that moment), and the moment that is meant.

        Raises CertificateNotFound, alike for what can be no id, for nobody's, and for one that is not issued; Invalid
        for a moment that is still to come.
        """
        now = self.clock()
        if at and at > now + _AHEAD:
            raise Invalid(("/at", "must not be in the future"))
        found = self.store.find(certificate_id) if is_certificate_id(certificate_id) else None
        if found is None or found.status is CertificateStatus.ISSUING:
            raise CertificateNotFound
        meant = at or now
        return found, standing(found, meant), meant

    def status_uri(self, certificate: Certificate) -> str | None:
        """The list in which the certificate's status is."""
        return self.statuses.uri(certificate.status_list) if certificate.status_list else None
