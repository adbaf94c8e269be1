"""A citizen asks for certificates, about themselves or a family member."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.certificates import catalogue
from chalicelib.certificates.errors import CertificateTypeUnknown
from chalicelib.certificates.model.certificates import Certificate, CertificateStatus, certificate_id
from chalicelib.certificates.model.types import CertificateType
from chalicelib.certificates.service.subjects import About, Subjects
from chalicelib.certificates.store.certificates import CertificateStore
from chalicelib.identity.model.accounts import Citizen
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import commit


@dataclass(frozen=True, slots=True)
class Requesting:
    """Requests for official certificates."""

    store: CertificateStore
    subjects: Subjects
    clock: Clock

    def types(self) -> list[CertificateType]:
        """What can be requested."""
        return list(catalogue.types().values())

    def request(
        self,
        citizen: Citizen,
        type_ids: Sequence[str],
        proof: str | None,
        purpose: str,
        mandate_id: str | None = None,
    ) -> list[Certificate]:
        """Ask for certificates about oneself or, by a mandate, about a family member.

        The caller's face is the consent to gather what they need: `proof` is its verification's id (for a mandate
        also a receipt), None for what this session proved before. One certificate per type; the same request again
        meets its own certificates. Raises CertificateTypeUnknown, what `Faces.rely` and `Faces.passed` raise and, by
        a mandate, CertificateOwnOnly, MandateNotFound, MandateEnded, ActionNotMandated.
        """
        self._require_types(type_ids)
        about = (
            self.subjects.member(citizen, mandate_id, proof, type_ids)
            if mandate_id
            else self.subjects.oneself(citizen, proof)
        )
        fresh = [self._fresh(citizen, about, each, purpose) for each in type_ids]
        for certificate in fresh:
            commit(self.store.submit(certificate))
            log.event("certificate.requested", certificate=certificate.id, citizen=citizen.id)
        return fresh

    def _require_types(self, type_ids: Sequence[str]) -> None:
        unknown = [
            (f"/types/{at}", "is not in the catalogue")
            for at, type_id in enumerate(type_ids)
            if type_id not in catalogue.types()
        ]
        if unknown:
            raise CertificateTypeUnknown(*unknown)

    def _fresh(self, citizen: Citizen, about: About, type_id: str, purpose: str) -> Certificate:
        return Certificate(
            id=certificate_id(about.verification_id, type_id, purpose, about.mandate_id),
            citizen_id=citizen.id,
            person_id=about.person_id,
            mandate_id=about.mandate_id,
            holder=about.holder,
            type_id=type_id,
            purpose=purpose,
            status=CertificateStatus.GATHERING,
            version=1,
            requested_at=self.clock(),
            sealed=about.sealed,
        )
