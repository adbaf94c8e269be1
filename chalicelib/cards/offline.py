"""`SC2:` codes: anybody checks them with our published keys alone, without a network. Pure, knows keys and bytes only.

A code is Base45 (RFC 9285) of a COSE_Sign1 (RFC 9052) around a CWT (RFC 8392), ES256, signed with the key of its day.
Its `cti` is a sealed block, so that redeeming it finds the card though nothing was stored when it was minted. The
bearer has a pseudonym of this code alone: two codes of one card cannot be told to be of one card.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature

from chalicelib.cards.days import AHEAD_SECONDS
from chalicelib.cards.errors import CodeExpired, CodeInvalid
from chalicelib.cards.offline_keys import OfflineKey, OfflineKeys, is_low
from chalicelib.platform import base45
from chalicelib.platform.keys import verify_raw

PREFIX = "SC2:"
LONGEST_LIFE = timedelta(hours=24)
"""Yesterday's key is the oldest that is published."""
_LONGEST_CODE = 600

_ISSUER, _EXPIRES, _ISSUED, _ID = 1, 4, 6, 7
"""The registered claims of a CWT."""
_CARD = -65537
"""Our own claim, of the range for private use: what a pharmacy without a network may rely on."""
_PSEUDONYM, _REGION, _LEVEL, _SPEND_LIMIT = 1, 2, 3, 4

_HEAD = bytes.fromhex("d2 84 4d a2 01 26 04 48")
"""Tag 18, an array of four, and in it the protected header up to the key's id: {1: -7, 4: 8 bytes}."""
_KID = slice(len(_HEAD), len(_HEAD) + 8)
_PAYLOAD = _KID.stop + 1
_SIGNATURE = slice(-64, None)


@dataclass(frozen=True, slots=True)
class OfflineCode:
    """What a code says. Times in Unix seconds, money in fen; the reference only we can read."""

    reference: str
    family: bool
    minted_at: int
    nonce: int
    expires_at: int
    pseudonym: str
    region: str
    level: int
    spend_limit_fen: int


@dataclass(frozen=True, slots=True)
class OfflineBook:
    """Mints and reads offline codes. `life` and `spend_limit_fen` are policy; a code keeps what it was minted with."""

    keys: OfflineKeys
    issuer: str
    life: timedelta
    spend_limit_fen: int

    def __post_init__(self) -> None:
        """A code that outlives the published keys could not be checked."""
        if not timedelta(0) < self.life <= LONGEST_LIFE:
            raise ValueError("an offline code lives 24 hours at most")

    def mint(self, reference: str, now: datetime, *, family: bool, region: str, level: int) -> str:
        """A fresh code for a card's reference or, `family`, a mandate's; it lives `life`."""
        key, second = self.keys.of(now), int(now.timestamp())
        block = key.blocks.seal(reference, second, family=family)
        claims = {
            _ISSUER: self.issuer,
            _EXPIRES: second + int(self.life.total_seconds()),
            _ISSUED: second,
            _ID: block,
            _CARD: {
                _PSEUDONYM: key.pseudonym(block),
                _REGION: region,
                _LEVEL: level,
                _SPEND_LIMIT: self.spend_limit_fen,
            },
        }
        payload = cbor(claims)
        return PREFIX + base45.encode(_framed(key, payload, key.sign(_signed(key, payload))))

    def read(self, code: str, at: datetime) -> OfflineCode:
        """What a code says that was valid at that moment: now, or when a terminal without a network saw it.

        Raises CodeInvalid for what is not ours, was changed or comes from the future, CodeExpired for what was ours.
        """
        raw = _raw(code)
        key = self.keys.find(raw[_KID], at)
        if key is None:
            raise CodeInvalid
        read = _told(key, _verified(key, raw))
        if read.minted_at > at.timestamp() + AHEAD_SECONDS:
            raise CodeInvalid
        if read.expires_at <= at.timestamp():
            raise CodeExpired
        return read


def cose_key_set(keys: list[OfflineKey]) -> bytes:
    """The public halves as a COSE_KeySet (RFC 9052, 7)."""
    return cbor([key.cose_key for key in keys])


def cbor(value: object) -> bytes:
    """CBOR in its one deterministic form (RFC 8949, 4.2)."""
    # Only offline codes need it, and every cold start of the others would pay for it.
    from cbor2 import dumps  # noqa: PLC0415

    return dumps(value, canonical=True)


def _raw(code: str) -> bytes:
    """The bytes behind `SC2:`, nothing trimmed. Raises CodeInvalid."""
    if len(code) > _LONGEST_CODE or not code.startswith(PREFIX):
        raise CodeInvalid
    try:
        return base45.decode(code[len(PREFIX) :])
    except ValueError as error:
        raise CodeInvalid from error


def _verified(key: OfflineKey, raw: bytes) -> bytes:
    """The payload, once its signature held: nothing that we did not sign is ever decoded. Raises CodeInvalid.

    The frame is written anew and compared, so a code has one form and no other.
    """
    signature = raw[_SIGNATURE]
    payload = raw[_PAYLOAD + _head(raw[_PAYLOAD : _PAYLOAD + 1]) : -66]
    try:
        verify_raw(key.public, signature, _signed(key, payload))
    except InvalidSignature as error:
        raise CodeInvalid from error
    if not is_low(signature) or _framed(key, payload, signature) != raw:
        raise CodeInvalid
    return payload


def _head(first: bytes) -> int:
    """How many bytes say the payload's length: it has 24 to 65535."""
    return 2 if first == b"\x58" else 3


def _framed(key: OfflineKey, payload: bytes, signature: bytes) -> bytes:
    """The COSE_Sign1, tagged; its unprotected header is empty."""
    return _HEAD + key.kid + b"\xa0" + cbor(payload) + cbor(signature)


def _signed(key: OfflineKey, payload: bytes) -> bytes:
    """The Sig_structure (RFC 9052, 4.4)."""
    return cbor(["Signature1", _HEAD[3:] + key.kid, b"", payload])


def _told(key: OfflineKey, payload: bytes) -> OfflineCode:
    from cbor2 import loads  # noqa: PLC0415  (see `cbor`)

    claims = loads(payload)
    sealed, card = key.blocks.open(claims[_ID]), claims[_CARD]
    return OfflineCode(
        reference=sealed.reference,
        family=sealed.family,
        minted_at=sealed.minted_at,
        nonce=sealed.nonce,
        expires_at=claims[_EXPIRES],
        pseudonym=card[_PSEUDONYM].hex(),
        region=card[_REGION],
        level=card[_LEVEL],
        spend_limit_fen=card[_SPEND_LIMIT],
    )
