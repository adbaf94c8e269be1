"""Decoding a code at a counter: this person and this institution met."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.cards.codes import Code, CodeBooks
from chalicelib.cards.errors import CodeInvalid, CodeUsed
from chalicelib.cards.model.decoding import BusinessType, Presence, Terminal
from chalicelib.cards.model.usage import Kind, Relative, Usage
from chalicelib.cards.service.attesting import Attesting, Scan, Shown
from chalicelib.cards.store.cards import CardStore
from chalicelib.institutions.model import Institution
from chalicelib.mandates.model.mandates import Action
from chalicelib.mandates.service.mandates import Mandates
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.types import follow_id


@dataclass(frozen=True, slots=True)
class Decoding:
    """Scanned `SC1:` codes. `mandates` is made on first use: most codes are shown by the card's own holder."""

    books: CodeBooks
    store: CardStore
    mandates: Callable[[], Mandates]
    attesting: Attesting
    clock: Clock

    def decode(
        self, institution: Institution, code: str, business_type: BusinessType, terminal: Terminal
    ) -> Presence:
        """Use a code up: this person and this institution met.

        One read (two, where a relative shows the card by a mandate) and one conditional write, which makes the code
        single-use and is the entry of the usage log. The answer holds what `business_type` needs and no more; a
        repetition of the request, signed anew, gets it again. Raises CodeInvalid, CodeExpired, CodeUsed, CardSuspended,
        CardLocked, CardUnlinked, CardCancelled, MandateEnded, SignatureReplayed.
        """
        now = self.clock()
        read = self.books.read(code, now)
        shown = self._shown_by_a_relative(read) if read.family else self._shown(read)
        scan = Scan(institution, business_type, terminal, now)
        usage, ours = self.attesting.use(_usage_id(read), Kind.QR, scan, shown)
        if not ours:
            raise _reused(institution, usage)
        return self.attesting.presence(shown.card, usage, now)

    def _shown(self, read: Code) -> Shown:
        card = self.store.find(read.reference)
        if card is None:
            raise CodeInvalid
        if refusal := card.refusal_of_code(read.minted_at):
            raise refusal
        return Shown(card, card.citizen_id)

    def _shown_by_a_relative(self, read: Code) -> Shown:
        mandate = self.mandates().standing(read.reference, Action.CARDS)
        card = self.store.find(mandate.card_reference) if mandate.card_reference else None
        if card is None:
            raise CodeInvalid
        card.require_usable()
        relative = Relative(mandate_id=mandate.id, holder=mandate.agent_holder)
        return Shown(card, mandate.agent_citizen_id, relative)


def _usage_id(read: Code) -> str:
    """The id of a code's use: it follows from the code, so that there is one use of it."""
    minted_at = datetime.fromtimestamp(read.minted_at, UTC)
    return follow_id("use", minted_at, f"{read.reference}:{read.nonce}")


def _reused(institution: Institution, usage: Usage) -> CodeUsed:
    """A code that comes twice is a picture of it, or a terminal that lost its answer: worth counting."""
    log.event("code.reused", institution=institution.id, first=usage.institution_id, usage=usage.id)
    log.measure("CodeReused", 1, institution=institution.id)
    return CodeUsed()
