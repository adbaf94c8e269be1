"""Whom one trusts: roots by their certificates (PEM), or keys by their ids (JWKS). It must not know what is signed."""

import json
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)

from verifier.errors import Distrusted


@dataclass(frozen=True)
class Trust:
    """Roots and keys that were got from somewhere else than the file that is checked."""

    roots: tuple[x509.Certificate, ...] = ()
    keys: dict[str, EllipticCurvePublicKey] = field(default_factory=dict)
    _checked: dict[tuple[datetime, tuple[str, ...]], tuple[EllipticCurvePublicKey, str]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """Chains that held, by the moment of asking: a certificate and its status list are of one signer."""

    @classmethod
    def read(cls, roots: Sequence[Path], jwks: Sequence[Path]) -> "Trust":
        """Of a PEM file the certificates that issued themselves are roots; of a JWKS every P-256 key is a key."""
        found = cls.of(b"".join(path.read_bytes() + b"\n" for path in roots)).roots if roots else ()
        keys = [key for path in jwks for key in json.loads(path.read_bytes())["keys"]]
        usable = {key["kid"]: _public(key) for key in keys if key.get("crv") == "P-256" and "kid" in key}
        return cls(found, usable)

    @classmethod
    def of(cls, pem: bytes) -> "Trust":
        """The roots in a PEM file's bytes."""
        found = x509.load_pem_x509_certificates(pem)
        return cls(tuple(each for each in found if each.subject == each.issuer))

    def key(self, header: dict[str, object], at: datetime) -> tuple[EllipticCurvePublicKey, str]:
        """The key that must have signed a token with this header, and whose it is. Raises Distrusted."""
        kid, chain = header.get("kid"), header.get("x5c")
        if isinstance(kid, str) and kid in self.keys:
            return self.keys[kid], f"kid {kid}"
        if not isinstance(chain, list) or not chain:
            raise Distrusted(
                "the signer's key is not among the trusted ones, and no certificates came with it"
            )
        known = at, tuple(map(str, chain))
        if known not in self._checked:
            self._checked[known] = self._leaf(known[1], at)
        return self._checked[known]

    def _leaf(self, chain: tuple[str, ...], at: datetime) -> tuple[EllipticCurvePublicKey, str]:
        leaf = self.chained([x509.load_der_x509_certificate(b64decode(each)) for each in chain], at)
        key = leaf.public_key()
        if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
            raise Distrusted("the signer's key is not of P-256")
        return key, leaf.subject.rfc4514_string()

    def chained(self, certificates: Sequence[x509.Certificate], at: datetime) -> x509.Certificate:
        """The first certificate, if the others lead from it to a trusted root. Raises Distrusted."""
        path = [*certificates]
        root = next((each for each in self.roots if each.subject == path[-1].issuer), None)
        if root is None:
            raise Distrusted("the signer's certificates do not lead to a trusted root")
        if path[-1] != root:
            path.append(root)
        for depth, (issued, issuer) in enumerate(pairwise(path)):
            _require_issued(issued, issuer, depth)
        for each in path:
            if not each.not_valid_before_utc <= at <= each.not_valid_after_utc:
                raise Distrusted("a certificate of the signer is not valid at that time")
        if not _uses(path[0]).digital_signature:
            raise Distrusted("the signer's certificate is not for signatures")
        return path[0]


def _require_issued(issued: x509.Certificate, issuer: x509.Certificate, depth: int) -> None:
    try:
        issued.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise Distrusted("a certificate of the signer was not issued by the next one") from error
    constraints = _constraints(issuer)
    longest = constraints.path_length
    if not constraints.ca or not _uses(issuer).key_cert_sign or (longest is not None and depth > longest):
        raise Distrusted("a certificate of the signer was issued by one that may not")


def _constraints(certificate: x509.Certificate) -> x509.BasicConstraints:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return x509.BasicConstraints(ca=False, path_length=None)


def _uses(certificate: x509.Certificate) -> x509.KeyUsage:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        raise Distrusted("a certificate of the signer does not say what it is for") from None


def _public(jwk: dict[str, str]) -> EllipticCurvePublicKey:
    x, y = (int.from_bytes(urlsafe_b64decode(jwk[name] + "==="), "big") for name in ("x", "y"))
    return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
