"""A hospital's past appointments, for whoever tries other rules on them. Reads only, and nothing but what it hands on.

From the day's sessions to their rosters to the records: queries of known partitions, page by page, never a scan.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.appointments.errors import HospitalUnknown
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.appointments.store.availability import AvailabilityStore
from chalicelib.appointments.store.directory import DirectoryStore
from chalicelib.cards.errors import CardNotFound
from chalicelib.cards.service.cards import Cards
from chalicelib.policies.service.comparing import Past
from chalicelib.types import CHINA

_PAGE = 50


@dataclass(frozen=True, slots=True)
class PastAppointments:
    """Reads a hospital's past."""

    directory: DirectoryStore
    availability: AvailabilityStore
    appointments: AppointmentStore
    cards: Cards

    def past(self, hospital_id: str, days: int, now: datetime) -> Iterator[Past]:
        """The appointments of the last `days` days in China before today, the latest days first, one by one.

        Sessions are kept for 90 days, so nothing older is found. Raises HospitalUnknown.
        """
        departments = [each.id for each in self.directory.list_departments(hospital_id)]
        if not departments:
            raise HospitalUnknown
        people: dict[str, str] = {}
        today = now.astimezone(CHINA).date()
        for back in range(1, days + 1):
            for department in departments:
                for appointment in self._of_day(hospital_id, department, today - timedelta(days=back)):
                    yield past_of(appointment, self._person(appointment.card_id, people))

    def _of_day(self, hospital_id: str, department_id: str, day: date) -> Iterator[Appointment]:
        after: str | None = None
        while True:
            page = self.availability.list_day(hospital_id, department_id, day, _PAGE, after)
            for _, shown in page:
                yield from self._of_clinic(shown.clinic)
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    def _of_clinic(self, clinic: int) -> Iterator[Appointment]:
        after: Mapping[str, Any] | None = None
        while True:
            entries, after = self.appointments.roster(clinic, _PAGE, after)
            for citizen_id, appointment_id in entries:
                found = self.appointments.find(citizen_id, appointment_id)
                if found is not None:
                    yield found
            if after is None:
                return

    def _person(self, card_id: str, people: dict[str, str]) -> str:
        """The person behind a card: one human being may have cards in several accounts."""
        if card_id not in people:
            try:
                people[card_id] = self.cards.known(card_id).person_id
            except CardNotFound:
                people[card_id] = card_id
        return people[card_id]


def past_of(appointment: Appointment, person: str) -> Past:
    """What a dry run needs to know of an appointment."""
    return Past(
        person=person,
        status=appointment.status,
        reason=appointment.reason,
        held_at=appointment.held_at,
        hold_expires_at=appointment.hold_expires_at,
        starts_at=appointment.starts_at,
        paid=appointment.confirmation is not None,
        cancelled_at=appointment.cancelled_at,
        arrived_at=appointment.checked_in_at,
        testified=appointment.confirmation == "accepted",
    )
