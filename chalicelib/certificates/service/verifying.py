"""Anyone who holds a certificate asks whether it is genuine and still holds."""

from dataclasses import dataclass

from chalicelib.certificates.errors import CertificateNotFound
from chalicelib.certificates.model.certificates import PublicRecord, is_certificate_id
from chalicelib.certificates.papers import Papers
from chalicelib.platform.clock import Clock


@dataclass(frozen=True, slots=True)
class Verifying:
    """Answers anyone, and keeps no trace of who asked."""

    papers: Papers
    clock: Clock

    def verify(self, certificate: str) -> tuple[PublicRecord, bool]:
        """What anyone may know of an issued certificate, and whether it still holds. Who asks is not recorded.

        Raises CertificateNotFound, also for what can be no id and for a certificate that is not issued.
        """
        record = self.papers.record(certificate) if is_certificate_id(certificate) else None
        if record is None:
            raise CertificateNotFound
        return record, record.holds_at(self.clock())
