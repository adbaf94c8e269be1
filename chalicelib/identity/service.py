"""A citizen's verbs about identity: log in, open a face verification, complete it, rely on it."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from chalicelib.identity.errors import (
    FaceNotPassed,
    FacePending,
    IdentityNumberInvalid,
    VerificationExpired,
    VerificationNotFound,
    VerificationPurpose,
)
from chalicelib.identity.model import (
    SCAN_LIFE,
    SESSION_LIFE,
    VERIFICATION_LIFE,
    Account,
    Citizen,
    Person,
    Purpose,
    Session,
    Verification,
    VerificationStatus,
    identity_number,
    masked_name,
    masked_number,
)
from chalicelib.identity.store import IdentityStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Write
from chalicelib.platform.keys import Mac, Sealer
from chalicelib.platform.tokens import TokenInvalid, Tokens
from chalicelib.types import ULID_LENGTH, encode_base32, new_id, rfc3339

if TYPE_CHECKING:
    from chalicelib.identity.face import PaymentAppIdentity

_SESSION_TOKEN = "session+jwt"  # noqa: S105  (a token's kind, not a token)
_ULID_BYTES = 16


def _id_of(prefix: str, digest: bytes) -> str:
    return f"{prefix}_{encode_base32(int.from_bytes(digest[:_ULID_BYTES], 'big'), ULID_LENGTH)}"


@dataclass(frozen=True, slots=True)
class Identity:
    """Sessions and face verifications. `app` is made on first use: most requests only show a token."""

    store: IdentityStore
    app: Callable[[], PaymentAppIdentity]
    tokens: Tokens
    sealer: Sealer
    person_mac: Mac
    account_mac: Mac
    clock: Clock

    def log_in(self, auth_code: str) -> Session:
        """Open a session with the payment app's single-use code.

        The account is keyed on (app id, open id). Raises AuthCodeInvalid, Unavailable.
        """
        login = self.app().exchange_code(auth_code)
        now = self.clock()
        secret = self.account_mac.derive("account")
        digest = hmac.new(secret, f"{login.app_id}\0{login.open_id}".encode(), sha256).digest()
        fresh = Account(
            id=_id_of("ctz", digest),
            app_id=login.app_id,
            open_id=login.open_id,
            user_id=login.user_id,
            person_id=None,
            holder=None,
            number_masked=None,
        )
        account = self.store.keep_account(fresh, now)
        log.event("session.opened", citizen=account.id)
        return self._session(account, now)

    def _session(self, account: Account, now: datetime) -> Session:
        expires_at = (now + SESSION_LIFE).replace(microsecond=0)
        claims = {
            "sub": account.id,
            "sid": new_id("ses", now),
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
        }
        token = self.tokens.issue(_SESSION_TOKEN, claims)
        return Session(access_token=token, expires_at=expires_at, account=account)

    def recognise(self, token: str) -> Citizen:
        """Who holds this session token; checked in this process, no call. Raises TokenInvalid, TokenExpired."""
        claims = self.tokens.read(_SESSION_TOKEN, token, self.clock().timestamp())
        return Citizen(id=claims["sub"], session_id=claims["sid"])

    def account(self, citizen_id: str) -> Account:
        """A citizen's own account. Raises TokenInvalid where it is gone."""
        account = self.store.find_account(citizen_id)
        if account is None:
            raise TokenInvalid
        return account

    def open_verification(
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
        person_id = _id_of("psn", self.person_mac.digest(f"person:{number}".encode()))
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
        self.store.open_verification(verification, now)
        return verification, address

    def complete_verification(self, citizen: Citizen, verification_id: str) -> Verification:
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
        closed = self.store.close_verification(verification_id, event, changes)
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

    def recognised(self, citizen_id: str, person: Person) -> Write:
        """The write that notes on the account whose it is; committed by the step that relies on it."""
        return self.store.recognise(citizen_id, person.id, person.holder, person.number_masked)

    def _own(self, citizen_id: str, verification_id: str) -> Verification:
        verification = self.store.find_verification(verification_id)
        if verification is None or verification.citizen_id != citizen_id:
            raise VerificationNotFound
        return verification
