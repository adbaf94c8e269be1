"""Directory, slots, appointments and their payment on the wire: the citizen's side and the hospital's."""

from chalicelib import wiring
from chalicelib.appointments.errors import (
    AlreadyRegistered,
    AppointmentNotOpen,
    AppointmentUnknown,
    CancelTooLate,
    ClinicStopped,
    HoldExpired,
    HospitalUnknown,
    SlotTaken,
    SlotUnknown,
)
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.routes.wire import (
    AppointmentList,
    AppointmentQuery,
    AppointmentView,
    DepartmentList,
    DepartmentView,
    DeskView,
    HeldView,
    HoldSlot,
    HospitalList,
    HospitalQuery,
    HospitalView,
    LegsView,
    OrderView,
    PatientView,
    PaymentView,
    PractitionerList,
    PractitionerQuery,
    PractitionerView,
    SlotList,
    SlotQuery,
    SlotView,
)
from chalicelib.appointments.service.directory import FreeSlot
from chalicelib.cards.errors import CardNotFound, CardNotUsable
from chalicelib.errors import Unavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.institutions.model import Institution
from chalicelib.mandates.errors import ActionNotMandated, MandateEnded, MandateNotFound
from chalicelib.payments.errors import PaymentRefused, PaymentUnavailable

routes = wiring.routes(__name__)


def _view(appointment: Appointment) -> AppointmentView:
    return AppointmentView(**{name: getattr(appointment, name) for name in AppointmentView.model_fields})


def _slot(free: FreeSlot) -> SlotView:
    shown, index = free
    session = shown.session
    return SlotView(
        id=session.place(shown.clinic, index).id,
        hospital_id=session.hospital_id,
        department_id=session.department_id,
        practitioner_id=session.practitioner_id,
        practitioner_name=session.practitioner_name,
        practitioner_title=session.practitioner_title,
        starts_at=session.starts_of(index),
        ends_at=session.starts_of(index + 1),
        fee_fen=session.fee_fen,
    )


@routes.on("GET", "/v1/hospitals", auth=wiring.citizen)
def list_hospitals(caller: Citizen, query: HospitalQuery) -> HospitalList:  # noqa: ARG001  (any citizen may)
    """Hospitals that take registrations."""
    found, cursor = wiring.directory().list_hospitals(query.region, query.q, query.limit, query.cursor)
    items = [HospitalView(**each.model_dump(exclude={"region"})) for each in found]
    return HospitalList(items=items, cursor=cursor)


@routes.on("GET", "/v1/hospitals/{hospital_id}/departments", auth=wiring.citizen, errors=(HospitalUnknown,))
def list_departments(caller: Citizen, hospital_id: str) -> DepartmentList:  # noqa: ARG001  (any citizen may)
    """A hospital's departments."""
    found = wiring.directory().list_departments(hospital_id)
    return DepartmentList(items=[DepartmentView(**each.model_dump()) for each in found])


@routes.on("GET", "/v1/hospitals/{hospital_id}/practitioners", auth=wiring.citizen, errors=(HospitalUnknown,))
def list_practitioners(
    caller: Citizen,  # noqa: ARG001  (any citizen may)
    hospital_id: str,
    query: PractitionerQuery,
) -> PractitionerList:
    """A hospital's practitioners."""
    found = wiring.directory().list_practitioners(hospital_id, query.department_id)
    return PractitionerList(items=[PractitionerView(**each.model_dump()) for each in found])


@routes.on("GET", "/v1/slots", auth=wiring.citizen)
def list_slots(caller: Citizen, query: SlotQuery) -> SlotList:  # noqa: ARG001  (any citizen may)
    """Free slots of a department on one day."""
    found, cursor = wiring.directory().list_free(
        query.hospital_id, query.department_id, query.date, query.limit, query.cursor
    )
    return SlotList(items=[_slot(each) for each in found], cursor=cursor)


@routes.on(
    "POST",
    "/v1/appointments",
    status=201,
    auth=wiring.citizen,
    errors=(
        SlotUnknown,
        SlotTaken,
        AlreadyRegistered,
        ClinicStopped,
        CardNotFound,
        CardNotUsable,
        ActionNotMandated,
        MandateEnded,
        MandateNotFound,
        Unavailable,
    ),
    repeatable=True,  # the session's own item remembers who holds the slot
)
def hold_slot(caller: Citizen, body: HoldSlot) -> HeldView:
    """Hold a slot."""
    held = wiring.booking().hold(caller, body.slot_id, body.card_id)
    return HeldView(
        id=held.id,
        hospital_id=held.hospital_id,
        starts_at=held.starts_at,
        hold_expires_at=held.hold_expires_at,
        fee_fen=held.fee_fen,
    )


@routes.on("GET", "/v1/appointments", auth=wiring.citizen)
def list_appointments(caller: Citizen, query: AppointmentQuery) -> AppointmentList:
    """My appointments."""
    found, cursor = wiring.booking().list_own(caller, query.limit, query.cursor)
    return AppointmentList(items=[_view(each) for each in found], cursor=cursor)


@routes.on("GET", "/v1/appointments/{appointment_id}", auth=wiring.citizen, errors=(AppointmentUnknown,))
def get_appointment(caller: Citizen, appointment_id: str) -> AppointmentView:
    """One of my appointments."""
    return _view(wiring.booking().get(caller, appointment_id))


@routes.on(
    "POST",
    "/v1/appointments/{appointment_id}/payment",
    status=201,
    auth=wiring.citizen,
    errors=(AppointmentUnknown, AppointmentNotOpen, HoldExpired, PaymentRefused, PaymentUnavailable),
    repeatable=True,  # one order per appointment, under an id that follows from it
)
def pay_appointment(caller: Citizen, appointment_id: str) -> PaymentView:
    """Open the payment of a held slot."""
    order = wiring.paying().pay(caller, appointment_id)
    legs = LegsView(**order.legs.model_dump())
    view = OrderView(
        id=order.id,
        out_trade_no=order.id,
        trade_no=order.trade_no,
        status=order.status,
        total_fen=order.total_fen,
        legs=legs,
    )
    return PaymentView(order=view)


@routes.on(
    "POST",
    "/v1/appointments/{appointment_id}/cancel",
    auth=wiring.citizen,
    errors=(AppointmentUnknown, AppointmentNotOpen, CancelTooLate, Unavailable),
    repeatable=True,  # cancelling twice is cancelling once
)
def cancel_appointment(caller: Citizen, appointment_id: str) -> AppointmentView:
    """Cancel before the visit; what was paid goes back."""
    return _view(wiring.ending().cancel(caller, appointment_id))


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
