"""The bank account behind a card: linked, the card has level 2 and can pay; unlinked, level 1."""

from dataclasses import dataclass

from pydantic import ValidationError

from chalicelib.cards.errors import BankAccountInactive, BankAccountMissing, PhoneNotMatched
from chalicelib.cards.model import life
from chalicelib.cards.model.bureau import BankAccount
from chalicelib.cards.model.card import Card
from chalicelib.cards.service.life import Life
from chalicelib.exchange.errors import AnswerNotTrusted
from chalicelib.exchange.model import FactStatus, Subject
from chalicelib.exchange.service import Exchange
from chalicelib.identity.errors import IdentityMismatch
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import Purpose
from chalicelib.identity.service.faces import Faces
from chalicelib.platform.clock import Clock
from chalicelib.types import new_id


@dataclass(frozen=True, slots=True)
class Banking:
    """Bank accounts of cards."""

    life: Life
    faces: Faces
    exchange: Exchange
    clock: Clock

    def link(self, citizen: Citizen, card_id: str, phone: str, proof: str | None) -> Card:
        """Link the bank account that belongs to one's own card, with the face of its person: level 2.

        The bank compares `phone` with the number on file; it is not kept. Linking again brings the account up to
        date. Raises CardNotFound, CardNotOwn, what `Faces.rely` raises, CardTransitionRefused, CardHeldByBureau,
        CardUnlinked, CardCancelled, BankAccountMissing, BankAccountInactive, PhoneNotMatched, IdentityMismatch,
        CardBusy, Unavailable.
        """
        card = self.life.own(citizen, card_id)
        life.admit(card, life.Event.LINK_BANK)
        self.faces.rely(citizen, Purpose.CARD, proof, card.person_id)
        bank_masked = self._account(card, phone)
        return self.life.happen(
            citizen, card_id, lambda standing: life.link_bank(standing, bank_masked), "card-bank-linked"
        )

    def unlink(self, citizen: Citizen, card_id: str) -> Card:
        """Forget the bank account of one's own card: level 1. It takes power away, so it needs no face.

        Raises CardNotFound, CardNotOwn, CardTransitionRefused, CardHeldByBureau, CardUnlinked, CardCancelled,
        CardBusy.
        """
        self.life.own(citizen, card_id)
        return self.life.happen(citizen, card_id, life.unlink_bank, "card-bank-unlinked")

    def _account(self, card: Card, phone: str) -> str:
        """Bank and account, masked, once the bank agrees. Every try is a question, and a reading, of its own."""
        person = self.faces.reveal(card.person_id, card.sealed, card.holder, card.id_number_masked)
        fact = self.exchange.ask(
            "social-security",
            "bank-account",
            Subject(person_id=person.id, real_name=person.real_name, id_number=person.id_number),
            purpose="link-bank-account",
            case_id=new_id("bank", self.clock()),
            claims={"phone": phone},
        )
        if fact.status is FactStatus.MISMATCH:
            raise IdentityMismatch
        if fact.value is None:
            raise BankAccountMissing
        return _agreed(fact.value)


def _agreed(value: object) -> str:
    try:
        account = BankAccount.model_validate(value)
    except ValidationError:
        raise AnswerNotTrusted from None
    if not account.active:
        raise BankAccountInactive
    if not account.phone_matches:
        raise PhoneNotMatched
    return f"{account.bank} {account.account_masked}"
