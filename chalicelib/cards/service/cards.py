"""A citizen's cards as they stand, for this room and for others."""

import hmac
from dataclasses import dataclass
from hashlib import sha256

from chalicelib.cards.errors import CardNotFound, CardNotUsable
from chalicelib.cards.model.card import USABLE, Card, reference
from chalicelib.cards.store.cards import CardStore
from chalicelib.identity.model.accounts import Citizen
from chalicelib.platform.keys import Mac


@dataclass(frozen=True, slots=True)
class Cards:
    """Electronic social-security cards."""

    store: CardStore
    mac: Mac

    def list_own(self, citizen: Citizen) -> list[Card]:
        """The cards in the caller's wallet, oldest first."""
        found = (self.store.find(reference(card_id)) for card_id in sorted(citizen.account.wallet))
        return [card for card in found if card]

    def known(self, card_id: str) -> Card:
        """A card by its id, whosesoever it is, and whatever became of it. Raises CardNotFound."""
        card = self.store.find(reference(card_id))
        if card is None or card.id != card_id:
            raise CardNotFound
        return card

    def get(self, citizen: Citizen, card_id: str) -> Card:
        """One of the cards in the caller's wallet. Raises CardNotFound, also for somebody else's."""
        if card_id not in citizen.account.wallet:
            raise CardNotFound
        return self.known(card_id)

    def usable(self, citizen: Citizen, card_id: str) -> Card:
        """One of the caller's cards that may be used now. Raises CardNotFound, CardNotUsable."""
        card = self.get(citizen, card_id)
        if card.status not in USABLE:
            raise CardNotUsable
        return card

    def pseudonym(self, institution_id: str, person_id: str) -> str:
        """The person's name at this institution alone; two institutions cannot compare theirs."""
        secret = self.mac.derive("pseudonym")
        return hmac.digest(secret, f"{institution_id}\0{person_id}".encode(), sha256).hex()[:32]
