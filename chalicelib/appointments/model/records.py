"""A hold as its holder is told of it, and as the record of an appointment. Pure."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.directory import Availability
from chalicelib.appointments.model.places import Hold


@dataclass(frozen=True, slots=True)
class Held:
    """A slot that is held now."""

    id: str
    hospital_id: str
    starts_at: datetime
    hold_expires_at: datetime
    fee_fen: int


def appointment_of(hold: Hold, citizen_id: str, card_id: str, shown: Availability) -> Appointment:
    """The record of a hold, always the same for the same hold."""
    session = shown.session
    return Appointment(
        id=hold.id,
        citizen_id=citizen_id,
        card_id=card_id,
        hospital_id=session.hospital_id,
        hospital_name=session.hospital_name,
        department_id=session.department_id,
        department_name=session.department_name,
        practitioner_name=session.practitioner_name,
        practitioner_id=session.practitioner_id,
        session_starts_at=session.starts_at,
        starts_at=session.starts_of(hold.index),
        hold_expires_at=hold.until,
        fee_fen=session.fee_fen,
    )
