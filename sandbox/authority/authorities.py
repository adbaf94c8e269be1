"""The authorities with their keys, which are made when they are first needed, and kept as their certificates are.

It must not know calls, nor what the certificates are good for.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sandbox.authority.stamping import StampSigner
from sandbox.clock import Clock
from sandbox.keys import KeyFolder
from sandbox.shelf import Shelf
from sandbox.trust import DOCUMENT_ISSUER, DOCUMENT_ROOT, STAMP_POLICY, STAMP_ROOT, Authority, pem_chain

LISTS = ("root", "documents", "time")
_KIND = "authority"
_STAMP_KEY = "time-stamps"


class Authorities:
    """Certifies document signers, stamps times, and says which certificates were revoked: none."""

    def __init__(self, shelf: Shelf, clock: Clock, keys: KeyFolder, base_url: str) -> None:
        self._shelf = shelf
        self._clock = clock
        self._keys = keys
        self._base_url = base_url

    def certify(self, public_key_der: bytes) -> bytes:
        """A PEM chain for whoever signs documents with this key. Raises ValueError and TypeError for another key."""
        signer = self._documents().document_signer(public_key_der, self._clock.now())
        return pem_chain(signer, self._documents().certificate, self._root().certificate)

    def time_chain(self) -> bytes:
        """The PEM chain of whoever stamps times here."""
        return pem_chain(self._stamper(), self._time().certificate)

    def stamp(self, question: bytes) -> bytes:
        """The answer to a question for a time stamp."""
        signer = StampSigner(
            self._stamper().public_bytes(Encoding.DER), self._keys.ec(_STAMP_KEY), STAMP_POLICY.dotted_string
        )
        return signer.answer(question, self._clock.now())

    def revocation_list(self, name: str) -> bytes:
        """The list of one of `LISTS` (DER)."""
        made = {"root": self._root, "documents": self._documents, "time": self._time}
        return made[name]().revocation_list(self._clock.now())

    def _root(self) -> Authority:
        return self._kept("root", lambda key: Authority.root(DOCUMENT_ROOT, key, self._clock.now()))

    def _documents(self) -> Authority:
        root = self._root()
        return self._kept("documents", lambda key: root.below(DOCUMENT_ISSUER, key, self._clock.now()))

    def _time(self) -> Authority:
        return self._kept("time", lambda key: Authority.root(STAMP_ROOT, key, self._clock.now()))

    def _stamper(self) -> x509.Certificate:
        key = self._keys.ec(_STAMP_KEY).public_key()
        return self._certificate(_STAMP_KEY, lambda: self._time().stamper(key, self._clock.now()))

    def _kept(self, name: str, make: Callable[..., Authority]) -> Authority:
        key = self._keys.ec(f"authority-{name}")
        certificate = self._certificate(name, lambda: make(key).certificate)
        return Authority(key, certificate, f"{self._base_url}/lists/{name}.crl")

    def _certificate(self, name: str, make: Callable[[], x509.Certificate]) -> x509.Certificate:
        with self._shelf.change():
            kept = self._shelf.get(_KIND, name)
            if kept is None:
                kept = {"der": b64encode(make().public_bytes(Encoding.DER)).decode()}
                self._shelf.put(_KIND, name, kept)
        return x509.load_der_x509_certificate(b64decode(kept["der"]))
