"""What hospitals offer and do: directory, schedules, releases, stops, their desk; where else somebody may go."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.appointments import attending, booking, ending
from chalicelib.wiring.cards import cards
from chalicelib.wiring.platform import clinic_table, core_table, cursors
from chalicelib.wiring.policies import policies

if TYPE_CHECKING:
    from chalicelib.appointments.service.alternatives import Alternatives
    from chalicelib.appointments.service.desk import Desk
    from chalicelib.appointments.service.directory import Directory
    from chalicelib.appointments.service.importing import Importing
    from chalicelib.appointments.service.releasing import Releasing
    from chalicelib.appointments.service.schedules import Schedules
    from chalicelib.appointments.service.stopping import Stopping


@cache
def directory() -> Directory:
    """Hospitals, departments, practitioners and free slots."""
    from chalicelib.appointments.service.directory import Directory
    from chalicelib.appointments.store.availability import AvailabilityStore
    from chalicelib.appointments.store.clinics import ClinicStore
    from chalicelib.appointments.store.directory import DirectoryStore

    return Directory(
        DirectoryStore(core_table()),
        AvailabilityStore(core_table()),
        ClinicStore(clinic_table()),
        cursors(),
        system_clock,
    )


@cache
def releasing() -> Releasing:
    """Publishing what is released."""
    from chalicelib.appointments.service.releasing import Releasing

    return Releasing(directory(), policies(), system_clock)


@cache
def desk() -> Desk:
    """The hospitals' side of appointments."""
    from chalicelib.appointments.service.desk import Desk
    from chalicelib.appointments.store.appointments import AppointmentStore

    return Desk(
        appointments=AppointmentStore(core_table()),
        cards=cards(),
        ending=ending(),
        attending=attending(),
        stopping=stopping(),
        cursors=cursors(),
        clock=system_clock,
    )


@cache
def stopping() -> Stopping:
    """Sessions that do not take place."""
    from chalicelib.appointments.service.stopping import Stopping
    from chalicelib.appointments.store.appointments import AppointmentStore
    from chalicelib.appointments.store.clinics import ClinicStore
    from chalicelib.appointments.store.stops import StopStore

    return Stopping(
        ClinicStore(clinic_table()),
        AppointmentStore(core_table()),
        StopStore(core_table()),
        ending(),
        system_clock,
    )


@cache
def schedules() -> Schedules:
    """Hospitals' plans of their sessions."""
    from chalicelib.appointments.service.schedules import Schedules
    from chalicelib.appointments.store.schedules import ScheduleStore

    return Schedules(ScheduleStore(core_table()), directory(), stopping(), releasing(), system_clock)


@cache
def importing() -> Importing:
    """What others publish as FHIR."""
    from chalicelib.appointments.service.importing import Importing

    return Importing(directory(), releasing(), system_clock)


@cache
def alternatives() -> Alternatives:
    """Where else somebody may go."""
    from chalicelib.appointments.service.alternatives import Alternatives

    return Alternatives(booking(), directory(), system_clock)
