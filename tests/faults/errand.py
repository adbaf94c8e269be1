"""Somebody who runs an errand and does not give up: repeats what failed, as phones, terminals and hospitals do.

A scenario speaks to this; it knows HTTP and patience, and what was learnt on the way (ids, tokens).
"""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

from tests.api import Api, ApiAnswer
from tests.clock import HeldClock
from tests.fakes import Party
from tests.faults.cloud import Died, FaultyCloud
from tests.faults.outside import Deeds, Outside
from tests.faults.state import Detour, Spare, Thing

_TRIES = 8
_AGAIN_SECONDS = 3
_LOCK_SECONDS = 31
"""A request whose process died is locked for 30 seconds under its idempotency key."""
_LADDER_MINUTES = (4, 10, 10, 60, 120, 360, 900)
"""When the payment app notifies again."""
_SWEEPS = 2


@dataclass
class Errand:
    """One citizen, one pharmacy, one hospital and one payment app, acting on one cloud."""

    cloud: FaultyCloud
    outside: Outside
    clock: HeldClock
    known: dict[str, Any] = field(default_factory=dict)
    answers: list[Thing] = field(default_factory=list)
    keyed: bool = True
    """Whether the citizen's requests carry an Idempotency-Key."""

    # -- asking
    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Callable[[], Mapping[str, str]] | None = None,
    ) -> ApiAnswer:
        """One HTTP request, in a process of its own; `headers` are made once, a second delivery has the same."""
        given = dict(headers()) if headers else {}
        return self.cloud.live(lambda: Api().call(method, path, body, headers=given))

    def ask(
        self,
        name: str,
        method: str,
        path: str,
        body: Callable[[], object] = lambda: None,
        *,
        again_after: str = "",
        over: str = "",
    ) -> ApiAnswer:
        """A citizen's request, repeated until there is an answer that is not ours to be sorry for.

        With `keyed` every repetition carries the same Idempotency-Key. `again_after` is a problem that the page
        itself answers by trying again; `over` is one that tells it that an earlier try took effect. The last answer
        counts as what they saw.
        """
        sent = self.bearer()
        if self.keyed and method == "POST":
            sent["idempotency-key"] = f"key-of-{name.replace(' ', '-')}"
        send = lambda: self.send(method, path, body(), headers=lambda: sent)  # noqa: E731
        return self._insist(name, send, again_after, over)

    def bearer(self) -> dict[str, str]:
        """The citizen's token, once they are logged in."""
        token = self.known.get("token", "")
        return {"authorization": f"Bearer {token}"} if token else {}

    def tell(
        self, name: str, party: Party, method: str, path: str, body: object = None, *, over: str = ""
    ) -> ApiAnswer:
        """An institution's request: signed anew for every try, under one idempotency key."""
        raw = json.dumps(body).encode() if body is not None else b""
        key = f"key-of-{name.replace(' ', '-')}"

        def headers() -> Mapping[str, str]:
            return party.headers(method, path, raw, key=key, now=self.clock().timestamp())

        send = lambda: self.send(method, path, raw, headers=headers)  # noqa: E731
        return self._insist(name, send, "signature-replayed", over)

    def _insist(
        self, name: str, send: Callable[[], ApiAnswer], again_after: str, over: str = ""
    ) -> ApiAnswer:
        for _ in range(_TRIES):
            try:
                answer = send()
            except Died:
                self.clock.turn(seconds=_AGAIN_SECONDS)
                continue
            if answer.code == "request-in-flight":
                self.clock.turn(seconds=_LOCK_SECONDS)
            elif answer.status >= 500 or (answer.code and answer.code == again_after):
                self.clock.turn(seconds=_AGAIN_SECONDS)
            elif answer.code and answer.code == over:
                self.answers.append({"kind": f"answer to {name}", "over": True})
                return answer
            elif answer.status >= 400:
                raise AssertionError(f"{name}: refused with {answer.status} {answer.code}")
            else:
                self.saw(name, answer, over=bool(over))
                return answer
        raise AssertionError(f"{name}: no answer after {_TRIES} tries")

    def saw(self, name: str, answer: ApiAnswer, *, over: bool = False) -> None:
        """Note what the citizen or the institution was told in the end; with `over`, only that it is over."""
        if over:
            self.answers.append({"kind": f"answer to {name}", "over": True})
            return
        self.answers.append({"kind": f"answer to {name}", "status": answer.status, "body": answer.json})

    # -- waiting
    def rest(self) -> None:
        """Let streams, queues and everybody outside go on until nothing is left to do."""
        self.cloud.settle()
        while self.outside.deeds.agenda:
            who, about = self.outside.deeds.agenda.pop(0)
            _AGENDA[who](self, about)
            self.cloud.settle()

    def sweep(self) -> None:
        """The schedule runs, every minute until it once ends well; then everything comes to rest."""
        reason: Exception | None = None
        for _ in range(_TRIES):
            try:
                self.cloud.sweep()
            except Exception as error:  # noqa: BLE001  (whatever it was, the next minute comes)
                reason = error
                self.clock.turn(minutes=1)
                continue
            self.rest()
            return
        raise AssertionError("the sweep never ends well") from reason

    def wait(self, patience: timedelta) -> None:
        """Turn the clock by `patience` in steps; the schedule runs after each of them, unless it would be in vain."""
        for _ in range(_SWEEPS):
            self.clock.now += patience / _SWEEPS
            if self.cloud.due():
                self.sweep()

    def things(self) -> list[Thing]:
        """The whole end state."""
        return [*self.cloud.things(), *self.outside.things(), *self.answers]

    # -- what others do by themselves
    def notify(self, out_trade_no: str) -> None:
        """The payment app notifies until the answer is `success`."""
        form = urlencode(self.outside.notification(out_trade_no))
        headers = {"content-type": "application/x-www-form-urlencoded"}
        for minutes in (0, *_LADDER_MINUTES):
            self.clock.turn(minutes=minutes)
            try:
                answer = self.send(
                    "POST", "/v1/payments/alipay/notify", form.encode(), headers=lambda: headers
                )
            except Died:
                continue
            if answer.body == b"success":
                return
        raise AssertionError("the payment app gave up notifying")

    def call_back(self, webhook_id: str) -> None:
        """The hospital reads what the event is about; a booking it answers."""
        event = self.outside.deeds.events[webhook_id]
        if event["type"].startswith("cn.zerotrip.presence"):
            self.tell("pharmacy reads a presence", self.outside.pharmacy, "GET", event["data"]["href"])
            return
        appointment = event["data"]["appointment"]
        hospital = self.outside.hospital
        self.tell(f"hospital reads {event['type']}", hospital, "GET", event["data"]["href"])
        if not event["type"].startswith("cn.zerotrip.appointment.booked"):
            return
        outcome = self.outside.deeds.hospital_says
        told = {"accepted": {"queueNumber": 7}}.get(outcome, {})
        body = {"appointmentId": appointment, "outcome": outcome, **told}
        self.tell(f"hospital answers {appointment}", hospital, "POST", "/v1/callbacks/appointments", body)


