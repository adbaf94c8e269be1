"""A citizen's verbs about face scans: open one, complete it, look at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

from chalicelib.identity.errors import FaceAttemptsExhausted, VerificationExpired, VerificationNotFound
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import (
    ASKING_LIFE,
    SCAN_LIFE,
    VERIFICATION_LIFE,
    Purpose,
    Verification,
    VerificationStatus,
    beijing_day,
    day_end,
)
from chalicelib.identity.model.reasons import Reason
from chalicelib.identity.service.persons import Persons
from chalicelib.identity.service.receipts import Receipts
from chalicelib.identity.store.accounts import AccountStore
from chalicelib.identity.store.faces import FaceStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import transact
from chalicelib.types import new_id, rfc3339

if TYPE_CHECKING:
    from chalicelib.identity.face import PaymentAppIdentity


@dataclass(frozen=True, slots=True)
class Scans:
    """Face scans, from opening to their outcome."""

    store: FaceStore
    accounts: AccountStore
    receipts: Receipts
    persons: Persons
    app: Callable[[], PaymentAppIdentity]
    clock: Clock

    def open(
        self, citizen: Citizen, real_name: str, id_number: str, purpose: Purpose
    ) -> tuple[Verification, str]:
        """Open a face scan of this person; returns it and the address of the scan.

        Name and number are sealed under a key that never leaves KMS, bound to the person's id. Raises
        IdentityNumberInvalid, FaceAttemptsExhausted (per person and day of Beijing's), Unavailable.
        """
        now = self.clock()
        person = self.persons.of(real_name, id_number)
        attempts = self.store.attempts(person.id, beijing_day(now))
        if not attempts.left:
            raise _exhausted(now)
        verification_id = new_id("face", now)
        order_number = "ZTFACE" + verification_id.removeprefix("face_")
        certify_id, address = self.app().open_scan(order_number, real_name, person.id_number)
        verification = Verification(
            id=verification_id,
            citizen_id=citizen.id,
            person_id=person.id,
            certify_id=certify_id,
            purpose=purpose,
            status=VerificationStatus.PENDING,
            holder=person.holder,
            number_masked=person.number_masked,
            sealed=person.sealed,
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
        verification = self.get(citizen, verification_id)
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
        closed = self.get(citizen, verification_id)
        log.event("face.closed", verification=verification_id, outcome=closed.status, reason=closed.reason)
        return closed

    def get(self, citizen: Citizen, verification_id: str) -> Verification:
        """One of the caller's face verifications as it stands; nobody is asked. Raises VerificationNotFound."""
        verification = self.store.find(verification_id)
        if verification is None or verification.citizen_id != citizen.id:
            raise VerificationNotFound
        return verification

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


def _exhausted(now: datetime) -> FaceAttemptsExhausted:
    return FaceAttemptsExhausted(ceil((day_end(beijing_day(now)) - now).total_seconds()))
