"""Standing in a queue: entering, the list of one's entries, one's position."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.cards.service.cards import Cards
from chalicelib.errors import Invalid
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.model.mandates import Action
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.cursor import Cursors
from chalicelib.types import new_id
from chalicelib.waitlist.errors import AlreadyWaiting, EntryUnknown, SlotsFree, TooManyEntries
from chalicelib.waitlist.model.chance import Estimate
from chalicelib.waitlist.model.entry import MOST_ENTRIES, PAY_WITHIN, STANDING, Day, Entry
from chalicelib.waitlist.service.chances import Chances
from chalicelib.waitlist.store.entries import EntryStore


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody waits for, and until when."""

    day: Day
    latest_fulfilment_at: datetime
    practitioner_id: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The citizen's side of the waitlist, but for the money."""

    entries: EntryStore
    chances: Chances
    cards: Cards
    cursors: Cursors
    clock: Clock

    def enter(self, citizen: Citizen, wish: Wish, card_id: str) -> tuple[Entry, Estimate]:
        """Enter a queue for the card's person; the place in it counts from the payment.

        Raises Invalid (the deadline), SlotsFree, NoClinic, AlreadyWaiting, TooManyEntries, Unavailable, what
        `Cards.usable` raises.
        """
        now, day = self.clock(), wish.day
        card = self.cards.usable(citizen, card_id, Action.APPOINTMENTS)
        chance, hospital = self.chances.estimate(day, wish.practitioner_id, wish.latest_fulfilment_at)
        if chance.free_slots:
            raise SlotsFree
        if not now < wish.latest_fulfilment_at <= chance.latest_possible:
            raise Invalid(("/latestFulfilmentAt", "must lie in the future, not after the day's last slot"))
        entry = Entry(
            id=new_id("wle", now),
            citizen_id=citizen.id,
            card_id=card_id,
            person_id=card.person_id,
            day=day,
            practitioner_id=wish.practitioner_id,
            hospital_name=hospital,
            fee_fen=chance.fee_fen,
            latest_fulfilment_at=wish.latest_fulfilment_at,
            pay_by=min(now + PAY_WITHIN, wish.latest_fulfilment_at),
        )
        self._enter(entry)
        log.event("waitlist.entered", entry=entry.id, citizen=citizen.id)
        return entry, chance

    def _enter(self, entry: Entry) -> None:
        queues, version = self.entries.standing(entry.person_id)
        standing = {name: each for name, each in queues.items() if self._stands(*each)}
        if entry.day.key in standing:
            raise AlreadyWaiting
        if len(standing) >= MOST_ENTRIES:
            raise TooManyEntries
        self.entries.enter(entry, standing, version)

    def _stands(self, citizen_id: str, entry_id: str) -> bool:
        found = self.entries.find(citizen_id, entry_id)
        return found is not None and found.status in STANDING

    def get(self, citizen: Citizen, entry_id: str) -> Entry:
        """One of the caller's entries. Raises EntryUnknown, also for somebody else's."""
        found = self.entries.find(citizen.id, entry_id)
        if found is None:
            raise EntryUnknown
        return found

    def list_own(self, citizen: Citizen, limit: int, cursor: str | None) -> tuple[list[Entry], str | None]:
        """The caller's entries, the newest first, and the cursor of the next page."""
        scope = f"waitlist:{citizen.id}"
        found, last = self.entries.list_own(citizen.id, limit, self.cursors.open(scope, cursor))
        return found, self.cursors.seal(scope, last)

    def position(self, entry: Entry) -> int | None:
        """1 for the first of the queue; None for one who is not in it."""
        if entry.status != "active":
            return None
        waiting = (each for _, each in self.entries.queues.waiting(entry.day))
        return next((place for place, each in enumerate(waiting, 1) if each == entry.id), None)
