"""Receipts of passed face scans: signed by us, bound to one session. Knows no storage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalicelib.identity.errors import ReceiptInvalid, VerificationExpired
from chalicelib.identity.model.faces import FACE_LEVEL, Purpose, Receipt, Verification
from chalicelib.platform.clock import Clock
from chalicelib.platform.tokens import TokenExpired, TokenInvalid, Tokens

if TYPE_CHECKING:
    from chalicelib.identity.model.accounts import Citizen

_KIND = "receipt+jwt"


@dataclass(frozen=True, slots=True)
class Receipts:
    """Writes and reads receipts (JWS compact, ES256)."""

    tokens: Tokens
    clock: Clock

    def write(self, citizen: Citizen, scan: Verification, now: datetime, valid_until: datetime) -> str:
        """The receipt of a scan that this citizen's session has just passed."""
        claims = {
            "sub": citizen.id,
            "sid": citizen.session_id,
            "person": scan.person_id,
            "level": FACE_LEVEL,
            "purpose": scan.purpose,
            "jti": scan.id,
            "iat": int(now.timestamp()),
            "exp": int(valid_until.timestamp()),
        }
        return self.tokens.issue(_KIND, claims)

    def read(self, text: str) -> Receipt:
        """What a receipt says. Raises ReceiptInvalid, VerificationExpired."""
        try:
            claims = self.tokens.read(_KIND, text, self.clock().timestamp())
        except TokenExpired as error:
            raise VerificationExpired from error
        except TokenInvalid as error:
            raise ReceiptInvalid from error
        return Receipt(
            verification_id=claims["jti"],
            citizen_id=claims["sub"],
            session_id=claims["sid"],
            person_id=claims["person"],
            level=claims["level"],
            purpose=Purpose(claims["purpose"]),
            scanned_at=datetime.fromtimestamp(claims["iat"], UTC),
            valid_until=datetime.fromtimestamp(claims["exp"], UTC),
        )
