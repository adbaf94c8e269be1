"""HTTP message signatures (RFC 9421) as the outside world makes and checks them, by the library of that name.

The service has an implementation of its own; this one is its independent peer. It must not know who signs.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    MappingKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from sandbox.origin.routing import Refused, Request

SIGNED_BY_INSTITUTIONS = (
    "@method",
    "@authority",
    "@path",
    "@query",
    "content-type",
    "content-digest",
    "idempotency-key",
)
SIGNED_BY_SERVICE = ("@method", "@authority", "@path", "content-type", "content-digest", "idempotency-key")
LIFE = timedelta(seconds=120)
LONGEST_LIFE_SECONDS = 300
NONCE_MEMORY = 100_000

FindKey = Callable[[str], EllipticCurvePublicKey | None]


@dataclass(frozen=True, slots=True)
class _Message:
    """A request as the library wants to see it."""

    method: str
    url: str
    headers: dict[str, str]


class _FoundKeys(HTTPSignatureKeyResolver):
    def __init__(self, find: FindKey) -> None:
        self._find = find

    def resolve_public_key(self, key_id: str) -> EllipticCurvePublicKey | None:
        """The key of that id, or None."""
        return self._find(key_id)


def sign_request(
    key: Ed25519PrivateKey, key_id: str, request: tuple[str, str, bytes], idempotency_key: str, now: datetime
) -> dict[str, str]:
    """The headers with which an institution sends (method, url, body) at `now`: profile `sc-callback`."""
    method, url, body = request
    message = _Message(
        method, url, {"Content-Type": "application/json", "Idempotency-Key": f'"{idempotency_key}"'}
    )
    HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={key_id: key}),
    ).sign(
        message,
        key_id=key_id,
        created=now,
        expires=now + LIFE,
        nonce=secrets.token_urlsafe(16),
        label="sig1",
        tag="sc-callback",
        covered_component_ids=SIGNED_BY_INSTITUTIONS,
        body=body,
    )
    return message.headers


class ServiceSignatures:
    """Checks that a request was signed by the service for a purpose, whole and only once."""

    def __init__(self, find_key: FindKey, authority: str) -> None:
        self._verifier = HTTPMessageVerifier(
            signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=_FoundKeys(find_key)
        )
        self._authority = authority
        self._lock = Lock()
        self._nonces: dict[str, None] = {}

    def check(self, request: Request, tag: str) -> Mapping[str, Any]:
        """The signature's parameters; raises Refused 401 with the reason."""
        url = f"http://{self._authority}{request.path}" + (f"?{request.query}" if request.query else "")
        message = _Message(request.method, url, dict(request.headers.items()))
        try:
            results = self._verifier.verify(
                message,
                max_age=timedelta(seconds=LONGEST_LIFE_SECONDS),
                expect_tag=tag,
                require_components=SIGNED_BY_SERVICE,
                body=request.body,
            )
        except HTTPMessageSignaturesException as error:
            raise Refused(401, "signature-invalid", str(error) or "the signature does not verify") from None
        return self._used_once(results[0].parameters)

    def _used_once(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        nonce, life = parameters.get("nonce"), _life(parameters)
        if not isinstance(nonce, str) or not 0 < life <= LONGEST_LIFE_SECONDS:
            raise Refused(401, "signature-invalid", "the signature has no nonce, or lives too long")
        with self._lock:
            if nonce in self._nonces:
                raise Refused(401, "signature-replayed", "this signature was used before")
            self._nonces[nonce] = None
            if len(self._nonces) > NONCE_MEMORY:
                del self._nonces[next(iter(self._nonces))]
        return parameters


def _life(parameters: Mapping[str, Any]) -> int:
    return int(parameters.get("expires", 0)) - int(parameters.get("created", 0))
