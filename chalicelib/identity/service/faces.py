"""A citizen's verbs about face verification: open a scan, complete it, rely on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

from chalicelib.errors import Conflict, Forbidden, Gone
from chalicelib.identity.errors import (
    FaceAttemptsExhausted,
    FaceNotPassed,
    FacePending,
    FaceRequired,
    IdentityNumberInvalid,
    ReceiptInvalid,
    VerificationExpired,
    VerificationNotFound,
    VerificationPerson,
    VerificationPurpose,
    VerificationSession,
)
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import (
    ASKING_LIFE,
    SCAN_LIFE,
    VERIFICATION_LIFE,
    Purpose,
    Receipt,
    Verification,
    VerificationStatus,
    beijing_day,
    day_end,
)
from chalicelib.identity.model.persons import (
    Person,
    digest_id,
    identity_number,
    masked_name,
    masked_number,
)
from chalicelib.identity.model.reasons import Reason
from chalicelib.identity.service.receipts import Receipts
from chalicelib.identity.store.accounts import AccountStore
from chalicelib.identity.store.faces import FaceStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import transact
from chalicelib.platform.keys import Mac, Sealer
from chalicelib.types import new_id, rfc3339

if TYPE_CHECKING:
    from chalicelib.identity.face import PaymentAppIdentity

_ID = "face_"


@dataclass(frozen=True, slots=True)
class Faces:
    """Face verifications. `app` is made on first use: most steps only rely on a scan."""

    store: FaceStore
    accounts: AccountStore
    receipts: Receipts
    app: Callable[[], PaymentAppIdentity]
    sealer: Sealer
    mac: Mac
    clock: Clock

    def open(
        self, citizen: Citizen, real_name: str, id_number: str, purpose: Purpose
    ) -> tuple[Verification, str]:
        """Open a face scan of this person; returns it and the address of the scan.

        Name and number are sealed under a key that never leaves KMS, bound to the person's id. Raises
        IdentityNumberInvalid, FaceAttemptsExhausted (per person and day of Beijing's), Unavailable.
        """
        number = identity_number(id_number)
        if number is None:
            raise IdentityNumberInvalid(("/idNumber", "has a wrong length, birth date or check character"))
        now = self.clock()
        person_id = digest_id("psn", self.mac.digest(f"person:{number}".encode()))
        attempts = self.store.attempts(person_id, beijing_day(now))
        if not attempts.left:
            raise _exhausted(now)
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
        self.store.open(verification, _exhausted(now), first=not attempts.opened)
        return verification, address

    def complete(self, citizen: Citizen, verification_id: str) -> Verification:
        """Ask the payment app's server how the scan ended and keep the answer; ask again while it is pending.

        A scan counts once, however often it is asked about. Raises VerificationNotFound, VerificationExpired (never
        scanned, or never asked about, in time), FaceAttemptsExhausted, Unavailable.
        """
        verification = self._own(citizen.id, verification_id)
        now = self.clock()
        if verification.status is not VerificationStatus.PENDING:
            return verification
        if now >= verification.expires_at - SCAN_LIFE + ASKING_LIFE:
            raise VerificationExpired
        scan = self.app().result(verification.certify_id)
        if scan.passed is None:
            if now > verification.expires_at:
                raise VerificationExpired
            return verification
        if scan.passed:
            self._pass(citizen, verification, now)
        else:
            outcome = {"reason": scan.reason or Reason.OTHER}
            fail = self.store.close(verification_id, "fail", outcome)
            transact([fail, self.store.count_failed(verification)])
        closed = self._own(citizen.id, verification_id)
        log.event("face.closed", verification=verification_id, outcome=closed.status, reason=closed.reason)
        return closed

    def get(self, citizen: Citizen, verification_id: str) -> Verification:
        """One of the caller's face verifications as it stands; nobody is asked. Raises VerificationNotFound."""
        return self._own(citizen.id, verification_id)

    def attempts_left(self, verification: Verification) -> int:
        """How often this person's face may still be scanned on the day of this verification."""
        return self.store.attempts(verification.person_id, verification.day).left

    def _pass(self, citizen: Citizen, verification: Verification, now: datetime) -> None:
        """The scan, its receipt, and the session in which it serves: all together or nothing.

        The session remembers the face of its account's owner alone; a family member's stays with their scan.
        """
        valid_until = (now + VERIFICATION_LIFE).replace(microsecond=0)
        receipt = self.receipts.write(citizen, verification, now, valid_until)
        outcome = {"valid_until": rfc3339(valid_until), "receipt": receipt}
        writes = [
            self.store.close(verification.id, "pass", outcome),
            self.store.count_passed(verification, _exhausted(now)),
        ]
        if citizen.account.person_id in {None, verification.person_id}:
            session = (citizen.id, citizen.session_id)
            writes.append(self.accounts.keep_receipt(*session, verification.purpose, receipt))
        transact(writes)

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
            with suppress(
                Conflict, Forbidden, Gone
            ):  # it does not serve any more, or not here: look at the next one
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

    def passed(self, citizen: Citizen, verification_id: str, purpose: Purpose) -> Verification:
        """This citizen's passed face verification, for a step of `purpose`; name and number stay sealed.

        Raises VerificationNotFound, FacePending, FaceNotPassed, VerificationExpired, VerificationPurpose,
        VerificationSession, ReceiptInvalid.
        """
        verification = self._closed(citizen, verification_id)
        _require(self._receipt(verification), citizen, purpose, None)
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


def _exhausted(now: datetime) -> FaceAttemptsExhausted:
    return FaceAttemptsExhausted(ceil((day_end(beijing_day(now)) - now).total_seconds()))


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
