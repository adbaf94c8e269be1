"""Showing a code: one read in all (the caller's account), no write."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.cards.codes import CodeBook
from chalicelib.cards.errors import CardNotFound, CardNotUsable
from chalicelib.cards.model.card import USABLE
from chalicelib.cards.model.decoding import CODE_LIFE, REFRESH_AFTER
from chalicelib.identity.model.accounts import Citizen
from chalicelib.platform.clock import Clock
from chalicelib.platform.keys import Mac


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code, when it ends, and when the phone should fetch the next one."""

    code: str
    expires_at: datetime
    refresh_after: datetime


@dataclass(frozen=True, slots=True)
class Showing:
    """Codes to show."""

    mac: Mac
    clock: Clock

    def show(self, citizen: Citizen, card_id: str) -> ShownCode:
        """A fresh `SC1:` code of a card in the caller's wallet. Raises CardNotFound, CardNotUsable."""
        entry = citizen.account.wallet.get(card_id)
        if entry is None:
            raise CardNotFound
        if entry.status not in USABLE:
            raise CardNotUsable
        now = self.clock().replace(microsecond=0)
        book = CodeBook(self.mac.derive(f"sc1:{now:%Y-%m-%d}"))
        return ShownCode(
            book.mint(entry.reference, int(now.timestamp())), now + CODE_LIFE, now + REFRESH_AFTER
        )
