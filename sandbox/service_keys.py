"""The service's public keys, fetched from its `/.well-known/jwks.json` and kept until an unknown one appears.

It must not know what they verify.
"""

import base64
import json
import time
from threading import Lock
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)

from sandbox.calls import Unreachable, call

SHORTEST_PAUSE_SECONDS = 1.0
"""A flood of unknown key ids must not become a flood of fetches."""


class ServiceKeys:
    """EC P-256 keys by kid."""

    def __init__(self, jwks_url: str) -> None:
        self._url = jwks_url
        self._lock = Lock()
        self._fetched_at = float("-inf")
        self._keys: dict[str, EllipticCurvePublicKey] = {}

    def find(self, kid: str) -> EllipticCurvePublicKey | None:
        """The key of that id, fetched again when it is new; None when the service does not publish it."""
        with self._lock:
            if kid not in self._keys and time.monotonic() - self._fetched_at >= SHORTEST_PAUSE_SECONDS:
                self._keys = self._fetch() or self._keys
                self._fetched_at = time.monotonic()
            return self._keys.get(kid)

    def _fetch(self) -> dict[str, EllipticCurvePublicKey]:
        try:
            reply = call("GET", self._url, {}, b"")
            published = json.loads(reply.body)["keys"]
        except (Unreachable, ValueError, KeyError, TypeError):
            return {}
        return {
            jwk["kid"]: _public_key(jwk) for jwk in published if jwk.get("crv") == "P-256" and "kid" in jwk
        }


def _public_key(jwk: dict[str, Any]) -> EllipticCurvePublicKey:
    x, y = (int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "==")) for name in ("x", "y"))
    return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
