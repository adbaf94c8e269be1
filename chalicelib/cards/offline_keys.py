"""The keys of offline codes: one P-256 key per day, derived and never stored. Knows days and keys, no code.

Three days' public halves are published, yesterday's to tomorrow's: whoever fetches them once a day can check, without a
network, every code that is alive. Nobody rotates anything; the next day's key is there when its day begins.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from chalicelib.cards.blocks import Blocks
from chalicelib.cards.days import AHEAD_SECONDS, day_key, day_of
from chalicelib.platform.keys import Mac, b64url, public_jwk, raw_signature
from chalicelib.platform.tokens import unb64url

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points P-256 has (SEC 2): a private key is a number from 1 to one less."""
_SEED_BYTES = 48
"""128 bits more than the order has, so that no key is likelier than another (FIPS 186-5, A.2.1)."""
_KID_BYTES = 8
_PSEUDONYM_BYTES = 8


class OfflineKey:
    """One day's key: signs, seals what only we may read, names the bearer anew in each code."""

    def __init__(self, day_key: bytes) -> None:
        """`day_key`: 32 secret bytes, the same wherever codes of that day are minted or read."""
        self._private = derive_private_key(_scalar(day_key), SECP256R1())
        self.public = self._private.public_key()
        thumbprint = public_jwk(self.public)["kid"]
        self.kid = unb64url(thumbprint)[:_KID_BYTES]
        """8 bytes of the RFC 7638 thumbprint: a code has little room."""
        self.jwk = public_jwk(self.public) | {"kid": b64url(self.kid)}
        self.blocks = Blocks(hmac.digest(day_key, b"sc2 block", "sha256"))
        self._pseudonyms = hmac.digest(day_key, b"sc2 pseudonym", "sha256")

    @property
    def cose_key(self) -> dict[int, object]:
        """The public half as a COSE_Key (RFC 9052, 9053): kty EC2, kid, alg ES256, crv P-256, x, y."""
        return {1: 2, 2: self.kid, 3: -7, -1: 1, -2: unb64url(self.jwk["x"]), -3: unb64url(self.jwk["y"])}

    def sign(self, message: bytes) -> bytes:
        """R and s, 32 bytes each; of the two signatures with that r the one with the lower s."""
        raw = raw_signature(self._private.sign(message, ECDSA(SHA256())))
        return (
            raw if is_low(raw) else raw[:32] + (_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
        )

    def pseudonym(self, block: bytes) -> bytes:
        """What the bearer is called in the code that holds this block, and in no other."""
        return hmac.digest(self._pseudonyms, block, "sha256")[:_PSEUDONYM_BYTES]


def is_low(signature: bytes) -> bool:
    """Whether s is the lower one of the two that are as good: a code has one signature, not two."""
    return int.from_bytes(signature[32:], "big") <= _ORDER // 2


def _scalar(day_key: bytes) -> int:
    expanded = HKDFExpand(SHA256(), _SEED_BYTES, b"sc2 signing key").derive(day_key)
    return int.from_bytes(expanded, "big") % (_ORDER - 1) + 1


@dataclass(frozen=True, slots=True)
class OfflineKeys:
    """The keys of every day. A day begins at 00:00 UTC; its key is made once in a process.

    Under another `epoch` every day has another key.
    """

    mac: Mac
    epoch: str = ""
    _keys: dict[int, OfflineKey] = field(default_factory=dict, repr=False, compare=False)

    def of(self, moment: datetime) -> OfflineKey:
        """The key that signs at this moment."""
        return self._of(day_of(moment.timestamp()))

    def published(self, now: datetime) -> list[OfflineKey]:
        """Yesterday's, today's and tomorrow's key."""
        today = day_of(now.timestamp())
        return [self._of(day) for day in (today - 1, today, today + 1)]

    def find(self, kid: bytes, at: datetime) -> OfflineKey | None:
        """The key of this id, where it is of a code that was alive at that moment or lately was."""
        return next((key for key in self._candidates(at.timestamp()) if key.kid == kid), None)

    def _candidates(self, at: float) -> Iterator[OfflineKey]:
        today, ahead = day_of(at), day_of(at + AHEAD_SECONDS)
        return (self._of(day) for day in dict.fromkeys((today, today - 1, ahead, today - 2)))

    def _of(self, day: int) -> OfflineKey:
        return self._keys.get(day) or self._made(day)

    def _made(self, day: int) -> OfflineKey:
        key = OfflineKey(day_key(self.mac, "sc2", self.epoch, day))
        return self._keys.setdefault(day, key)
