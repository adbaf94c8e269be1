"""What nobody asked for: notifications come, late, twice or never; streams and queues go on; time passes."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib import wiring
from chalicelib.platform.signatures import SignatureInvalid
from tests.property.registration.hall import SESSIONS, Trouble
from tests.property.registration.rules import Rules, troubles, which

_AROUND_A_VISIT = (-121, -60, -30, -1, 0, 10, 11, 30, 31, 239, 241)
_UNTRUE = {
    "for less": ("total_amount", "0.01"),
    "to another seller": ("seller_id", "2088000000000009"),
    "by another app": ("app_id", "2021000000000009"),
    "of an order that nobody made": ("out_trade_no", "ord_01JAN0B0DY0000000000000000"),
}
"""What a notification may say that is not so -> the field and what it says."""


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

    @precondition(lambda self: self.hall.till.trades)
    @rule(which=which, how=st.sampled_from(sorted(_UNTRUE)), twice=st.booleans())
    def tell_an_untruth(self, which: int, how: str, *, twice: bool) -> None:
        """Something signed says that a trade is paid: for less, to somebody else, by another app, another order."""
        hall = self.hall
        order = wiring.payments().find(list(hall.till.trades)[which % len(hall.till.trades)])
        assert order is not None
        untrue = {_UNTRUE[how][0]: _UNTRUE[how][1], "trade_status": "TRADE_SUCCESS"}
        told = hall.till.tells(order, **untrue)
        wiring.payments().record(urlencode(told).encode())
        hall.told += [told] if twice else []

    @precondition(lambda self: self.hall.told)
    @rule(which=which)
    def forge_a_notification(self, which: int) -> None:
        """Whoever changes a word of a notification has not signed it."""
        told = self.hall.told[which % len(self.hall.told)]
        forged = urlencode(told | {"trade_status": "TRADE_FINISHED"}).encode()
        with pytest.raises(SignatureInvalid):
            wiring.payments().record(forged)

    @rule(how=st.sampled_from(["well", "not", "without moving money"]))
    def the_gateway_answers(self, how: str) -> None:
        self.hall.till.down, self.hall.till.silent = how == "not", how == "without moving money"


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

    @rule(seconds=st.sampled_from([1, 30, 130, 599, 600, 660, 3600, 24 * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.hall.place.clock.turn(seconds=seconds)

    @rule(session=st.integers(0, SESSIONS - 1), minutes=st.sampled_from(_AROUND_A_VISIT))
    def the_visit_comes_near(self, session: int, minutes: int) -> None:
        """It is so many minutes after a session's start, if that is still to come."""
        clock = self.hall.place.clock
        clock.now = max(clock.now, self.hall.sessions[session].starts_at + timedelta(minutes=minutes))
