"""Binding a card: from a verified face, or a family mandate, to a card in the wallet.

Every step may be repeated and may be the last one that this process takes: until the one transaction at the end
nothing but the reading's record is written, and whoever repeats the request meets what it made.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from chalicelib.cards.errors import (
    BureauAnswerStale,
    CardAlreadyBound,
    PersonNotInsured,
)
from chalicelib.cards.model import life
from chalicelib.cards.model.bureau import Insured, Word
from chalicelib.cards.model.card import Card, Physical
from chalicelib.cards.service.changing import notices, own_entry, settled
from chalicelib.cards.store.cards import CardStore
from chalicelib.exchange.errors import AnswerNotTrusted
from chalicelib.exchange.model import FactStatus, Subject
from chalicelib.exchange.service import Exchange
from chalicelib.identity.errors import IdentityMismatch, VerificationPerson
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import Purpose
from chalicelib.identity.model.persons import Person
from chalicelib.identity.service.faces import Faces
from chalicelib.identity.service.wallets import Wallets
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Write, transact
from chalicelib.platform.keys import Mac, Sealer
from chalicelib.types import new_id

PHYSICAL_CARD = "physical-card"
"""What kind of text a physical card's number is, for the keyed hash that stands for it."""


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

    def bind(self, citizen: Citizen, verification_id: str, *, move: bool = False) -> Card:
        """The card of the person whose face was verified comes into this account.

        A person has one live card. Where there is none, the social-security bureau is asked and a new one made; one
        that only family showed is taken in; one in another account comes here with `move`, and that account is told.
        A repetition with the same verification meets its own card. Raises what `Faces.verified` raises,
        VerificationPerson (the account is another person's), CardAlreadyBound, PersonNotInsured, IdentityMismatch,
        PersonDeceased, PhysicalCardLost, PhysicalCardLocked, PhysicalCardCancelled, BureauAnswerStale, CardBusy,
        Unavailable.
        """
        person = self.faces.verified(citizen, verification_id, Purpose.BIND_CARD)
        if citizen.account.person_id not in {None, person.id}:
            raise VerificationPerson
        made: list[Card] = []

        def bound() -> Card:
            standing = self.store.of_person(person.id)
            if standing:
                return self._taken(citizen, person, standing, verification_id, move=move)
            if not made:  # whoever was here first may make a second try necessary, not a second question
                made.append(self.fresh(person, verification_id, citizen.id))
            own = self.wallets.own(citizen, made[0].id, own_entry(made[0]), person)
            return self.make(made[0], [own])

        return settled(bound)

    def _taken(
        self, citizen: Citizen, person: Person, card: Card, verification_id: str, *, move: bool
    ) -> Card:
        """The person's live card in this account, from wherever it was."""
        here = card.citizen_id == citizen.id
        if here and (move or card.bound_by == verification_id):
            return card
        if here or not (move or card.citizen_id is None):
            raise CardAlreadyBound
        after = life.move(card, citizen.id, at=int(self.clock().timestamp()), by=verification_id)
        kinds, left = {citizen.id: "card-bound"}, []
        if card.citizen_id:
            kinds[card.citizen_id] = "card-moved"
            left.append(self.wallets.drop(card.citizen_id, card.id))
        own = self.wallets.own(citizen, card.id, own_entry(after), person)
        transact([self.store.change(after, notices(after, kinds)), own, *left])
        log.event("card.moved", card=card.id, citizen=citizen.id, former=card.citizen_id)
        return after

    def make(self, card: Card, also: Sequence[Write]) -> Card:
        """A new card, its claim and the bureau's word, and what `also` belongs to it: all together or nothing."""
        before = self.store.word(card.physical_ref)
        if before and _contradicts(before, card):
            raise BureauAnswerStale
        word = Word(
            physical_ref=card.physical_ref,
            status=card.physical,
            version=card.physical_version,
            card_id=card.id,
        )
        told = notices(card, {card.citizen_id: "card-bound"} if card.citizen_id else {})
        transact([*self.store.bind(card, told), self.store.note(word, before), *also])
        log.event("card.bound", card=card.id, citizen=card.citizen_id)
        return card

    def fresh(self, person: Person, case_id: str, citizen_id: str | None) -> Card:
        """A card as it shall be made, by the bureau's word about the person."""
        insured = self._insured(person, case_id)
        now = self.clock()
        card_id = new_id("card", now)
        return Card(
            id=card_id,
            citizen_id=citizen_id,
            person_id=person.id,
            holder=person.holder,
            number_masked=insured.number_masked,
            id_number_masked=person.number_masked,
            region=insured.region,
            sealed=person.sealed,
            number_sealed=self.sealer.seal({"number": insured.card_number}, {"card": card_id}),
            physical_ref=self.mac.hidden(PHYSICAL_CARD, insured.card_number),
            physical=Physical.ACTIVE,
            physical_version=insured.card_version,
            bound_at=now,
            bound_by=case_id,
            version=1,
        )

    def _insured(self, person: Person, case_id: str) -> Insured:
        subject = Subject(person_id=person.id, real_name=person.real_name, id_number=person.id_number)
        fact = self.exchange.ask(
            "social-security", "insured-person", subject, purpose="bind-card", case_id=case_id
        )
        if fact.status is FactStatus.MISMATCH:
            raise IdentityMismatch
        if fact.value is None:
            raise PersonNotInsured
        try:
            insured = Insured.model_validate(fact.value)
        except ValidationError:
            raise AnswerNotTrusted from None  # the reason would hold the card's number
        insured.require_bindable()
        return insured


def _contradicts(word: Word, card: Card) -> bool:
    """Whether the feed told of the physical card what the answer does not know yet."""
    newer = word.version > card.physical_version
    return newer or (word.version == card.physical_version and word.status is not card.physical)
