"""Opaque, signed cursors: a caller goes on exactly where we left off, and cannot make one up."""

import hmac
import json
from binascii import Error as BadBase64
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from chalicelib.errors import Invalid
from chalicelib.platform.keys import Mac, b64url
from chalicelib.platform.tokens import compact_json, unb64url

_TAG_BYTES = 12


@dataclass(frozen=True, slots=True)
class Cursors:
    """Seals a table's last key for the next page of one list."""

    mac: Mac

    def seal(self, scope: str, key: Mapping[str, Any] | None) -> str | None:
        """The cursor after `key`, good only for lists of the same `scope`; None where the list has ended."""
        if key is None:
            return None
        body = compact_json(dict(key))
        return b64url(self._tag(scope, body) + body)

    def open(self, scope: str, cursor: str | None) -> dict[str, Any] | None:
        """The key to go on after. Raises Invalid for a cursor of another list or a changed one."""
        if cursor is None:
            return None
        try:
            raw = unb64url(cursor)
        except (ValueError, BadBase64) as error:
            raise _foreign() from error
        tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(scope, body)):
            raise _foreign()
        key: dict[str, Any] = json.loads(body)
        return key

    def _tag(self, scope: str, body: bytes) -> bytes:
        message = scope.encode() + b"\0" + body
        return hmac.new(self.mac.derive("cursor"), message, sha256).digest()[:_TAG_BYTES]


def _foreign() -> Invalid:
    return Invalid(("/cursor", "is not a cursor of this list; start again without one"))
