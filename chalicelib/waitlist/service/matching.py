"""What happens when a slot can be had: the first in the queue who may have it gets it, booked and paid.

The slot, the appointment, the entry and its place in the queue change in one transaction. So one slot goes to one
entry, one entry gets one slot, and whoever withdraws at the same moment either has left or has the slot.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.appointments.model.claims import Overtaken
from chalicelib.appointments.model.places import Hold
from chalicelib.appointments.service.handing import Handing, Opening, Receiver, Seat
from chalicelib.cards.service.cards import Cards
from chalicelib.errors import AppError, Unavailable
from chalicelib.identity.service.wallets import Wallets
from chalicelib.mandates.model.mandates import Action
from chalicelib.payments.model import PAID
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import transact
from chalicelib.platform.rounds import rounds
from chalicelib.waitlist.errors import EntryNotOpen, EntryUnknown
from chalicelib.waitlist.model.entry import Day, Entry
from chalicelib.waitlist.service.prepaying import Prepaying
from chalicelib.waitlist.store.entries import EntryStore

_ROUNDS = 4
"""Looks at the day at most: in each, a session had changed since it was seen."""


@dataclass(frozen=True, slots=True)
class Matching:
    """Slots that can be had, and those who wait."""

    entries: EntryStore
    prepaying: Prepaying
    handing: Handing
    cards: Cards
    wallets: Wallets
    clock: Clock

    def match(self, told: Mapping[str, Any]) -> None:
        """Give what can be had of a department's day to those who wait for it (message `waitlist.match`).

        Raises Unavailable: it comes again; the sweep asks every minute, too.
        """
        day = Day(
            hospital_id=told["hospital"],
            department_id=told["department"],
            date=date.fromisoformat(told["day"]),
        )
        hold = Hold.parse(told["about"])
        for _ in rounds(_ROUNDS):
            try:
                return self._round(day, hold.clinic if hold else None)
            except Overtaken:
                log.event("waitlist.overtaken", hospital=day.hospital_id)
        raise Unavailable

    def _round(self, day: Day, returned: int | None) -> None:
        mark = self.entries.queues.mark(day)
        if mark is None:
            return
        if next(self.entries.queues.waiting(day), None) is None:
            self.entries.queues.close(day, mark)
            return
        for opening in self.handing.openings(day.hospital_id, day.department_id, day.date, returned):
            self._offer(day, opening)

    def _offer(self, day: Day, opening: Opening) -> None:
        """To the first who may have it; whoever may not keeps their place. Raises Overtaken, Unavailable."""
        for citizen_id, entry_id in self.entries.queues.waiting(day):
            entry = self.entries.find(citizen_id, entry_id)
            if entry and self._fits(entry, opening) and self._give(entry, opening):
                return

    def _fits(self, entry: Entry, opening: Opening) -> bool:
        session = opening.shown.session
        return (
            entry.status == "active"
            and self.clock() < entry.latest_fulfilment_at
            and session.fee_fen <= entry.fee_fen
            and entry.practitioner_id in {None, session.practitioner_id}
        )

    def _give(self, entry: Entry, opening: Opening) -> bool:
        """Whether this entry has the slot now. Raises Overtaken, Unavailable."""
        try:
            seat = self.handing.seat(opening, self._receiver(entry))
        except Unavailable:
            raise
        except AppError as refusal:  # of the card, the mandate, the person's day
            log.event("waitlist.passed-over", entry=entry.id, code=refusal.code)
            return False
        matched = self._take(entry, opening, seat)
        if matched:
            self._fulfil(matched)
        return matched is not None

    def _take(self, entry: Entry, opening: Opening, seat: Seat) -> Entry | None:
        """The one transaction; None where the entry is not there to be served any more."""
        appointment_id = seat.appointment.id
        got = {"appointment_id": appointment_id, "cost_fen": opening.clinic.fee_fen}
        matched, writes = self.entries.moving(entry, "match", self.clock(), seat.messages, **got)
        try:
            transact([*writes, *seat.writes])
        except EntryNotOpen:
            self.handing.give_back(seat.claimed)
            return None
        except Overtaken:
            self.handing.give_back(seat.claimed)
            raise
        log.event("waitlist.matched", entry=entry.id, appointment=appointment_id)
        return matched

    def _fulfil(self, entry: Entry) -> None:
        try:
            self.prepaying.fulfil(entry)
        except AppError as error:  # the sweep goes on
            log.event("waitlist.fulfilling-later", entry=entry.id, code=error.code)

    def _receiver(self, entry: Entry) -> Receiver:
        """Raises what `Cards.usable` raises, EntryUnknown where account or money is gone."""
        citizen = self.wallets.bearer(entry.citizen_id)
        order = self.prepaying.payments.find(entry.order_id)
        if citizen is None or order is None or order.status not in PAID:
            raise EntryUnknown
        card = self.cards.usable(citizen, entry.card_id, Action.APPOINTMENTS)
        return Receiver(entry.citizen_id, entry.card_id, card.person_id, entry.order_id)
