"""Certificates of any shape, for tests of who is believed: right ones, and each way to be wrong."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ROOT, MERCHANTS, PLATFORM = "CN=Root R1,O=Test,C=CN", "CN=Class 1,O=Test,C=CN", "CN=Class 2,O=Test,C=CN"
US = "CN=支付宝-2088000000000001,O=一家医院,C=CN"

Signer = RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def rsa(name: str, bits: int = 2048) -> RSAPrivateKey:
    """A key by name: making one is slow."""
    return generate_private_key(65537, bits)


@cache
def elliptic() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certificate(
    subject: str,
    issuer: str,
    key: Signer,
    signer: Signer,
    *,
    ca: bool = False,
    begins: datetime = datetime(2020, 1, 1, tzinfo=UTC),
    ends: datetime = datetime(2090, 1, 1, tzinfo=UTC),
    serial: int | None = None,
) -> x509.Certificate:
    """One certificate; names as RFC 4514 writes them, the most specific part first."""
    builder = x509.CertificateBuilder(
        issuer_name=x509.Name.from_rfc4514_string(issuer),
        subject_name=x509.Name.from_rfc4514_string(subject),
        public_key=key.public_key(),
        serial_number=serial or x509.random_serial_number(),
        not_valid_before=begins,
        not_valid_after=ends,
    )
    if ca:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        builder = builder.add_extension(_certifies(), critical=True)
    return builder.sign(signer, SHA256())


def _certifies() -> x509.KeyUsage:
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    never: dict[str, Any] = dict.fromkeys(
        (*others, "digital_signature", "encipher_only", "decipher_only"), False
    )
    return x509.KeyUsage(key_cert_sign=True, crl_sign=True, **never)


@cache
def root() -> x509.Certificate:
    return certificate(ROOT, ROOT, rsa("root"), rsa("root"), ca=True)


@cache
def class_1() -> x509.Certificate:
    """Who certifies merchants."""
    return certificate(MERCHANTS, ROOT, rsa("class-1"), rsa("root"), ca=True)


@cache
def class_2() -> x509.Certificate:
    """Who certifies the platform."""
    return certificate(PLATFORM, ROOT, rsa("class-2"), rsa("root"), ca=True)


def platform(key: RSAPrivateKey, subject: str = US, **wrong: Any) -> x509.Certificate:
    """The platform's certificate towards us."""
    return certificate(subject, PLATFORM, key, rsa("class-2"), **wrong)


def merchant(key: RSAPrivateKey, subject: str) -> x509.Certificate:
    """A merchant's certificate: it leads to the same root."""
    return certificate(subject, MERCHANTS, key, rsa("class-1"))


def pem(*certificates: x509.Certificate) -> bytes:
    """A file of certificates."""
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


@cache
def other_root(subject: str = ROOT) -> x509.Certificate:
    """A root of the same name with another key."""
    return certificate(subject, subject, rsa("stranger"), rsa("stranger"), ca=True)
