"""What patients do: hold, ask to pay, pay on the phone, move, cancel, and come."""

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlencode

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib import wiring
from chalicelib.payments.model import Order
from tests.appointments import place_of
from tests.memory.calls import Moment
from tests.property.registration.hall import PATIENTS, PLACES, SESSIONS, Trouble
from tests.property.registration.rules import Rules, moments, troubles, which

patients = st.integers(0, PATIENTS - 1)
sessions = st.integers(0, SESSIONS - 1)
places = st.integers(0, PLACES - 1)


class Patients(Rules):
    """Rules of patients; a patient whose answer was lost knows of no appointment."""

    def __init__(self) -> None:
        super().__init__()
        self.hall.meanwhile += [self.whoever_can_pays, self.the_last_one_cancels, self.somebody_else_holds]

    @rule(patient=patients, session=sessions, index=places, any_time=st.booleans(), trouble=troubles)
    def hold(
        self, patient: int, session: int, index: int, *, any_time: bool, trouble: Trouble | None
    ) -> None:
        who, place = self.hall.patients[patient], place_of(self.hall.sessions[session], index)
        held = self.hall.do(
            lambda: wiring.booking().hold(who.citizen, place.id, who.card.id, any_time=any_time), trouble
        )
        self.hall.remember(patient, held)

    @precondition(lambda self: self.hall.made)
    @rule(which=which, trouble=troubles)
    def open_payment(self, which: int, trouble: Trouble | None) -> None:
        patient, appointment = self.one_made(which)
        order = self.hall.do(lambda: self.hall.patients[patient].pay(appointment), trouble)
        if isinstance(order, Order):
            self.hall.orders[order.id] = order

    @precondition(lambda self: self.hall.orders)
    @rule(which=which)
    def pay(self, which: int) -> None:
        """Pay on the phone, if the trade still waits for it."""
        hall = self.hall
        payable = [each for each in hall.orders.values() if _waits(hall.till.trades.get(each.id))]
        if payable:
            hall.told.append(hall.till.pay(payable[which % len(payable)]))

    @precondition(lambda self: self.hall.made)
    @rule(which=which, trouble=troubles)
    def cancel(self, which: int, trouble: Trouble | None) -> None:
        patient, appointment = self.one_made(which)
        self.hall.do(lambda: self.hall.patients[patient].cancel(appointment), trouble)

    @precondition(lambda self: self.hall.made)
    @rule(which=which, session=sessions, index=places, trouble=troubles)
    def move(self, which: int, session: int, index: int, trouble: Trouble | None) -> None:
        """Take another slot for one's appointment, which may be taken."""
        patient, appointment = self.one_made(which)
        citizen, place = self.hall.patients[patient].citizen, place_of(self.hall.sessions[session], index)
        moved = self.hall.do(lambda: wiring.moving().reschedule(citizen, appointment, place.id), trouble)
        self.hall.remember(patient, moved)

    @precondition(lambda self: self.hall.made)
    @rule(which=which, other=patients, session=sessions, index=places, at=st.integers(0, 11))
    def move_to_what_somebody_holds_just_then(
        self, which: int, other: int, session: int, index: int, at: int
    ) -> None:
        deed = partial(self.hold, other, session, index, any_time=False, trouble=None)
        with self.hall.meanwhile_comes(deed, at) as trouble:
            self.move(which, session, index, trouble)

    @precondition(lambda self: self.hall.made)
    @rule(which=which, at=st.integers(0, 15), moment=moments)
    def cancel_what_was_paid(self, which: int, at: int, moment: Moment) -> None:
        """Money is to go back, and the process dies on the way."""
        paid = [place for place, (_, made) in enumerate(self.hall.made) if self._is_paid(made)]
        if paid:
            self.cancel(paid[which % len(paid)], Trouble(at, moment))

    def _is_paid(self, appointment: str) -> bool:
        trade = self.hall.till.trades.get(appointment.replace("apt_", "ord_", 1))
        return trade is not None and trade["trade_status"] == "TRADE_SUCCESS"

    @precondition(lambda self: self.hall.made)
    @rule(which=which, trouble=troubles)
    def check_in(self, which: int, trouble: Trouble | None) -> None:
        patient, appointment = self.one_made(which)
        citizen = self.hall.patients[patient].citizen
        self.hall.do(lambda: wiring.attending().check_in(citizen, appointment), trouble)

    @rule(patient=patients, session=sessions, index=places)
    def somebody_is_booked(self, patient: int, session: int, index: int) -> None:
        """Held, paid, told and booked, with nothing in the way that was not in the way before."""
        self.hold(patient, session, index, any_time=False, trouble=None)
        if self.hall.made:
            self.open_payment(-1, None)
            self.whoever_can_pays()

    @rule(first=patients, second=patients, session=sessions, index=places, late=st.booleans())
    def a_slot_is_paid_at_the_last_moment(
        self, first: int, second: int, session: int, index: int, *, late: bool
    ) -> None:
        """Somebody pays, the news is slow, and the hold has ended or not when somebody else wants the slot."""
        self.hold(first, session, index, any_time=False, trouble=None)
        if self.hall.made:
            self.open_payment(-1, None)
        if self.hall.orders:
            self.pay(-1)
        self.hall.place.clock.turn(seconds=601 if late else 599)
        self.hold(second, session, index, any_time=False, trouble=None)

    # -- while somebody else's process runs
    def whoever_can_pays(self) -> None:
        """Every trade that waits is paid, its notification comes at once and is worked off at once."""
        for order_id in [each for each, trade in self.hall.till.trades.items() if _waits(trade)]:
            order = wiring.payments().find(order_id)
            if order:
                body = urlencode(self.hall.till.pay(order)).encode()
                self.hall.do(lambda body=body: wiring.payments().record(body), None)  # type: ignore[misc]
        self.hall.everybody_works()

    def the_last_one_cancels(self) -> None:
        """Whoever has the newest appointment gives it up."""
        if self.hall.made:
            self.cancel(-1, None)

    def somebody_else_holds(self) -> None:
        """The slot that most histories are about is wanted by somebody else."""
        self.hold(1, 0, 0, any_time=False, trouble=None)

    def one_made(self, which: int) -> tuple[int, str]:
        """Patient and id of an appointment that somebody knows of."""
        return self.hall.made[which % len(self.hall.made)]


def _waits(trade: Mapping[str, str] | None) -> bool:
    return trade is not None and trade["trade_status"] == "WAIT_BUYER_PAY"
