"""Electronic social-security cards."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.exchange import exchange
from chalicelib.wiring.identity import identity
from chalicelib.wiring.platform import code_mac, core_table, tokens

if TYPE_CHECKING:
    from chalicelib.cards.service import Cards


@cache
def cards() -> Cards:
    """Electronic social-security cards."""
    from chalicelib.cards.service import Cards
    from chalicelib.cards.store import CardStore

    return Cards(
        store=CardStore(core_table()),
        identity=identity(),
        exchange=exchange(),
        mac=code_mac(),
        tokens=tokens(),
        clock=system_clock,
    )
