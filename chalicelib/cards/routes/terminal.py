"""Scanned codes on the wire, the terminal's side."""

from datetime import UTC
from typing import Annotated

from pydantic import AwareDatetime, Field

from chalicelib import wiring
from chalicelib.cards.errors import (
    CodeDoubleSpent,
    CodeExpired,
    CodeInvalid,
    CodeUsed,
    OfflineLimitExceeded,
)
from chalicelib.cards.model.decoding import BusinessType, Terminal
from chalicelib.cards.model.usage import Payment
from chalicelib.cards.routes.decoded import DecodeView, decode_view
from chalicelib.cards.routes.refusals import STOPPED
from chalicelib.institutions.errors import KeyUnknown, SignatureReplayed
from chalicelib.institutions.model import Institution
from chalicelib.mandates.errors import MandateEnded
from chalicelib.platform.http import Call
from chalicelib.platform.signatures import SignatureInvalid, SignatureMissing, SignatureStale
from chalicelib.types import Fen, Wire

routes = wiring.routes(__name__)

_OFFLINE = "SC2:"
_SIGNATURE = (SignatureMissing, SignatureInvalid, SignatureStale, SignatureReplayed, KeyUnknown)
_Label = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]


class DecodeCode(Wire):
    """A scanned code and why it was scanned (names after `ec.query`, so that vendors recognise them)."""

    code: Annotated[str, Field(min_length=1, max_length=600)]
    business_type: BusinessType
    operator_id: _Label
    office_id: _Label
    device_id: _Label
    nonce: _Label


class RedeemCode(DecodeCode):
    """An offline code that was taken without a network: when it was shown, and what was paid with it."""

    presented_at: AwareDatetime
    amount_fen: Fen


def _terminal(body: DecodeCode, call: Call) -> Terminal:
    return Terminal(
        operator_id=body.operator_id,
        office_id=body.office_id,
        device_id=body.device_id,
        nonce=body.nonce,
        request=call.headers["idempotency-key"],
    )


@routes.on(
    "POST",
    "/v1/terminal/card-codes/decode",
    auth=wiring.terminal,
    errors=(CodeInvalid, CodeExpired, CodeUsed, CodeDoubleSpent, MandateEnded, *STOPPED, *_SIGNATURE),
    repeatable=True,  # the code's own entry remembers which request used it
)
def decode_code(caller: Institution, call: Call, body: DecodeCode) -> DecodeView:
    """Decode a scanned code, once."""
    desk = wiring.redeeming() if body.code.startswith(_OFFLINE) else wiring.decoding()
    return decode_view(desk.decode(caller, body.code, body.business_type, _terminal(body, call)))


@routes.on(
    "POST",
    "/v1/terminal/card-codes/redeem",
    auth=wiring.terminal,
    errors=(CodeInvalid, CodeExpired, CodeDoubleSpent, OfflineLimitExceeded, *STOPPED, *_SIGNATURE),
    repeatable=True,  # likewise
)
def redeem_code(caller: Institution, call: Call, body: RedeemCode) -> DecodeView:
    """Redeem an offline code that was taken without a network, once, within 24 hours of its end."""
    payment = Payment(presented_at=body.presented_at.astimezone(UTC), amount_fen=body.amount_fen)
    presence = wiring.redeeming().redeem(
        caller, body.code, body.business_type, _terminal(body, call), payment
    )
    return decode_view(presence)
