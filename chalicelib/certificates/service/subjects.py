"""Whom a certificate may be about: oneself by one's own face, or a family member by a mandate and the agent's face.

The mandate is asked when the certificate is requested and once more before a department is: it may end in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.certificates import catalogue
from chalicelib.certificates.errors import CertificateOwnOnly
from chalicelib.certificates.model.labels import Reason
from chalicelib.certificates.model.requests import Batch
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import Purpose
from chalicelib.identity.service.faces import Faces
from chalicelib.mandates.errors import ActionNotMandated, MandateEnded, MandateNotFound
from chalicelib.mandates.model.mandates import Action, Relation, reference
from chalicelib.mandates.service.mandates import Mandates

_ENDED = Reason(
    code="mandate-ended",
    zh="亲情代办授权已结束，未再查询数据；如仍需办理，请重新授权后申请",
    en="The family mandate ended before the department was asked; grant a new one and request again",
)


@dataclass(frozen=True, slots=True)
class About:
    """The person a certificate is about, sealed, and the face scan that consents."""

    person_id: str
    sealed: bytes
    verification_id: str
    mandate_id: str | None = None
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Subjects:
    """Whom certificates are about."""

    faces: Faces
    mandates: Mandates

    def oneself(self, citizen: Citizen, proof: str | None) -> About:
        """The person whose face was scanned: the account's own, once it is known whose it is.

        A relative's face, scanned on this phone for a mandate, is no way around the mandate. Raises what
        `Faces.passed` raises.
        """
        face = self.faces.passed(citizen, proof, Purpose.CERTIFICATES, citizen.account.person_id)
        return About(face.person_id, face.sealed, face.id)

    def member(self, citizen: Citizen, mandate_id: str, proof: str | None, type_ids: Sequence[str]) -> About:
        """A family member, by a mandate that covers certificates; the agent's own face consents.

        Raises CertificateOwnOnly, MandateNotFound, MandateEnded, ActionNotMandated, and what `Faces.rely` raises.
        """
        kinds = [catalogue.types()[each] for each in type_ids]
        if not all(each.by_mandate or each.for_child for each in kinds):
            raise CertificateOwnOnly
        mandate = self.mandates.active(citizen, mandate_id, Action.CERTIFICATES)
        if mandate.relation is not Relation.CHILD and not all(each.by_mandate for each in kinds):
            raise CertificateOwnOnly
        receipt = self.faces.rely(citizen, Purpose.CERTIFICATES, proof, mandate.agent_person_id)
        if mandate.sealed is None:
            raise MandateEnded
        return About(
            mandate.member_person_id,
            mandate.sealed,
            receipt.verification_id,
            mandate.id,
            mandate.member_holder,
        )

    def refusal(self, batch: Batch) -> Reason | None:
        """Why nothing may be gathered for these requests any more, if so."""
        if batch.mandate_id is None:
            return None
        try:
            self.mandates.standing(reference(batch.mandate_id), Action.CERTIFICATES)
        except (MandateNotFound, MandateEnded, ActionNotMandated):
            return _ENDED
        return None
