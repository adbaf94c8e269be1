"""Appointments from hold to end. What hospitals offer and do is `supply`'s."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.cards import cards
from chalicelib.wiring.cases import cases
from chalicelib.wiring.payments import payments
from chalicelib.wiring.platform import clinic_table, core_table, cursors, identity_sealer
from chalicelib.wiring.policies import policies

if TYPE_CHECKING:
    from chalicelib.appointments.service.attending import Attending
    from chalicelib.appointments.service.booking import Booking
    from chalicelib.appointments.service.ending import Ending
    from chalicelib.appointments.service.looking import Looking
    from chalicelib.appointments.service.moving import Moving
    from chalicelib.appointments.service.paying import Paying
    from chalicelib.appointments.service.projection import Projection
    from chalicelib.appointments.service.sanctions import Sanctions
    from chalicelib.appointments.service.striking import Striking
    from chalicelib.appointments.service.sweeping import Sweeping


def _most_per_day() -> int:
    """The city's rule: the policy of no hospital in particular."""
    return policies().of("").most_per_day


@cache
def booking() -> Booking:
    """Holding slots, and one's appointments."""
    from chalicelib.appointments.service.booking import Booking
    from chalicelib.appointments.service.limiting import Limiting
    from chalicelib.appointments.store.appointments import AppointmentStore
    from chalicelib.appointments.store.availability import AvailabilityStore
    from chalicelib.appointments.store.clinics import ClinicStore
    from chalicelib.appointments.store.limits import LimitStore

    clinics = ClinicStore(clinic_table())
    return Booking(
        clinics,
        AvailabilityStore(core_table()),
        AppointmentStore(core_table()),
        Limiting(LimitStore(core_table()), clinics, _most_per_day, system_clock),
        cards(),
        cursors(),
        system_clock,
    )


@cache
def looking() -> Looking:
    """One appointment with its money and its rules."""
    from chalicelib.appointments.service.looking import Looking

    return Looking(booking(), payments(), policies())


@cache
def ending() -> Ending:
    """Cancelling, and giving back what a cancelled appointment had."""
    from chalicelib.appointments.service.ending import Ending
    from chalicelib.appointments.store.appointments import AppointmentStore
    from chalicelib.appointments.store.clinics import ClinicStore
    from chalicelib.wiring.waitlist import returns

    return Ending(
        booking(),
        AppointmentStore(core_table()),
        ClinicStore(clinic_table()),
        payments(),
        policies(),
        returns(),
        system_clock,
    )


@cache
def moving() -> Moving:
    """Exchanging a booked slot for another."""
    from chalicelib.appointments.service.moving import Moving
    from chalicelib.appointments.store.appointments import AppointmentStore
    from chalicelib.appointments.store.swaps import SwapStore

    swaps = SwapStore(AppointmentStore(core_table()), clinic_table())
    return Moving(booking(), ending(), swaps, system_clock)


@cache
def paying() -> Paying:
    """From a hold to a booked appointment."""
    from chalicelib.appointments.service.insurance import InsuredPatients
    from chalicelib.appointments.service.paying import Paying
    from chalicelib.appointments.store.appointments import AppointmentStore
    from chalicelib.appointments.store.clinics import ClinicStore

    return Paying(
        booking=booking(),
        ending=ending(),
        appointments=AppointmentStore(core_table()),
        clinics=ClinicStore(clinic_table()),
        payments=payments(),
        patients=InsuredPatients(cards(), identity_sealer()),
        policies=policies(),
        clock=system_clock,
    )


@cache
def attending() -> Attending:
    """The day of the visit."""
    from chalicelib.appointments.service.attending import Attending
    from chalicelib.appointments.store.appointments import AppointmentStore

    return Attending(booking(), AppointmentStore(core_table()), cases(), policies(), system_clock)


@cache
def sanctions() -> Sanctions:
    """What missing appointments leads to."""
    from chalicelib.appointments.service.sanctions import Sanctions
    from chalicelib.appointments.store.sanctions import SanctionStore

    return Sanctions(SanctionStore(core_table()), identity_sealer(), system_clock)


@cache
def striking() -> Striking:
    """What a missed appointment counts."""
    from chalicelib.appointments.service.striking import Striking
    from chalicelib.appointments.store.appointments import AppointmentStore
    from chalicelib.appointments.store.sanctions import SanctionStore

    core = core_table()
    return Striking(
        SanctionStore(core), AppointmentStore(core), sanctions(), cards(), policies(), system_clock
    )


def administer_registration(event: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to an administrator's request about registration."""
    from chalicelib.appointments.service.administration import Administration

    return Administration(sanctions(), identity_sealer(), system_clock).serve(event)


@cache
def projection() -> Projection:
    """What follows from a clinic session's changes."""
    from chalicelib.appointments.service.projection import Projection
    from chalicelib.appointments.store.appointments import AppointmentStore
    from chalicelib.appointments.store.availability import AvailabilityStore

    return Projection(AvailabilityStore(core_table()), AppointmentStore(core_table()))


@cache
def sweeping() -> Sweeping:
    """Appointments and payments that stayed open."""
    from chalicelib.appointments.service.sweeping import Sweeping
    from chalicelib.appointments.store.appointments import AppointmentStore
    from chalicelib.wiring.waitlist import following

    return Sweeping(
        appointments=AppointmentStore(core_table()),
        payments=payments(),
        paying=following,
        book_free=paying().book_free,
        ending=ending(),
        attending=attending(),
        clock=system_clock,
    )
