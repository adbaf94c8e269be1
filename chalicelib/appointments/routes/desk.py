"""The hospital's side of appointments on the wire."""

from chalicelib import wiring
from chalicelib.appointments.errors import (
    AppointmentUnknown,
)
from chalicelib.appointments.routes.wire import (
    DeskView,
    PatientView,
)
from chalicelib.institutions.model import Institution

routes = wiring.routes(__name__)


@routes.on(
    "GET",
    "/v1/institutions/me/appointments/{appointment_id}",
    auth=wiring.institution,
    errors=(AppointmentUnknown,),
)
def get_appointment_at_desk(caller: Institution, appointment_id: str) -> DeskView:
    """The detail behind an event about an appointment at this hospital."""
    found, patient = wiring.desk().detail(caller.id, appointment_id)
    names = set(DeskView.model_fields) - {"patient"}
    return DeskView(
        patient=PatientView(pseudonym=patient.pseudonym, holder=patient.holder),
        **{name: getattr(found, name) for name in names},
    )
