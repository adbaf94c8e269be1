"""Redeeming an offline code: what happened at a counter without a network, told afterwards, counts once.

A code that was used before has been spent twice. Nobody can undo what two counters did, but both are known: the second
is refused, the holder is told of both, and an alarm rings.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.cards.errors import CodeDoubleSpent, CodeExpired, CodeInvalid, OfflineLimitExceeded
from chalicelib.cards.model.card import Card
from chalicelib.cards.model.decoding import REDEEM_WITHIN, BusinessType, Presence, Terminal
from chalicelib.cards.model.usage import Kind, Payment, Usage
from chalicelib.cards.offline import OfflineBook, OfflineCode
from chalicelib.cards.service.attesting import Attesting, Scan, Shown
from chalicelib.cards.store.cards import CardStore
from chalicelib.cards.store.usages import UsageStore
from chalicelib.errors import Invalid
from chalicelib.institutions.model import Institution
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.outbox import message
from chalicelib.types import follow_id

_AHEAD = timedelta(seconds=30)
"""How far ahead of ours a terminal's clock may be."""


@dataclass(frozen=True, slots=True)
class Redeeming:
    """Offline codes (`SC2:`) as they reach us."""

    book: OfflineBook
    store: CardStore
    usages: UsageStore
    attesting: Attesting
    clock: Clock

    def decode(
        self, institution: Institution, code: str, business_type: BusinessType, terminal: Terminal
    ) -> Presence:
        """Use an offline code up at a counter that has a network: shown now, nothing paid with it yet.

        Raises what `redeem` raises.
        """
        now = self.clock()
        return self._use(self.book.read(code, now), Scan(institution, business_type, terminal, now), None)

    def redeem(
        self,
        institution: Institution,
        code: str,
        business_type: BusinessType,
        terminal: Terminal,
        payment: Payment,
    ) -> Presence:
        """Use an offline code up that a counter took while it had no network.

        It must have been shown within its life, come to us within 24 hours of its end, be worth the amount, and the
        card must not have been out of use, or in another account, when it was shown. A repetition of the request,
        signed anew, gets the same presence again. Raises CodeInvalid, CodeExpired, CodeDoubleSpent,
        OfflineLimitExceeded, CardSuspended, CardLocked, CardUnlinked, CardCancelled, SignatureReplayed, and Invalid
        for a moment that has not come yet.
        """
        scan = Scan(institution, business_type, terminal, self.clock())
        if payment.presented_at > scan.at + _AHEAD:
            raise Invalid(("/presentedAt", "lies in the future; check the terminal's clock"))
        read = self._read(code, payment.presented_at, scan.at)
        if scan.at.timestamp() > read.expires_at + REDEEM_WITHIN.total_seconds():
            raise CodeExpired
        if payment.amount_fen > read.spend_limit_fen:
            raise OfflineLimitExceeded
        return self._use(read, scan, payment)

    def _read(self, code: str, presented_at: datetime, now: datetime) -> OfflineCode:
        try:
            return self.book.read(code, presented_at)
        except CodeInvalid:
            self.book.read(code, now)  # raises CodeInvalid for what is not ours
        raise CodeExpired("It was not made yet at presentedAt; check the terminal's clock.")

    def _use(self, read: OfflineCode, scan: Scan, payment: Payment | None) -> Presence:
        card = self._card(read, payment.presented_at if payment else scan.at)
        usage, ours = self.attesting.use(
            _usage_id(read), Kind.OFFLINE_QR, scan, Shown(card, card.citizen_id), payment
        )
        if not ours:
            self._double_spent(card, usage, scan.institution)
            raise CodeDoubleSpent
        return self.attesting.presence(card, usage, scan.at)

    def _card(self, read: OfflineCode, presented_at: datetime) -> Card:
        card = None if read.family else self.store.find(read.reference)  # a relative has none of them
        if card is None:
            raise CodeInvalid
        refusal = card.refusal_of_offline_code(read.minted_at, presented_at.timestamp())
        if refusal:
            raise refusal
        return card

    def _double_spent(self, card: Card, first: Usage, second: Institution) -> None:
        """Let everybody know: the log, the alarm, and once per institution the holder."""
        log.event(
            "code.double-spent",
            first=first.institution_id,
            institution=second.id,
            usage=first.id,
            card=card.id,
        )
        log.measure("DoubleSpent", 1)
        if second.id in first.spent_again:
            return
        told = message(
            "notices",
            "notice.send",
            first.id,
            len(first.spent_again) + 1,
            citizen=card.citizen_id or "",
            kind="code-double-spent",
            first=first.institution_name,
            second=second.name,
        )
        self.usages.spent_again(card.person_id, first, second.id, told if card.citizen_id else None)


def _usage_id(read: OfflineCode) -> str:
    """The id of an offline code's use; never that of the online code of the same second."""
    minted_at = datetime.fromtimestamp(read.minted_at, UTC)
    return follow_id("use", minted_at, f"sc2:{read.reference}:{read.nonce}")
