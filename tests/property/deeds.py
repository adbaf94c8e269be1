"""Deeds: what somebody asks of the service, what ought to come of it, and what is learnt from the answer."""

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from tests.api import ApiAnswer
from tests.memory.calls import Died, Moment, Strike
from tests.property.facts import OK, Problem
from tests.property.ideal import Ideal
from tests.property.town import Town

BUSY = {"unavailable", "card-busy", "bureau-answer-stale", "mandate-busy"}
"""Nothing happened; the client asks again."""
_TRIES = 6
MORE_TELLING = {("card-not-found", "card-unlinked")}
"""What ought to be answered, and what as well may be by whoever was recognised just before the other deed."""


class Answer(NamedTuple):
    """What came back: a problem's code or OK, and the body."""

    code: str
    json: Any = None


def answered(answer: ApiAnswer) -> Answer:
    return Answer(answer.code or OK, answer.json)


def _nothing(ideal: Ideal, answer: Answer) -> None:
    """Nothing is learnt."""


@dataclass
class Ready:
    """A deed about to be done: its first delivery, its client's repetitions, and what ought to come of it."""

    name: str
    send: Callable[[], Answer]
    ought: Callable[[Ideal], None]
    again: Callable[[], Answer] | None = None
    learn: Callable[[Ideal, Answer], None] = _nothing
    check: Callable[[Ideal, Answer], None] = _nothing
    """What else must be true of the answer, where nothing else happened at the same time."""

    def expected(self, ideal: Ideal) -> str:
        try:
            self.ought(ideal)
        except Problem as problem:
            return problem.code
        return OK


@dataclass
class Stage:
    """The town as it is, and as it ought to be."""

    town: Town
    ideal: Ideal


class Deed(Protocol):
    """Something that may be done."""

    def ready(self, stage: Stage) -> Ready | None:
        """The deed as things stand now; None where nobody could do it."""
        ...


@dataclass(frozen=True)
class Crash:
    """The process dies just before or after its nth call, and its client asks again."""

    at: int
    moment: Moment


@dataclass(frozen=True)
class Meanwhile:
    """Another deed is done entirely just before the nth call."""

    at: int
    deed: Deed


Trouble = Crash | Meanwhile | None


@dataclass
class Doing:
    """Does deeds, and holds what comes of them against what ought to."""

    stage: Stage
    judge: Callable[[Stage], None]
    """Tells by the tables which of two ideals came true, where the answers fit both."""
    seen: list[str] = field(default_factory=list)
    """For whoever reads a failure."""

    def do(self, deed: Deed, trouble: Trouble) -> None:
        ready = deed.ready(self.stage)
        if ready is None:
            return
        self.seen.append(f"{ready.name} {trouble or ''}")
        second = trouble.deed.ready(self.stage) if isinstance(trouble, Meanwhile) else None
        if isinstance(trouble, Crash):
            self._through_a_crash(ready, trouble)
        elif isinstance(trouble, Meanwhile) and second:
            self._meanwhile(ready, trouble.at, second)
        else:
            self._undisturbed(ready)

    def _undisturbed(self, ready: Ready) -> None:
        answer = self._until_answered(ready)
        self._adopt([(self.stage.ideal, [ready.expected(self.stage.ideal)])], [(ready, answer)])
        self._check(ready, answer)

    def _through_a_crash(self, ready: Ready, crash: Crash) -> None:
        """The repetition's answer is that of the deed, or of the deed done a second time."""
        strike = Strike(crash.at, crash.moment, self.stage.town.place.cloud.calls.die)
        answer, died = self._with(ready, strike)
        once = deepcopy(self.stage.ideal)
        expected = [(once, ready.expected(once))]
        if died:
            twice = deepcopy(once)
            expected.append((twice, ready.expected(twice)))
        self._adopt([(ideal, [code]) for ideal, code in expected], [(ready, answer)])
        self._check(ready, answer)

    def _with(self, ready: Ready, strike: Strike) -> tuple[Answer, bool]:
        try:
            answer = self.stage.town.live(ready.send, strike)
        except Died:
            return self._until_answered(ready, first=ready.again or ready.send), True
        return (self._until_answered(ready) if answer.code in BUSY else answer), False

    def _meanwhile(self, ready: Ready, at: int, second: Ready) -> None:
        """Two deeds at once come to what the one and then the other would, in either order."""
        self.seen[-1] += f" ({second.name})"
        found: list[Answer] = []
        strike = Strike(at, Moment.BEFORE, lambda: found.append(self._until_answered(second)))
        first, _ = self._with(ready, strike)
        if not found:
            found.append(self._until_answered(second))
        one, other_way = deepcopy(self.stage.ideal), deepcopy(self.stage.ideal)
        first_first = [ready.expected(one), second.expected(one)]
        second_first = [second.expected(other_way), ready.expected(other_way)][::-1]
        orders = [(one, first_first), (other_way, second_first)]
        self._adopt(orders, [(ready, first), (second, found[0])])

    def _adopt(self, possible: list[tuple[Ideal, list[str]]], answers: list[tuple[Ready, Answer]]) -> None:
        """Go on from the first possibility in which these very answers make sense."""
        codes = [answer.code for _, answer in answers]
        names = [ready.name for ready, _ in answers]
        fitting = [ideal for ideal, expected in possible if all(map(_alike, names, expected, codes))]
        assert fitting, (
            f"{self.seen[-1]}: {codes}, where one of {[each for _, each in possible]} ought to come"
        )
        for ideal in fitting[:-1]:
            with suppress(AssertionError):
                self._go_on(ideal, answers)
                return self.judge(self.stage)
        return self._go_on(fitting[-1], answers)

    def _go_on(self, ideal: Ideal, answers: list[tuple[Ready, Answer]]) -> None:
        self.stage.ideal = ideal
        for ready, answer in answers:
            self._learn(ready, answer)

    def _learn(self, ready: Ready, answer: Answer) -> None:
        if answer.code == OK:
            ready.learn(self.stage.ideal, answer)

    def _check(self, ready: Ready, answer: Answer) -> None:
        if answer.code == OK:
            ready.check(self.stage.ideal, answer)

    def _until_answered(self, ready: Ready, first: Callable[[], Answer] | None = None) -> Answer:
        send = first or ready.send
        for _ in range(_TRIES):
            answer = self.stage.town.live(send)
            if answer.code not in BUSY:
                return answer
            send = ready.again or ready.send
        raise AssertionError(f"{ready.name} is never answered: {answer.code}")


def _alike(name: str, expected: str, code: str) -> bool:
    twice_out = name.startswith("log out") and (expected, code) == ("session-ended", OK)
    return expected == code or (expected, code) in MORE_TELLING or twice_out
