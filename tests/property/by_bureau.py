"""What the bureau does: change physical cards, and tell of it again and again, in any order; and our own work on it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count

from tests.property.by_citizens import done, sent
from tests.property.deeds import Answer, Ready, Stage
from tests.property.facts import OK
from tests.property.ideal import Ideal
from tests.property.town import BUREAU

FEED = "/v1/callbacks/physical-cards"
_keys = count(1)


@dataclass(frozen=True)
class Line:
    """A line of the feed."""

    person: int
    word: str
    version: int


@dataclass(frozen=True)
class Change:
    """A clerk changes a physical card; the line is told when it is told."""

    person: int
    word: str

    def ready(self, stage: Stage) -> None:
        person = stage.town.people[self.person]
        if person.status != "cancelled":
            person.status, person.version = self.word, person.version + 1
            stage.town.life.lines.append(Line(self.person, person.status, person.version))


@dataclass(frozen=True)
class Tell:
    """The bureau tells a line: of a change just made, or an older one for the first time or again."""

    change: Change | None
    older: int

    def ready(self, stage: Stage) -> Ready | None:
        if self.change:
            self.change.ready(stage)
        lines = stage.town.life.lines
        if self.older >= len(lines):
            return None
        line: Line = lines[-1 - self.older]
        body = {
            "cardNumber": stage.town.people[line.person].card_number,
            "version": line.version,
            "status": line.word,
        }
        asked = stage.town.ask(BUREAU, FEED, body, key=f"feed-line-{next(_keys)}")

        def learn(_: Ideal, answer: Answer) -> None:
            stage.town.life.told[answer.json["id"]] = line

        return Ready(
            f"tell {line}",
            send=partial(sent, asked.send),
            again=lambda: sent(stage.town.sign(asked).send),
            ought=lambda ideal: None,
            learn=learn,
        )


@dataclass(frozen=True)
class Relay:
    """The stream's next changes are relayed; or some that were relayed before, late and again."""

    again: int

    def ready(self, stage: Stage) -> Ready | None:
        send = stage.town.relay(self.again)
        return send and Ready("relay", send=lambda: _quietly(send), ought=lambda ideal: None)


@dataclass(frozen=True)
class Work:
    """One waiting event is worked on: any of them. `relayed` lets the relay run before; `twice` leaves it there."""

    relayed: bool
    which: int
    twice: bool

    def ready(self, stage: Stage) -> Ready | None:
        relay = Relay(0).ready(stage) if self.relayed else None
        if relay:
            done(stage, relay)
        found = stage.town.waiting("EventsQueue", self.which, twice=self.twice)
        if found is None:
            return None
        message, work = found
        line: Line | None = stage.town.life.told.get(message.get("about", ""))

        def ought(ideal: Ideal) -> None:
            if line:
                ideal.told(line.person, line.word, line.version)

        return Ready(f"work on {line or message['type']}", send=lambda: _quietly(work), ought=ought)


def _quietly(work: Callable[[], bool]) -> Answer:
    """What comes again is as good as busy."""
    return Answer(OK if work() else "unavailable")
