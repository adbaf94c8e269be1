"""Showing a card to be looked at, and checking that what one looks at is being shown now."""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import randbits

from chalicelib.cards.counter_errors import LicenceUnknown
from chalicelib.cards.model.card import USABLE, Card
from chalicelib.cards.model.licence import LICENCE_LIFE, NONCE_BITS, NONCE_LENGTH, Showing, plain
from chalicelib.cards.service.cards import Cards
from chalicelib.cards.store.licences import LicenceStore
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.errors import ActionNotMandated, MandateEnded
from chalicelib.mandates.model.mandates import Action, reference
from chalicelib.mandates.service.mandates import Mandates
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.keys import Mac
from chalicelib.types import encode_base32

_LABEL = "licence"


@dataclass(frozen=True, slots=True)
class Licences:
    """Cards shown to be looked at."""

    store: LicenceStore
    cards: Cards
    mandates: Callable[[], Mandates]
    mac: Mac
    clock: Clock

    def show(self, citizen: Citizen, card_id: str) -> tuple[Card, Showing, str]:
        """The card, its showing of 60 seconds, and the nonce by which that is checked; each call gives another.

        Raises what `Cards.usable` raises.
        """
        card, now = self.cards.usable(citizen, card_id), self.clock()
        showing = Showing(
            card_id=card.id,
            mandate_id=citizen.account.wallet[card_id].mandate_id,
            shown_at=now,
            valid_until=now + LICENCE_LIFE,
        )
        nonce = encode_base32(randbits(NONCE_BITS), NONCE_LENGTH)
        self.store.keep(self.mac.hidden(_LABEL, nonce), showing)
        log.event("licence.shown", card=card.id, citizen=citizen.id)
        return card, showing, nonce

    def check(self, written: str) -> tuple[Card, Showing, str]:
        """The card that is being shown under this nonce, dashes or not. Raises LicenceUnknown.

        A card that was taken out of use since, or whose mandate was revoked, is not shown any more.
        """
        nonce = plain(written)
        showing = self.store.find(self.mac.hidden(_LABEL, nonce)) if nonce else None
        if nonce is None or showing is None or showing.valid_until <= self.clock():
            raise LicenceUnknown
        card = self.cards.known(showing.card_id)
        if card.status not in USABLE or not self._stands(showing.mandate_id):
            raise LicenceUnknown
        return card, showing, nonce

    def _stands(self, mandate_id: str | None) -> bool:
        try:
            return mandate_id is None or bool(self.mandates().standing(reference(mandate_id), Action.CARDS))
        except (MandateEnded, ActionNotMandated):
            return False
