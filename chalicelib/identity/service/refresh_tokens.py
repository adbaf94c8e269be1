"""Refresh tokens: which session, and how often it was refreshed, under a keyed hash. Knows no storage.

A token follows from what it says, so the lost answer to a refresh can be given again word for word, and nothing that
could be stolen from a table is kept there.
"""

import hmac
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from hashlib import sha256

from chalicelib.identity.errors import RefreshTokenInvalid
from chalicelib.identity.model.accounts import Refresh
from chalicelib.platform.keys import Mac, b64url
from chalicelib.types import ULID_LENGTH, decode_base32, encode_base32

_ID_BYTES = 16
_COUNT_BYTES = 4
_BODY_BYTES = 2 * _ID_BYTES + _COUNT_BYTES
_LENGTH = 91
"""Of the unpadded base64 of body and tag."""


@dataclass(frozen=True, slots=True)
class RefreshTokens:
    """Writes and reads refresh tokens."""

    mac: Mac

    def write(self, refresh: Refresh) -> str:
        """The one token that says this."""
        body = (
            _to_bytes(refresh.citizen_id)
            + _to_bytes(refresh.session_id)
            + refresh.generation.to_bytes(_COUNT_BYTES, "big")
        )
        return b64url(body + self._tag(body))

    def read(self, token: str) -> Refresh:
        """What a token of ours says, in its one spelling. Raises RefreshTokenInvalid."""
        if len(token) != _LENGTH or not token.isascii():
            raise RefreshTokenInvalid
        try:
            raw = urlsafe_b64decode(token + "=")
        except ValueError as error:
            raise RefreshTokenInvalid from error
        body, tag = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
        if not hmac.compare_digest(tag, self._tag(body)) or b64url(raw) != token:
            raise RefreshTokenInvalid
        return Refresh(
            citizen_id=_from_bytes("ctz", body[:_ID_BYTES]),
            session_id=_from_bytes("ses", body[_ID_BYTES : 2 * _ID_BYTES]),
            generation=int.from_bytes(body[2 * _ID_BYTES :], "big"),
        )

    def _tag(self, body: bytes) -> bytes:
        return hmac.digest(self.mac.derive("refresh-token"), body, sha256)


def _to_bytes(id_: str) -> bytes:
    return decode_base32(id_[-ULID_LENGTH:]).to_bytes(_ID_BYTES, "big")


def _from_bytes(prefix: str, raw: bytes) -> str:
    return f"{prefix}_{encode_base32(int.from_bytes(raw, 'big'), ULID_LENGTH)}"
