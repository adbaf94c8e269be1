"""A citizen's own certificates: the list, one of them, its file."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.certificates import catalogue
from chalicelib.certificates.errors import CertificateNotFound, CertificateNotReady
from chalicelib.certificates.model.certificates import Certificate, CertificateStatus
from chalicelib.certificates.model.types import CertificateType
from chalicelib.certificates.papers import Papers
from chalicelib.certificates.store.certificates import CertificateStore
from chalicelib.identity.model.accounts import Citizen
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.cursor import Cursors

_LINK_LIFE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a citizen sees of their certificates."""

    store: CertificateStore
    papers: Papers
    cursors: Cursors
    clock: Clock

    def kind(self, certificate: Certificate) -> CertificateType:
        """The catalogue's entry for a certificate."""
        return catalogue.types()[certificate.type_id]

    def list_own(
        self, citizen: Citizen, cursor: str | None, limit: int
    ) -> tuple[list[Certificate], str | None]:
        """The caller's certificates, newest first, and the cursor of the next page. Raises Invalid (cursor)."""
        scope = f"certificates:{citizen.id}"
        found, last = self.store.of(citizen.id, limit, self.cursors.open(scope, cursor))
        return found, self.cursors.seal(scope, last)

    def get(self, citizen: Citizen, certificate: str) -> Certificate:
        """One of the caller's certificates. Raises CertificateNotFound, also for somebody else's."""
        found = self.store.find(citizen.id, certificate)
        if found is None:
            raise CertificateNotFound
        return found

    def download_link(self, citizen: Citizen, certificate: str) -> tuple[str, datetime]:
        """An address that gives the PDF to whoever holds it, and its end in five minutes.

        Raises CertificateNotFound, CertificateNotReady.
        """
        found = self.get(citizen, certificate)
        if found.status is not CertificateStatus.ISSUED:
            raise CertificateNotReady
        name = self.kind(found).name.zh
        log.event("certificate.downloaded", certificate=found.id, citizen=citizen.id)
        seconds = int(_LINK_LIFE.total_seconds())
        url = self.papers.link(found.id, f"{name}-{found.serial}.pdf", seconds)
        return url, self.clock() + _LINK_LIFE
