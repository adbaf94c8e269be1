"""What those do who wait for a full session: enter, prepay, leave; and what they are owed."""

from datetime import timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.model.places import milliseconds, person_key, person_token
from chalicelib.payments.model import Order
from chalicelib.policies.model import Policy
from chalicelib.waitlist.model.entry import Entry
from chalicelib.waitlist.service.waiting import Wish
from tests.appointments import clinic_of, place_of
from tests.property.registration.by_patients import sessions
from tests.property.registration.hall import PLACES, WAITER, Trouble
from tests.property.registration.rules import Rules, troubles, which
from tests.waitlist import the_day

waiters = st.sampled_from([WAITER, WAITER, *range(PLACES)])


class Waiters(Rules):
    """Rules of those who wait; whoever's answer was lost finds the entry in their list."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[tuple[int, str]] = []
        """Patient and id of every entry that was answered."""

    @rule(patient=waiters, session=sessions, hours=st.sampled_from([1, 9]), trouble=troubles)
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

    @rule(patient=waiters, session=sessions, hours=st.sampled_from([1, 9]), worked=st.booleans())
    def somebody_waits_for_a_full_session(
        self, patient: int, session: int, hours: int, *, worked: bool
    ) -> None:
        """Everybody takes one of its slots, as far as they go; then somebody enters and prepays."""
        for index in range(PLACES):
            who = self.hall.patients[index]
            held = self.hall.do(partial(who.hold, self.hall.sessions[session], index), None)
            self.hall.remember(index, held)
        if worked:
            self.hall.everybody_works()
        before = len(self.waiting)
        self.wait(patient, session, hours, None)
        if len(self.waiting) > before:
            self.prepay(-1, None)
            order = self.hall.orders.get(self.waiting[-1][1].replace("wle_", "ord_", 1))
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
        return [
            (patient, each)
            for patient, who in enumerate(self.hall.patients)
            for each in wiring.waiting().list_own(who.citizen, 100, None)[0]
        ]

    @rule()
    def look_at_the_list(self) -> None:
        """Whoever got a slot learns of it, and may cancel, move or come as everybody."""
        for patient, each in self.entries():
            known = (patient, each.appointment_id or "")
            self.hall.made += [known] if each.appointment_id and known not in self.hall.made else []

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
        clinic, person = clinic_of(session), self.hall.patients[patient].card.person_id
        if clinic.stopped or self._must_not(person, session):
            return False
        token = person_key(person_token(person, clinic.number))
        taken = clinic.seen.slots
        free = [
            index
            for index in range(PLACES)
            if place_of(session, index).starts_ms > now_ms
            and 0 <= taken.get(place_of(session, index).key, 0) <= now_ms
        ]
        return bool(free) and token not in clinic.seen.people

    def _must_not(self, person: str, session: Session) -> bool:
        """Whether the day's limit or a sanction keeps a person from one more appointment."""
        seen = wiring.booking().limiting.store.find(person)
        claims = seen.day(session.day).entries
        most = self.hall.rules.city.get("most_per_day", Policy().most_per_day)
        return seen.barred_until is not None or len({each.clinic for each in claims}) >= most
