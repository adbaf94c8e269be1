"""Binding a card: from a verified face to a card in the wallet."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from chalicelib.cards.errors import PersonNotInsured
from chalicelib.cards.model.card import Card, CardStatus, Physical, reference
from chalicelib.cards.store.cards import CardStore
from chalicelib.exchange.model import Subject
from chalicelib.exchange.service import Exchange
from chalicelib.identity.model.accounts import Citizen, Role, WalletEntry
from chalicelib.identity.model.faces import Purpose
from chalicelib.identity.model.persons import Person
from chalicelib.identity.service.faces import Faces
from chalicelib.identity.service.wallets import Wallets
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import transact
from chalicelib.platform.keys import Mac, Sealer

_ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Binding:
    """Binding cards."""

    store: CardStore
    wallets: Wallets
    faces: Faces
    exchange: Exchange
    mac: Mac
    sealer: Sealer
    clock: Clock

    def bind(self, citizen: Citizen, verification_id: str) -> Card:
        """Bind the card of the person whose face was verified, once the social-security department confirms them.

        The card's id follows from the verification's, so a repeated request meets its own card. Raises what
        `Faces.verified` raises, PersonNotInsured, CardAlreadyBound, Unavailable.
        """
        person = self.faces.verified(citizen, verification_id, Purpose.BIND_CARD)
        card_id = verification_id.replace("face_", "card_", 1)
        subject = Subject(person_id=person.id, real_name=person.real_name, id_number=person.id_number)
        fact = self.exchange.ask(
            "social-security", "insured-person", subject, purpose="bind-card", case_id=card_id
        )
        if fact.value is None or fact.value.get("cardStatus") != _ACTIVE:
            raise PersonNotInsured
        card = self._card(card_id, citizen, person, fact.value)
        transact([*self.store.bind(card), self.wallets.own(citizen.id, card.id, _entry(card), person)])
        log.event("card.bound", card=card.id, citizen=citizen.id)
        return card

    def _card(self, card_id: str, citizen: Citizen, person: Person, value: Mapping[str, object]) -> Card:
        number = str(value["cardNumber"])
        return Card(
            id=card_id,
            citizen_id=citizen.id,
            person_id=person.id,
            status=CardStatus.BOUND,
            level=1,
            holder=person.holder,
            number_masked=f"{number[:2]}****{number[-2:]}",
            id_number_masked=person.number_masked,
            region=str(value["region"]),
            sealed=person.sealed,
            number_sealed=self.sealer.seal({"number": number}, {"card": card_id}),
            physical_ref=self._physical_ref(number),
            physical=Physical.ACTIVE,
            physical_version=int(str(value.get("cardVersion", 1))),
            held=None,
            bank_masked=None,
            bound_at=self.clock(),
            version=1,
        )

    def _physical_ref(self, number: str) -> str:
        """What a physical card is known by: a keyed hash of its number."""
        return hmac.digest(self.mac.derive("physical"), number.encode(), sha256).hex()[:32]


def _entry(card: Card) -> WalletEntry:
    return WalletEntry(
        reference=reference(card.id), role=Role.OWN, status=card.status, level=card.level, holder=card.holder
    )
