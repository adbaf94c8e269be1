"""Browsing hospitals, departments, practitioners and free slots; publishing them. Never touches a hot session item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.appointments.errors import HospitalUnknown
from chalicelib.appointments.model.directory import Availability, Department, Hospital, Practitioner, Session
from chalicelib.appointments.model.places import clinic_number, milliseconds
from chalicelib.appointments.store import packing
from chalicelib.appointments.store.availability import AvailabilityStore
from chalicelib.appointments.store.clinics import ClinicStore
from chalicelib.appointments.store.directory import DirectoryStore
from chalicelib.platform.clock import Clock
from chalicelib.platform.cursor import Cursors
from chalicelib.platform.dynamo import Item, Write, transact

_MOST_AT_ONCE = 50
"""Sessions in one transaction: each has two items, DynamoDB takes a hundred."""
_PAGE = 100
_FIRST_PAGE = 5

FreeSlot = tuple[Availability, int]
"""A session and the index of a free slot in it."""
Numbered = tuple[Session, int]
"""A session and how many numbers of other sessions it has to step over."""


@dataclass(frozen=True, slots=True)
class Directory:
    """What may be registered for, and what of it is free."""

    store: DirectoryStore
    availability: AvailabilityStore
    clinics: ClinicStore
    cursors: Cursors
    clock: Clock

    def list_hospitals(
        self, region: str, text: str, limit: int, cursor: str | None
    ) -> tuple[list[Hospital], str | None]:
        """Hospitals of a region whose name or district holds `text`, and the cursor of the next page."""
        scope = f"hospitals:{region}:{text}"
        after = self.cursors.open(scope, cursor)
        found: list[Hospital] = []
        while True:
            page, after = self.store.list_hospitals(region, _PAGE, after)
            found += [each for each in page if text in each.name or text in each.district]
            if len(found) > limit:
                return found[:limit], self.cursors.seal(scope, self.store.hospital_key(found[limit - 1]))
            if after is None:
                return found, None

    def list_departments(self, hospital_id: str) -> list[Department]:
        """A hospital's departments. Raises HospitalUnknown."""
        found = self.store.list_departments(hospital_id)
        if not found:
            raise HospitalUnknown
        return found

    def list_practitioners(self, hospital_id: str, department_id: str | None) -> list[Practitioner]:
        """A hospital's practitioners, or those of one department. Raises HospitalUnknown."""
        found = self.store.list_practitioners(hospital_id)
        if not found:
            raise HospitalUnknown
        return [each for each in found if department_id in {None, each.department_id}]

    def list_free(
        self,
        hospital_id: str,
        department_id: str,
        day: date,
        limit: int,
        cursor: str | None,
        *,
        fee_fen: int | None = None,
    ) -> tuple[list[FreeSlot], str | None]:
        """Free slots of a department on a day in China, by session and time; the cursor of the next page.

        With `fee_fen` those of that fee alone.
        A slot whose hold has expired is free. What is shown may be a moment old: only a hold decides. Few sessions are
        read where they have free slots, and more at a time the longer there are none.
        """
        scope = f"slots:{hospital_id}:{department_id}:{day}"
        key = self.cursors.open(scope, cursor) or {"after": "", "index": -1}
        now_ms = milliseconds(self.clock())
        before: str = key["after"]
        skip: int = key["index"]
        found: list[FreeSlot] = []
        size = _FIRST_PAGE
        while True:
            page = self.availability.list_day(hospital_id, department_id, day, size, before or None)
            for sort, session in page:
                wanted = fee_fen in (None, session.session.fee_fen)
                for index in session.free(now_ms) if wanted else ():
                    if index <= skip:
                        continue
                    if len(found) == limit:
                        last = found[-1][1] if found[-1][0] is session else -1
                        return found, self.cursors.seal(scope, {"after": before, "index": last})
                    found.append((session, index))
                before, skip = sort, -1
            if len(page) < size:
                return found, None
            size = min(2 * size, _PAGE)

    def sessions(self, hospital_id: str, department_id: str, day: date) -> list[Availability]:
        """All sessions of a department's day in China as they are shown, up to a hundred, in order."""
        return [each for _, each in self.availability.list_day(hospital_id, department_id, day, _PAGE, None)]

    def enrol(
        self, hospital: Hospital, departments: Sequence[Department], practitioners: Sequence[Practitioner]
    ) -> None:
        """List a hospital with its departments and practitioners, or list it anew."""
        self.store.replace(hospital, departments, practitioners)

    def publish(self, sessions: Sequence[Session]) -> None:
        """Publish clinic sessions; one that is published already stays as it is, with everybody in it.

        They can be booked from now on: when that may be is `Releasing`'s to say.
        Each session's two items are written together, and many sessions in one transaction.
        """
        for start in range(0, len(sessions), _MOST_AT_ONCE):
            waiting = [(each, 0) for each in sessions[start : start + _MOST_AT_ONCE]]
            while waiting:
                waiting = self._publish_new(waiting)

    def _publish_new(self, waiting: Sequence[Numbered]) -> list[Numbered]:
        """Try all in one transaction; returns what is left to try, if some of their numbers were taken.

        A refused transaction wrote nothing, but names every item that stands in its way.
        """
        standing: dict[Numbered, Item] = {}
        transact([write for each in waiting for write in self._publication(each, standing)])
        if not standing:
            return []
        fresh = [each for each in waiting if each not in standing]
        clashing = [each for each, item in standing.items() if not _same(item, each[0])]
        return fresh + [(session, attempt + 1) for session, attempt in clashing]

    def _publication(self, numbered: Numbered, standing: dict[Numbered, Item]) -> list[Write]:
        session, attempt = numbered
        number = clinic_number(session.practitioner_id, session.starts_at, attempt)

        def refused(item: Item) -> None:
            standing.setdefault(numbered, item)

        return [
            self.clinics.publish(number, session, refused),
            self.availability.publish(number, session, refused),
        ]


def _same(standing: Item, session: Session) -> bool:
    """Whether the item under a session's number is this session, not one whose number happens to be equal."""
    starts = int(session.starts_at.timestamp())
    return (standing.get("t"), standing.get("h"), standing.get("d")) == (
        starts,
        packing.hospital(session.hospital_id),
        packing.department(session.department_id),
    )
