"""Counters' codes, arrivals at counters, and cards shown to be looked at."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.cards import attesting, cards
from chalicelib.wiring.institutions import institutions
from chalicelib.wiring.platform import code_mac, core_table, cursors

if TYPE_CHECKING:
    from chalicelib.cards.service.counters import Counters
    from chalicelib.cards.service.licences import Licences
    from chalicelib.cards.service.presences import Presences
    from chalicelib.cards.store.counters import CounterStore
    from chalicelib.mandates.service.mandates import Mandates


@cache
def _counter_store() -> CounterStore:
    from chalicelib.cards.store.counters import CounterStore

    return CounterStore(core_table())


def _mandates() -> Mandates:
    from chalicelib.wiring.mandates import mandates

    return mandates()


@cache
def counters() -> Counters:
    """Counters and their codes."""
    from chalicelib.cards.counter_codes import CounterCodes
    from chalicelib.cards.service.counters import Counters

    return Counters(_counter_store(), CounterCodes(code_mac()), institutions(), system_clock)


@cache
def presences() -> Presences:
    """Arrivals at counters."""
    from chalicelib.cards.service.presences import Presences
    from chalicelib.cards.store.usages import UsageStore

    return Presences(
        store=_counter_store(),
        counters=counters(),
        cards=cards(),
        mandates=_mandates,
        usages=UsageStore(core_table()),
        attesting=attesting(),
        institutions=institutions(),
        cursors=cursors(),
        clock=system_clock,
    )


@cache
def licences() -> Licences:
    """Cards shown to be looked at."""
    from chalicelib.cards.service.licences import Licences
    from chalicelib.cards.store.licences import LicenceStore

    return Licences(LicenceStore(core_table()), cards(), _mandates, code_mac(), system_clock)
