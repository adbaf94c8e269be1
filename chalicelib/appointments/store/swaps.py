"""One appointment for another, all items of both tables in one transaction: all of it happens or nothing.

It must not know why somebody moves, nor what it costs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.appointments.errors import AppointmentNotOpen
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.claims import Claim, Seen
from chalicelib.appointments.model.clinic import Clinic
from chalicelib.appointments.model.places import Hold, clinic_key
from chalicelib.appointments.store import packing
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.appointments.store.terms import confirmed, gone, overtaken, wanted
from chalicelib.errors import AppError, Unavailable
from chalicelib.platform.dynamo import Item, Table, Write, transact
from chalicelib.platform.outbox import Message


@dataclass(frozen=True, slots=True)
class Swap:
    """What is exchanged: a booked appointment, the one that takes its place, and the claim on the new slot.

    `day` moves the person's claim from the old day to the new one. `cool_until_ms`: the old slot cannot be had before
    (None: it is free at once).
    """

    old: Appointment
    new: Appointment
    claim: Claim
    clinic: Clinic
    day: Write
    cool_until_ms: int | None
    messages: tuple[Message, ...]


def without(seen: Seen, hold: Hold) -> Seen:
    """A session as it would be if this hold were given back."""
    slots = {slot: value for slot, value in seen.slots.items() if slot != hold.key}
    people = {person: slot for person, slot in seen.people.items() if person != hold.person_key}
    return Seen(slots, people)


@dataclass(frozen=True, slots=True)
class SwapStore:
    """The one write."""

    appointments: AppointmentStore
    sessions: Table

    def swap(self, swap: Swap, now: datetime) -> None:
        """Exchange them, wholly.

        Raises AppointmentNotOpen (the old one has moved on), Overtaken, what `day` is refused with, Contended,
        Unavailable.
        """
        changes = {"reason": "rescheduled_by_citizen", "moved_to": swap.new.id}
        moving = self.appointments.moving(swap.old, "move", now, swap.messages, **changes)
        record = self.appointments.creation(swap.new, lambda _: Unavailable())
        entry = self.appointments.listing(swap.new, lambda _: Unavailable())
        transact([moving, *self._sessions(swap), record, entry, swap.day])

    def _sessions(self, swap: Swap) -> Iterator[Write]:
        if swap.old.hold.clinic == swap.new.hold.clinic:
            yield self._within(swap)
        else:
            yield self._leave(swap)
            yield self._enter(swap)

    def _leave(self, swap: Swap) -> Write:
        hold = swap.old.hold
        return self.sessions.update(
            {"pk": clinic_key(hold.clinic)},
            AppointmentNotOpen(),
            expect=confirmed(hold),
            assign=_cooling(swap),
            remove=[*_given_back(swap), f"w.{hold.person_key}"],
            add={"v": 1},
        )

    def _enter(self, swap: Swap) -> Write:
        return self.sessions.update(
            {"pk": clinic_key(swap.new.hold.clinic)},
            overtaken,
            expect=wanted(swap.clinic, swap.claim),
            assign=confirmed(swap.new.hold),
            remove=gone(swap.claim),
            add={"v": 1},
        )

    def _within(self, swap: Swap) -> Write:
        hold = swap.old.hold

        def refused(standing: Item) -> AppError | None:
            own = standing.get("s", {}).get(hold.key) == packing.number(-hold.until_ms)
            return overtaken(standing) if own else AppointmentNotOpen()

        return self.sessions.update(
            {"pk": clinic_key(hold.clinic)},
            refused,
            expect=wanted(swap.clinic, swap.claim) | confirmed(hold),
            assign=confirmed(swap.new.hold) | _cooling(swap),
            remove=[*gone(swap.claim), *_given_back(swap)],
            add={"v": 1},
        )


def _cooling(swap: Swap) -> dict[str, object]:
    return {f"s.{swap.old.hold.key}": packing.number(swap.cool_until_ms)} if swap.cool_until_ms else {}


def _given_back(swap: Swap) -> list[str]:
    return [] if swap.cool_until_ms else [f"s.{swap.old.hold.key}"]
