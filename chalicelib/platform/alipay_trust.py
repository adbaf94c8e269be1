"""Whose signatures are the payment app's in certificate mode: the certificate we were given, and those it renews it by.

The platform renews its certificate by itself and names the new one in its answers. Whoever meets an unknown name
fetches that certificate; it is believed for its chain and for whom it names, never for where it came from, and kept for
the other processes. It must not know how a certificate is fetched.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate

from chalicelib.errors import AppError, Unavailable
from chalicelib.platform import log
from chalicelib.platform.alipay_chains import (
    Untrusted,
    certificate_name,
    chain,
    holder,
    read,
    root_name,
    rsa_key,
)
from chalicelib.platform.clock import Clock, system_clock
from chalicelib.platform.dynamo import Table, commit

_MOST_KNOWN = 50
_NEAR_DAYS = 30
"""As in infra/alarms.yaml: the platform takes days to certify a merchant anew."""
_PARTITION = "PAYMENT-APP-TRUST"


@dataclass(frozen=True, slots=True)
class CertificateMemory:
    """The certificates that some process of ours has fetched; whoever reads one checks it again."""

    table: Table

    def find(self, name: str) -> bytes | None:
        """The PEM of one."""
        item = self.table.get(_key(name))
        return item["pem"] if item else None

    def every(self) -> list[bytes]:
        """The PEM of each."""
        items, _ = self.table.query(_PARTITION, limit=_MOST_KNOWN)
        return [item["pem"] for item in items]

    def keep(self, name: str, pem: bytes, until: datetime) -> None:
        """Keep one as long as it is valid."""
        item = {**_key(name), "pem": pem, "expires_at": int(until.timestamp())}
        commit(self.table.put(item, Unavailable(), expect={}))


def _key(name: str) -> dict[str, str]:
    return {"pk": _PARTITION, "sk": f"CERTIFICATE#{name}"}


@dataclass(frozen=True)
class CertificateTrust:
    """The three files that the platform's console hands out, as PEM: our own certificate, the platform's, its roots."""

    app: bytes
    platform: bytes
    roots: bytes
    memory: CertificateMemory
    clock: Clock = system_clock
    _known: dict[str, Certificate] = field(default_factory=dict)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The parameters by which a request says which certificates it lives by."""
        own, roots = read(self.app)[0], read(self.roots)
        return {"app_cert_sn": certificate_name(own), "alipay_root_cert_sn": root_name(roots)}

    def find(self, name: str) -> RSAPublicKey | None:
        """The key of the certificate of that name, or of the one we were given for ""; None for one to be fetched."""
        wanted = name or certificate_name(self._given[0])
        found = self._known.get(wanted) or self._told(wanted)
        if found is None or self.clock() > found.not_valid_after_utc:
            return None
        return rsa_key(found)

    def every(self) -> Iterator[RSAPublicKey]:
        """The key of each believed certificate, for a signature that names none; the likeliest first."""
        given = self.find("")
        if given:
            yield given
        for pem in self.memory.every():
            certificate = self._believed(pem)
            if certificate:
                yield rsa_key(certificate)

    def learn(self, name: str, pem: bytes) -> None:
        """Take in a fetched certificate. Raises Untrusted unless it is what was asked for and the platform's own."""
        certificate = self._checked(pem)
        if certificate_name(certificate) != name:
            raise _refused("another certificate was asked for")
        self._known[name] = certificate
        log.event("gateway.certificate-learnt", certificate=name)
        try:
            self.memory.keep(name, pem, certificate.not_valid_after_utc)
        except AppError as error:  # another process will fetch it once more; this one knows it
            log.event("gateway.certificate-not-kept", certificate=name, code=error.code)

    def ends(self) -> dict[str, datetime]:
        """When the certificates that we were given end: `app`, `platform`, and `root` where the platform's leads to."""
        now = self.clock()
        found = {"app": read(self.app)[0], "platform": self._given[0]}
        try:
            found["root"] = chain(self._given[0], self._between, read(self.roots), now)[-1]
        except Untrusted as error:
            log.event("gateway.certificate-refused", why=str(error))
        return {name: each.not_valid_after_utc for name, each in found.items()}

    def watch(self) -> None:
        """Measure in how many days the first of the given certificates ends, and tell of each that is near its end."""
        now = self.clock()
        left = {name: (end - now).days for name, end in self.ends().items()}
        for name, days in left.items():
            if days < _NEAR_DAYS:
                log.event("gateway.certificate-ends", certificate=name, days=days)
        log.measure("PaymentAppCertificateDays", min(left.values()))

    def _told(self, name: str) -> Certificate | None:
        """What we were given, or what another process has fetched, if it is believed."""
        given = certificate_name(self._given[0]) == name
        pem = self.platform if given else self.memory.find(name)
        found = self._believed(pem) if pem else None
        if found and certificate_name(found) == name:
            self._known[name] = found
            return found
        return None

    def _believed(self, pem: bytes) -> Certificate | None:
        try:
            return self._checked(pem)
        except Untrusted:
            return None

    def _checked(self, pem: bytes) -> Certificate:
        """The certificate a PEM is about. Merchants' lead to the same root: whom it names counts too."""
        try:
            leaf, *more = read(pem)
            rsa_key(leaf)
            chain(leaf, [*more, *self._between], read(self.roots), self.clock())
        except Untrusted as error:
            raise _refused(str(error)) from error
        if holder(leaf) != holder(self._given[0]):
            raise _refused("it names somebody else")
        return leaf

    @cached_property
    def _given(self) -> list[Certificate]:
        return read(self.platform)

    @property
    def _between(self) -> list[Certificate]:
        return self._given[1:]


def _refused(why: str) -> Untrusted:
    """Tell an administrator why, in words of our own."""
    log.event("gateway.certificate-refused", why=why)
    return Untrusted(why)