_AGENDA: dict[str, Callable[[Errand, str], None]] = {
    "notify": Errand.notify,
    "hospital": Errand.call_back,
}


class Act(Protocol):
    """A part of the errand."""

    def __call__(self, errand: Errand, /) -> None:
        """Do it, and learn what the next part needs."""


def nothing(_: Errand) -> None:
    """No part at all."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One use-case: what must be done before, the use-case itself, and how long its leftovers may take."""

    name: str
    prepare: Act
    act: Act
    patience: timedelta = timedelta(minutes=4)
    look: Act = nothing
    """What the citizen sees in the end."""
    spares: tuple[Spare, ...] = ()
    detours: tuple[Detour, ...] = ()
    keyed: bool = True


@dataclass(frozen=True, slots=True)
class Beginning:
    """Everything a scenario starts from."""

    memory: Any
    deeds: Deeds
    known: dict[str, Any]
    moment: Any

    @classmethod
    def of(cls, errand: Errand) -> "Beginning":
        """What stands now."""
        return cls(
            errand.cloud.remember(),
            deepcopy(errand.outside.deeds),
            deepcopy(errand.known),
            errand.clock.now,
        )

    def again(self, errand: Errand) -> None:
        """Stand there again."""
        errand.cloud.return_to(self.memory)
        errand.outside.deeds = deepcopy(self.deeds)
        errand.outside.world.received.clear()
        errand.known = deepcopy(self.known)
        errand.clock.now = self.moment
        errand.answers = []
