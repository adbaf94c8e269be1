"""What nobody asked for: notifications come, late, twice or never; streams and queues go on; time passes."""

from urllib.parse import urlencode

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib import wiring
from tests.property.registration.hall import Trouble
from tests.property.registration.rules import Rules, troubles, which


class PaymentApp(Rules):
    """Rules of the payment app."""

    @precondition(lambda self: self.hall.told)
    @rule(which=which, trouble=troubles, again=st.booleans())
    def notify(self, which: int, trouble: Trouble | None, *, again: bool) -> None:
        """A notification arrives, perhaps not for the last time."""
        hall = self.hall
        told = hall.told[which % len(hall.told)]
        body = urlencode(told).encode()

        def record() -> bool:
            wiring.payments().record(body)
            return True

        if hall.do(record, trouble) is True and not again:
            hall.told.remove(told)

    @precondition(lambda self: self.hall.told)
    @rule(which=which)
    def lose_a_notification(self, which: int) -> None:
        self.hall.told.pop(which % len(self.hall.told))

    @rule(down=st.booleans())
    def the_gateway_answers_or_not(self, *, down: bool) -> None:
        self.hall.till.down = down


class Cloud(Rules):
    """Rules of streams, queues and the schedule."""

    @rule(trouble=troubles)
    def read_streams(self, trouble: Trouble | None) -> None:
        self.hall.stream(trouble)

    @rule(which=which, trouble=troubles, twice=st.booleans())
    def work(self, which: int, trouble: Trouble | None, *, twice: bool) -> None:
        self.hall.work(which, trouble, twice=twice)

    @rule(trouble=troubles)
    def sweep(self, trouble: Trouble | None) -> None:
        self.hall.do(wiring.sweep, trouble)


class Time(Rules):
    """Rules of the clock."""

    @rule(seconds=st.sampled_from([1, 30, 130, 599, 600, 660, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.hall.place.clock.turn(seconds=seconds)
