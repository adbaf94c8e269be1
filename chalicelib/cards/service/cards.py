"""A citizen's cards as they stand, for this room and for others."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from chalicelib.cards.errors import CardNotFound
from chalicelib.cards.model.card import Card, reference
from chalicelib.cards.store.cards import CardStore
from chalicelib.identity.model.accounts import Citizen, Role, WalletEntry
from chalicelib.mandates.errors import MandateEnded
from chalicelib.mandates.model.mandates import Action
from chalicelib.platform.clock import Clock
from chalicelib.platform.keys import Mac

if TYPE_CHECKING:
    from chalicelib.mandates.service.mandates import Mandates


@dataclass(frozen=True, slots=True)
class Cards:
    """Electronic social-security cards. `mandates` is made on first use: most cards are used by their own holder."""

    store: CardStore
    mandates: Callable[[], Mandates]
    mac: Mac
    clock: Clock

    def list_own(self, citizen: Citizen) -> list[Card]:
        """The cards in the caller's wallet, their own first; not those whose mandate has come to its end."""
        wallet = citizen.account.wallet
        standing = (card_id for card_id, entry in wallet.items() if not self._lapsed(entry))
        carried = sorted(standing, key=lambda each: (wallet[each].role is not Role.OWN, each))
        found = (self.store.find(reference(card_id)) for card_id in carried)
        return [card for card in found if card]

    def owner(self, citizen: Citizen) -> Card | None:
        """The caller's very own card, whatever its state, if it is in this account."""
        account = citizen.account
        own = (card_id for card_id, entry in account.wallet.items() if entry.role is Role.OWN)
        found = (self.store.find(reference(card_id)) for card_id in own)
        return next((card for card in found if card and card.person_id == account.person_id), None)

    def account_of(self, person_id: str) -> str | None:
        """The account that has this person's own card, if one has."""
        card = self.store.of_person(person_id)
        return card.citizen_id if card else None

    def known(self, card_id: str) -> Card:
        """A card by its id, whosesoever it is, and whatever became of it. Raises CardNotFound."""
        card = self.store.find(reference(card_id))
        if card is None or card.id != card_id:
            raise CardNotFound
        return card

    def get(self, citizen: Citizen, card_id: str) -> Card:
        """One of the cards in the caller's wallet. Raises CardNotFound (also for somebody else's), MandateEnded."""
        entry = citizen.account.wallet.get(card_id)
        if entry is None:
            raise CardNotFound
        if self._lapsed(entry):
            raise MandateEnded
        return self.known(card_id)

    def usable(self, citizen: Citizen, card_id: str, action: Action = Action.CARDS) -> Card:
        """One of the caller's cards that they may use now; a family member's only for what its mandate covers.

        Raises CardNotFound, CardNotUsable (one of its kinds), MandateNotFound, MandateEnded, ActionNotMandated.
        """
        card = self.get(citizen, card_id)
        mandate_id = citizen.account.wallet[card_id].mandate_id
        if mandate_id:
            self.mandates().active(citizen, mandate_id, action)
        card.require_usable()
        return card

    def must_represent(self, citizen: Citizen, card_id: str, action: Action) -> None:
        """Refuse whoever acts for a card's person without being that person, or having a mandate for it now.

        The state of the card does not matter here. One consistent read for somebody else's card, none for one's own.
        Raises CardNotFound, MandateNotFound, MandateEnded (also once the card has left the wallet), ActionNotMandated.
        """
        entry = citizen.account.wallet.get(card_id)
        if entry is None:
            if self.known(card_id).person_id != citizen.account.person_id:
                raise MandateEnded
        elif entry.mandate_id:
            self.mandates().active(citizen, entry.mandate_id, action)

    def pseudonym(self, institution_id: str, person_id: str) -> str:
        """The person's name at this institution alone; two institutions cannot compare theirs."""
        secret = self.mac.derive("pseudonym")
        return hmac.digest(secret, f"{institution_id}\0{person_id}".encode(), sha256).hex()[:32]

    def _lapsed(self, entry: WalletEntry) -> bool:
        return entry.until is not None and entry.until <= self.clock().timestamp()
