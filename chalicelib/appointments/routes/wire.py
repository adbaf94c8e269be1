"""What registration says and takes on the wire."""

import datetime as dt
from typing import Annotated

from pydantic import Field

from chalicelib.appointments.model.appointment import Confirmation, Reason, Status
from chalicelib.appointments.routes.paying import PaidView
from chalicelib.types import Fen, Moment, Wire

_Id = Annotated[str, Field(min_length=1, max_length=64)]
_Limit = Annotated[int, Field(ge=1, le=100)]
_Cursor = Annotated[str, Field(min_length=1, max_length=1000)]


class HospitalQuery(Wire):
    """Which hospitals."""

    region: Annotated[str, Field(pattern=r"^\d{6}$")] = "330100"
    q: Annotated[str, Field(max_length=40)] = ""
    cursor: _Cursor | None = None
    limit: _Limit = 100


class HospitalView(Wire):
    """A hospital."""

    id: str
    name: str
    district: str
    address: str
    grade: str


class HospitalList(Wire):
    """A page of hospitals."""

    items: list[HospitalView]
    cursor: str | None


class DepartmentView(Wire):
    """A department of one hospital."""

    id: str
    name: str
    name_en: str


class DepartmentList(Wire):
    """All departments of a hospital."""

    items: list[DepartmentView]
    cursor: None = None


class PractitionerQuery(Wire):
    """Which practitioners of the hospital."""

    department_id: _Id | None = None


class PractitionerView(Wire):
    """A practitioner of one department."""

    id: str
    name: str
    title: str
    department_id: str


class PractitionerList(Wire):
    """All practitioners asked for."""

    items: list[PractitionerView]
    cursor: None = None


class SlotQuery(Wire):
    """A department's day in China."""

    hospital_id: _Id
    department_id: _Id
    date: dt.date
    cursor: _Cursor | None = None
    limit: _Limit = 50


class SlotView(Wire):
    """A free slot."""

    id: str
    hospital_id: str
    department_id: str
    practitioner_id: str
    practitioner_name: str
    practitioner_title: str
    starts_at: Moment
    ends_at: Moment
    fee_fen: Fen
    status: str = "free"


class SlotList(Wire):
    """A page of free slots."""

    items: list[SlotView]
    cursor: str | None


class HoldSlot(Wire):
    """Which slot, for whose card. `anyTime`: another slot of the same session will do where this one is taken."""

    slot_id: _Id
    card_id: _Id
    any_time: bool = False


class HeldView(Wire):
    """A slot held until `holdExpiresAt`: pay before, or it goes to others."""

    id: str
    status: Status = "pending"
    hospital_id: str
    starts_at: Moment
    hold_expires_at: Moment
    fee_fen: Fen


class AppointmentView(Wire):
    """An appointment, for the person of `cardId`. `confirmation` is the hospital's answer, once it was asked."""

    id: str
    card_id: str
    status: Status
    reason: Reason | None
    confirmation: Confirmation | None
    hospital_id: str
    hospital_name: str
    department_name: str
    practitioner_name: str
    starts_at: Moment
    hold_expires_at: Moment
    fee_fen: Fen
    queue_number: int | None
    pickup_code: str | None
    late: bool
    order_id: str
    moved_from: str | None
    moved_to: str | None
    version: int


class AppointmentDetailView(AppointmentView):
    """An appointment with its money and what its hospital's rules still allow.

    `payment` is there once somebody asked to pay, and goes along with a move; rescheduling, too, ends at `cancelUntil`.
    """

    department_id: str
    cancel_until: Moment
    check_in_from: Moment
    check_in_until: Moment
    payment: PaidView | None


class RescheduleTo(Wire):
    """The slot to have instead."""

    slot_id: _Id


class AppointmentQuery(Wire):
    """Which page."""

    cursor: _Cursor | None = None
    limit: _Limit = 20


class AppointmentList(Wire):
    """A page of appointments, the newest first."""

    items: list[AppointmentView]
    cursor: str | None
