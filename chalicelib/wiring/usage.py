"""The usage log."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.platform import core_table

if TYPE_CHECKING:
    from chalicelib.mandates.service.mandates import Mandates
    from chalicelib.usage.service.recording import Recording
    from chalicelib.usage.service.tracking import Tracking
    from chalicelib.usage.store import UsageLog


@cache
def _log() -> UsageLog:
    from chalicelib.usage.store import UsageLog

    return UsageLog(core_table())


@cache
def recording() -> Recording:
    """The log as other rooms write to it."""
    from chalicelib.usage.service.recording import Recording

    return Recording(_log())


@cache
def tracking() -> Tracking:
    """The log as its person reads it."""
    from chalicelib.usage.service.tracking import Tracking

    return Tracking(_log(), _mandates, system_clock)


def _mandates() -> Mandates:
    from chalicelib.wiring.mandates import mandates

    return mandates()
