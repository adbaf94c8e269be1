"""Hospitals' rules of registration."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.cards import cards
from chalicelib.wiring.platform import core_table

if TYPE_CHECKING:
    from chalicelib.appointments.service.history import PastAppointments
    from chalicelib.policies.service.policies import Policies
    from chalicelib.policies.service.versions import Versions


@cache
def policies() -> Policies:
    """The rules of each hospital."""
    from chalicelib.policies.service.policies import Policies
    from chalicelib.policies.store import PolicyStore

    return Policies(PolicyStore(core_table()), system_clock)


@cache
def past_appointments() -> PastAppointments:
    """What a dry run is tried on."""
    from chalicelib.appointments.service.history import PastAppointments
    from chalicelib.appointments.store.appointments import AppointmentStore
    from chalicelib.appointments.store.availability import AvailabilityStore
    from chalicelib.appointments.store.directory import DirectoryStore

    table = core_table()
    return PastAppointments(DirectoryStore(table), AvailabilityStore(table), AppointmentStore(table), cards())


@cache
def policy_versions() -> Versions:
    """Changing the rules."""
    from chalicelib.policies.service.versions import Versions
    from chalicelib.policies.store import PolicyStore

    return Versions(PolicyStore(core_table()), past_appointments(), system_clock)


def administer_policies(event: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to an administrator's request about a hospital's rules."""
    from chalicelib.policies.service.administration import Administration

    return Administration(policy_versions()).serve(event)
