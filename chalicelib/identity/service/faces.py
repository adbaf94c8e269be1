"""What steps that need a face ask: whether this session's citizen showed one, and whose it was."""

from contextlib import suppress
from dataclasses import dataclass

from chalicelib.errors import Conflict, Forbidden, Gone
from chalicelib.identity.errors import (
    FaceNotPassed,
    FacePending,
    FaceRequired,
    ReceiptInvalid,
    VerificationNotFound,
    VerificationPerson,
    VerificationPurpose,
    VerificationSession,
)
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import Purpose, Receipt, Verification, VerificationStatus
from chalicelib.identity.model.persons import Person
from chalicelib.identity.service.receipts import Receipts
from chalicelib.identity.store.faces import FaceStore
from chalicelib.platform.keys import Sealer

_ID = "face_"


@dataclass(frozen=True, slots=True)
class Faces:
    """Relying on face scans."""

    store: FaceStore
    receipts: Receipts
    sealer: Sealer

    def rely(
        self, citizen: Citizen, purpose: Purpose, proof: str | None, person_id: str | None = None
    ) -> Receipt:
        """What proves that this session's citizen showed a face for a step of `purpose`; of `person_id`, if given.

        `proof` is a verification's id, a receipt, or None: then what this session proved before serves, made for
        this very purpose or for `identity`. A receipt costs no read, an id one. Raises FaceRequired (no proof),
        VerificationNotFound (also another citizen's), FacePending, FaceNotPassed, VerificationExpired,
        VerificationPurpose, VerificationSession, VerificationPerson, ReceiptInvalid.
        """
        if proof is None:
            return self._remembered(citizen, purpose, person_id)
        by_id = proof.startswith(_ID)
        receipt = self._receipt(self._closed(citizen, proof)) if by_id else self.receipts.read(proof)
        _require(receipt, citizen, purpose, person_id)
        return receipt

    def _remembered(self, citizen: Citizen, purpose: Purpose, person_id: str | None) -> Receipt:
        kept = citizen.account.sessions[citizen.session_id].receipts
        for each in (purpose, Purpose.IDENTITY):
            if each not in kept:
                continue
            with suppress(Conflict, Forbidden, Gone):  # serves no more, or not this step: look at the next
                receipt = self.receipts.read(kept[each])
                _require(receipt, citizen, purpose, person_id)
                return receipt
        raise FaceRequired

    def verified(self, citizen: Citizen, verification_id: str, purpose: Purpose) -> Person:
        """The person whose face this citizen proved, for a step of `purpose` that needs name and number now.

        Raises what `passed` raises.
        """
        passed = self.passed(citizen, verification_id, purpose)
        return self.reveal(passed.person_id, passed.sealed, passed.holder, passed.number_masked)

    def passed(
        self, citizen: Citizen, proof: str | None, purpose: Purpose, person_id: str | None = None
    ) -> Verification:
        """The face verification behind a proof, for a step of `purpose`; name and number stay sealed. One read.

        Raises what `rely` raises.
        """
        by_id = proof if proof and proof.startswith(_ID) else None
        scan = by_id or self.rely(citizen, purpose, proof, person_id).verification_id
        verification = self._closed(citizen, scan)
        _require(self._receipt(verification), citizen, purpose, person_id)
        return verification

    def _closed(self, citizen: Citizen, verification_id: str) -> Verification:
        verification = self._own(citizen.id, verification_id)
        if verification.status is VerificationStatus.PENDING:
            raise FacePending
        if verification.status is VerificationStatus.FAILED:
            raise FaceNotPassed
        return verification

    def _receipt(self, verification: Verification) -> Receipt:
        """The receipt that was kept with the scan; it must tell of this very scan."""
        receipt = self.receipts.read(verification.receipt or "")
        if (receipt.verification_id, receipt.person_id) != (verification.id, verification.person_id):
            raise ReceiptInvalid
        return receipt

    def reveal(self, person_id: str, sealed: bytes, holder: str, number_masked: str) -> Person:
        """Open what was sealed of a person, for a step that needs name and number; one KMS call."""
        opened = self.sealer.open(sealed, {"person": person_id})
        return Person(
            id=person_id,
            real_name=opened["name"],
            id_number=opened["number"],
            holder=holder,
            number_masked=number_masked,
            sealed=sealed,
        )

    def _own(self, citizen_id: str, verification_id: str) -> Verification:
        verification = self.store.find(verification_id)
        if verification is None or verification.citizen_id != citizen_id:
            raise VerificationNotFound
        return verification


def _require(receipt: Receipt, citizen: Citizen, purpose: Purpose, person_id: str | None) -> None:
    """Whether a receipt serves this citizen, in this session, for this step, and for this person."""
    if receipt.citizen_id != citizen.id:
        raise VerificationNotFound
    if receipt.purpose not in {purpose, Purpose.IDENTITY}:
        raise VerificationPurpose
    if receipt.session_id != citizen.session_id:
        raise VerificationSession
    if person_id is not None and receipt.person_id != person_id:
        raise VerificationPerson
