"""Showing a code: one read in all (the caller's account), no write."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.cards.codes import CodeBooks
from chalicelib.cards.errors import CardNotFound, unusable
from chalicelib.cards.model.card import USABLE
from chalicelib.cards.model.decoding import CODE_LIFE, REFRESH_AFTER
from chalicelib.cards.offline import OfflineBook
from chalicelib.identity.model.accounts import Citizen, Role, WalletEntry
from chalicelib.mandates.errors import ActionNotMandated, MandateEnded
from chalicelib.platform.clock import Clock

_PAYS = 2
"""The level from which a card can pay, and therefore has offline codes."""


@dataclass(frozen=True, slots=True)
class OfflineShown:
    """A code for a counter without a network: how long it is accepted, and for how much (fen)."""

    code: str
    expires_at: datetime
    spend_limit_fen: int


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code, when it ends, and when the phone should fetch the next one."""

    code: str
    expires_at: datetime
    refresh_after: datetime
    offline: OfflineShown | None


@dataclass(frozen=True, slots=True)
class Showing:
    """Codes to show. `offline` is made on first use: most cards cannot pay."""

    books: CodeBooks
    offline: Callable[[], OfflineBook]
    clock: Clock

    def show(self, citizen: Citizen, card_id: str) -> ShownCode:
        """A fresh `SC1:` code of a card in the caller's wallet and, for an own card that can pay, an `SC2:` code.

        Raises CardNotFound, CardSuspended, CardLocked, CardUnlinked, CardCancelled, MandateEnded, ActionNotMandated.
        """
        entry = citizen.account.wallet.get(card_id)
        if entry is None:
            raise CardNotFound
        now = self.clock().replace(microsecond=0)
        _require_showable(entry, now)
        return ShownCode(
            self.books.mint(entry.reference, now, family=entry.role is Role.FAMILY),
            now + CODE_LIFE,
            now + REFRESH_AFTER,
            self._offline(entry, now),
        )

    def _offline(self, entry: WalletEntry, now: datetime) -> OfflineShown | None:
        if entry.role is Role.FAMILY or entry.level < _PAYS or entry.region is None:
            return None
        book = self.offline()
        code = book.mint(entry.reference, now, family=False, region=entry.region, level=entry.level)
        return OfflineShown(code, now + book.life, book.spend_limit_fen)


def _require_showable(entry: WalletEntry, now: datetime) -> None:
    """An own card's state is in its entry; a relative's is asked for when its code is decoded."""
    if entry.role is Role.OWN and entry.status not in USABLE:
        raise unusable(entry.status)
    if entry.until is not None and entry.until <= now.timestamp():
        raise MandateEnded("Its time is over.", "授权期限已满。")
    if not entry.codes:
        raise ActionNotMandated
