"""Random histories of one agent's family through the real API, held against a model of a few lines.

Processes die at any call and their client asks again; two requests meet at any call and come to what one after the
other would; mandates end by the clock, with or without a sweep.
"""

from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chalicelib.types import rfc3339
from tests.api import Api, ApiAnswer
from tests.builders import an_identity_number
from tests.bureau import a_bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.families import Relative, a_civil_registry, grant, scan
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import Place, Remembered, cold_start, place
from tests.memory.depth import depth

BEGINNING = datetime(2026, 11, 23, 4, tzinfo=UTC)
SLOTS = {"elder": 2, "child": 0, "spouse": 1, "other": 1}
FAMILY = 6
"""Grown-ups; the first has a phone of their own."""
MOST_SCANS = 18
"""Of one person on one day; the service refuses the 21st."""


@dataclass
class Held:
    """A mandate as the model has it."""

    member: int
    relation: str
    until: datetime
    id: str = ""
    revoked: bool = False


@dataclass(frozen=True)
class Ask:
    """A request for a mandate: sent again, it is the very same."""

    member: int
    relation: str
    until: datetime
    proof: str
    scanned: datetime
    session: str
    send: Callable[[], ApiAnswer]


@dataclass
class Ideal:
    """What ought to be."""

    held: dict[str, Held] = field(default_factory=dict)
    """By the scan that consented."""

    def standing(self, now: datetime) -> list[Held]:
        return [each for each in self.held.values() if not each.revoked and each.until > now]

    def used(self, now: datetime) -> dict[str, int]:
        relations = [each.relation for each in self.standing(now)]
        return {relation: relations.count(relation) for relation in SLOTS}

    def grants(self, ask: Ask, now: datetime) -> str:
        """What the request is answered with, and it happens."""
        if now >= ask.scanned + timedelta(minutes=30):
            return "verification-expired"
        if ask.until <= now:
            return "payload-invalid"
        if ask.proof in self.held:
            return "granted" if self.held[ask.proof] in self.standing(now) else "mandate-ended"
        if any(each.member == ask.member for each in self.standing(now)):
            return "mandate-exists"
        if self.used(now)[ask.relation] >= SLOTS[ask.relation]:
            return "family-slots-full"
        self.held[ask.proof] = Held(ask.member, ask.relation, ask.until)
        return "granted"


def code(answer: ApiAnswer) -> str:
    return "granted" if answer.status == 201 else str(answer.code)


members = st.integers(0, FAMILY - 1)
relations = st.sampled_from(["elder", "elder", "spouse", "other"])
minutes = st.sampled_from([1, 5, 20, 60, 600])
calls = st.integers(0, 10)
late = st.integers(5, 10)
"""Where a grant looks at the family, and takes a slot."""
moments = st.sampled_from(Moment)


