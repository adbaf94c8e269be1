"""Decoding a code at a counter: this person and this institution met."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.cards.codes import Code, CodeBook
from chalicelib.cards.errors import CardNotUsable, CodeExpired, CodeInvalid
from chalicelib.cards.model.card import USABLE, Card
from chalicelib.cards.model.decoding import (
    CODE_LIFE,
    PRESENCE_LIFE,
    SETTLEMENT,
    Attributes,
    BusinessType,
    Presence,
    Terminal,
)
from chalicelib.cards.service.cards import Cards
from chalicelib.cards.store.cards import CardStore
from chalicelib.cards.store.usages import UsageStore
from chalicelib.identity.service.faces import Faces
from chalicelib.institutions.model import Institution
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.keys import Mac
from chalicelib.platform.tokens import Tokens
from chalicelib.types import new_id

_PRESENCE_TOKEN = "presence+jwt"  # noqa: S105  (a token's kind, not a token)
_AHEAD = timedelta(seconds=30)
"""How far ahead of ours the minting machine's clock may be."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """Decoding codes."""

    store: CardStore
    usages: UsageStore
    cards: Cards
    faces: Faces
    mac: Mac
    tokens: Tokens
    clock: Clock

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
        self.usages.use(read, institution, purpose, terminal, attributes.names(), presence_id, now)
        pseudonym = self.cards.pseudonym(institution.id, card.person_id)
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
        person = self.faces.reveal(card.person_id, card.sealed, card.holder, card.id_number_masked)
        return Attributes(holder=card.holder, real_name=person.real_name, id_number=person.id_number)

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
