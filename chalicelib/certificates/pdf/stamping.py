"""Trusted time for signatures (RFC 3161 over HTTP): asks an authority, and believes nothing that it did not check.

A stamp is worth waiting a moment for, not a citizen's errand: where none is to be had the answer is None, said in the
log, and the authority is left in peace for a minute. It must not know what is signed, only its bytes.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from chalicelib.certificates.pdf.cms import parsed
from chalicelib.certificates.pdf.stamps import StampRefused, checked, question
from chalicelib.errors import Unavailable
from chalicelib.platform import log, web
from chalicelib.platform.clock import Clock

_NONCE_BITS = 64
_SECONDS = 1.5
_SILENCE = timedelta(minutes=1)
_USUAL_SIZE = 1024
"""Bytes of a token beside its certificates, until one was seen."""
_SLACK = 16
_OK = 200

Ask = Callable[[bytes], bytes]


@dataclass(slots=True)
class Stamper:
    """One time-stamp authority. `chain` is what it was registered with: its certificate, then its issuers'."""

    ask: Ask
    chain: tuple[x509.Certificate, ...]
    clock: Clock
    size: int = field(init=False)
    """How many bytes a token has; learnt from those that came."""
    _silent_until: datetime | None = field(default=None, init=False)
    _seen: int = field(default=0, init=False)
    _issuers: tuple[asn1_x509.Certificate, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._issuers = tuple(parsed(each) for each in self.chain)
        self.size = _USUAL_SIZE + sum(len(each.public_bytes(Encoding.DER)) for each in self.chain)

    def stamp(self, signature: bytes) -> bytes | None:
        """A token over this signature (DER), or None: the authority is silent, slow, or said what is not true."""
        now = self.clock()
        if self._silent_until and now < self._silent_until:
            return None
        digest, nonce = sha256(signature).digest(), secrets.randbits(_NONCE_BITS)
        try:
            token = checked(self.ask(question(digest, nonce)), digest, nonce, self._issuers, now)
        except (Unavailable, StampRefused) as refusal:
            self._silent_until = now + _SILENCE
            log.event(
                "certificate.unstamped",
                why=str(refusal) if isinstance(refusal, StampRefused) else "unavailable",
            )
            return None
        self._learn(len(token))
        return token

    def _learn(self, size: int) -> None:
        self._seen = max(self._seen, size)
        self.size = self._seen + _SLACK


def over_http(url: str, seconds: float = _SECONDS) -> Ask:
    """Asks this address, for at most so long. What it returns raises Unavailable."""

    def ask(request: bytes) -> bytes:
        answer = web.post(url, request, {"content-type": "application/timestamp-query"}, seconds=seconds)
        if answer.status != _OK:
            raise Unavailable
        return answer.body

    return ask
