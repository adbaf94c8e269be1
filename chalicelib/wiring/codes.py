"""Card codes, online and offline, and the keys of their days."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.config import settings
from chalicelib.wiring.platform import code_mac

if TYPE_CHECKING:
    from chalicelib.cards.codes import CodeBooks
    from chalicelib.cards.offline import OfflineBook
    from chalicelib.cards.offline_keys import OfflineKeys


@cache
def code_books() -> CodeBooks:
    """`SC1:` codes."""
    from chalicelib.cards.codes import CodeBooks

    return CodeBooks(code_mac(), settings().day_key_epoch)


@cache
def offline_keys() -> OfflineKeys:
    """The keys that offline codes are signed with, day by day."""
    from chalicelib.cards.offline_keys import OfflineKeys

    return OfflineKeys(code_mac(), settings().day_key_epoch)


@cache
def offline_book() -> OfflineBook:
    """`SC2:` codes."""
    from chalicelib.cards.offline import OfflineBook

    chosen = settings()
    return OfflineBook(
        offline_keys(),
        chosen.public_base_url,
        timedelta(hours=int(chosen.offline_code_hours)),
        int(chosen.offline_spend_limit_fen),
    )
