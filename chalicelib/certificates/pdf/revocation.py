"""Proof that our signer's and our stamper's certificates were not revoked: their issuers' lists (RFC 5280 5).

A list is fetched from the address that the certificate itself names, kept while it is fresh, and given with every
signature, so that whoever validates one later needs nothing from anybody. Where an issuer offers no list, or does not
answer, the signature goes without. It must not know what is signed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from chalicelib.errors import Unavailable
from chalicelib.platform import log, web
from chalicelib.platform.clock import Clock

_SECONDS = 1.5
_LARGEST = 8 * 1024
"""A list goes into every certificate; an authority whose list is larger is asked for smaller ones."""
_FRESH = timedelta(hours=1)
_SILENCE = timedelta(minutes=1)
_CLOCKS_DIFFER = timedelta(minutes=5)

Fetch = Callable[[str], bytes]
Chain = tuple[x509.Certificate, ...]
"""A certificate, then its issuers'."""


class SignerRevoked(Unavailable):
    """The authority has revoked a certificate that we sign with: nothing may be signed until there is another."""


@dataclass(slots=True)
class _Kept:
    crl: x509.CertificateRevocationList | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Revocations:
    """The lists of some chains' issuers."""

    fetch: Fetch
    chains: tuple[Chain, ...]
    clock: Clock
    _kept: dict[str, _Kept] = field(default_factory=dict)

    def lists(self) -> tuple[bytes, ...]:
        """Each list that is to be had (DER), once. Raises SignerRevoked."""
        now = self.clock()
        found: dict[str, bytes] = {}
        for certificate, issuer, url in self._named():
            crl = self._list(url, issuer, now)
            if crl is None:
                continue
            if crl.get_revoked_certificate_by_serial_number(certificate.serial_number):
                raise SignerRevoked
            found[url] = crl.public_bytes(Encoding.DER)
        return tuple(found.values())

    def _named(self) -> Iterator[tuple[x509.Certificate, x509.Certificate, str]]:
        """Each certificate with its issuer's and the address of that issuer's list."""
        for chain in self.chains:
            for certificate, issuer in pairwise(chain):
                url = _address(certificate)
                if url:
                    yield certificate, issuer, url

    def _list(
        self, url: str, issuer: x509.Certificate, now: datetime
    ) -> x509.CertificateRevocationList | None:
        kept = self._kept.get(url)
        if kept is None or now >= kept.until:
            self._kept[url] = kept = self._fetched(url, issuer, now, kept)
        return kept.crl

    def _fetched(self, url: str, issuer: x509.Certificate, now: datetime, before: _Kept | None) -> _Kept:
        """The list as it is now; where it is not to be had, the one from before while it holds."""
        try:
            crl = _checked(self.fetch(url), issuer, now)
        except (Unavailable, ValueError, InvalidSignature, UnsupportedAlgorithm) as error:
            log.event("certificate.no-revocation-list", why=type(error).__name__)
            return _Kept(_still_holding(before, now), now + _SILENCE)
        return _Kept(crl, min(now + _FRESH, _ends(crl)))


def over_http(url: str) -> bytes:
    """Fetch one list. Raises Unavailable."""
    into = BytesIO()
    web.download(url, into, seconds=_SECONDS, most=_LARGEST)
    return into.getvalue()


def _checked(der: bytes, issuer: x509.Certificate, now: datetime) -> x509.CertificateRevocationList:
    """A list that this issuer signed and that holds now. Raises ValueError."""
    crl = x509.load_der_x509_crl(der)
    if crl.issuer != issuer.subject or not crl.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]
        raise ValueError("the list is another issuer's")
    if not crl.last_update_utc - _CLOCKS_DIFFER <= now < _ends(crl):
        raise ValueError("the list is not of today")
    return crl


def _still_holding(kept: _Kept | None, now: datetime) -> x509.CertificateRevocationList | None:
    if kept is None or kept.crl is None or _ends(kept.crl) <= now:  # an empty list is false
        return None
    return kept.crl


def _ends(crl: x509.CertificateRevocationList) -> datetime:
    """When the next list comes; one that does not say so holds for an hour."""
    return crl.next_update_utc or crl.last_update_utc + _FRESH


def _address(certificate: x509.Certificate) -> str | None:
    """Where the certificate says its issuer's list is."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return None
    names = (name.value for point in points for name in point.full_name or ())
    return next((name for name in names if name.startswith(("http://", "https://"))), None)
