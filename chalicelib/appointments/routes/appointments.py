"""The citizen's appointments and their payment on the wire."""

from chalicelib import wiring
from chalicelib.appointments.errors import (
    AlreadyRegistered,
    AppointmentNotOpen,
    AppointmentUnknown,
    Barred,
    CancelTooLate,
    CheckInTooEarly,
    CheckInTooLate,
    ClinicStopped,
    HoldExpired,
    RescheduleNotPossible,
    SlotTaken,
    SlotUnknown,
    TooManyAppointments,
)
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.routes.paying import PayAppointment, PaymentView, order_view, paid_view
from chalicelib.appointments.routes.slots import slot_view
from chalicelib.appointments.routes.wire import (
    AppointmentDetailView,
    AppointmentList,
    AppointmentQuery,
    AppointmentView,
    HeldView,
    HoldSlot,
    RescheduleTo,
    SlotList,
)
from chalicelib.cards.errors import CardNotFound, CardNotUsable
from chalicelib.errors import Unavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.errors import MANDATE_REFUSALS
from chalicelib.payments.errors import InsuranceUnavailable, PaymentRefused, PaymentUnavailable

routes = wiring.routes(__name__)

_SLOT_REFUSALS = (
    SlotUnknown,
    SlotTaken,
    AlreadyRegistered,
    TooManyAppointments,
    Barred,
    ClinicStopped,
    CardNotFound,
    CardNotUsable,
    *MANDATE_REFUSALS,
    Unavailable,
)
"""What whoever wants a slot may be answered."""


def _view(appointment: Appointment) -> AppointmentView:
    return AppointmentView(**{name: getattr(appointment, name) for name in AppointmentView.model_fields})


@routes.on(
    "POST",
    "/v1/appointments",
    status=201,
    auth=wiring.citizen,
    errors=_SLOT_REFUSALS,
    repeatable=True,  # the session's own item remembers who holds the slot
)
def hold_slot(caller: Citizen, body: HoldSlot) -> HeldView:
    """Hold a slot."""
    held = wiring.booking().hold(caller, body.slot_id, body.card_id, any_time=body.any_time)
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


@routes.on(
    "GET", "/v1/appointments/{appointment_id}/alternatives", auth=wiring.citizen, errors=(AppointmentUnknown,)
)
def list_alternatives(caller: Citizen, appointment_id: str) -> SlotList:
    """Free slots of the same department, from the appointment's day on."""
    found = wiring.alternatives().find(caller, appointment_id)
    return SlotList(items=[slot_view(each) for each in found], cursor=None)


@routes.on("GET", "/v1/appointments/{appointment_id}", auth=wiring.citizen, errors=(AppointmentUnknown,))
def get_appointment(caller: Citizen, appointment_id: str) -> AppointmentDetailView:
    """One of my appointments, with its money and until when what may be done."""
    detail = wiring.looking().detail(caller, appointment_id)
    return AppointmentDetailView(
        **_view(detail.appointment).model_dump(),
        department_id=detail.appointment.department_id,
        cancel_until=detail.cancel_until,
        check_in_from=detail.check_in_from,
        check_in_until=detail.check_in_until,
        payment=paid_view(detail.order) if detail.order else None,
    )


@routes.on(
    "POST",
    "/v1/appointments/{appointment_id}/payment",
    status=201,
    auth=wiring.citizen,
    errors=(
        AppointmentUnknown,
        AppointmentNotOpen,
        HoldExpired,
        PaymentRefused,
        PaymentUnavailable,
        InsuranceUnavailable,
        Unavailable,
    ),
    repeatable=True,  # one order per appointment, under an id that follows from it
)
def pay_appointment(caller: Citizen, appointment_id: str, body: PayAppointment) -> PaymentView:
    """Open the payment of a held slot; the patient's medical insurance bears its share, unless declined.

    Where it costs nothing there is no order, and it is booked.
    """
    order = wiring.paying().pay(caller, appointment_id, use_insurance=body.use_insurance)
    return PaymentView(order=order_view(order) if order else None)


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
    "POST",
    "/v1/appointments/{appointment_id}/check-in",
    auth=wiring.citizen,
    errors=(
        AppointmentUnknown,
        AppointmentNotOpen,
        CheckInTooEarly,
        CheckInTooLate,
        CardNotFound,
        *MANDATE_REFUSALS,
        Unavailable,
    ),
    repeatable=True,  # who is there is there
)
def check_in(caller: Citizen, appointment_id: str) -> AppointmentView:
    """Say that the patient is at the hospital; after the slot's start it counts as late."""
    return _view(wiring.attending().check_in(caller, appointment_id))


@routes.on(
    "POST",
    "/v1/appointments/{appointment_id}/reschedule",
    auth=wiring.citizen,
    errors=(
        AppointmentUnknown,
        AppointmentNotOpen,
        CancelTooLate,
        RescheduleNotPossible,
        *_SLOT_REFUSALS,
    ),
    repeatable=True,  # the old appointment remembers where it was moved to
)
def reschedule_appointment(caller: Citizen, appointment_id: str, body: RescheduleTo) -> AppointmentView:
    """Exchange a booked slot for another of the same hospital and fee; the answer is the new appointment."""
    return _view(wiring.moving().reschedule(caller, appointment_id, body.slot_id))
