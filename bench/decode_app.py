"""The service that decodes, as it is wired. Only the presence token's signature, KMS's work, is there already.

The stub answers every read of a card with the same card, and takes every write.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bench.aws_stub import CARD_ID
from bench.ground import LocalSigner
from chalicelib import wiring
from chalicelib.cards.model.card import reference
from chalicelib.cards.model.decoding import BusinessType, Terminal
from chalicelib.institutions.model import Institution, Kind
from chalicelib.platform.tokens import Tokens

_NOW = datetime.now(UTC)
_INSTITUTION = Institution(
    id="pha_01JABCDEFGHJKMNPQRSTVWXYZ0",
    kind=Kind.PHARMACY,
    name="零跑腿示范药房（西湖店）",
    key_id="pha_01JABCDEFGHJKMNPQRSTVWXYZ0#till",
    nonce="KQ5cQvVxXtqk8dJdbp0a2w",
    expires=int(_NOW.timestamp()) + 60,
)
_TERMINAL = Terminal(
    operator_id="op-1", office_id="of-1", device_id="dev-1", nonce="n-1", request="8e03978e-40d5-43dd-bc93"
)
_AT_A_COUNTER = BusinessType.DISPENSING


class SignedAlready(LocalSigner):
    """A token key whose signature costs nothing: neither this side nor the floor has KMS's part in it."""

    def __init__(self) -> None:
        super().__init__()
        self._signature = super().sign_der(b"")

    def sign_der(self, message: bytes) -> bytes:
        """A signature."""
        return self._signature


_wired = wiring.decoding()
_attesting = replace(_wired.attesting, tokens=Tokens(SignedAlready(), "https://api.example.gov.cn"))
_decoding = replace(_wired, attesting=_attesting, clock=lambda: _NOW)
_code = wiring.code_books().mint(reference(CARD_ID), _NOW)


def app(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Decode the code."""
    presence = _decoding.decode(_INSTITUTION, _code, _AT_A_COUNTER, _TERMINAL)
    return {"statusCode": 201, "body": presence.pseudonym}
