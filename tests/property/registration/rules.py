"""What every part of the machine shares. A part is a class of rules in a file of its own, and the machine is all parts.

To add a room: write `class Waiters(Rules)` with its `@rule`s in a `by_*.py` here and name it among the bases of
`Registration` in `test_registration.py`. What the room knows of a history is made in its `__init__` (after
`super().__init__()`, which begins the morning); an `@initialize` of one part may come before another's. A room that
takes money says in `entitled` what it may keep; one that owes something else checks it in `at_rest`, each after
asking `super()`. What may happen in the middle of somebody else's process is appended to `hall.meanwhile`.
"""

from datetime import timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from tests.memory.calls import Moment
from tests.property.registration import books, truths
from tests.property.registration.hall import MORNINGS, Hall, Trouble

which = st.integers(0, 7)
moments = st.sampled_from([Moment.BEFORE, Moment.AFTER])
troubles = st.one_of(
    st.none(),
    st.none(),
    st.builds(Trouble, st.integers(0, 11), moments, st.none()),
    st.builds(Trouble, st.integers(0, 7), moments, st.integers(0, 11)),
)
"""Mostly nothing; or the process dies at one of its calls; or somebody else does something just then."""


class Rules(RuleBasedStateMachine):
    """One history. Parts inherit from this; the machine inherits from its parts."""

    hall: ClassVar[Hall]
    STEPS: ClassVar[int] = 4
    """In how many steps of 20 minutes the dust settles."""

    def __init__(self) -> None:
        super().__init__()
        self.hall.begin()
        self.hall.meanwhile = [self.hall.everybody_works]

    @initialize(morning=st.integers(0, len(MORNINGS) - 1))
    def begin(self, morning: int) -> None:
        self.hall.begin(morning)

    # -- what parts may add to
    def entitled(self) -> dict[str, int]:
        """Order -> fen that it may keep, once the dust has settled; every other order has given its money back."""
        return truths.paid_for(self.hall)

    def at_rest(self) -> None:
        """What must hold once the dust has settled."""
        kept = self.entitled()
        truths.no_slot_is_sold_twice(self.hall)
        truths.no_slot_is_lost(self.hall)
        truths.nobody_has_too_many(self.hall)
        truths.money_is_where_it_belongs(self.hall, kept)
        books.are_balanced(self.hall, kept)
        truths.nothing_is_left_over(self.hall)

    # -- the run
    @invariant()
    def no_slot_is_sold_twice(self) -> None:
        truths.no_slot_is_sold_twice(self.hall)
        truths.a_hold_is_kept(self.hall)

    def teardown(self) -> None:
        """The dust settles: everything answers again, and the minutes pass; then the day is over."""
        if not self.hall.made:
            return
        self.settle()
        self.at_rest()
        self.let_the_day_end()
        self.at_rest()
        truths.the_day_is_over(self.hall)

    def settle(self) -> None:
        """Everything answers again; a good hour passes."""
        hall = self.hall
        hall.till.down = hall.till.silent = hall.hospital_down = False
        hall.messages_are_as_new()
        for _ in range(self.STEPS):
            hall.place.cloud.settle()
            hall.place.cloud.sweep()
            hall.place.clock.turn(minutes=20)
        hall.place.cloud.sweep()

    def let_the_day_end(self) -> None:
        """The sessions are long over, and so is whatever waits for them."""
        hall = self.hall
        last = max(each.starts_at for each in hall.sessions)
        hall.place.clock.now = max(hall.place.clock.now, last + timedelta(hours=12))
        for _ in range(2):
            hall.place.cloud.sweep()
            hall.place.clock.turn(minutes=1)
