"""What patients do: hold, ask to pay, pay on the phone, cancel."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib.payments.model import Order
from tests.property.registration.hall import PATIENTS, PLACES, Trouble
from tests.property.registration.rules import Rules, troubles, which

patients = st.integers(0, PATIENTS - 1)
places = st.integers(0, PLACES - 1)


class Patients(Rules):
    """Rules of patients; a patient whose answer was lost knows of no appointment."""

    @rule(patient=patients, session=st.integers(0, 1), index=places, trouble=troubles)
    def hold(self, patient: int, session: int, index: int, trouble: Trouble | None) -> None:
        hall = self.hall
        held = hall.do(lambda: hall.patients[patient].hold(hall.sessions[session], index), trouble)
        hall.remember(patient, held)

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
        payable = [each for each in hall.orders.values() if self._waits(each)]
        if payable:
            hall.told.append(hall.till.pay(payable[which % len(payable)]))

    @precondition(lambda self: self.hall.made)
    @rule(which=which, trouble=troubles)
    def cancel(self, which: int, trouble: Trouble | None) -> None:
        patient, appointment = self.one_made(which)
        self.hall.do(lambda: self.hall.patients[patient].cancel(appointment), trouble)

    @rule(first=patients, second=patients, index=places, late=st.booleans())
    def a_slot_is_paid_at_the_last_moment(self, first: int, second: int, index: int, *, late: bool) -> None:
        """Somebody pays, the news is slow, and the hold has ended or not when somebody else wants the slot."""
        self.hold(first, 0, index, None)
        if self.hall.made:
            self.open_payment(len(self.hall.made) - 1, None)
        if self.hall.orders:
            self.pay(len(self.hall.orders) - 1)
        self.hall.place.clock.turn(seconds=601 if late else 599)
        self.hold(second, 0, index, None)

    def one_made(self, which: int) -> tuple[int, str]:
        """Patient and id of an appointment that somebody knows of."""
        return self.hall.made[which % len(self.hall.made)]

    def _waits(self, order: Order) -> bool:
        trade = self.hall.till.trades.get(order.id)
        return bool(trade and trade["trade_status"] == "WAIT_BUYER_PAY")
