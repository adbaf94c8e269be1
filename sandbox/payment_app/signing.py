"""RSA2 as the open platform defines it: SHA-256 with RSA, PKCS #1 v1.5, base64, over sorted `k=v` pairs.

Written apart from the service's own implementation, so that the two judge each other. It must not know
what is signed.
"""

import base64
import binascii
from collections.abc import Collection, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

REQUEST_OMITS = frozenset({"sign"})
"""A request's signature covers sign_type."""

NOTIFICATION_OMITS = frozenset({"sign", "sign_type"})
"""A payment notification's (trade_status_sync) does not."""


def signed_content(params: Mapping[str, str], omits: Collection[str]) -> bytes:
    """What a signature covers: every non-empty parameter, sorted by name, raw values."""
    pairs = (f"{name}={params[name]}" for name in sorted(params) if name not in omits and params[name] != "")
    return "&".join(pairs).encode()


def sign(key: RSAPrivateKey, content: bytes) -> str:
    """The signature over the content, in base64."""
    return base64.b64encode(key.sign(content, PKCS1v15(), SHA256())).decode()


def verifies(key: RSAPublicKey, content: bytes, signature: str) -> bool:
    """Whether the base64 signature is that key's over the content."""
    try:
        key.verify(base64.b64decode(signature, validate=True), content, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
