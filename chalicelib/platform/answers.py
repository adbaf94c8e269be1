"""Signed answers of other parties: a compact JWS (RFC 7515, EdDSA by RFC 8037) under a registered key.

Knows bytes and keys, never what is answered.
"""

import json
from base64 import b64encode
from binascii import Error as BadBase64
from hashlib import sha512

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.platform.tokens import unb64url


class NotAuthentic(ValueError):
    """Not signed by whom we asked, or no JWS at all."""


def request_hash(body: bytes) -> str:
    """How an answer names the request that it belongs to: base64 of the SHA-512 of its bytes."""
    return b64encode(sha512(body).digest()).decode()


def authentic(raw: bytes, kind: str, key_id: str, public_key: bytes) -> bytes:
    """The payload behind a signature by this key (Ed25519, raw). Algorithm and key come from us, not from the wire.

    `kind` is the header's `typ`. Raises NotAuthentic.
    """
    try:
        message, _, signature = raw.decode("ascii").rpartition(".")
        header, _, payload = message.partition(".")
        if json.loads(unb64url(header)) != {"alg": "EdDSA", "kid": key_id, "typ": kind}:
            raise NotAuthentic
        Ed25519PublicKey.from_public_bytes(public_key).verify(unb64url(signature), message.encode())
        return unb64url(payload)
    except (ValueError, BadBase64, InvalidSignature, RecursionError) as error:
        raise NotAuthentic from error
