"""Scanned codes on the wire, the terminal's side."""

from typing import Annotated

from pydantic import Field

from chalicelib import wiring
from chalicelib.cards.errors import (
    CardNotUsable,
    CodeExpired,
    CodeInvalid,
    CodeUsed,
)
from chalicelib.cards.model.decoding import PRESENCE_LIFE, BusinessType, Terminal
from chalicelib.identity.errors import (
    FaceNotPassed,
    FacePending,
    VerificationExpired,
    VerificationNotFound,
    VerificationPurpose,
)
from chalicelib.institutions.errors import SignatureReplayed
from chalicelib.institutions.model import Institution
from chalicelib.platform.http import Call
from chalicelib.types import Wire

routes = wiring.routes(__name__)

_VERIFICATION = (FaceNotPassed, FacePending, VerificationExpired, VerificationNotFound, VerificationPurpose)
_Label = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]


class DecodeCode(Wire):
    """A scanned code and why it was scanned (names after `ec.query`, so that vendors recognise them)."""

    code: Annotated[str, Field(min_length=1, max_length=200)]
    business_type: BusinessType
    operator_id: _Label
    office_id: _Label
    device_id: _Label
    nonce: _Label


class DecodedCard(Wire):
    """The person as this institution alone knows them."""

    pseudonym: str
    region: str
    level: int


class DecodedAttributes(Wire):
    """What the business type needs; the rest is null."""

    holder: str
    real_name: str | None
    id_number: str | None


class DecodeView(Wire):
    """A presence token and what may be known."""

    presence_token: str
    card: DecodedCard
    attributes: DecodedAttributes
    expires_in: int


@routes.on(
    "POST",
    "/v1/terminal/card-codes/decode",
    auth=wiring.institution,
    errors=(CodeInvalid, CodeExpired, CodeUsed, CardNotUsable, SignatureReplayed),
    repeatable=True,  # the code's own entry remembers which request used it
)
def decode_code(caller: Institution, call: Call, body: DecodeCode) -> DecodeView:
    """Decode a scanned code, once."""
    terminal = Terminal(
        operator_id=body.operator_id,
        office_id=body.office_id,
        device_id=body.device_id,
        nonce=body.nonce,
        request=call.headers["idempotency-key"],
    )
    presence = wiring.decoding().decode(caller, body.code, body.business_type, terminal)
    card = presence.card
    return DecodeView(
        presence_token=presence.token,
        card=DecodedCard(pseudonym=presence.pseudonym, region=card.region, level=card.level),
        attributes=DecodedAttributes(**presence.attributes.model_dump()),
        expires_in=int(PRESENCE_LIFE.total_seconds()),
    )
