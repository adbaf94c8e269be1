"""The money of an entry: prepaid before it waits; back where there was no slot, or what the slot did not cost.

Whatever comes in for an entry that is over goes back by itself.
"""

from dataclasses import dataclass

from chalicelib.appointments.model.places import milliseconds
from chalicelib.errors import Unavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.payments.errors import OrderClosed
from chalicelib.payments.model import OPEN, PAID, Legs, Order, Payer
from chalicelib.payments.service import Payments
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.outbox import Message, message
from chalicelib.waitlist.errors import EntryNotOpen
from chalicelib.waitlist.model.entry import OVER, Entry, Event
from chalicelib.waitlist.service.waiting import Waiting
from chalicelib.waitlist.store.entries import EntryStore

_SUBJECT = "候补挂号费"
_DIFFERENCE = "waitlist-difference"
_TOLD: dict[Event, str] = {
    "activate": "waitlist-joined",
    "expire": "waitlist-unfulfilled",
    "withdraw": "waitlist-withdrawn",
}
"""What the citizen is told of; of the match, with the appointment; of an entry that nobody paid, nothing."""


@dataclass(frozen=True, slots=True)
class Prepaying:
    """From a new entry to one that waits, and from any end to its money."""

    waiting: Waiting
    entries: EntryStore
    payments: Payments
    clock: Clock

    def pay(self, citizen: Citizen, entry_id: str) -> Order:
        """The order that the citizen's phone pays; asking again gives the same.

        Raises EntryUnknown, EntryNotOpen (over, or too late), PaymentUnavailable, PaymentRefused, Unavailable.
        """
        entry = self.waiting.get(citizen, entry_id)
        if entry.status in OVER or (entry.status == "pending-payment" and self.clock() >= entry.pay_by):
            raise EntryNotOpen
        payer = Payer(open_id=citizen.account.open_id, user_id=citizen.account.user_id)
        try:
            order = self.payments.open(_order(entry), payer)
        except OrderClosed as closed:
            raise EntryNotOpen from closed
        self.follow(order)
        return order

    def follow(self, order: Order) -> None:
        """Bring the entry to where its order is: nothing to do unless money came in. Raises Unavailable: come again."""
        if order.status not in PAID:
            return
        entry = self.entries.find(order.citizen_id, order.about)
        if entry is None:
            raise Unavailable
        if entry.status == "pending-payment":
            entry = self._activate(entry)
        if entry.status in OVER:
            self.wind_up(entry)
        else:
            self.payments.keep(order)

    def _activate(self, entry: Entry) -> Entry:
        now = self.clock()
        try:
            if now >= entry.latest_fulfilment_at:
                return self._move(entry, "lapse")
            return self._move(entry, "activate", place=f"{milliseconds(now)}#{entry.id}")
        except EntryNotOpen as overtaken:
            raise Unavailable from overtaken

    def withdraw(self, citizen: Citizen, entry_id: str) -> Entry:
        """Leave the queue; the money goes back. Withdrawing twice is withdrawing once.

        Raises EntryUnknown, EntryNotOpen (it has its slot, or is over), Unavailable.
        """
        entry = self.waiting.get(citizen, entry_id)
        if entry.status == "withdrawn":
            return entry
        try:
            return self._end(entry, "withdraw")
        except EntryNotOpen:
            # perhaps by this very request: the write took effect, its answer was lost, the SDK tried again
            entry = self.waiting.get(citizen, entry_id)
            if entry.status != "withdrawn":
                raise
            return entry

    def look(self, entry: Entry) -> None:
        """The sweep's step for an entry that is due. Raises EntryNotOpen, Unavailable."""
        now = self.clock()
        if entry.status == "pending-payment" and now >= entry.pay_by:
            self._lapse(entry)
        elif entry.status == "active" and now >= entry.latest_fulfilment_at:
            self._end(entry, "expire")
        elif entry.status == "matched":
            self.fulfil(entry)
        elif entry.status in OVER:
            self.wind_up(entry)

    def _lapse(self, entry: Entry) -> None:
        """Nobody can pay any more after this; whoever did in the last moment stands in the queue."""
        order = self.payments.resolve(entry.order_id, close=True)
        if order and order.status in PAID:
            self.follow(order)
        else:
            self._end(entry, "lapse")

    def fulfil(self, entry: Entry) -> Entry:
        """The slot is booked: what was prepaid beyond its fee goes back. Raises Unavailable, EntryNotOpen."""
        order = self.payments.find(entry.order_id)
        if order and entry.difference_fen and order.status in PAID:
            self.payments.refund(self.payments.keep(order), entry.difference_fen, cause=_DIFFERENCE)
        return self._move(entry, "fulfil")

    def _end(self, entry: Entry, event: Event) -> Entry:
        ended = self._move(entry, event)
        try:
            self.wind_up(ended)
        except Unavailable:
            log.event("waitlist.winding-up-later", entry=ended.id)
        return ended

    def _move(self, entry: Entry, event: Event, **changes: object) -> Entry:
        told = [_notice(entry, _TOLD[event])] if event in _TOLD else []
        moved = self.entries.move(entry, event, self.clock(), told, **changes)
        log.event("waitlist.moved", entry=entry.id, event=event, status=moved.status)
        return moved

    def wind_up(self, entry: Entry) -> None:
        """Give the money of an entry that is over back, as often as need be. Raises Unavailable."""
        order = self.payments.find(entry.order_id)
        if order and order.status in OPEN:
            order = self.payments.resolve(order.id, close=True)
        if order and order.status in PAID:
            self.payments.refund(order)
        self.entries.rest(entry)


def _notice(entry: Entry, kind: str) -> Message:
    ids = {"citizen": entry.citizen_id, "hospital": entry.hospital_name, "day": entry.day.date.isoformat()}
    return message("notices", "notice.send", entry.id, entry.version + 1, kind=kind, **ids)


def _order(entry: Entry) -> Order:
    return Order(
        id=entry.order_id,
        about=entry.id,
        citizen_id=entry.citizen_id,
        subject=_SUBJECT,
        total_fen=entry.fee_fen,
        legs=Legs(cash=entry.fee_fen),
        pay_by=entry.pay_by,
        payee_id=entry.day.hospital_id,
    )
