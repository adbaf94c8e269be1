"""The departments."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.platform import core_table, outbound_signer

if TYPE_CHECKING:
    from chalicelib.exchange.service import Exchange


@cache
def exchange() -> Exchange:
    """The one port to all departments."""
    from chalicelib.exchange.departments import Departments
    from chalicelib.exchange.service import Exchange
    from chalicelib.exchange.store import ExchangeStore

    return Exchange(ExchangeStore(core_table()), Departments(outbound_signer()), system_clock)
