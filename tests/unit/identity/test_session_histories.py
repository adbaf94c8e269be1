"""Any history of logins, refreshes, thefts and logouts on two devices, against what a session promises.

The promise: a refresh token serves once, apart from its repetition within a minute, which is answered the same; any
other use of it ends its session, and nothing else does but logging out and thirty days.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api import Api, ApiAnswer
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.memory.cloud import Place, place


@dataclass
class Served:
    """A refresh token that was answered: when for the first time, and with what."""

    at: datetime
    answer: str


@dataclass
class Device:
    """What a device was given since its last login, and what became of its session."""

    phone: Phone
    given: list[str] = field(default_factory=list)
    served: dict[str, Served] = field(default_factory=dict)
    ends_at: datetime | None = None
    over: bool = True

    def stands(self, now: datetime) -> bool:
        return not self.over and self.ends_at is not None and now < self.ends_at


@dataclass
class History:
    """Two devices of one account."""

    api: Api
    clock: HeldClock
    devices: list[Device]

    def log_in(self, device: Device, _: int) -> None:
        """Log in where the last session is over, as a phone does."""
        if device.stands(self.clock()):
            return
        answer = device.phone.log_in()
        assert answer.status == 201
        device.given, device.served = [answer.json["refreshToken"]], {}
        device.ends_at, device.over = self.clock() + timedelta(days=30), False

    def refresh(self, device: Device, back: int) -> None:
        """Show a token: the newest, or, as a thief might, an older one."""
        if not device.given:
            return
        token = device.given[max(0, len(device.given) - 1 - back)]
        answer, expected = device.phone.refresh(token), self._expected(device, token)
        assert (answer.code or "served") == expected
        if expected == "served":
            self._serve(device, token, answer)
        device.over = device.over or expected == "refresh-token-reused"

    def _expected(self, device: Device, token: str) -> str:
        if not device.stands(self.clock()):
            return "session-ended"
        before = device.served.get(token)
        if before is None:
            return "served"
        repeated = before.answer == device.given[-1] and self.clock() - before.at <= timedelta(minutes=1)
        return "served" if repeated else "refresh-token-reused"

    def _serve(self, device: Device, token: str, answer: ApiAnswer) -> None:
        given = answer.json["refreshToken"]
        first = device.served.setdefault(token, Served(self.clock(), given))
        assert first.answer == given
        if given not in device.given:
            device.given.append(given)

    def log_out(self, device: Device, _: int) -> None:
        answer = self.api.call("DELETE", "/v1/sessions/current", token=device.phone.token)
        assert answer.status in {204, 401}
        device.over = device.over or answer.status == 204

    def log_out_everywhere(self, device: Device, _: int) -> None:
        answer = self.api.call("DELETE", "/v1/sessions", token=device.phone.token)
        assert answer.status in {204, 401}
        for each in self.devices:
            each.over = each.over or answer.status == 204

    def wait(self, _: Device, seconds: int) -> None:
        self.clock.turn(seconds=seconds)

    def check(self) -> None:
        """A session that is over opens nothing; one that stands opens everything until its token has expired."""
        for each in self.devices:
            answer = self.api.get("/v1/sessions", token=each.phone.token)
            told = {None} if each.stands(self.clock()) else {"session-ended"}
            assert answer.code in told | {"token-expired", "token-invalid"}
            if answer.status == 200:
                standing = sum(device.stands(self.clock()) for device in self.devices)
                assert len(answer.json["items"]) == standing


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with place(HeldClock()) as made:
        yield made


WHO = st.integers(0, 1)
REFRESH = st.tuples(st.just("refresh"), WHO, st.sampled_from([0, 0, 1, 1, 2, 5]))
WAIT = st.tuples(st.just("wait"), WHO, st.sampled_from([30, 60, 61, 1800, 29 * 86400]))
OTHER = st.tuples(st.sampled_from(["log_in", "log_out", "log_out_everywhere"]), WHO, st.just(0))
STEPS = st.one_of(REFRESH, REFRESH, WAIT, OTHER)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_no_history_lets_a_refresh_token_serve_twice(here: Place, steps: list[tuple[str, int, int]]) -> None:
    here.begin()
    api = Api()
    one = Phone(api, here.payment_app)
    other = Phone(api, here.payment_app, open_id=one.open_id)
    history = History(api, here.clock, [Device(one), Device(other)])
    for device in history.devices:
        history.log_in(device, 0)
    for name, which, how in steps:
        getattr(history, name)(history.devices[which], how)
        history.check()
