"""The service as the outside world meets it, signing with its own code: two implementations judge each other."""

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from chalicelib.platform.signatures import RequestSigner
from tests.sandbox.outside import Api, Client, Reply


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class LocalSigner:
    """What KMS is to the service: ES256 with raw r and s."""

    key: EllipticCurvePrivateKey
    kid: str

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self.key.sign(message, ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)


@dataclass(slots=True)
class Service:
    """Publishes a key at its API and signs requests with it."""

    api: Api
    client: Client
    authority: str
    signer: LocalSigner = field(init=False)

    def __post_init__(self) -> None:
        self.turn_key("key-1")

    def turn_key(self, kid: str) -> None:
        """Sign with a fresh key from now on, and publish it alone."""
        self.signer = LocalSigner(generate_private_key(SECP256R1()), kid)
        numbers = self.signer.key.public_key().public_numbers()
        jwk = {"kty": "EC", "crv": "P-256", "kid": kid, "use": "sig"}
        point = {"x": b64url(numbers.x.to_bytes(32)), "y": b64url(numbers.y.to_bytes(32))}
        self.api.on("GET", "/.well-known/jwks.json", (200, {"keys": [{**jwk, **point}]}))

    def headers(
        self, path: str, body: bytes, tag: str, key: str = "01JREQUEST", now: float | None = None
    ) -> dict[str, str]:
        signer: Any = self.signer
        url = f"http://{self.authority}{path}"
        return RequestSigner(signer).headers(url, body, key=key, tag=tag, now=now or time.time())

    def post(self, path: str, body: Any, tag: str, **headers: str) -> Reply:
        raw = json.dumps(body, ensure_ascii=False).encode()
        return self.client.call("POST", path, raw, {**self.headers(path, raw, tag), **headers})
