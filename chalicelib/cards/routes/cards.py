"""Cards and codes on the wire, the citizen's side."""

from typing import Annotated

from pydantic import Field

from chalicelib import wiring
from chalicelib.cards.errors import (
    CardAlreadyBound,
    CardNotFound,
    CardNotUsable,
    PersonNotInsured,
)
from chalicelib.cards.model.card import Card, CardStatus
from chalicelib.errors import Unavailable
from chalicelib.identity.errors import (
    FaceNotPassed,
    FacePending,
    VerificationExpired,
    VerificationNotFound,
    VerificationPurpose,
)
from chalicelib.identity.model.accounts import Citizen
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
    return _view(wiring.binding().bind(caller, body.verification_id))


@routes.on("GET", "/v1/cards", auth=wiring.citizen)
def list_cards(caller: Citizen) -> CardList:
    """My cards."""
    return CardList(items=[_view(card) for card in wiring.cards().list_own(caller)])


@routes.on("GET", "/v1/cards/{card_id}", auth=wiring.citizen, errors=(CardNotFound,))
def get_card(caller: Citizen, card_id: str) -> CardView:
    """One of my cards."""
    return _view(wiring.cards().get(caller, card_id))


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
    shown = wiring.showing().show(caller, card_id)
    return CodeView(code=shown.code, expires_at=shown.expires_at, refresh_after=shown.refresh_after)
