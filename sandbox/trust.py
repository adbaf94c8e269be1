"""The demonstration's certificate authorities: what they issue, as certificates and lists of revoked ones.

Stands for the licensed authorities that a real deployment buys its certificates from: one that certifies who signs
documents, by an issuing authority under its root, and one that certifies who stamps times. Pure: whoever calls holds
the keys. It never sees the document key's private half, which stays in KMS.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # id-kp-documentSigning, RFC 9336
DOCUMENT_POLICY = ObjectIdentifier("1.3.6.1.4.1.32473.1.1")  # under the number for examples, RFC 5612
STAMP_POLICY = ObjectIdentifier("1.3.6.1.4.1.32473.1.2")
DOCUMENT_ROOT = "zerotrip Sandbox Root CA"
DOCUMENT_ISSUER = "zerotrip Sandbox Document CA"
STAMP_ROOT = "zerotrip Sandbox Time Root CA"
_SIGNER = "电子证照签发 Electronic Certificates (Sandbox)"
_STAMPER = "可信时间戳 Time Stamps (Sandbox)"
_YEAR = timedelta(days=365)
_ROOT_YEARS, _ISSUER_YEARS, _SIGNER_YEARS = 20, 10, 3
_LIST_LIFE = timedelta(days=7)
_CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority: its key, its certificate, and where it publishes its list, if it does."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    list_url: str | None = None

    @classmethod
    def root(
        cls, name: str, key: ec.EllipticCurvePrivateKey, now: datetime, list_url: str | None = None
    ) -> "Authority":
        """One that nobody certifies but itself."""
        builder = _certifying(_certificate(_name(name), _name(name), now, _ROOT_YEARS), key.public_key(), 1)
        return cls(key, builder.sign(key, hashes.SHA256()), list_url)

    def below(
        self, name: str, key: ec.EllipticCurvePrivateKey, now: datetime, list_url: str | None = None
    ) -> "Authority":
        """An authority that this one certifies, for certificates of no further authorities."""
        blank = _certificate(_name(name), self.certificate.subject, now, _ISSUER_YEARS)
        builder = _certifying(blank, key.public_key(), 0)
        return Authority(key, self._signed(builder), list_url)

    def document_signer(self, public_key_der: bytes, now: datetime) -> x509.Certificate:
        """A certificate for a P-256 key (SubjectPublicKeyInfo) that signs documents."""
        key = serialization.load_der_public_key(public_key_der)
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise TypeError("the document key must be an elliptic-curve key")
        uses = x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = self._subscriber(_SIGNER, key, now, DOCUMENT_POLICY)
        builder = builder.add_extension(usage("digital_signature", "content_commitment"), critical=True)
        return self._signed(builder.add_extension(uses, critical=False))

    def stamper(self, key: ec.EllipticCurvePublicKey, now: datetime) -> x509.Certificate:
        """A certificate for a key that signs time stamps and nothing else (RFC 3161 2.3)."""
        builder = self._subscriber(_STAMPER, key, now, STAMP_POLICY)
        builder = builder.add_extension(usage("digital_signature"), critical=True)
        uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        return self._signed(builder.add_extension(uses, critical=True))

    def revocation_list(self, now: datetime, *revoked: int) -> bytes:
        """Its list (DER) as of now, with these serial numbers on it."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now - _CLOCKS_DIFFER)
            .next_update(now + _LIST_LIFE)
            .add_extension(self._named(), critical=False)
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        )
        for number in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(now)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def _subscriber(
        self, name: str, key: ec.EllipticCurvePublicKey, now: datetime, policy: ObjectIdentifier
    ) -> x509.CertificateBuilder:
        return (
            _certificate(_name(name), self.certificate.subject, now, _SIGNER_YEARS)
            .public_key(key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.CertificatePolicies([x509.PolicyInformation(policy, None)]), critical=False)
        )

    def _signed(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        builder = builder.add_extension(self._named(), critical=False)
        if self.list_url:
            where = [x509.UniformResourceIdentifier(self.list_url)]
            points = x509.CRLDistributionPoints([x509.DistributionPoint(where, None, None, None)])
            builder = builder.add_extension(points, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def _named(self) -> x509.AuthorityKeyIdentifier:
        own = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def document_chain(public_key_der: bytes, now: datetime | None = None) -> bytes:
    """A PEM chain for a P-256 key, by authorities that forget their own keys at once: signer, issuer, root."""
    moment = now or datetime.now(UTC)
    root = Authority.root(DOCUMENT_ROOT, ec.generate_private_key(ec.SECP256R1()), moment)
    issuer = root.below(DOCUMENT_ISSUER, ec.generate_private_key(ec.SECP256R1()), moment)
    signer = issuer.document_signer(public_key_der, moment)
    return pem_chain(signer, issuer.certificate, root.certificate)


def pem_chain(*certificates: x509.Certificate) -> bytes:
    """A certificate and its issuers as one file."""
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in certificates)


def _certificate(subject: x509.Name, issuer: x509.Name, now: datetime, years: int) -> x509.CertificateBuilder:
    begins = now - _CLOCKS_DIFFER
    return x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        serial_number=x509.random_serial_number(),
        not_valid_before=begins,
        not_valid_after=begins + years * _YEAR,
    )


def _certifying(
    builder: x509.CertificateBuilder, key: ec.EllipticCurvePublicKey, below: int
) -> x509.CertificateBuilder:
    return (
        builder.public_key(key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
        .add_extension(usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
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
