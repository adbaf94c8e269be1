"""A terminal without a network: judges an offline code with the published keys that it fetched before.

The format's rules are read anew here and the signature is checked by the library `cwt`, so that the service's own
implementation has a judge. It must not know what is in the code's encrypted part, nor ask the service about a code.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import cbor2
from cwt import COSE, COSEKey
from cwt.cose_key_interface import COSEKeyInterface
from cwt.exceptions import CWTError

from sandbox.calls import Unreachable, call
from sandbox.clock import Clock, rfc3339
from sandbox.institutions import base45

PREFIX = "SC2:"
SIGN1 = 18
ALGORITHM, KEY_ID, ES256 = 1, 4, -7
ISSUER, EXPIRES, ISSUED, CODE_ID = 1, 4, 6, 7
CARD = -65537
PSEUDONYM, REGION, LEVEL, SPEND_LIMIT = 1, 2, 3, 4
SHORTEST_PAUSE_SECONDS = 1.0


class NotGenuine(Exception):
    """The code is not to be taken; the message is why, in one word."""


class CodeKeys:
    """The keys of offline codes by id, from the service's COSE key set (RFC 9052, section 7)."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = Lock()
        self._fetched_at = float("-inf")
        self._keys: dict[bytes, COSEKeyInterface] = {}

    def find(self, key_id: bytes) -> COSEKeyInterface | None:
        """The key of that id; the set is fetched again for one that is not known yet."""
        with self._lock:
            if key_id not in self._keys and time.monotonic() - self._fetched_at >= SHORTEST_PAUSE_SECONDS:
                self._keys = self._fetch() or self._keys
                self._fetched_at = time.monotonic()
            return self._keys.get(key_id)

    def _fetch(self) -> dict[bytes, COSEKeyInterface]:
        try:
            published = cbor2.loads(call("GET", self._url, {}, b"").body)
            keys = [COSEKey.new(key) for key in published]
        except (Unreachable, cbor2.CBORDecodeError, ValueError, TypeError):
            return {}
        return {key.kid: key for key in keys if key.kid}


@dataclass(frozen=True, slots=True)
class OfflineCheck:
    """Judges codes by this clock and these keys alone."""

    keys: CodeKeys
    clock: Clock
    _cose: COSE = field(default_factory=COSE.new)

    def judge(self, code: str) -> dict[str, Any]:
        """What the terminal may know of the one who shows it, or why the code is not to be taken."""
        try:
            return {"genuine": True, **self._card(self._claims(code))}
        except NotGenuine as reason:
            return {"genuine": False, "reason": str(reason)}

    def _claims(self, code: str) -> Mapping[int, Any]:
        signed = _sign1(code)
        protected = _map(signed.value[0])
        if protected.get(ALGORITHM) != ES256 or not isinstance(protected.get(KEY_ID), bytes):
            raise NotGenuine("malformed")
        key = self.keys.find(protected[KEY_ID])
        if key is None:
            raise NotGenuine("unknown-key")
        try:
            payload = self._cose.decode_with_headers(signed, [key])[2]
        except (CWTError, ValueError):
            raise NotGenuine("forged") from None
        return _map(payload)

    def _card(self, claims: Mapping[int, Any]) -> dict[str, Any]:
        try:
            issued, expires = int(claims[ISSUED]), int(claims[EXPIRES])
            card, code_id = claims[CARD], bytes(claims[CODE_ID])
            told = {
                "issuer": str(claims[ISSUER]),
                "pseudonym": _text(card[PSEUDONYM]),
                "region": str(card[REGION]),
                "level": int(card[LEVEL]),
                "spendLimitFen": int(card[SPEND_LIMIT]),
                "expiresAt": rfc3339(datetime.fromtimestamp(expires, UTC)),
                "codeId": code_id.hex(),
            }
        except (KeyError, TypeError, ValueError):
            raise NotGenuine("malformed") from None
        self._refuse_untimely(issued, expires)
        return told

    def _refuse_untimely(self, issued: int, expires: int) -> None:
        now = self.clock.now().timestamp()
        if now >= expires:
            raise NotGenuine("expired")
        if issued > now + 30:  # a terminal's clock may be that far behind
            raise NotGenuine("not-yet-valid")


def _sign1(code: str) -> cbor2.CBORTag:
    """The COSE_Sign1 message in the code, in its one canonical form."""
    if not code.startswith(PREFIX):
        raise NotGenuine("malformed")
    try:
        data = base45.decode(code.removeprefix(PREFIX))
        message = cbor2.loads(data)
    except (ValueError, cbor2.CBORDecodeError):
        raise NotGenuine("malformed") from None
    if not isinstance(message, cbor2.CBORTag) or message.tag != SIGN1 or not _four_parts(message.value):
        raise NotGenuine("malformed")
    if cbor2.dumps(message, canonical=True) != data:
        raise NotGenuine("malformed")
    return message


def _four_parts(value: object) -> bool:
    """Protected header, an unprotected one that must be empty, payload, signature."""
    if not isinstance(value, list) or len(value) != 4:  # noqa: PLR2004 - RFC 9052, section 4.2
        return False
    return value[1] == {} and all(isinstance(value[part], bytes) for part in (0, 2, 3))


def _map(encoded: bytes) -> dict[int, Any]:
    try:
        content = cbor2.loads(encoded)
    except cbor2.CBORDecodeError:
        content = None
    if not isinstance(content, dict):
        raise NotGenuine("malformed")
    return content


def _text(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
