"""The payment app's certificate authority: a root, an authority for merchants and one for the platform itself.

Its files look like those of the real one: subjects of C, O, OU and CN, the platform's certificate followed by its
issuer's, and in the roots' file a root of another algorithm before the one that counts. Keys and certificates are made
when they are first asked for, and kept. It must not know what the certificates are good for.
"""

from collections.abc import Callable
from datetime import UTC, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from sandbox.clock import Clock
from sandbox.keys import KeyFolder
from sandbox.shelf import Shelf
from sandbox.trust import usage

ROOT_KEY = "payment-app-root"
MERCHANTS_KEY = "payment-app-class-1"
OWN_KEY = "payment-app-class-2"

_AUTHORITY = "Sandbox Payment Authority"
_KIND = "payment-app-authority"
_TWO_YEARS = timedelta(days=730)
_TWENTY_YEARS = timedelta(days=7300)


class Authority:
    """Issues certificates, as PEM."""

    def __init__(self, shelf: Shelf, clock: Clock, keys: KeyFolder) -> None:
        self._shelf = shelf
        self._clock = clock
        self._keys = keys

    def roots(self) -> str:
        """The roots' file."""
        return self._kept("roots", lambda: self._other_root() + self._root())

    def for_merchant(self, name: str, organisation: str, key: RSAPublicKey) -> str:
        """A new certificate for a merchant's app."""
        return self._issued(MERCHANTS_KEY, self._merchants(), _subject(organisation, "Merchants", name), key)

    def for_platform(self, name: str, organisation: str, key: RSAPublicKey) -> str:
        """A new certificate for the platform towards one merchant, followed by its issuer's."""
        issuer = self._own()
        return self._issued(OWN_KEY, issuer, _subject(organisation, "Platform", name), key) + issuer

    def _merchants(self) -> str:
        return self._kept("class-1", lambda: self._between("Class 1 R1", MERCHANTS_KEY))

    def _own(self) -> str:
        return self._kept("class-2", lambda: self._between("Class 2 R1", OWN_KEY))

    def _root(self) -> str:
        key, name = self._keys.rsa(ROOT_KEY), _authority("R1")
        builder = self._builder(name, name, _TWENTY_YEARS).public_key(key.public_key())
        return _pem(_certifying(builder).sign(key, SHA256()))

    def _other_root(self) -> str:
        """Nobody ever used its key, and nobody has it."""
        key, name = ec.generate_private_key(ec.SECP384R1()), _authority("E1")
        builder = self._builder(name, name, _TWENTY_YEARS).public_key(key.public_key())
        return _pem(_certifying(builder).sign(key, SHA256()))

    def _between(self, name: str, key_name: str) -> str:
        self.roots()  # the root comes first
        key = self._keys.rsa(key_name).public_key()
        builder = self._builder(_authority(name), _authority("R1"), _TWENTY_YEARS).public_key(key)
        return _pem(_certifying(builder).sign(self._keys.rsa(ROOT_KEY), SHA256()))

    def _issued(self, key_name: str, issuer: str, subject: x509.Name, key: RSAPublicKey) -> str:
        by = x509.load_pem_x509_certificate(issuer.encode()).subject
        builder = self._builder(subject, by, _TWO_YEARS).public_key(key)
        granted = usage("digital_signature", "content_commitment")
        signer: RSAPrivateKey = self._keys.rsa(key_name)
        return _pem(builder.add_extension(granted, critical=True).sign(signer, SHA256()))

    def _builder(self, subject: x509.Name, issuer: x509.Name, life: timedelta) -> x509.CertificateBuilder:
        begins = self._clock.now().astimezone(UTC).replace(microsecond=0) - timedelta(minutes=5)
        return x509.CertificateBuilder(
            issuer_name=issuer,
            subject_name=subject,
            serial_number=x509.random_serial_number(),
            not_valid_before=begins,
            not_valid_after=begins + life,
        )

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        with self._shelf.change():
            kept = self._shelf.get(_KIND, name)
            if kept is None:
                kept = {"pem": make()}
                self._shelf.put(_KIND, name, kept)
        return str(kept["pem"])


def _certifying(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    return builder.add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    ).add_extension(usage("key_cert_sign", "crl_sign"), critical=True)


def _authority(name: str) -> x509.Name:
    return _subject("zerotrip sandbox", "Certification Authority", f"{_AUTHORITY} {name}")


def _subject(organisation: str, unit: str, name: str) -> x509.Name:
    parts = (
        (NameOID.COUNTRY_NAME, "CN"),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        (NameOID.COMMON_NAME, name),
    )
    return x509.Name([x509.NameAttribute(*part) for part in parts])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
