"""Authorities for signed documents, as the sandbox plays them but in this process: their keys are made once a run."""

from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from chalicelib.certificates import pdf
from sandbox.authority.stamping import StampSigner
from sandbox.trust import DOCUMENT_ISSUER, DOCUMENT_ROOT, STAMP_POLICY, STAMP_ROOT, Authority, pem_chain

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo
LISTS = "http://lists.test/"
KEY = ec.generate_private_key(ec.SECP256R1())
STAMP_KEY = ec.generate_private_key(ec.SECP256R1())


@cache
def root() -> Authority:
    """Whom everybody trusts about signers of documents."""
    return Authority.root(DOCUMENT_ROOT, ec.generate_private_key(ec.SECP256R1()), BEGAN, f"{LISTS}root")


@cache
def issuer() -> Authority:
    """Who certifies signers of documents."""
    key = ec.generate_private_key(ec.SECP256R1())
    return root().below(DOCUMENT_ISSUER, key, BEGAN, f"{LISTS}documents")


@cache
def time_root() -> Authority:
    """Who certifies stampers."""
    return Authority.root(STAMP_ROOT, ec.generate_private_key(ec.SECP256R1()), BEGAN, f"{LISTS}time")


@cache
def stamper() -> x509.Certificate:
    """Who stamps."""
    return time_root().stamper(STAMP_KEY.public_key(), BEGAN)


def certify(public_key_der: bytes) -> bytes:
    """A chain for a document key."""
    signer = issuer().document_signer(public_key_der, BEGAN)
    return pem_chain(signer, issuer().certificate, root().certificate)


@cache
def chain() -> bytes:
    """The chain of `KEY`."""
    return certify(KEY.public_key().public_bytes(Encoding.DER, SPKI))


def sign(message: bytes) -> bytes:
    """What a KMS does with `KEY`."""
    return KEY.sign(message, ec.ECDSA(hashes.SHA256()))


def signatory() -> pdf.Signatory:
    """Who signs here."""
    return pdf.Signatory.from_pem(chain(), sign)


def time_chain() -> pdf.Chain:
    """What a time-stamp authority is registered with."""
    return (stamper(), time_root().certificate)


def stamp_signer() -> StampSigner:
    """Who answers questions for stamps."""
    return StampSigner(stamper().public_bytes(Encoding.DER), STAMP_KEY, STAMP_POLICY.dotted_string)


def revocation_list(url: str, now: datetime, *revoked: int) -> bytes:
    """The list at this address."""
    authority = {"root": root, "documents": issuer, "time": time_root}[url.removeprefix(LISTS)]
    return authority().revocation_list(now, *revoked)
