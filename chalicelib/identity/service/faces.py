"""A citizen's verbs about face verification: open a scan, complete it, rely on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.identity.errors import (
    FaceNotPassed,
    FacePending,
    IdentityNumberInvalid,
    VerificationExpired,
    VerificationNotFound,
    VerificationPurpose,
)
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import (
    SCAN_LIFE,
    VERIFICATION_LIFE,
    Purpose,
    Verification,
    VerificationStatus,
)
from chalicelib.identity.model.persons import (
    Person,
    digest_id,
    identity_number,
    masked_name,
    masked_number,
)
from chalicelib.identity.store.faces import FaceStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.keys import Mac, Sealer
from chalicelib.types import new_id, rfc3339

if TYPE_CHECKING:
    from chalicelib.identity.face import PaymentAppIdentity


@dataclass(frozen=True, slots=True)
class Faces:
    """Face verifications. `app` is made on first use: most steps only rely on a scan."""

    store: FaceStore
    app: Callable[[], PaymentAppIdentity]
    sealer: Sealer
    mac: Mac
    clock: Clock

    def open(
        self, citizen: Citizen, real_name: str, id_number: str, purpose: Purpose
    ) -> tuple[Verification, str]:
        """Open a face scan of this person; returns it and the address of the scan.

        Name and number are sealed under a key that never leaves KMS, bound to the person's id. Raises
        IdentityNumberInvalid, Unavailable.
        """
        number = identity_number(id_number)
        if number is None:
            raise IdentityNumberInvalid(("/idNumber", "has a wrong length, birth date or check character"))
        now = self.clock()
        person_id = digest_id("psn", self.mac.digest(f"person:{number}".encode()))
        verification_id = new_id("face", now)
        order_number = "ZTFACE" + verification_id.removeprefix("face_")
        certify_id, address = self.app().open_scan(order_number, real_name, number)
        verification = Verification(
            id=verification_id,
            citizen_id=citizen.id,
            person_id=person_id,
            certify_id=certify_id,
            purpose=purpose,
            status=VerificationStatus.PENDING,
            holder=masked_name(real_name),
            number_masked=masked_number(number),
            sealed=self.sealer.seal({"name": real_name, "number": number}, {"person": person_id}),
            expires_at=now + SCAN_LIFE,
            valid_until=None,
            reason=None,
        )
        self.store.open(verification, now)
        return verification, address

    def complete(self, citizen: Citizen, verification_id: str) -> Verification:
        """Ask the payment app's server how the scan ended and keep the answer; ask again while it is pending.

        Raises VerificationNotFound, VerificationExpired (never scanned in time), Unavailable.
        """
        verification = self._own(citizen.id, verification_id)
        if verification.status is not VerificationStatus.PENDING:
            return verification
        scan = self.app().result(verification.certify_id)
        now = self.clock()
        if scan.passed is None:
            if now > verification.expires_at:
                raise VerificationExpired
            return verification
        if scan.passed:
            event, changes = "pass", {"valid_until": rfc3339(now + VERIFICATION_LIFE)}
        else:
            event, changes = "fail", {"reason": scan.reason or "not-matched"}
        closed = self.store.close(verification_id, event, changes)
        log.event("face.closed", verification=verification_id, outcome=event)
        return closed or self._own(citizen.id, verification_id)

    def verified(self, citizen: Citizen, verification_id: str, purpose: Purpose) -> Person:
        """The person whose face this citizen proved, for a step of `purpose` that needs name and number now.

        Raises what `passed` raises.
        """
        passed = self.passed(citizen, verification_id, purpose)
        return self.reveal(passed.person_id, passed.sealed, passed.holder, passed.number_masked)

    def passed(self, citizen: Citizen, verification_id: str, purpose: Purpose) -> Verification:
        """This citizen's passed face verification, for a step of `purpose`; name and number stay sealed.

        Raises VerificationNotFound, FacePending, FaceNotPassed, VerificationExpired, VerificationPurpose.
        """
        verification = self._own(citizen.id, verification_id)
        if verification.status is VerificationStatus.PENDING:
            raise FacePending
        if verification.status is VerificationStatus.FAILED:
            raise FaceNotPassed
        if verification.valid_until is None or verification.valid_until <= self.clock():
            raise VerificationExpired
        if verification.purpose not in {purpose, Purpose.IDENTITY}:
            raise VerificationPurpose
        return verification

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
