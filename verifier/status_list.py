"""A Token Status List (draft-ietf-oauth-status-list): what it says of one place. It must not know whose place it is."""

import zlib
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from verifier import tokens
from verifier.errors import Distrusted, NoStatement
from verifier.trust import Trust

KIND = "statuslist+jwt"
_MOST_BYTES = 1 << 26
_AHEAD = timedelta(seconds=60)
_NAMES = {0: "valid", 1: "revoked", 2: "suspended"}


@dataclass(frozen=True)
class Reference:
    """Where a certificate's status is: in which list, and at which place of it."""

    uri: str
    index: int


@dataclass(frozen=True)
class StatusList:
    """A list whose signature held."""

    uri: str
    issued_at: datetime
    expires_at: datetime | None
    bits: int
    array: bytes

    @classmethod
    def read(cls, text: str, trust: Trust, at: datetime) -> "StatusList":
        """The list in a Status List Token. Raises Distrusted."""
        token = tokens.read(text, trust, at)
        if token.kind != KIND:
            raise Distrusted("the status list is something else, though its signature is right")
        try:
            told = token.claims["status_list"]
            ends = token.claims.get("exp")
            return cls(
                token.claims["sub"],
                _moment(token.claims["iat"]),
                None if ends is None else _moment(ends),
                {1: 1, 2: 2, 4: 4, 8: 8}[told["bits"]],
                _inflated(told["lst"]),
            )
        except (KeyError, TypeError, ValueError, zlib.error) as error:
            raise Distrusted("the status list cannot be read, though its signature is right") from error

    def status(self, of: Reference, at: datetime) -> str:
        """`valid`, `revoked`, `suspended` or `status-N` at that time. Raises NoStatement where the list cannot know."""
        if of.uri != self.uri:
            raise NoStatement(f"this status list is {self.uri}, the certificate's is {of.uri}")
        if at < self.issued_at - _AHEAD:
            raise NoStatement("the status list is of a later time")
        if self.expires_at is not None and at >= self.expires_at:
            raise NoStatement("the status list was too old at that time: fetch it anew")
        per_byte = 8 // self.bits
        if not 0 <= of.index < len(self.array) * per_byte:
            raise NoStatement("the certificate's place is not in the list")
        byte = self.array[of.index // per_byte]
        value = byte >> (of.index % per_byte) * self.bits & ((1 << self.bits) - 1)
        return _NAMES.get(value, f"status-{value}")


def _inflated(lst: str) -> bytes:
    deflated = urlsafe_b64decode(lst + "=" * (-len(lst) % 4))
    inflate = zlib.decompressobj()
    array = inflate.decompress(deflated, _MOST_BYTES)
    if not inflate.eof:
        raise ValueError("it is cut off, or far too large")
    return array


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
