"""A free slot on the wire: as the list of a day and as an alternative."""

from chalicelib.appointments.routes.wire import SlotView
from chalicelib.appointments.service.directory import FreeSlot


def slot_view(free: FreeSlot) -> SlotView:
    """One free slot."""
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
