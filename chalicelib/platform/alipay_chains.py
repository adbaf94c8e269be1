"""X.509 as the payment app's certificate mode (公钥证书模式) wants it: certificates' names, and chains to a root.

A certificate's name is the platform's own: the MD5 of its issuer, ordered as RFC 4514 says, and its serial number in
decimal. A name is no proof of anything; the chain is. It must not know who asks, or where certificates are kept.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import md5

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    ExtensionNotFound,
    KeyUsage,
    load_pem_x509_certificates,
)
from cryptography.x509.oid import NameOID

_RSA = "1.2.840.113549.1.1"
"""The arc of PKCS #1: roots signed by elliptic curves or SM2 stand in the same file and are not named."""
_FEWEST_BITS = 2048
_LONGEST = 4
"""How many certificates may stand between a leaf and its root."""


class Untrusted(ValueError):
    """What a certificate lacks to be believed; the message holds no data of its own."""


def certificate_name(certificate: Certificate) -> str:
    """A certificate's name in requests and answers (`app_cert_sn`, `alipay_cert_sn`)."""
    text = f"{certificate.issuer.rfc4514_string()}{certificate.serial_number}"
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def root_name(roots: Sequence[Certificate]) -> str:
    """The names of the roots that RSA signed, joined by `_` in their file's order (`alipay_root_cert_sn`)."""
    signed = (each for each in roots if each.signature_algorithm_oid.dotted_string.startswith(_RSA))
    return "_".join(map(certificate_name, signed))


def read(pem: bytes) -> list[Certificate]:
    """The certificates of a file, the one it is about first. Raises Untrusted where there is none."""
    try:
        return load_pem_x509_certificates(pem)
    except ValueError as error:
        raise Untrusted("the file holds no certificates") from error


def chain(
    leaf: Certificate, between: Sequence[Certificate], roots: Sequence[Certificate], now: datetime
) -> list[Certificate]:
    """The certificates from a leaf up to one of the roots, both included. Raises Untrusted.

    Each must hold at `now`; between leaf and root stand only authorities, and only SHA-2 signs: a root's own
    signature proves nothing and is not looked at.
    """
    standing = [leaf]
    while len(standing) <= _LONGEST + 1:
        last = standing[-1]
        _check_signed_now(last, now)
        root = next((each for each in roots if _issued(each, last) and _holds(each, now)), None)
        if root:
            return [*standing, root]
        issuer = next((each for each in between if each not in standing and _issued(each, last)), None)
        if issuer is None or not _certifies(issuer):
            raise Untrusted("no chain leads to a root")
        standing.append(issuer)
    raise Untrusted("the chain is too long")


def rsa_key(certificate: Certificate) -> RSAPublicKey:
    """The key that a certificate is about. Raises Untrusted unless it is RSA of 2,048 bits or more."""
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError) as error:
        raise Untrusted("the key is of an unknown kind") from error
    if not isinstance(key, RSAPublicKey) or key.key_size < _FEWEST_BITS:
        raise Untrusted("the key is not RSA, or too short")
    return key


def holder(certificate: Certificate) -> str:
    """Whom a certificate names (the common name); "" where it names nobody."""
    named = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(named[0].value) if named else ""


def _check_signed_now(certificate: Certificate, now: datetime) -> None:
    if not _holds(certificate, now):
        raise Untrusted("a certificate is not yet valid, or no more")
    if not isinstance(certificate.signature_hash_algorithm, SHA256 | SHA384 | SHA512):
        raise Untrusted("a certificate is signed with a weak or unknown algorithm")


def _holds(certificate: Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def _issued(issuer: Certificate, certificate: Certificate) -> bool:
    if issuer.subject != certificate.issuer:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False
    return True


def _certifies(issuer: Certificate) -> bool:
    try:
        authority = issuer.extensions.get_extension_for_class(BasicConstraints).value.ca
        return authority and issuer.extensions.get_extension_for_class(KeyUsage).value.key_cert_sign
    except ExtensionNotFound:
        return False
