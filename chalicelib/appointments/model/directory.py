"""Hospitals, departments, practitioners, and the clinic sessions they publish. Pure data."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field

from chalicelib.appointments.model.places import (
    LONGEST_SLOT_MINUTES,
    MOST_PLACES,
    Place,
    milliseconds,
    slot_key,
)
from chalicelib.types import CHINA, Fen, Model


class Hospital(Model):
    """A hospital of a city. Its id is its id as an institution as well."""

    id: str
    region: str
    name: str
    district: str
    address: str
    grade: str


class Department(Model):
    """A department of one hospital."""

    id: str
    name: str
    name_en: str


class Practitioner(Model):
    """A practitioner of one department."""

    id: str
    name: str
    title: str
    department_id: str


class Session(Model):
    """A clinic session: one practitioner's half day, cut into slots of equal length."""

    hospital_id: str
    hospital_name: str
    department_id: str
    department_name: str
    practitioner_id: str
    practitioner_name: str
    practitioner_title: str
    starts_at: AwareDatetime
    minutes: Annotated[int, Field(ge=1, le=LONGEST_SLOT_MINUTES)]
    places: Annotated[int, Field(ge=1, le=MOST_PLACES)]
    fee_fen: Fen

    @property
    def day(self) -> date:
        """The day in China."""
        return self.starts_at.astimezone(CHINA).date()

    def place(self, clinic: int, index: int) -> Place:
        """The slot at an index."""
        starts_ms = milliseconds(self.starts_at) + index * self.minutes * 60_000
        return Place(clinic, index, self.minutes, starts_ms)

    def starts_of(self, index: int) -> datetime:
        """When the slot at an index starts."""
        return (self.starts_at + timedelta(minutes=index * self.minutes)).astimezone(UTC)


class Availability(Model):
    """A session as it is shown: what is taken, as of the version of its own item that was last seen."""

    clinic: int
    session: Session
    taken: Mapping[str, int]
    stopped: bool
    version: int

    def free(self, now_ms: int) -> list[int]:
        """Indexes of slots that can be taken now: not begun, not confirmed, not held (an expired hold is none)."""
        if self.stopped:
            return []
        return [index for index in range(self.session.places) if self._free(index, now_ms)]

    def _free(self, index: int, now_ms: int) -> bool:
        value = self.taken.get(slot_key(index), 0)
        return 0 <= value <= now_ms < self.session.place(self.clinic, index).starts_ms
