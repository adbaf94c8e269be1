"""What those do who wait for a full session: enter, prepay, leave; and what they are owed."""

from datetime import timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib import wiring
from chalicelib.appointments.model.places import milliseconds, person_key, person_token
from chalicelib.payments.model import Order
from chalicelib.waitlist.model.entry import Entry
from chalicelib.waitlist.service.waiting import Wish
from tests.appointments import clinic_of, place_of
from tests.property.registration.by_patients import patients
from tests.property.registration.hall import PLACES, Trouble
from tests.property.registration.rules import Rules, troubles, which
from tests.waitlist import the_day


class Waiters(Rules):
    """Rules of those who wait; whoever's answer was lost finds the entry in their list."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[tuple[int, str]] = []
        """Patient and id of every entry that was answered."""

    @rule(session=st.integers(0, 1))
    def a_session_is_full(self, session: int) -> None:
        """Everybody takes one of its slots, as far as they go."""
        for index in range(PLACES):
            patient = self.hall.patients[index]
            held = self.hall.do(partial(patient.hold, self.hall.sessions[session], index), None)
            self.hall.remember(index, held)

    @rule(patient=patients, session=st.integers(0, 1), hours=st.sampled_from([1, 9]), trouble=troubles)
    def wait(self, patient: int, session: int, hours: int, trouble: Trouble | None) -> None:
        who, wanted = self.hall.patients[patient], self.hall.sessions[session]
        until = self.hall.place.clock() + timedelta(hours=hours)
        wish = Wish(the_day(wanted), until, wanted.practitioner_id)
        entered = self.hall.do(partial(wiring.waiting().enter, who.citizen, wish, who.card.id), trouble)
        if isinstance(entered, tuple):
            self.waiting.append((patient, entered[0].id))

    @precondition(lambda self: self.waiting)
    @rule(which=which, trouble=troubles)
    def prepay(self, which: int, trouble: Trouble | None) -> None:
        """Ask for the order; the phone pays it as any other (`Patients.pay`)."""
        patient, entry_id = self.waiting[which % len(self.waiting)]
        citizen = self.hall.patients[patient].citizen
        order = self.hall.do(partial(wiring.prepaying().pay, citizen, entry_id), trouble)
        if isinstance(order, Order):
            self.hall.orders[order.id] = order

    @precondition(lambda self: self.waiting)
    @rule(which=which)
    def wait_and_pay_at_once(self, which: int) -> None:
        """So that queues are not always empty."""
        self.prepay(which, None)
        _, entry_id = self.waiting[which % len(self.waiting)]
        trade = self.hall.till.trades.get(entry_id.replace("wle_", "ord_", 1))
        if trade and trade["trade_status"] == "WAIT_BUYER_PAY":
            order = self.hall.orders.get(trade["out_trade_no"])
            self.hall.told += [self.hall.till.pay(order)] if order else []

    @precondition(lambda self: self.waiting)
    @rule(which=which, trouble=troubles)
    def leave(self, which: int, trouble: Trouble | None) -> None:
        patient, entry_id = self.waiting[which % len(self.waiting)]
        citizen = self.hall.patients[patient].citizen
        self.hall.do(partial(wiring.prepaying().withdraw, citizen, entry_id), trouble)

    # -- what they are owed
    def entries(self) -> list[tuple[int, Entry]]:
        """Patient and entry, of all that were ever made."""
        found = [
            (patient, each)
            for patient, who in enumerate(self.hall.patients)
            for each in wiring.waiting().list_own(who.citizen, 100, None)[0]
        ]
        for patient, each in found:
            if each.appointment_id:
                known = (patient, each.appointment_id)
                self.hall.made += [] if known in self.hall.made else [known]
        return found

    def entitled(self) -> dict[str, int]:
        """Whoever still waits has prepaid."""
        waiting = {each.order_id: each.fee_fen for _, each in self.entries() if each.status == "active"}
        return super().entitled() | waiting

    def at_rest(self) -> None:
        super().at_rest()
        for patient, entry in self.entries():
            assert entry.status not in {"pending-payment", "matched"}, f"{entry.status} for ever"
            if entry.status == "active":
                assert not self._could_have_one(patient, entry), "a slot is free though somebody waits for it"

    def _could_have_one(self, patient: int, entry: Entry) -> bool:
        """Whether a slot that they wait for is free, and they are not in its session already."""
        now_ms = milliseconds(self.hall.place.clock())
        (session,) = [each for each in self.hall.sessions if each.practitioner_id == entry.practitioner_id]
        clinic = clinic_of(session)
        token = person_key(person_token(self.hall.patients[patient].card.person_id, clinic.number))
        taken = clinic.seen.slots
        free = [
            index
            for index in range(PLACES)
            if place_of(session, index).starts_ms > now_ms
            and 0 <= taken.get(place_of(session, index).key, 0) <= now_ms
        ]
        return bool(free) and token not in clinic.seen.people
