"""KMS in memory: real ciphers and real signatures under keys that live as long as the process."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.memory.errors import NotModelled, refused

_NONCE = 12
_LONGEST = 4096


@cache
def _secret(key: str) -> bytes:
    return secrets.token_bytes(32)


@cache
def _curve_key(key: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def _rsa_key(key: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


class Kms:
    """The client. It takes exactly the arguments that are named here, and keys for what they are made for alone."""

    def __init__(self, specs: Mapping[str, str]) -> None:
        """`specs`: the key's ARN -> its KeySpec."""
        self.specs = specs

    def encrypt(
        self, *, KeyId: str, Plaintext: bytes, EncryptionContext: Mapping[str, str], **unknown: Any
    ) -> dict[str, Any]:
        """Up to 4 kB, bound to the context."""
        cipher = self._cipher(KeyId, unknown)
        if not 0 < len(Plaintext) <= _LONGEST:
            raise refused("Encrypt", "ValidationException", "length of plaintext")
        nonce = secrets.token_bytes(_NONCE)
        return {"CiphertextBlob": nonce + cipher.encrypt(nonce, Plaintext, _context(EncryptionContext))}

    def decrypt(
        self, *, KeyId: str, CiphertextBlob: bytes, EncryptionContext: Mapping[str, str], **unknown: Any
    ) -> dict[str, Any]:
        """What was encrypted under the same key and context."""
        nonce, sealed = CiphertextBlob[:_NONCE], CiphertextBlob[_NONCE:]
        try:
            opened = self._cipher(KeyId, unknown).decrypt(nonce, sealed, _context(EncryptionContext))
        except (InvalidTag, ValueError) as error:
            raise refused("Decrypt", "InvalidCiphertextException") from error
        return {"Plaintext": opened}

    def _cipher(self, key: str, unknown: Mapping[str, Any]) -> AESGCM:
        self._fits(key, "SYMMETRIC_DEFAULT", unknown)
        return AESGCM(_secret(key))

    def generate_mac(
        self, *, KeyId: str, Message: bytes, MacAlgorithm: str, **unknown: Any
    ) -> dict[str, Any]:
        """HMAC-SHA-256."""
        self._fits(KeyId, "HMAC_256", unknown)
        if MacAlgorithm != "HMAC_SHA_256" or not 0 < len(Message) <= _LONGEST:
            raise refused("GenerateMac", "ValidationException", "algorithm or length of message")
        return {"Mac": hmac.digest(_secret(KeyId), Message, "sha256")}

    def sign(
        self, *, KeyId: str, Message: bytes, MessageType: str, SigningAlgorithm: str, **unknown: Any
    ) -> dict[str, Any]:
        """A DER signature of a P-256 key, or PKCS#1 v1.5 of an RSA key."""
        if MessageType == "RAW" and not 0 < len(Message) <= _LONGEST:
            raise refused("Sign", "ValidationException", "length of message")
        digest = hashlib.sha256(Message).digest() if MessageType == "RAW" else Message
        if SigningAlgorithm == "ECDSA_SHA_256":
            self._fits(KeyId, "ECC_NIST_P256", unknown)
            return {"Signature": _curve_key(KeyId).sign(digest, ec.ECDSA(Prehashed(SHA256())))}
        if SigningAlgorithm != "RSASSA_PKCS1_V1_5_SHA_256":
            raise NotModelled(SigningAlgorithm)
        self._fits(KeyId, "RSA_2048", unknown)
        return {"Signature": _rsa_key(KeyId).sign(digest, padding.PKCS1v15(), Prehashed(SHA256()))}

    def get_public_key(self, *, KeyId: str, **unknown: Any) -> dict[str, Any]:
        """The public half, DER."""
        made = _rsa_key(KeyId) if self.specs.get(KeyId) == "RSA_2048" else None
        if made is None:
            self._fits(KeyId, "ECC_NIST_P256", unknown)
        public = (made or _curve_key(KeyId)).public_key()
        return {"PublicKey": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)}

    def _fits(self, key: str, spec: str, unknown: Mapping[str, Any]) -> None:
        if unknown:
            raise NotModelled(f"the arguments {sorted(unknown)}")
        if key not in self.specs:
            raise refused("Key", "NotFoundException", "no such key")
        if self.specs[key] != spec:
            raise refused("Key", "InvalidKeyUsageException", f"the key is {self.specs[key]}")


def _context(context: Mapping[str, str]) -> bytes:
    return json.dumps(sorted(context.items())).encode()
