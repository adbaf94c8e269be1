"""What an institution is answered about a person who is there, by whichever way they showed their card."""

from chalicelib.cards.model.decoding import Presence
from chalicelib.types import Wire


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


def decode_view(presence: Presence) -> DecodeView:
    """A presence on the wire."""
    card = presence.card
    return DecodeView(
        presence_token=presence.token,
        card=DecodedCard(pseudonym=presence.pseudonym, region=card.region, level=card.level),
        attributes=DecodedAttributes(**presence.attributes.model_dump()),
        expires_in=presence.expires_in,
    )
