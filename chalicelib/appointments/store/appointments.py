"""Appointment records, in the account that made them: one by its id and all of an account are one call each.

A record that is not at rest (pending, booked, or cancelled with something still to give back) carries `due_kind` and
`due_at`, so that a sweep finds it. A booking keeps those of its hold until somebody says otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.appointments.errors import AppointmentNotOpen, AppointmentUnknown, ChangedMeanwhile
from chalicelib.appointments.model.appointment import TRANSITIONS, Appointment, Event, Status
from chalicelib.appointments.model.places import Hold, clinic_key
from chalicelib.errors import AppError, Unavailable
from chalicelib.platform.dynamo import Item, Refusal, Table, Write, commit
from chalicelib.platform.outbox import Message, message
from chalicelib.types import rfc3339

_DUE = "appointment"
_CITIZEN = "CITIZEN#"
_PREFIX = "APPOINTMENT#"
_WIND_UP_AFTER = timedelta(seconds=30)
"""A cancellation is normally wound up at once, a free hold booked at once; after this long the sweep looks."""
_KEEP_ROSTER = timedelta(days=90)
_REMOVED_AT_REST = ("due_kind", "due_at")
_MOMENTS = ("starts_at", "session_starts_at", "hold_expires_at", "checked_in_at", "cancelled_at")


def _roster(clinic: int) -> str:
    return f"ROSTER#{clinic_key(clinic)}"


def _key(citizen_id: str, appointment_id: str) -> dict[str, str]:
    return {"pk": f"{_CITIZEN}{citizen_id}", "sk": f"{_PREFIX}{appointment_id}"}


@dataclass(frozen=True, slots=True)
class AppointmentStore:
    """Reads and writes, each of one item."""

    table: Table

    def find(self, citizen_id: str, appointment_id: str) -> Appointment | None:
        """One record as it stands this moment."""
        item = self.table.get(_key(citizen_id, appointment_id), consistent=True)
        return _appointment(item) if item else None

    def list_own(
        self, citizen_id: str, limit: int, after: Mapping[str, Any] | None
    ) -> tuple[list[Appointment], Item | None]:
        """A citizen's records, the newest first, and the key to go on after."""
        partition = f"{_CITIZEN}{citizen_id}"
        items, last = self.table.query(partition, prefix=_PREFIX, limit=limit, after=after, newest_first=True)
        return [_appointment(item) for item in items], last

    def create(self, appointment: Appointment) -> None:
        """Keep a new record; one that is there already stays as it is. Raises AppointmentUnknown: another account's.

        The session's roster names the account first: whoever finds a record finds it from the session too, and of two
        accounts that carry the same person's card only one has the appointment.
        """
        self.enlist(appointment)
        commit(self.creation(appointment, lambda _: None))

    def enlist(self, appointment: Appointment) -> None:
        """Write whose an appointment is into its session's roster. Raises AppointmentUnknown: another account's."""

        def refused(standing: Item) -> AppError | None:
            return None if standing.get("citizen_id") == appointment.citizen_id else AppointmentUnknown()

        commit(self.listing(appointment, refused))

    def listing(self, appointment: Appointment, refused: Refusal) -> Write:
        """The roster's entry, as a write."""
        item = {
            "pk": _roster(appointment.hold.clinic),
            "sk": appointment.id,
            "citizen_id": appointment.citizen_id,
            "expires_at": int((appointment.starts_at + _KEEP_ROSTER).timestamp()),
        }
        return self.table.put(item, refused)

    def creation(self, appointment: Appointment, refused: Refusal) -> Write:
        """The record, as a write."""
        moments = {name: getattr(appointment, name) for name in _MOMENTS}
        dates = {name: rfc3339(moment) for name, moment in moments.items() if moment}
        item = {
            **_key(appointment.citizen_id, appointment.id),
            **appointment.model_dump(),
            **dates,
        }
        if appointment.status in ("pending", "booked"):
            item |= {"due_kind": _DUE, "due_at": int(appointment.hold_expires_at.timestamp())}
        if appointment.status == "pending" and appointment.free:
            item |= _booking_at_once(appointment)
        return self.table.put(item, refused)

    def owner(self, appointment_id: str) -> str | None:
        """The account that made an appointment; None where there is none, or none that was written down."""
        hold = Hold.parse(appointment_id)
        item = self.table.get({"pk": _roster(hold.clinic), "sk": appointment_id}) if hold else None
        return item["citizen_id"] if item else None

    def roster(
        self, clinic: int, limit: int = 100, after: Mapping[str, Any] | None = None
    ) -> tuple[list[tuple[str, str]], Item | None]:
        """Citizen and id of the appointments ever made in a session, and the key to go on after."""
        items, last = self.table.query(_roster(clinic), limit=limit, after=after, consistent=True)
        return [(item["citizen_id"], item["sk"]) for item in items], last

    def move(
        self,
        appointment: Appointment,
        event: Event,
        now: datetime,
        outbox: Sequence[Message] = (),
        **changes: object,
    ) -> Appointment:
        """Let `event` happen where `TRANSITIONS` allows it, to the very version that was read.

        Raises AppointmentNotOpen; ChangedMeanwhile where only the version has moved on.
        """
        return _appointment(commit(self.moving(appointment, event, now, outbox, **changes)))

    def moving(
        self,
        appointment: Appointment,
        event: Event,
        now: datetime,
        outbox: Sequence[Message] = (),
        **changes: object,
    ) -> Write:
        """What `move` does, as a write."""
        allowed, status = TRANSITIONS[event]

        def refused(standing: Item) -> AppError | None:
            return ChangedMeanwhile() if standing.get("status") in allowed else AppointmentNotOpen()

        due = {} if event == "move" else _due(status, now)
        return self.table.update(
            _key(appointment.citizen_id, appointment.id),
            refused,
            expect={"status": allowed, "version": appointment.version},
            assign={"status": status, "outbox": list(outbox), **_moments(event, now), **changes, **due},
            remove=() if due or status == "booked" else _REMOVED_AT_REST,
            add={"version": 1},
        )

    def unchanged(self, appointment: Appointment) -> Write:
        """A transaction's condition that the record is the one that was read; refused with Unavailable."""
        key = _key(appointment.citizen_id, appointment.id)
        return self.table.check(key, Unavailable(), expect={"version": appointment.version})

    def rest(self, appointment: Appointment) -> None:
        """Nothing is left to be done about a cancelled appointment."""
        commit(
            self.table.update(
                _key(appointment.citizen_id, appointment.id),
                lambda _: None,
                expect={"status": "cancelled"},
                remove=_REMOVED_AT_REST,
            )
        )

    def postpone(self, appointment: Appointment, until: datetime, outbox: Sequence[Message] = ()) -> None:
        """Look at a booked appointment again then; one that has moved on needs nothing.

        With something to send it is a new version of the record, of which nothing else has changed.
        """
        commit(
            self.table.update(
                _key(appointment.citizen_id, appointment.id),
                lambda _: None,
                expect={"status": "booked", "version": appointment.version},
                assign={"due_kind": _DUE, "due_at": int(until.timestamp())}
                | ({"outbox": list(outbox)} if outbox else {}),
                add={"version": 1} if outbox else None,
            )
        )

    def due(self, now: datetime) -> Iterator[tuple[str, str]]:
        """Citizen and id of the appointments that the sweep must look at, the longest due first."""
        found = self.table.due(_DUE, int(now.timestamp()))
        return ((item["pk"].removeprefix(_CITIZEN), item["sk"].removeprefix(_PREFIX)) for item in found)

    def put_behind(self, citizen_id: str, appointment_id: str, now: datetime) -> None:
        """Let the sweep look at all others before this one."""
        commit(self.table.put_behind(_key(citizen_id, appointment_id), _DUE, int(now.timestamp())))


def _booking_at_once(appointment: Appointment) -> Item:
    told = message("payments", "appointment.book", appointment.id, citizen=appointment.citizen_id)
    return {"outbox": [told], "due_at": int((appointment.held_at + _WIND_UP_AFTER).timestamp())}


def _moments(event: Event, now: datetime) -> Item:
    """The moments that are asked for later: when somebody came, when it was given up."""
    if event == "check-in":
        return {"checked_in_at": rfc3339(now)}
    return {"cancelled_at": rfc3339(now)} if TRANSITIONS[event][1] == "cancelled" else {}


def _due(status: Status, now: datetime) -> Item:
    if status != "cancelled":
        return {}
    return {"due_kind": _DUE, "due_at": int((now + _WIND_UP_AFTER).timestamp())}


def _appointment(item: Item) -> Appointment:
    fields = {name: item[name] for name in Appointment.model_fields if name in item}
    for name in _MOMENTS:
        if fields.get(name):
            fields[name] = datetime.fromisoformat(fields[name])
    return Appointment.model_validate(fields)
