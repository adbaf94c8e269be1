"""Cards and codes on the wire: the citizen's side and the terminal's."""

from typing import Annotated

from pydantic import Field

from chalicelib import wiring
from chalicelib.cards.errors import (
    CardAlreadyBound,
    CardNotFound,
    CardNotUsable,
    CodeExpired,
    CodeInvalid,
    CodeUsed,
    PersonNotInsured,
)
from chalicelib.cards.model import PRESENCE_LIFE, BusinessType, Card, CardStatus, Terminal
from chalicelib.errors import Unavailable
from chalicelib.identity.errors import (
    FaceNotPassed,
    FacePending,
    VerificationExpired,
    VerificationNotFound,
    VerificationPurpose,
)
from chalicelib.identity.model import Citizen
from chalicelib.institutions.errors import SignatureReplayed
from chalicelib.institutions.model import Institution
from chalicelib.platform.http import Call
from chalicelib.types import Moment, Wire

routes = wiring.routes(__name__)

_VERIFICATION = (FaceNotPassed, FacePending, VerificationExpired, VerificationNotFound, VerificationPurpose)
_Label = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]


class BindCard(Wire):
    """The passed face verification of the person whose card it is."""

    verification_id: Annotated[str, Field(min_length=1, max_length=64)]


class CardView(Wire):
    """A card, masked."""

    id: str
    status: CardStatus
    level: int
    holder: str
    number_masked: str
    id_number_masked: str
    region: str
    bound_at: Moment


class CardList(Wire):
    """All of an account's cards; there are never more than a family has."""

    items: list[CardView]
    cursor: None = None


class CodeView(Wire):
    """A code to show as a QR; never trim it, a space may be its last character."""

    code: str
    expires_at: Moment
    refresh_after: Moment
    offline_code: str | None = None


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


def _view(card: Card) -> CardView:
    return CardView(**{name: getattr(card, name) for name in CardView.model_fields})


@routes.on(
    "POST",
    "/v1/cards",
    status=201,
    auth=wiring.citizen,
    errors=(PersonNotInsured, CardAlreadyBound, Unavailable, *_VERIFICATION),
)
def bind_card(caller: Citizen, body: BindCard) -> CardView:
    """Bind the electronic social-security card."""
    return _view(wiring.cards().bind(caller, body.verification_id))


@routes.on("GET", "/v1/cards", auth=wiring.citizen)
def list_cards(caller: Citizen) -> CardList:
    """My cards."""
    return CardList(items=[_view(card) for card in wiring.cards().list_own(caller)])


@routes.on("GET", "/v1/cards/{card_id}", auth=wiring.citizen, errors=(CardNotFound,))
def get_card(caller: Citizen, card_id: str) -> CardView:
    """One of my cards."""
    return _view(wiring.cards().get(caller.id, card_id))


@routes.on(
    "POST",
    "/v1/cards/{card_id}/codes",
    status=201,
    auth=wiring.citizen,
    errors=(CardNotFound, CardNotUsable),
    repeatable=True,
)
def show_code(caller: Citizen, card_id: str) -> CodeView:
    """A fresh code to show at a counter."""
    shown = wiring.cards().show(caller, card_id)
    return CodeView(code=shown.code, expires_at=shown.expires_at, refresh_after=shown.refresh_after)


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
    presence = wiring.cards().decode(caller, body.code, body.business_type, terminal)
    card = presence.card
    return DecodeView(
        presence_token=presence.token,
        card=DecodedCard(pseudonym=presence.pseudonym, region=card.region, level=card.level),
        attributes=DecodedAttributes(**presence.attributes.model_dump()),
        expires_in=int(PRESENCE_LIFE.total_seconds()),
    )
