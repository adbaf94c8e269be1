"""Holding a slot, and reading one's appointments. A hold is one conditional write, after the claim of a day.

The record of an appointment is a projection of its hold. Where a reader comes before the projection, the record is
made again from the session's own item: the appointment's id says where that is.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.appointments.errors import (
    AlreadyRegistered,
    AppointmentUnknown,
    SlotTaken,
    SlotUnknown,
)
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.claims import (
    Seen,
    claim,
)
from chalicelib.appointments.model.clinic import Clinic
from chalicelib.appointments.model.limits import Entry
from chalicelib.appointments.model.places import Hold, Place, milliseconds, person_token
from chalicelib.appointments.model.records import Held, appointment_of
from chalicelib.appointments.model.wishes import Wish, offering
from chalicelib.appointments.service.limiting import Claimed, Limiting
from chalicelib.appointments.service.rush import SoldOut
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.appointments.store.availability import AvailabilityStore
from chalicelib.appointments.store.clinics import ClinicStore, Refused
from chalicelib.cards.errors import CardNotFound
from chalicelib.cards.service.cards import Cards
from chalicelib.errors import Unavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.model.mandates import Action
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.cursor import Cursors

_ROUNDS = 4
"""Writes for one hold at most: in each round somebody else was faster, and the slot may still be had."""
_ROUNDS_ANY = 8
"""Where any slot of the session will do: in each round somebody got one."""


@dataclass(frozen=True, slots=True)
class Booking:
    """A citizen's errand up to the payment."""

    clinics: ClinicStore
    availability: AvailabilityStore
    appointments: AppointmentStore
    limiting: Limiting
    cards: Cards
    cursors: Cursors
    clock: Clock
    sold_out: SoldOut = field(default_factory=SoldOut)

    def hold(self, citizen: Citizen, slot_id: str, card_id: str, *, any_time: bool = False) -> Held:
        """Hold a slot for the card's person for `HOLD_LIFE`; asking again gives the same hold.

        With `any_time` another slot of the same session will do: it is chosen from what a refusal tells.

        A family member's card needs a mandate that covers appointments. The person, not the account, is in a session
        once, and on one day in no more of them than the city allows. Raises SlotUnknown, SlotTaken, AlreadyRegistered,
        ClinicStopped, TooManyAppointments, Barred, Unavailable, what `Cards.usable` raises.
        """
        now = self.clock()
        place = Place.parse(slot_id)
        if place is None or place.starts_ms <= milliseconds(now):
            raise SlotUnknown
        card = self.cards.usable(citizen, card_id, Action.APPOINTMENTS)
        wish = Wish(place, person_token(card.person_id, place.clinic), any_time)
        if self.sold_out.refuses(place, wish.person, now, any_time=any_time):
            raise SlotTaken
        claimed = self.limiting.claim(card.person_id, place, now)
        hold, clinic = self._claimed(claimed, wish, citizen.id, card.id, now)
        log.event("slot.held", appointment=hold.id, citizen=citizen.id)
        return Held(hold.id, clinic.hospital_id, clinic.starts_at(hold.index), hold.until, clinic.fee_fen)

    def let_go(self, appointment: Appointment) -> None:
        """An appointment ended: it no longer counts on its person's day. As often as need be. Raises Unavailable."""
        hold = appointment.hold
        self.sold_out.forget(hold.clinic)
        with suppress(CardNotFound):
            person_id = self.cards.known(appointment.card_id).person_id
            self.limiting.end(person_id, appointment.starts_at, Entry(hold.clinic, hold.until_ms))

    def count_late(self, appointment: Appointment) -> None:
        """An appointment confirmed after its hold counts on its person's day still, or again.

        Raises TooManyAppointments, Unavailable.
        """
        hold = appointment.hold
        with suppress(CardNotFound):
            person_id = self.cards.known(appointment.card_id).person_id
            entry = Entry(hold.clinic, hold.until_ms)
            self.limiting.count_late(person_id, appointment.starts_at, entry, self.clock())

    def over(self, appointment: Appointment) -> None:
        """The visit is over: what its person's past days were may be forgotten, if not now, then after the next one."""
        with suppress(CardNotFound, Unavailable):
            self.limiting.forget_past(self.cards.known(appointment.card_id).person_id)

    def _claimed(
        self, claimed: Claimed, wish: Wish, citizen_id: str, card_id: str, now: datetime
    ) -> tuple[Hold, Clinic]:
        """The hold, or the claim given back; where nobody knows whether there is a hold, the claim stays."""
        until_ms = claimed.entry.until_ms
        made = False
        try:
            hold, clinic = self._take(wish, citizen_id, card_id, now, until_ms)
            made = hold.until_ms == until_ms
        except Unavailable:
            made = True
            raise
        finally:
            if not made:
                with suppress(Unavailable):
                    self.limiting.give_back(claimed)
        self.sold_out.forget(clinic.number)
        return hold, clinic

    def _take(
        self, wish: Wish, citizen_id: str, card_id: str, now: datetime, until_ms: int
    ) -> tuple[Hold, Clinic]:
        now_ms = milliseconds(now)
        place = wish.place
        made = claim(Seen(), place, wish.person, now_ms, until_ms)
        for _ in range(_ROUNDS_ANY if wish.any_time else _ROUNDS):
            try:
                return made.hold, self.clinics.take(place, made, citizen_id, card_id)
            except Refused as refusal:
                clinic = offering(refusal.clinic, place)
                self.sold_out.learn(clinic, now)
                own = wish.own(clinic, now_ms)
                if own:
                    self._must_be_made_by(citizen_id, own, clinic)
                    return own, clinic
                place = wish.next_place(clinic, now_ms)
                made = claim(clinic.seen, place, wish.person, now_ms, until_ms)
        raise SlotTaken

    def _must_be_made_by(self, citizen_id: str, hold: Hold, clinic: Clinic) -> None:
        """The person's hold is this account's, as far as is known. Raises AlreadyRegistered."""
        if self._account(hold, clinic) not in (None, citizen_id):
            raise AlreadyRegistered

    def _account(self, hold: Hold, clinic: Clinic) -> str | None:
        """Who made a hold; None where somebody held after, and it was not written down yet."""
        last = clinic.last
        return last.citizen_id if last and last.slot == hold.key else self.appointments.owner(hold.id)

    def get(self, citizen: Citizen, appointment_id: str) -> Appointment:
        """One of the caller's appointments. Raises AppointmentUnknown, also for somebody else's."""
        found = self.appointments.find(citizen.id, appointment_id)
        return found or self._from_hold(citizen, appointment_id)

    def kept(self, citizen: Citizen, appointment_id: str) -> Appointment:
        """As `get`, and its record is there afterwards. Raises AppointmentUnknown."""
        found = self.appointments.find(citizen.id, appointment_id)
        if found is None:
            found = self._from_hold(citizen, appointment_id)
            self.appointments.create(found)
        return found

    def list_own(
        self, citizen: Citizen, limit: int, cursor: str | None
    ) -> tuple[list[Appointment], str | None]:
        """The caller's appointments, the newest first; a hold made a moment ago may still be missing."""
        scope = f"appointments:{citizen.id}"
        found, last = self.appointments.list_own(citizen.id, limit, self.cursors.open(scope, cursor))
        return found, self.cursors.seal(scope, last)

    def _from_hold(self, citizen: Citizen, appointment_id: str) -> Appointment:
        hold = Hold.parse(appointment_id)
        clinic = self.clinics.find(hold.clinic) if hold else None
        if hold is None or clinic is None or not clinic.holds(hold):
            raise AppointmentUnknown
        card_id = self._card(citizen, clinic, hold)
        shown = self.availability.find(clinic)
        if card_id is None or shown is None:
            raise AppointmentUnknown
        return appointment_of(hold, citizen.id, card_id, shown)

    def _card(self, citizen: Citizen, clinic: Clinic, hold: Hold) -> str | None:
        """Which of the caller's cards made the hold; None where another account did."""
        last = clinic.last
        if last and (last.slot, last.citizen_id) == (hold.key, citizen.id):
            return last.card_id
        if self._account(hold, clinic) not in (None, citizen.id):
            return None
        own = self.cards.list_own(citizen)
        return next(
            (each.id for each in own if person_token(each.person_id, hold.clinic) == hold.person), None
        )
