"""Schedules as applied, one item each; one with sessions still to be released carries when the next one is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.appointments.errors import ProposalStale
from chalicelib.appointments.model.schedules import Schedule, Standing
from chalicelib.platform.dynamo import ABSENT, Item, Table, commit, transact
from chalicelib.platform.outbox import message

_DUE = "schedule"
_HOSPITAL, _PREFIX = "SCHEDULES#", "SCHEDULE#"
_OVERDUE = timedelta(minutes=1)


def _key(hospital_id: str, schedule_id: str) -> dict[str, str]:
    return {"pk": f"SCHEDULES#{hospital_id}", "sk": f"SCHEDULE#{schedule_id}"}


def _practitioner_key(hospital_id: str, practitioner_id: str) -> dict[str, str]:
    return {"pk": f"SCHEDULES#{hospital_id}", "sk": f"PRACTITIONER#{practitioner_id}"}


@dataclass(frozen=True, slots=True)
class Beside:
    """A practitioner's other schedules; `ids` are all of theirs, `version` that of the list."""

    schedules: tuple[Standing, ...] = ()
    ids: tuple[str, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class ScheduleStore:
    """Reads and writes. Applying one schedule changes its practitioner's list too: no two overlook each other."""

    table: Table

    def find(self, hospital_id: str, schedule_id: str) -> Standing | None:
        """A schedule as it stands this moment."""
        item = self.table.get(_key(hospital_id, schedule_id), consistent=True)
        return Standing.model_validate_json(item["standing"]) if item else None

    def beside(self, hospital_id: str, plan: Schedule, schedule_id: str) -> Beside:
        """The other schedules of the plan's practitioner, as they stand this moment."""
        item = self.table.get(_practitioner_key(hospital_id, plan.practitioner_id), consistent=True)
        if item is None:
            return Beside()
        found = (self.find(hospital_id, each) for each in item["schedules"] if each != schedule_id)
        return Beside(tuple(each for each in found if each), tuple(item["schedules"]), item["version"])

    def apply(self, standing: Standing, beside: Beside, now: datetime) -> None:
        """Let a schedule stand in place of the version before it; ask for what follows.

        Raises ProposalStale, also where another schedule of the practitioner was applied since `beside` was read.
        """
        before = standing.version - 1
        about = f"{standing.hospital_id}:{standing.id}"
        item: Item = {
            **_key(standing.hospital_id, standing.id),
            "standing": standing.model_dump_json(),
            "version": standing.version,
            "outbox": [
                message(
                    "events",
                    "schedule.follow",
                    about,
                    standing.version,
                    hospital=standing.hospital_id,
                    schedule=standing.id,
                )
            ],
            "due_kind": _DUE,
            "due_at": int((now + _OVERDUE).timestamp()),
        }
        expect = {"version": before} if before else {"pk": ABSENT}
        ids = {**dict.fromkeys(beside.ids), standing.id: None}
        listed: Item = {
            **_practitioner_key(standing.hospital_id, standing.plan.practitioner_id),
            "schedules": list(ids),
            "version": beside.version + 1,
        }
        unchanged = {"version": beside.version} if beside.version else {"pk": ABSENT}
        transact(
            [
                self.table.put(item, ProposalStale(), expect=expect),
                self.table.put(listed, ProposalStale(), expect=unchanged),
            ]
        )

    def followed(self, standing: Standing, due: datetime | None) -> None:
        """Everything that could follow did; the next session is released at `due`. A later version stays as it is."""
        key = _key(standing.hospital_id, standing.id)
        commit(
            self.table.update(
                key,
                lambda _: None,
                expect={"version": standing.version},
                assign={"outbox": []} | ({"due_at": int(due.timestamp())} if due else {}),
                remove=() if due else ("due_kind", "due_at"),
            )
        )

    def due(self, now: datetime) -> Iterator[tuple[str, str]]:
        """Hospital and id of the schedules that the sweep must follow."""
        found = self.table.due(_DUE, int(now.timestamp()))
        return ((item["pk"].removeprefix(_HOSPITAL), item["sk"].removeprefix(_PREFIX)) for item in found)
