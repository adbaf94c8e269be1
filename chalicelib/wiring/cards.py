"""Electronic social-security cards."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.exchange import exchange
from chalicelib.wiring.identity import faces, wallets
from chalicelib.wiring.platform import code_mac, core_table, identity_sealer, tokens

if TYPE_CHECKING:
    from chalicelib.cards.service.binding import Binding
    from chalicelib.cards.service.cards import Cards
    from chalicelib.cards.service.decoding import Decoding
    from chalicelib.cards.service.showing import Showing
    from chalicelib.cards.store.cards import CardStore


@cache
def _card_store() -> CardStore:
    from chalicelib.cards.store.cards import CardStore

    return CardStore(core_table())


@cache
def cards() -> Cards:
    """Cards as they stand."""
    from chalicelib.cards.service.cards import Cards

    return Cards(_card_store(), code_mac())


@cache
def binding() -> Binding:
    """Binding cards."""
    from chalicelib.cards.service.binding import Binding

    return Binding(_card_store(), wallets(), faces(), exchange(), code_mac(), identity_sealer(), system_clock)


@cache
def showing() -> Showing:
    """Codes to show."""
    from chalicelib.cards.service.showing import Showing

    return Showing(code_mac(), system_clock)


@cache
def decoding() -> Decoding:
    """Scanned codes."""
    from chalicelib.cards.service.decoding import Decoding
    from chalicelib.cards.store.usages import UsageStore

    return Decoding(
        store=_card_store(),
        usages=UsageStore(core_table()),
        cards=cards(),
        faces=faces(),
        mac=code_mac(),
        tokens=tokens(),
        clock=system_clock,
    )
