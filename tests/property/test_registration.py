"""Random histories of a small clinic: holds, payments, cancellations, lost and doubled news, dying processes.

Whatever happened: no slot is sold twice, legs add up, and once the dust has settled every payment has either its
appointment or its money back.
"""

from collections.abc import Iterator

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.memory.calls import Moment
from tests.memory.depth import depth
from tests.property.registration import PLACES, Clinic, Trouble, clinic

troubles = st.one_of(
    st.none(), st.none(), st.tuples(st.integers(0, 9), st.sampled_from([Moment.BEFORE, Moment.AFTER]))
)
which = st.integers(0, 7)


class Registration(RuleBasedStateMachine):
    """One history."""

    clinic: Clinic

    @initialize()
    def begin(self) -> None:
        self.clinic.begin()

    @rule(
        patient=st.integers(0, 3),
        session=st.integers(0, 1),
        index=st.integers(0, PLACES - 1),
        trouble=troubles,
    )
    def hold(self, patient: int, session: int, index: int, trouble: Trouble) -> None:
        self.clinic.hold(patient, session, index, trouble)

    @precondition(lambda self: self.clinic.made)
    @rule(which=which, trouble=troubles)
    def open_payment(self, which: int, trouble: Trouble) -> None:
        self.clinic.open_payment(which, trouble)

    @precondition(lambda self: self.clinic.orders)
    @rule(which=which)
    def pay(self, which: int) -> None:
        self.clinic.pay(which)

    @precondition(lambda self: self.clinic.made)
    @rule(which=which, trouble=troubles)
    def cancel(self, which: int, trouble: Trouble) -> None:
        self.clinic.cancel(which, trouble)

    @precondition(lambda self: self.clinic.told)
    @rule(which=which, trouble=troubles, again=st.booleans())
    def notify(self, which: int, trouble: Trouble, *, again: bool) -> None:
        self.clinic.notify(which, trouble, again=again)

    @precondition(lambda self: self.clinic.told)
    @rule(which=which)
    def lose_a_notification(self, which: int) -> None:
        self.clinic.told.pop(which % len(self.clinic.told))

    @rule(trouble=troubles)
    def read_streams(self, trouble: Trouble) -> None:
        self.clinic.stream(trouble)

    @rule(which=which, trouble=troubles, twice=st.booleans())
    def work(self, which: int, trouble: Trouble, *, twice: bool) -> None:
        self.clinic.work(which, trouble, twice=twice)

    @rule(trouble=troubles)
    def sweep(self, trouble: Trouble) -> None:
        self.clinic.sweep(trouble)

    @rule(
        first=st.integers(0, 3),
        second=st.integers(0, 3),
        index=st.integers(0, PLACES - 1),
        late=st.booleans(),
    )
    def a_slot_is_paid_at_the_last_moment(self, first: int, second: int, index: int, *, late: bool) -> None:
        """Somebody pays, the news is slow, and the hold has ended or not when somebody else wants the slot."""
        self.clinic.hold(first, 0, index, None)
        if self.clinic.made:
            self.clinic.open_payment(len(self.clinic.made) - 1, None)
        if self.clinic.orders:
            self.clinic.pay(len(self.clinic.orders) - 1)
        self.clinic.place.clock.turn(seconds=601 if late else 599)
        self.clinic.hold(second, 0, index, None)

    @rule(down=st.booleans())
    def the_gateway_answers_or_not(self, *, down: bool) -> None:
        self.clinic.till.down = down

    @rule(seconds=st.sampled_from([1, 30, 130, 599, 600, 660, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.clinic.place.clock.turn(seconds=seconds)

    @invariant()
    def no_slot_is_sold_twice(self) -> None:
        if self.clinic.morning:
            self.clinic.no_slot_is_sold_twice()

    def teardown(self) -> None:
        """The dust settles."""
        if not self.clinic.made:
            return
        self.clinic.settle()
        self.clinic.no_slot_is_sold_twice()
        self.clinic.money_is_where_it_belongs()
        self.clinic.nothing_is_left_over()


@pytest.fixture(scope="module")
def known_clinic() -> Iterator[Clinic]:
    with clinic() as here:
        yield here


def test_every_payment_has_its_appointment_or_its_money_back(known_clinic: Clinic) -> None:
    Registration.clinic = known_clinic
    run_state_machine_as_test(Registration, settings=depth(400, steps=25))
