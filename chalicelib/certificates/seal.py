"""Signs JSON with the document key, as a compact JWS that carries its own proof of origin (RFC 7515, x5c).

Whoever trusts the chain's root can check what we sealed without asking us. It must not know what is sealed.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from chalicelib.platform.keys import b64url, public_jwk
from chalicelib.platform.tokens import compact_json


@dataclass(frozen=True, slots=True)
class Seal:
    """The document key: its id, its certificates (base64 of DER, its own first, without the root), and a signature."""

    kid: str
    chain: tuple[str, ...]
    sign: Callable[[bytes], bytes]
    """From a message to r and s of ECDSA P-256 with SHA-256, 32 bytes each."""

    @classmethod
    def from_pem(cls, chain: bytes, sign: Callable[[bytes], bytes]) -> "Seal":
        """`chain`: the key's certificate in PEM, followed by its issuers'. Raises TypeError for another kind of key."""
        certificates = x509.load_pem_x509_certificates(chain)
        key = certificates[0].public_key()
        if not isinstance(key, EllipticCurvePublicKey):
            raise TypeError("the document key is not an elliptic-curve key")
        sent = [each for each in certificates if each.subject != each.issuer]
        encoded = tuple(b64encode(each.public_bytes(Encoding.DER)).decode() for each in sent)
        return cls(public_jwk(key)["kid"], encoded, sign)

    def header(self, kind: str) -> dict[str, Any]:
        """The protected header of a token of `kind` (its `typ`)."""
        return {"alg": "ES256", "kid": self.kid, "typ": kind, "x5c": list(self.chain)}

    def jws(self, kind: str, claims: Mapping[str, Any]) -> str:
        """The claims as a compact JWS; one signature."""
        message = f"{b64url(compact_json(self.header(kind)))}.{b64url(compact_json(dict(claims)))}"
        return f"{message}.{b64url(self.sign(message.encode()))}"
