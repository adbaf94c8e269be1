"""The demonstration's certificate authority: a root that certifies the key which signs documents.

Stands for the licensed authority that a real deployment buys its certificate from. It never sees the document
key's private half, which stays in KMS, and forgets its own root key as soon as the chain is made.
"""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # id-kp-documentSigning, RFC 9336
_YEARS = timedelta(days=365 * 3)


def document_chain(public_key_der: bytes, now: datetime | None = None) -> bytes:
    """A PEM chain for a P-256 SubjectPublicKeyInfo: the document signer's certificate, then its root."""
    begins = (now or datetime.now(UTC)) - timedelta(minutes=5)  # clocks differ
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _root(root_key, begins)
    leaf = _document_signer(public_key_der, root, root_key, begins)
    return b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in (leaf, root))


def _root(key: ec.EllipticCurvePrivateKey, begins: datetime) -> x509.Certificate:
    name = _name("zerotrip Sandbox Root CA")
    public = key.public_key()
    builder = (
        _certificate(name, name, begins)
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return builder.sign(key, hashes.SHA256())


def _document_signer(
    public_key_der: bytes, root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey, begins: datetime
) -> x509.Certificate:
    public = serialization.load_der_public_key(public_key_der)
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise TypeError("the document key must be an elliptic-curve key")
    subject = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        _certificate(_name("电子证照签发 Electronic Certificates (Sandbox)"), root.subject, begins)
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage("digital_signature", "content_commitment"), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(subject), critical=False
        )
    )
    return builder.sign(root_key, hashes.SHA256())


def _certificate(subject: x509.Name, issuer: x509.Name, begins: datetime) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        serial_number=x509.random_serial_number(),
        not_valid_before=begins,
        not_valid_after=begins + _YEARS,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "zerotrip sandbox"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def usage(*granted: str) -> x509.KeyUsage:
    """What a certificate's key may do: the uses named, no other."""
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{usage: usage in granted for usage in every})
