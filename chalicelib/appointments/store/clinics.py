"""Clinic sessions' own items. A whole one must fit one write unit (1 KB): one-letter names, values packed in bytes.

`t` start (Unix s), `m` minutes per slot, `n` places, `f` fee in fen, `h` hospital, `d` department, `x` stopped,
`s` slot -> number (see `model.claims`), `w` person -> slot, `l` who made the last hold, `v` version, `y` when the
hospital last said that the session is stopped or resumed (Unix ms).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from chalicelib.appointments.errors import ClinicStopped, HoldExpired
from chalicelib.appointments.model.claims import Claim, Seen
from chalicelib.appointments.model.clinic import Clinic, LastHold
from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.model.places import Hold, Place, clinic_key
from chalicelib.appointments.store import packing, terms
from chalicelib.errors import AppError, Unavailable
from chalicelib.platform.dynamo import ABSENT, Above, Item, Refusal, Table, Write, commit, from_attributes
from chalicelib.types import decode_base32

_KEEP = timedelta(days=90)


class Refused(Exception):
    """The session was not as the claim supposed."""

    def __init__(self, clinic: Clinic | None) -> None:
        """`clinic` is what stands; None where there is no such session."""
        super().__init__()
        self.clinic = clinic


@dataclass(frozen=True, slots=True)
class ClinicStore:
    """Reads and writes of one session's item."""

    table: Table

    def publish(self, clinic: int, session: Session, refused: Refusal) -> Write:
        """A new session with nobody in it."""
        item = {
            "pk": clinic_key(clinic),
            "t": int(session.starts_at.timestamp()),
            "m": session.minutes,
            "n": session.places,
            "f": session.fee_fen,
            "h": packing.hospital(session.hospital_id),
            "d": packing.department(session.department_id),
            "s": {},
            "w": {},
            "v": 1,
            "expires_at": int((session.starts_at + _KEEP).timestamp()),
        }
        return self.table.put(item, refused)

    def find(self, number: int) -> Clinic | None:
        """A session as it stands this moment."""
        item = self.table.get({"pk": clinic_key(number)}, consistent=True)
        return _clinic(item) if item else None

    def take(self, place: Place, claim: Claim, citizen_id: str, card_id: str) -> Clinic:
        """Take a slot with one write. Raises Refused with the session as it stands, Unavailable."""

        def refused(standing: Item) -> AppError | None:
            raise Refused(_clinic(standing) if standing else None)

        expect: dict[str, object] = {
            "t": place.session_starts,
            "m": place.minutes,
            "n": Above(place.index),
            "x": ABSENT,
            **terms.supposed(claim),
        }
        written = commit(
            self.table.update(
                {"pk": clinic_key(place.clinic)},
                refused,
                expect=expect,
                assign={
                    f"s.{place.key}": packing.number(claim.hold.until_ms),
                    f"w.{claim.hold.person_key}": packing.index(place.key),
                    "l": packing.latest(place.key, citizen_id, card_id),
                },
                remove=terms.gone(claim),
                add={"v": 1},
            )
        )
        return _clinic(written)

    def confirm(self, hold: Hold) -> None:
        """Make a hold last, also after its time if nobody took the slot over.

        Raises HoldExpired when it is lost, ClinicStopped when the session will not take place.
        """

        def refused(standing: Item) -> AppError | None:
            if _belongs(standing, hold, -hold.until_ms):
                return None
            return ClinicStopped() if "x" in standing else HoldExpired()

        commit(
            self.table.update(
                {"pk": clinic_key(hold.clinic)},
                refused,
                expect=_standing(hold, hold.until_ms) | {"x": ABSENT},
                assign={f"s.{hold.key}": packing.number(-hold.until_ms)},
                add={"v": 1},
            )
        )

    def release(self, hold: Hold, cool_until_ms: int | None = None) -> None:
        """Give the slot back, held or confirmed; nothing happens if it is somebody else's by now.

        `cool_until_ms` (Unix ms): nobody can have the slot before, unless their claim names this very moment.
        """
        slot, person = f"s.{hold.key}", f"w.{hold.person_key}"
        cooling = {} if cool_until_ms is None else {slot: packing.number(cool_until_ms)}
        commit(
            self.table.update(
                {"pk": clinic_key(hold.clinic)},
                lambda _: None,
                expect=_standing(hold, hold.until_ms, -hold.until_ms),
                assign=cooling,
                remove=[person] if cooling else [slot, person],
                add={"v": 1},
            )
        )

    def stop(self, clinic: Clinic, at_ms: int) -> None:
        """Let nobody take or confirm a slot from now on. Raises Unavailable where another word came in between."""
        self._announce(clinic, at_ms, assign={"x": True})

    def resume(self, clinic: Clinic, at_ms: int) -> None:
        """Let slots be taken again. Raises Unavailable where another word came in between."""
        self._announce(clinic, at_ms, remove=("x",))

    def _announce(
        self,
        clinic: Clinic,
        at_ms: int,
        assign: Mapping[str, object] = MappingProxyType({}),
        remove: tuple[str, ...] = (),
    ) -> None:
        commit(
            self.table.update(
                {"pk": clinic_key(clinic.number)},
                Unavailable(),
                expect={"t": clinic.starts, "y": clinic.announced or ABSENT},
                assign={**assign, "y": at_ms},
                remove=remove,
                add={"v": 1},
            )
        )


def _standing(hold: Hold, *values: int) -> dict[str, object]:
    """What must be there for a hold to stand with one of these numbers."""
    numbers = tuple(packing.number(value) for value in values)
    return {f"s.{hold.key}": numbers, f"w.{hold.person_key}": packing.index(hold.key)}


def _belongs(item: Item, hold: Hold, value: int) -> bool:
    slots, people = item.get("s", {}), item.get("w", {})
    standing = slots.get(hold.key), people.get(hold.person_key)
    return standing == (packing.number(value), packing.index(hold.key))


def of_image(image: Mapping[str, Any]) -> Clinic:
    """A session from a stream record's image."""
    return _clinic(from_attributes(packing.typed(image)))


def _clinic(item: Item) -> Clinic:
    last = LastHold(*packing.latest_of(item["l"])) if "l" in item else None
    return Clinic(
        number=decode_base32(item["pk"]),
        starts=item["t"],
        minutes=item["m"],
        places=item["n"],
        fee_fen=item["f"],
        hospital_id=packing.hospital_id(item["h"]),
        department_id=packing.department_id(item["d"]),
        seen=Seen(packing.slots(item["s"]), packing.people(item["w"])),
        version=item["v"],
        stopped="x" in item,
        announced=item.get("y", 0),
        last=last,
    )
