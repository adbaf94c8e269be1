"""Service items: the catalogue and its ledger, applications, and what takes them to their end."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.cases import cases
from chalicelib.wiring.exchange import consents, exchange
from chalicelib.wiring.identity import faces
from chalicelib.wiring.platform import core_table, cursors, outbound_signer

if TYPE_CHECKING:
    from chalicelib.matters.service.applying import Applying
    from chalicelib.matters.service.catalogue import Matters
    from chalicelib.matters.service.proceeding import Proceeding
    from chalicelib.matters.store.applications import ApplicationStore


@cache
def matters() -> Matters:
    """The service items."""
    from chalicelib.matters.service.catalogue import Matters
    from chalicelib.matters.store.usage import UsageStore

    return Matters(UsageStore(core_table()))


@cache
def _applications() -> ApplicationStore:
    from chalicelib.matters.store.applications import ApplicationStore

    return ApplicationStore(core_table())


@cache
def applying() -> Applying:
    """A citizen's applications."""
    from chalicelib.matters.service.applying import Applying

    return Applying(matters(), _applications(), faces(), consents(), cursors(), system_clock)


@cache
def proceeding() -> Proceeding:
    """Applications on their way."""
    from chalicelib.matters.fund import Fund
    from chalicelib.matters.service.deciding import Deciding
    from chalicelib.matters.service.ordering import Ordering
    from chalicelib.matters.service.proceeding import Proceeding

    store, clock = _applications(), system_clock
    deciding = Deciding(store, exchange(), clock)
    ordering = Ordering(store, exchange(), Fund(outbound_signer()), clock)
    return Proceeding(matters(), store, faces(), deciding, ordering, cases(), clock)
