"""The sandbox's own key pairs: made once, kept in the state folder, readable by their owner alone.

It must not know what the keys sign.
"""

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

SEED_BYTES = 32


class KeyFolder:
    """Keys by name under one folder; the first request for a name makes the key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def rsa(self, name: str) -> RSAPrivateKey:
        """The RSA key of that name (2048 bits: what RSA2 prescribes)."""
        pem = self._kept(f"{name}.pem", lambda: _pem(generate_private_key(65537, 2048)))
        # Our own file: proving its primes again would cost a tenth of a second at every start.
        key = load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
        return cast(RSAPrivateKey, key)

    def ec(self, name: str) -> EllipticCurvePrivateKey:
        """The P-256 key of that name."""
        pem = self._kept(f"{name}.pem", lambda: _pem(generate_ec_key(SECP256R1())))
        return cast(EllipticCurvePrivateKey, load_pem_private_key(pem, None))

    def ed25519(self, name: str) -> Ed25519PrivateKey:
        """The Ed25519 key of that name."""
        pem = self._kept(f"{name}.pem", lambda: _pem(Ed25519PrivateKey.generate()))
        return cast(Ed25519PrivateKey, load_pem_private_key(pem, None))

    def derived_ed25519(self, seed_name: str, purpose: str) -> Ed25519PrivateKey:
        """One of many Ed25519 keys drawn from a single kept seed: a hundred keys for one file."""
        seed = self._kept(f"{seed_name}.seed", lambda: secrets.token_bytes(SEED_BYTES))
        hkdf = HKDF(algorithm=hashes.SHA256(), length=SEED_BYTES, salt=None, info=purpose.encode())
        return Ed25519PrivateKey.from_private_bytes(hkdf.derive(seed))

    def _kept(self, file_name: str, make: Callable[[], bytes]) -> bytes:
        path = self._folder / file_name
        if not path.exists():
            _write_once(path, make())
        return path.read_bytes()


def public_raw(key: Ed25519PublicKey) -> str:
    """An Ed25519 public key as base64 of its 32 bytes."""
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def public_spki(key: RSAPublicKey) -> str:
    """An RSA public key as base64 of its DER SubjectPublicKeyInfo, the form the open platform shows."""
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def public_jwk(key: Ed25519PublicKey) -> dict[str, str]:
    """An Ed25519 public key as a JWK (RFC 8037); its kid is the RFC 7638 thumbprint."""
    members = {
        "crv": "Ed25519",
        "kty": "OKP",
        "x": base64url(key.public_bytes(Encoding.Raw, PublicFormat.Raw)),
    }
    thumbprint = hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
    return {**members, "kid": base64url(thumbprint), "use": "sig", "alg": "EdDSA"}


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _pem(key: RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_once(path: Path, data: bytes) -> None:
    """Write beside and link into place, so that two starts at once agree on one key."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
