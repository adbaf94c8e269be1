"""Attesting that this person and this institution met: the entry in the person's usage log, and the presence token.

Whoever found out whose card it is (a scanned code, an offline code, a counter's code) comes here; nothing here knows
how that was found out.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from chalicelib.cards.model.card import Card
from chalicelib.cards.model.decoding import (
    ERRANDS,
    PRESENCE_LIFE,
    Attribute,
    Attributes,
    BusinessType,
    Presence,
    Terminal,
)
from chalicelib.cards.model.usage import Kind, Payment, Relative, Usage
from chalicelib.cards.service.cards import Cards
from chalicelib.cards.store.usages import UsageStore
from chalicelib.identity.service.faces import Faces
from chalicelib.institutions.errors import SignatureReplayed
from chalicelib.institutions.model import Institution
from chalicelib.institutions.service.institutions import Institutions
from chalicelib.platform import log
from chalicelib.platform.tokens import Tokens
from chalicelib.types import new_id

_PRESENCE_TOKEN = "presence+jwt"  # noqa: S105  (a token's kind, not a token)
_LIFE_SECONDS = int(PRESENCE_LIFE.total_seconds())


class Scan(NamedTuple):
    """Who asks, why, where, and when that was."""

    institution: Institution
    business_type: BusinessType
    terminal: Terminal
    at: datetime


class Shown(NamedTuple):
    """Whose card it is, and which account showed it: the holder's or, by a mandate, a relative's."""

    card: Card
    by: str | None
    relative: Relative | None = None


@dataclass(frozen=True, slots=True)
class Attesting:
    """Uses of cards as they happen."""

    usages: UsageStore
    cards: Cards
    faces: Faces
    tokens: Tokens
    institutions: Institutions

    def use(
        self, usage_id: str, kind: Kind, scan: Scan, shown: Shown, payment: Payment | None = None
    ) -> tuple[Usage, bool]:
        """Enter a use under its id, once, by one conditional put.

        Returns the use that stands, and whether it is this request's own: entered now, or by the request that this
        one, signed anew, repeats. Raises SignatureReplayed for a request, or a repetition of it, that came before.
        """
        usage = _usage(usage_id, kind, scan, shown, payment)
        stands = self.usages.use(shown.card.person_id, usage)
        if stands.presence_id == usage.presence_id:  # also where the SDK repeated a put whose answer was lost
            log.event(
                "card.used",
                institution=usage.institution_id,
                card=usage.card_id,
                kind=kind,
                business_type=usage.business_type,
            )
            return usage, True
        ours = usage.repeats(stands)
        if ours and stands.signature == usage.signature:
            raise SignatureReplayed
        if ours:
            self.institutions.once(scan.institution)
        return stands, ours

    def presence(self, card: Card, usage: Usage, now: datetime) -> Presence:
        """The presence that a use stands for: the same again for whoever asks again.

        Opens name and number only where the use's attributes include them.
        """
        pseudonym = self.cards.pseudonym(usage.institution_id, card.person_id)
        used_at = int(usage.decoded_at.timestamp())
        claims = {
            "aud": usage.institution_id,
            "sub": pseudonym,
            "jti": usage.presence_id,
            "iat": used_at,
            "exp": used_at + _LIFE_SECONDS,
            "terminal": usage.terminal.device_id,
            "business_type": usage.business_type,
            "amr": [usage.kind],
        }
        return Presence(
            token=self.tokens.issue(_PRESENCE_TOKEN, claims),
            pseudonym=pseudonym,
            card=card,
            attributes=self._attributes(card, usage.attributes),
            expires_in=max(0, used_at + _LIFE_SECONDS - int(now.timestamp())),
        )

    def _attributes(self, card: Card, wanted: tuple[Attribute, ...]) -> Attributes:
        if set(wanted) == {Attribute.HOLDER}:
            return Attributes(holder=card.holder)
        person = self.faces.reveal(card.person_id, card.sealed, card.holder, card.id_number_masked)
        return Attributes(
            holder=card.holder,
            real_name=person.real_name if Attribute.REAL_NAME in wanted else None,
            id_number=person.id_number if Attribute.ID_NUMBER in wanted else None,
        )


def _usage(usage_id: str, kind: Kind, scan: Scan, shown: Shown, payment: Payment | None) -> Usage:
    return Usage(
        id=usage_id,
        kind=kind,
        card_id=shown.card.id,
        institution_id=scan.institution.id,
        institution_name=scan.institution.name,
        key_id=scan.institution.key_id,
        business_type=scan.business_type,
        attributes=ERRANDS[scan.business_type].attributes,
        terminal=scan.terminal,
        signature=scan.institution.nonce,
        decoded_at=scan.at,
        presence_id=new_id("prs", scan.at),
        shown_by=shown.by,
        relative=shown.relative,
        presented_at=payment.presented_at if payment else None,
        amount_fen=payment.amount_fen if payment else None,
    )
