"""A clinic session's own item, as seen by a reader: what a hold is answered from, without another read. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.appointments.model.claims import Seen
from chalicelib.appointments.model.places import Hold, Place, slot_index, token_of
from chalicelib.types import CHINA


@dataclass(frozen=True, slots=True)
class LastHold:
    """Who made the latest hold: it tells account and card for as long as nobody holds after."""

    slot: str
    citizen_id: str
    card_id: str


@dataclass(frozen=True, slots=True)
class Clinic:
    """One session. `starts` is in Unix seconds."""

    number: int
    starts: int
    minutes: int
    places: int
    fee_fen: int
    hospital_id: str
    department_id: str
    seen: Seen
    version: int
    stopped: bool = False
    announced: int = 0
    """When the hospital last said that the session is stopped or resumed (Unix ms); 0: never."""
    last: LastHold | None = None

    def offers(self, place: Place) -> bool:
        """Whether the slot id tells the truth about this session."""
        same = (place.session_starts, place.minutes) == (self.starts, self.minutes)
        return same and place.index < self.places

    def starts_at(self, index: int) -> datetime:
        """When a slot starts."""
        return datetime.fromtimestamp(self.starts + index * self.minutes * 60, UTC)

    @property
    def day(self) -> str:
        """The day in China."""
        return datetime.fromtimestamp(self.starts, CHINA).date().isoformat()

    def holds(self, hold: Hold) -> bool:
        """Whether this very hold stands (unconfirmed, perhaps expired)."""
        seen = self.seen
        return seen.slots.get(hold.key) == hold.until_ms and seen.people.get(hold.person_key) == hold.key

    def made(self, before: Mapping[str, int]) -> Hold | None:
        """The hold that led from slots `before` to this item; None where the change was another one."""
        if self.last is None:
            return None
        slot = self.last.slot
        until_ms = self.seen.slots.get(slot, 0)
        person = self.seen.holder(slot)
        if person is None or until_ms <= 0 or before.get(slot) == until_ms:
            return None
        return Hold(self.number, slot_index(slot), until_ms, token_of(person))
