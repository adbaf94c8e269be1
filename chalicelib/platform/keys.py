"""Keys that never leave KMS: sealing, keyed hashes, signatures. Knows nothing of what is sealed or signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from chalicelib.platform import aws

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

_RAW_LIMIT = 4096
"""KMS hashes messages of up to this many bytes itself; longer ones are sent as a digest."""
_HALF = 32
"""Bytes of a coordinate of P-256, and of either half of a signature."""


def b64url(raw: bytes) -> str:
    """Base64 for URLs without padding (RFC 7515)."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def public_jwk(key: EllipticCurvePublicKey) -> dict[str, str]:
    """A P-256 key as a JWK; its `kid` is the RFC 7638 thumbprint."""
    numbers = key.public_numbers()
    point = {"x": b64url(numbers.x.to_bytes(_HALF, "big")), "y": b64url(numbers.y.to_bytes(_HALF, "big"))}
    members = {"crv": "P-256", "kty": "EC", **point}
    thumbprint = hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
    return members | {"kid": b64url(thumbprint), "use": "sig", "alg": "ES256"}


def raw_signature(der: bytes) -> bytes:
    """A P-256 signature's r and s, 32 bytes each, as JWS, COSE and RFC 9421 want it."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def verify_raw(key: EllipticCurvePublicKey, signature: bytes, message: bytes) -> None:
    """Check r and s, 32 bytes each, over the message's SHA-256. Raises InvalidSignature."""
    if len(signature) != 2 * _HALF:
        raise InvalidSignature
    r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    key.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals small secrets (up to 4 kB) under a symmetric key, bound to a context that must be given again."""

    key: str
    client: Callable[[], KMSClient] = aws.kms

    def seal(self, secret: Mapping[str, str], context: Mapping[str, str]) -> bytes:
        """Ciphertext of a JSON object; `context` is authenticated, not hidden."""
        plaintext = json.dumps(secret, ensure_ascii=False).encode()
        answer = aws.call(
            self.client().encrypt, KeyId=self.key, Plaintext=plaintext, EncryptionContext=dict(context)
        )
        return bytes(answer["CiphertextBlob"])

    def open(self, sealed: bytes, context: Mapping[str, str]) -> dict[str, str]:
        """The JSON object that was sealed under the same context."""
        answer = aws.call(
            self.client().decrypt, KeyId=self.key, CiphertextBlob=sealed, EncryptionContext=dict(context)
        )
        opened: dict[str, str] = json.loads(answer["Plaintext"])
        return opened


@dataclass(frozen=True)
class Mac:
    """Keyed hashes (HMAC-SHA-256) under a key that never leaves KMS, and short-lived keys derived from it."""

    key: str
    client: Callable[[], KMSClient] = aws.kms
    _derived: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    def digest(self, message: bytes) -> bytes:
        """32 bytes; one KMS call."""
        answer = aws.call(
            self.client().generate_mac, KeyId=self.key, Message=message, MacAlgorithm="HMAC_SHA_256"
        )
        return bytes(answer["Mac"])

    def derive(self, label: str) -> bytes:
        """A 32-byte key for `label`, the same in every process; one KMS call, then remembered by this process."""
        if label not in self._derived:
            self._derived[label] = self.digest(f"derive:{label}".encode())
        return self._derived[label]

    def hidden(self, label: str, text: str) -> str:
        """What stands for a text that we may not keep: 32 hexadecimal characters, the same for the same text."""
        return hmac.digest(self.derive(label), text.encode(), "sha256").hex()[:32]


class Es256Signer:
    """Signs with a P-256 key in KMS and knows its public half (fetched once per process)."""

    def __init__(self, key: str, client: Callable[[], KMSClient] = aws.kms) -> None:
        """`key` is the KMS key's ARN; no call is made yet."""
        self.key = key
        self.client = client

    def sign_der(self, message: bytes) -> bytes:
        """A DER signature over `message` (ECDSA, P-256, SHA-256), as X.509 and CMS want it."""
        return kms_sign(self.client, self.key, message, "ECDSA_SHA_256")

    def sign(self, message: bytes) -> bytes:
        """R and s, 32 bytes each, as JWS and RFC 9421 want it."""
        return raw_signature(self.sign_der(message))

    @cached_property
    def public_key(self) -> EllipticCurvePublicKey:
        """The public half."""
        answer = aws.call(self.client().get_public_key, KeyId=self.key)
        key = load_der_public_key(answer["PublicKey"])
        if not isinstance(key, EllipticCurvePublicKey):
            raise TypeError("the KMS key is not an elliptic-curve key")
        return key

    @cached_property
    def jwk(self) -> dict[str, str]:
        """The public half as a JWK; its `kid` is the RFC 7638 thumbprint."""
        return public_jwk(self.public_key)

    @property
    def kid(self) -> str:
        """The key's id on the wire."""
        return self.jwk["kid"]


@dataclass(frozen=True, slots=True)
class RsaSigner:
    """SHA256withRSA (PKCS#1 v1.5) with an RSA key in KMS."""

    key: str
    client: Callable[[], KMSClient] = aws.kms

    def sign(self, message: bytes) -> bytes:
        """The raw signature."""
        return kms_sign(self.client, self.key, message, "RSASSA_PKCS1_V1_5_SHA_256")


def kms_sign(client: Callable[[], KMSClient], key: str, message: bytes, algorithm: str) -> bytes:
    """One KMS Sign call; a long message is sent as its SHA-256 digest."""
    raw = len(message) <= _RAW_LIMIT
    answer = aws.call(
        client().sign,
        KeyId=key,
        Message=message if raw else hashlib.sha256(message).digest(),
        MessageType="RAW" if raw else "DIGEST",
        SigningAlgorithm=algorithm,
    )
    return bytes(answer["Signature"])
