"""Signed tokens (JWS compact, ES256 only). Knows claims as plain data, never whose session or visit they tell of.

The format is RFC 7515/7519; signing happens in KMS, checking in this process with the public key. Own code, because
a library cannot sign with a key that it may not hold; `tests` check it against one.
"""

import json
from base64 import urlsafe_b64decode
from binascii import Error as BadBase64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature

from chalicelib.errors import Unauthenticated
from chalicelib.platform.keys import Es256Signer, b64url, verify_raw

_LONGEST = 4096


class TokenInvalid(Unauthenticated):
    """The token is not one of ours, or was changed."""

    code = "token-invalid"
    title = "The access token is not valid; please log in again"
    title_zh = "登录凭证无效，请重新登录"


class TokenExpired(Unauthenticated):
    """The token was ours, and its time is over."""

    code = "token-expired"
    title = "The access token has expired; please log in again"
    title_zh = "登录已过期，请重新登录"


def unb64url(text: str) -> bytes:
    """Bytes behind unpadded URL-safe base64; ValueError on anything else."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


_compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


def compact_json(value: object) -> bytes:
    """JSON without spaces."""
    return _compact.encode(value).encode()


@dataclass(frozen=True, slots=True)
class Tokens:
    """Issues and reads the tokens of one issuer.

    `others` sign nothing, but what they signed is valid: so keys change without anybody being logged out.
    """

    signer: Es256Signer
    issuer: str
    others: tuple[Es256Signer, ...] = ()

    @property
    def jwks(self) -> list[dict[str, str]]:
        """The public halves of every key whose tokens are valid."""
        return [each.jwk for each in (self.signer, *self.others)]

    def issue(self, kind: str, claims: Mapping[str, Any]) -> str:
        """A signed token of `kind` (its `typ`); `claims` must hold `exp` in Unix seconds."""
        header = {"alg": "ES256", "kid": self.signer.kid, "typ": kind}
        message = f"{b64url(compact_json(header))}.{b64url(compact_json({'iss': self.issuer, **claims}))}"
        return f"{message}.{b64url(self.signer.sign(message.encode()))}"

    def read(self, kind: str, token: str, now: float) -> dict[str, Any]:
        """The claims of a token of `kind`. Raises TokenInvalid, TokenExpired.

        Algorithm and key come from us, never from the token; another kind's token is refused.
        """
        if len(token) > _LONGEST:
            raise TokenInvalid
        try:
            message, _, signature = token.rpartition(".")
            header, _, payload = message.partition(".")
            parsed = json.loads(unb64url(header))
            signer = self._signer(parsed)
            verify_raw(signer.public_key, unb64url(signature), message.encode())
            claims: dict[str, Any] = json.loads(unb64url(payload))
        except (ValueError, BadBase64, InvalidSignature, RecursionError) as error:
            raise TokenInvalid from error
        if parsed != {"alg": "ES256", "kid": signer.kid, "typ": kind}:
            raise TokenInvalid
        if claims["exp"] <= now:
            raise TokenExpired
        return claims

    def _signer(self, header: object) -> Es256Signer:
        """Whose token it says it is; another key than the present one is fetched only for a token that names one."""
        kid = header.get("kid") if isinstance(header, dict) else None
        for signer in (self.signer, *self.others):
            if signer.kid == kid:
                return signer
        raise TokenInvalid
