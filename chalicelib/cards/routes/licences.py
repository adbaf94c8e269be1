"""Cards shown to be looked at, on the wire: shown by their owner, checked by anybody."""

from typing import Annotated

from pydantic import Field

from chalicelib import wiring
from chalicelib.cards.counter_errors import LicenceUnknown
from chalicelib.cards.errors import CardNotFound
from chalicelib.cards.model.card import Card, CardStatus
from chalicelib.cards.model.licence import ISSUER_EN, ISSUER_ZH, Showing, in_halves, watermark
from chalicelib.cards.routes.refusals import STOPPED
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.errors import MANDATE_REFUSALS
from chalicelib.types import Moment, Wire

routes = wiring.routes(__name__)


class ShowLicence(Wire):
    """The card to show."""

    card_id: Annotated[str, Field(min_length=1, max_length=64)]


class LicenceWords(Wire):
    """One text in Chinese and English."""

    zh: str
    en: str


class Watermark(Wire):
    """What lies over the face. The nonce answers at `GET /v1/licences/{nonce}` while the face is valid."""

    nonce: str
    text: LicenceWords


class LicenceView(Wire):
    """A card's face, masked: for eyes, never for a decision that a code should make."""

    holder: str
    number_masked: str
    id_number_masked: str
    region: str
    level: int
    status: CardStatus
    issuer: LicenceWords
    shown_at: Moment
    valid_until: Moment
    watermark: Watermark


def _view(card: Card, showing: Showing, nonce: str) -> LicenceView:
    text = watermark(nonce, showing.shown_at)
    return LicenceView(
        holder=card.holder,
        number_masked=card.number_masked,
        id_number_masked=card.id_number_masked,
        region=card.region,
        level=card.level,
        status=card.status,
        issuer=LicenceWords(zh=ISSUER_ZH, en=ISSUER_EN),
        shown_at=showing.shown_at,
        valid_until=showing.valid_until,
        watermark=Watermark(nonce=in_halves(nonce), text=LicenceWords(zh=text.zh, en=text.en)),
    )


@routes.on(
    "POST",
    "/v1/licences",
    status=201,
    auth=wiring.citizen,
    errors=(CardNotFound, *STOPPED, *MANDATE_REFUSALS),
    repeatable=True,  # another nonce for another look
)
def show_licence(caller: Citizen, body: ShowLicence) -> LicenceView:
    """Show a card to be looked at, for a minute."""
    return _view(*wiring.licences().show(caller, body.card_id))


@routes.on("GET", "/v1/licences/{nonce}", errors=(LicenceUnknown,))
def check_licence(nonce: str) -> LicenceView:
    """Check that a card which somebody shows is being shown now, and by its own face."""
    return _view(*wiring.licences().check(nonce))
