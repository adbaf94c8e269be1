"""Hospitals' rules of registration."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.platform import core_table

if TYPE_CHECKING:
    from chalicelib.policies.service import Policies


@cache
def policies() -> Policies:
    """The rules of each hospital."""
    from chalicelib.policies.service import Policies
    from chalicelib.policies.store import PolicyStore

    return Policies(PolicyStore(core_table()), system_clock)
