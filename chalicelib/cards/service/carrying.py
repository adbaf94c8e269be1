"""Carrying a relative's card by a family mandate: it comes into the agent's wallet and stays its person's."""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.cards.model.card import Card, reference
from chalicelib.cards.service.binding import Binding
from chalicelib.cards.service.changing import settled
from chalicelib.cards.store.cards import CardStore
from chalicelib.identity.model.accounts import Citizen, Role, WalletEntry
from chalicelib.mandates.model.mandates import Action, Mandate
from chalicelib.mandates.model.mandates import reference as mandate_reference
from chalicelib.mandates.service.mandates import Mandates
from chalicelib.platform import log
from chalicelib.platform.dynamo import Write, transact


@dataclass(frozen=True, slots=True)
class Carrying:
    """Family members' cards."""

    store: CardStore
    binding: Binding
    mandates: Callable[[], Mandates]

    def carry(self, citizen: Citizen, mandate_id: str) -> tuple[Card, WalletEntry]:
        """The member's card comes into the agent's wallet; the answer is the card, and its entry there.

        It is the member's one live card, or a new one by the bureau's word, in nobody's own account until the member
        takes it. A mandate for appointments alone brings the card for these, and no codes of it. A repetition meets
        the same. Raises MandateNotFound, MandateEnded, ActionNotMandated,
        PersonNotInsured, IdentityMismatch, PersonDeceased, PhysicalCardLost, PhysicalCardLocked,
        PhysicalCardCancelled, BureauAnswerStale, CardBusy, Unavailable.
        """
        made: list[Card] = []

        def carried() -> tuple[Card, WalletEntry]:
            mandate = self.mandates().active(citizen, mandate_id, Action.CARDS, Action.APPOINTMENTS)
            card = self.store.of_person(mandate.member_person_id)
            if card is not None:
                return self._joined(citizen, mandate, card)
            if not made:
                person = self.mandates().person(mandate)
                made.append(self.binding.fresh(person, mandate.id, None))
            entry = _entry(mandate, made[0])
            self.binding.make(made[0], self._carries(mandate, citizen, made[0], entry))
            return made[0], entry

        return settled(carried)

    def _joined(self, citizen: Citizen, mandate: Mandate, card: Card) -> tuple[Card, WalletEntry]:
        """The card that the member has already, here too."""
        entry = _entry(mandate, card)
        if mandate.card_id != card.id or card.id not in citizen.account.wallet:
            transact(self._carries(mandate, citizen, card, entry))
            log.event("card.carried", card=card.id, citizen=citizen.id, mandate=mandate.id)
        return card, entry

    def _carries(self, mandate: Mandate, citizen: Citizen, card: Card, entry: WalletEntry) -> list[Write]:
        return self.mandates().carries(mandate, citizen.id, card.id, reference(card.id), entry)


def _entry(mandate: Mandate, card: Card) -> WalletEntry:
    return WalletEntry(
        reference=mandate_reference(mandate.id),
        role=Role.FAMILY,
        status=card.status,
        level=card.level,
        holder=card.holder,
        mandate_id=mandate.id,
        until=int(mandate.until.timestamp()),
        codes=Action.CARDS in mandate.actions,
    )
