"""The departments, and what people consented to."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.platform import core_table, cursors, outbound_signer

if TYPE_CHECKING:
    from chalicelib.exchange.service import Exchange
    from chalicelib.exchange.service.consents import Consents


@cache
def exchange() -> Exchange:
    """The one port to all departments."""
    from chalicelib.exchange.departments import Departments
    from chalicelib.exchange.service import Exchange
    from chalicelib.exchange.service.asking import Asking
    from chalicelib.exchange.service.breakers import Breakers
    from chalicelib.exchange.service.readings import Readings
    from chalicelib.exchange.store import ExchangeStore
    from chalicelib.exchange.store.breakers import BreakerStore
    from chalicelib.exchange.store.consents import ConsentStore

    store, clock = ExchangeStore(core_table()), system_clock
    return Exchange(
        store=store,
        readings=Readings(store, ConsentStore(core_table()), clock),
        asking=Asking(Departments(outbound_signer()), clock),
        breakers=Breakers(BreakerStore(core_table()), clock),
        clock=clock,
    )


@cache
def consents() -> Consents:
    """What citizens consented to."""
    from chalicelib.exchange.service.consents import Consents
    from chalicelib.exchange.store.consents import ConsentStore

    return Consents(ConsentStore(core_table()), cursors, system_clock)