class Families(RuleBasedStateMachine):
    """One history."""

    here: Place
    agent: Phone
    elder: Phone
    family: list[Relative]
    beginning: Remembered

    @initialize()
    def begin(self) -> None:
        self.here.cloud.return_to(self.beginning)
        self.here.clock.now = BEGINNING
        cold_start()
        self.agent, self.elder = deepcopy_of(type(self).agent), deepcopy_of(type(self).elder)
        for each in (self.agent, self.elder):
            each.refresh()
        self.ideal = Ideal()
        self.asked: list[Ask] = []
        self.scans = dict.fromkeys(range(FAMILY), 0)

    @property
    def now(self) -> datetime:
        return self.here.clock()

    def ask(self, member: int, relation: str, lasts: int) -> Ask | None:
        """The member scans; the request is ready to be sent."""
        if self.scans[member] >= MOST_SCANS:
            return None
        self.scans[member] += 1
        proof, until = scan(self.agent, self.family[member]), self.now + timedelta(minutes=lasts)
        told = {"relation": relation, "verificationId": proof, "until": rfc3339(until)}
        asked = Ask(
            member, relation, until, proof, self.now, self.agent.token, partial(grant, self.agent, **told)
        )
        self.asked.append(asked)
        return asked

    def keep(self, ask: Ask, answer: ApiAnswer) -> None:
        if answer.status == 201:
            held = self.ideal.held[ask.proof]
            assert held.id in {"", answer.json["id"]}
            assert answer.json["until"] == rfc3339(held.until)
            held.id = answer.json["id"]

    @rule(member=members, relation=relations, lasts=minutes)
    def ask_for_a_mandate(self, member: int, relation: str, lasts: int) -> None:
        ask = self.ask(member, relation, lasts)
        if ask:
            answer = self.here.cloud.live(ask.send)
            assert code(answer) == self.ideal.grants(ask, self.now)
            self.keep(ask, answer)

    @rule(member=members, relation=relations, lasts=minutes, at=calls, moment=moments)
    def ask_and_die_and_ask_again(
        self, member: int, relation: str, lasts: int, at: int, moment: Moment
    ) -> None:
        ask = self.ask(member, relation, lasts)
        if ask is None:
            return
        try:
            self.here.cloud.live(ask.send, Strike(at, moment, self.here.cloud.calls.die))
        except Died:
            cold_start()
        answer = ask.send()
        assert code(answer) == self.ideal.grants(ask, self.now)
        self.keep(ask, answer)

    @rule(first=members, second=members, relation=relations, other=relations, at=late, moment=moments)
    def two_ask_at_once(
        self, first: int, second: int, relation: str, other: str, at: int, moment: Moment
    ) -> None:
        slow, fast = self.ask(first, relation, 20), self.ask(second, other, 20)
        if slow is None or fast is None:
            return
        within: list[ApiAnswer] = []
        answer = self.here.cloud.live(
            slow.send, Strike(at, moment, lambda: within.append(self.here.cloud.live(fast.send)))
        )
        if not within:  # it made fewer calls
            within.append(self.here.cloud.live(fast.send))
        seen = code(answer), code(within[0])
        before = deepcopy(self.ideal)
        one = self.ideal.grants(slow, self.now), self.ideal.grants(fast, self.now)
        if seen != one:
            self.ideal = before
            told = self.ideal.grants(fast, self.now)
            assert seen == (self.ideal.grants(slow, self.now), told)
        self.keep(slow, answer)
        self.keep(fast, within[0])

    @rule(which=st.integers(0, 3))
    def ask_the_same_again(self, which: int) -> None:
        if which < len(self.asked):
            ask = self.asked[-1 - which]
            answer = ask.send()
            assert code(answer) == self.ideal.grants(ask, self.now)
            self.keep(ask, answer)

    @rule(which=st.integers(0, 5), by_member=st.booleans(), at=calls, moment=moments, dies=st.booleans())
    def revoke(self, which: int, *, by_member: bool, at: int, moment: Moment, dies: bool) -> None:
        granted = [each for each in self.ideal.held.values() if each.id]
        if which >= len(granted):
            return
        mandate = granted[which]
        phone = self.elder if by_member else self.agent
        send = partial(phone.api.call, "DELETE", f"/v1/mandates/{mandate.id}", token=phone.token)
        if by_member and mandate.member != 0:
            assert send().code == "mandate-not-found"
            return
        if dies:
            try:
                self.here.cloud.live(send, Strike(at, moment, self.here.cloud.calls.die))
            except Died:
                cold_start()
        assert send().status == 204
        mandate.revoked = mandate.revoked or mandate.until > self.now

    @rule(seconds=st.sampled_from([1, 59, 60, 300, 1200, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.here.clock.turn(seconds=seconds)
        for each in (self.agent, self.elder):
            assert each.refresh().status == 200

    @rule()
    def the_sweep_comes(self) -> None:
        self.here.cloud.sweep()

    @invariant()
    def both_see_what_stands(self) -> None:
        listed = self.agent.api.get("/v1/mandates", token=self.agent.token).json
        standing = self.ideal.standing(self.now)
        assert {each["id"] for each in listed["items"]} == {each.id for each in standing}
        assert {each["relation"]: each["used"] for each in listed["slots"]} == self.ideal.used(self.now)
        mine = self.elder.api.get("/v1/mandates", token=self.elder.token).json["items"]
        assert {each["id"] for each in mine} == {each.id for each in standing if each.member == 0}

    def teardown(self) -> None:
        """After a last sweep every mandate is closed the way it went, and both were told of it once."""
        if not hasattr(self, "ideal"):
            return
        self.here.cloud.sweep()
        assert self.here.cloud.dead_letters() == []
        for mandate in self.ideal.held.values():
            path = f"/v1/mandates/{mandate.id}"
            shown = self.agent.api.get(path, token=self.agent.token).json
            over = "ended" if mandate.until <= self.now else "active"
            assert shown["status"] == ("revoked" if mandate.revoked else over)
            assert (shown["closedAt"] is None) == (shown["status"] == "active")


def deepcopy_of(phone: Phone) -> Phone:
    return Phone(
        phone.api,
        phone.payment_app,
        phone.name,
        phone.number,
        phone.open_id,
        refresh_token=phone.refresh_token,
    )


@pytest.fixture
def families(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Families]]:
    with place(HeldClock(BEGINNING)) as here, redirect_stdout(StringIO()):
        monkeypatch.setenv("FAMILY_SLOTS", ",".join(f"{name}={count}" for name, count in SLOTS.items()))
        bureau = a_bureau(here.world)
        a_civil_registry(here.world)
        Families.here = here
        Families.family = [Relative("王芳", an_identity_number()) for _ in range(FAMILY)]
        Families.agent = Phone(Api(), here.payment_app)
        first = Families.family[0]
        Families.elder = Phone(Api(), here.payment_app, first.name, first.number)
        for each in (Families.agent, Families.elder):
            bureau.insures(each.name, each.number)
            assert each.bind().status == 201
        here.cloud.settle()
        Families.beginning = here.cloud.remember()
        yield Families


def test_a_family_is_what_its_history_makes_it(families: type[Families]) -> None:
    run_state_machine_as_test(families, settings=depth(60, steps=20))
