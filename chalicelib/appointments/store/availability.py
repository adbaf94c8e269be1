"""What is free, by hospital, department and day: one item per clinic session, a projection of its own item.

Readers query one partition and never touch the hot item; a change is written only over an older one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.appointments.model.clinic import Clinic
from chalicelib.appointments.model.directory import Availability, Session
from chalicelib.appointments.model.places import clinic_key
from chalicelib.platform.dynamo import Below, Item, Refusal, Table, Write, commit
from chalicelib.types import CHINA, decode_base32, rfc3339

_KEEP = timedelta(days=90)


def _partition(hospital_id: str, department_id: str, day: str) -> str:
    return f"AVAILABILITY#{hospital_id}#{department_id}#{day}"


def _sort(starts: int, number: int) -> str:
    return f"{datetime.fromtimestamp(starts, CHINA):%H%M}#{clinic_key(number)}"


def _key(clinic: Clinic) -> dict[str, str]:
    return {
        "pk": _partition(clinic.hospital_id, clinic.department_id, clinic.day),
        "sk": _sort(clinic.starts, clinic.number),
    }


@dataclass(frozen=True, slots=True)
class AvailabilityStore:
    """Reads and writes of sessions as they are shown."""

    table: Table

    def publish(self, clinic: int, session: Session, refused: Refusal) -> Write:
        """A new session, all free."""
        item = {
            "pk": _partition(session.hospital_id, session.department_id, session.day.isoformat()),
            "sk": _sort(int(session.starts_at.timestamp()), clinic),
            **session.model_dump(),
            "starts_at": rfc3339(session.starts_at),
            "taken": {},
            "stopped": False,
            "version": 1,
            "expires_at": int((session.starts_at + _KEEP).timestamp()),
        }
        return self.table.put(item, refused)

    def find(self, clinic: Clinic) -> Availability | None:
        """A session as it is shown."""
        item = self.table.get(_key(clinic))
        return _availability(item) if item else None

    def follow(self, clinic: Clinic) -> Availability | None:
        """Show a session as its own item is; None where something newer is shown already, or nothing at all."""
        written = commit(
            self.table.update(
                _key(clinic),
                lambda _: None,
                expect={"version": Below(clinic.version)},
                assign={"taken": clinic.seen.slots, "stopped": clinic.stopped, "version": clinic.version},
            )
        )
        return _availability(written) if written else None

    def list_day(
        self, hospital_id: str, department_id: str, day: date, limit: int, after: str | None
    ) -> list[tuple[str, Availability]]:
        """Up to `limit` sessions of a department's day with their sort keys, in order, from after a sort key."""
        partition = _partition(hospital_id, department_id, day.isoformat())
        start: Mapping[str, Any] | None = {"pk": partition, "sk": after} if after else None
        items, _ = self.table.query(partition, limit=limit, after=start)
        return [(item["sk"], _availability(item)) for item in items]


def _availability(item: Item) -> Availability:
    fields = {name: item[name] for name in Session.model_fields}
    fields["starts_at"] = datetime.fromisoformat(item["starts_at"])
    return Availability(
        clinic=decode_base32(item["sk"].partition("#")[2]),
        session=Session.model_validate(fields),
        taken=item["taken"],
        stopped=item["stopped"],
        version=item["version"],
    )
