"""A citizen's verbs about cards (bind, show a code) and an institution's one (decode)."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from chalicelib.cards.codes import Code, CodeBook
from chalicelib.cards.errors import CardNotFound, CardNotUsable, CodeExpired, CodeInvalid, PersonNotInsured
from chalicelib.cards.model import (
    CODE_LIFE,
    PRESENCE_LIFE,
    REFRESH_AFTER,
    SETTLEMENT,
    USABLE,
    Attributes,
    BusinessType,
    Card,
    CardStatus,
    Presence,
    Terminal,
    reference,
)
from chalicelib.cards.store import CardStore
from chalicelib.exchange.model import Subject
from chalicelib.exchange.service import Exchange
from chalicelib.identity.model import Citizen, Person, Purpose
from chalicelib.identity.service import Identity
from chalicelib.institutions.model import Institution
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import transact
from chalicelib.platform.keys import Mac
from chalicelib.platform.tokens import Tokens
from chalicelib.types import new_id

_PRESENCE_TOKEN = "presence+jwt"  # noqa: S105  (a token's kind, not a token)
_AHEAD = timedelta(seconds=30)
"""How far ahead of ours the minting machine's clock may be."""
_ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code, when it ends, and when the phone should fetch the next one."""

    code: str
    expires_at: datetime
    refresh_after: datetime


@dataclass(frozen=True, slots=True)
class Cards:
    """Electronic social-security cards."""

    store: CardStore
    identity: Identity
    exchange: Exchange
    mac: Mac
    tokens: Tokens
    clock: Clock

    def bind(self, citizen: Citizen, verification_id: str) -> Card:
        """Bind the card of the person whose face was verified, once the social-security department confirms them.

        The card's id follows from the verification's, so a repeated request meets its own card. Raises what
        `Identity.verified` raises, PersonNotInsured, CardAlreadyBound, Unavailable.
        """
        person = self.identity.verified(citizen, verification_id, Purpose.BIND_CARD)
        card_id = verification_id.replace("face_", "card_", 1)
        subject = Subject(person_id=person.id, real_name=person.real_name, id_number=person.id_number)
        fact = self.exchange.ask(
            "social-security", "insured-person", subject, purpose="bind-card", case_id=card_id
        )
        if fact.value is None or fact.value.get("cardStatus") != _ACTIVE:
            raise PersonNotInsured
        card = self._card(card_id, citizen, person, fact.value)
        transact([*self.store.bind(card), self.identity.recognised(citizen.id, person)])
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
            number_sealed=self.identity.sealer.seal({"number": number}, {"card": card_id}),
            bound_at=self.clock(),
            version=1,
        )

    def list_own(self, citizen: Citizen) -> list[Card]:
        """The caller's cards, oldest first."""
        found = (self.store.find(reference(card_id)) for card_id in self.store.ids_of(citizen.id))
        return [card for card in found if card]

    def get(self, citizen_id: str, card_id: str) -> Card:
        """One of the citizen's cards. Raises CardNotFound, also for somebody else's."""
        card = self.store.find(reference(card_id))
        if card is None or card.id != card_id or card.citizen_id != citizen_id:
            raise CardNotFound
        return card

    def usable(self, citizen_id: str, card_id: str) -> Card:
        """One of the citizen's cards that may be used now. Raises CardNotFound, CardNotUsable."""
        card = self.get(citizen_id, card_id)
        if card.status not in USABLE:
            raise CardNotUsable
        return card

    def show(self, citizen: Citizen, card_id: str) -> ShownCode:
        """A fresh `SC1:` code: one read, no write. Raises CardNotFound, CardNotUsable."""
        self.usable(citizen.id, card_id)
        now = self.clock().replace(microsecond=0)
        code = self._book(_day(now)).mint(reference(card_id), int(now.timestamp()))
        return ShownCode(code, now + CODE_LIFE, now + REFRESH_AFTER)

    def decode(
        self, institution: Institution, code: str, purpose: BusinessType, terminal: Terminal
    ) -> Presence:
        """Use a code up: this person and this institution met. One read, one conditional write.

        The answer holds what `purpose` needs and no more; a repetition of the request, signed anew, gets it again.
        Raises CodeInvalid, CodeExpired, CodeUsed, CardNotUsable, SignatureReplayed.
        """
        now = self.clock()
        read = self._read(code, now)
        card = self.store.find(read.reference)
        if card is None:
            raise CodeInvalid
        if card.status not in USABLE:
            raise CardNotUsable
        attributes = self._attributes(card, purpose)
        presence_id = new_id("prs", now)
        self.store.use(read, institution, purpose, terminal, attributes.names(), presence_id, now)
        pseudonym = self.pseudonym(institution.id, card.person_id)
        token = self.tokens.issue(
            _PRESENCE_TOKEN, self._claims(institution, presence_id, pseudonym, purpose, terminal, now)
        )
        log.event("code.decoded", institution=institution.id, card=card.id, business_type=purpose)
        return Presence(token=token, pseudonym=pseudonym, card=card, attributes=attributes)

    def _read(self, code: str, now: datetime) -> Code:
        # Around midnight a code may be of yesterday, or of tomorrow by a clock that is a little ahead.
        for label in dict.fromkeys(_day(moment) for moment in (now, now - CODE_LIFE, now + _AHEAD)):
            read = self._book(label).read(code)
            if read:
                age = now - datetime.fromtimestamp(read.minted_at, now.tzinfo)
                if age < -_AHEAD:
                    raise CodeInvalid
                if age >= CODE_LIFE:
                    raise CodeExpired
                return read
        raise self._stale_or_foreign(code, now)

    def _stale_or_foreign(self, code: str, now: datetime) -> CodeInvalid | CodeExpired:
        """Yesterday's code is stale, not foreign: say so."""
        return CodeExpired() if self._book(_day(now - timedelta(days=1))).read(code) else CodeInvalid()

    def _book(self, day: str) -> CodeBook:
        return CodeBook(self.mac.derive(f"sc1:{day}"))

    def _attributes(self, card: Card, purpose: BusinessType) -> Attributes:
        if purpose not in SETTLEMENT:
            return Attributes(holder=card.holder)
        person = self.identity.reveal(card.person_id, card.sealed, card.holder, card.id_number_masked)
        return Attributes(holder=card.holder, real_name=person.real_name, id_number=person.id_number)

    def pseudonym(self, institution_id: str, person_id: str) -> str:
        """The person's name at this institution alone; two institutions cannot compare theirs."""
        secret = self.mac.derive("pseudonym")
        return hmac.digest(secret, f"{institution_id}\0{person_id}".encode(), sha256).hex()[:32]

    def _claims(
        self,
        institution: Institution,
        presence_id: str,
        pseudonym: str,
        purpose: BusinessType,
        terminal: Terminal,
        now: datetime,
    ) -> dict[str, object]:
        issued_at = int(now.timestamp())
        return {
            "aud": institution.id,
            "sub": pseudonym,
            "jti": presence_id,
            "iat": issued_at,
            "exp": issued_at + int(PRESENCE_LIFE.total_seconds()),
            "terminal": terminal.device_id,
            "business_type": purpose,
            "amr": ["qr"],
        }


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")
