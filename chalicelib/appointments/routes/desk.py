"""The hospital's side of appointments on the wire."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from chalicelib import wiring
from chalicelib.appointments.errors import (
    AppointmentUnknown,
    ClinicUnknown,
)
from chalicelib.appointments.model.appointment import Appointment, Confirmation, Status
from chalicelib.appointments.service.desk import Detail
from chalicelib.errors import Invalid
from chalicelib.institutions.model import Institution
from chalicelib.types import Fen, Moment, Wire

routes = wiring.routes(__name__)


class PatientView(Wire):
    """The patient as this hospital alone knows them: the pseudonym that a decoded card code gives here too."""

    pseudonym: str
    holder: str


class ClinicView(Wire):
    """A session, named as its hospital published it."""

    practitioner_id: str
    starts_at: Moment


class DeskView(Wire):
    """An appointment as its hospital sees it. `clinic` is its session: by that the hospital can stop it."""

    id: str
    order_id: str
    """What settlements are told about."""
    status: Status
    confirmation: Confirmation | None
    department_name: str
    practitioner_name: str
    starts_at: Moment
    fee_fen: Fen
    queue_number: int | None
    pickup_code: str | None
    late: bool
    clinic: ClinicView | None
    patient: PatientView
    version: int


class RosterQuery(Wire):
    """Which session, as the hospital published it, and which page."""

    practitioner_id: Annotated[str, Field(min_length=1, max_length=64)]
    starts_at: Annotated[AwareDatetime, Field(strict=False)]
    cursor: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 50


class RosterList(Wire):
    """A page of a session's appointments, also of those that were cancelled or moved; it may be short of `limit`.

    `stopped`: the session does not take place, as it stands now.
    """

    items: list[DeskView]
    stopped: bool
    cursor: str | None


@routes.on(
    "GET", "/v1/institutions/me/appointments", auth=wiring.institution, errors=(ClinicUnknown, Invalid)
)
def list_appointments_at_desk(caller: Institution, query: RosterQuery) -> RosterList:
    """Who was booked in a session of this hospital."""
    found = wiring.desk().roster(caller.id, query.practitioner_id, query.starts_at, query.limit, query.cursor)
    items = [_view(each) for each in found.details]
    return RosterList(items=items, stopped=found.stopped, cursor=found.cursor)


@routes.on(
    "GET",
    "/v1/institutions/me/appointments/{appointment_id}",
    auth=wiring.institution,
    errors=(AppointmentUnknown,),
)
def get_appointment_at_desk(caller: Institution, appointment_id: str) -> DeskView:
    """The detail behind an event about an appointment at this hospital."""
    return _view(wiring.desk().detail(caller.id, appointment_id))


def _view(detail: Detail) -> DeskView:
    names = set(DeskView.model_fields) - {"patient", "clinic"}
    patient = detail.patient
    return DeskView(
        clinic=_session(detail.appointment),
        patient=PatientView(pseudonym=patient.pseudonym, holder=patient.holder),
        **{name: getattr(detail.appointment, name) for name in names},
    )


def _session(appointment: Appointment) -> ClinicView | None:
    starts_at = appointment.session_starts_at
    return ClinicView(practitioner_id=appointment.practitioner_id, starts_at=starts_at) if starts_at else None
