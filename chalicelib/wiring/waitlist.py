"""The waitlist: those who wait, slots that come back, and whose an order is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.cards import cards
from chalicelib.wiring.identity import wallets
from chalicelib.wiring.payments import payments
from chalicelib.wiring.platform import clinic_table, core_table, cursors

if TYPE_CHECKING:
    from chalicelib.payments.model import Order
    from chalicelib.waitlist.service.chances import Chances
    from chalicelib.waitlist.service.matching import Matching
    from chalicelib.waitlist.service.prepaying import Prepaying
    from chalicelib.waitlist.service.returns import Returns
    from chalicelib.waitlist.service.sweeping import WaitlistSweeping
    from chalicelib.waitlist.service.waiting import Waiting
    from chalicelib.waitlist.store.entries import EntryStore

_ENTRY = "wle_"


@cache
def _entries() -> EntryStore:
    from chalicelib.waitlist.store.entries import EntryStore
    from chalicelib.waitlist.store.queues import QueueStore

    return EntryStore(core_table(), QueueStore(core_table()))


@cache
def returns() -> Returns:
    """What appointments tell the waitlist."""
    from chalicelib.waitlist.service.returns import Returns

    return Returns(_entries().queues, system_clock)


@cache
def chances() -> Chances:
    """Estimates."""
    from chalicelib.waitlist.service.chances import Chances
    from chalicelib.wiring.supply import directory

    return Chances(_entries().queues, directory(), system_clock)


@cache
def waiting() -> Waiting:
    """Standing in a queue."""
    from chalicelib.waitlist.service.waiting import Waiting

    return Waiting(_entries(), chances(), cards(), cursors(), system_clock)


@cache
def prepaying() -> Prepaying:
    """The money of those who wait."""
    from chalicelib.waitlist.service.prepaying import Prepaying

    return Prepaying(waiting(), _entries(), payments(), system_clock)


@cache
def matching() -> Matching:
    """Slots that can be had."""
    from chalicelib.appointments.service.handing import Handing
    from chalicelib.appointments.store.appointments import AppointmentStore
    from chalicelib.appointments.store.availability import AvailabilityStore
    from chalicelib.appointments.store.seats import SeatStore
    from chalicelib.waitlist.service.matching import Matching
    from chalicelib.wiring.appointments import booking

    core, sessions = core_table(), booking()
    seats = SeatStore(AppointmentStore(core), clinic_table())
    handing = Handing(sessions.clinics, AvailabilityStore(core), seats, sessions.limiting, system_clock)
    return Matching(_entries(), prepaying(), handing, cards(), wallets(), system_clock)


@cache
def waitlist_sweeping() -> WaitlistSweeping:
    """Entries and queues that stayed open."""
    from chalicelib.waitlist.service.sweeping import WaitlistSweeping

    return WaitlistSweeping(_entries(), prepaying(), system_clock)


class _Following:
    """Brings whatever an order pays for to where the order is: its `about` says whose it is."""

    def follow(self, order: Order) -> None:
        """Raises Unavailable: come again."""
        from chalicelib.wiring.appointments import paying

        (prepaying() if order.about.startswith(_ENTRY) else paying()).follow(order)


following = _Following()


def settle(message: Mapping[str, Any]) -> None:
    """Work off a recorded notification (message `payment.settle`)."""
    order = payments().settle(message["about"])
    if order:
        following.follow(order)


def follow_up(message: Mapping[str, Any]) -> None:
    """Work off an order that was found to be paid (message `payment.follow`)."""
    order = payments().find(message["about"])
    if order:
        following.follow(order)


def awaited(order: Order) -> bool:
    """Whether an order's hospital has heard of it: of a prepayment, once a slot was found for it."""
    if not order.about.startswith(_ENTRY):
        return True
    entry = _entries().find(order.citizen_id, order.about)
    return entry is not None and entry.status == "fulfilled"
