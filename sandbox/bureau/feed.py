"""The bureau's feed: tells the service of every change of a card, signed, until it is acknowledged.

It acts out the feed's faults. It must not know what the service does with what it is told.
"""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from sandbox.background import Timer, Workers
from sandbox.bureau.cards import PhysicalCard
from sandbox.bureau.feed_model import SUCCESS, FeedEvent, Outcome, Try
from sandbox.calls import Unreachable, call
from sandbox.clock import Clock
from sandbox.events import Events
from sandbox.faults import Faults, FeedFault
from sandbox.institutions.directory import bureau
from sandbox.institutions.register import Register
from sandbox.people import Person
from sandbox.shelf import Shelf

KIND = "feed-event"
CALLBACK_PATH = "/v1/callbacks/physical-cards"
LOOK_AGAIN = timedelta(seconds=0.2)
"""How often a line that is held back looks whether it still is."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Every change ever told, and the delivery of those not yet acknowledged."""

    shelf: Shelf
    clock: Clock
    register: Register
    faults: Faults
    events: Events
    workers: Workers
    timer: Timer
    origin: str

    def resume(self) -> None:
        """Take up, after a restart, what was not acknowledged before it."""
        for event in self.every():
            if event.state == "waiting":
                self._soon(event.event_id)

    def announce(self, person: Person, card: PhysicalCard) -> FeedEvent:
        """Tell the service of the card as it is now; the first try is made before this returns."""
        event = FeedEvent(
            event_id=f"feed-{uuid.uuid4()}",
            user_id=person.user_id,
            card_number=person.card_number,
            version=card.version,
            status=card.status,
            reason=card.reason,
        )
        self._keep(event)
        return self.deliver(event.event_id)

    def deliver(self, event_id: str) -> FeedEvent:
        """Try once, as the standing fault lets it."""
        event = self._get(event_id)
        fault = self.faults.now().feed
        if event.state != "waiting":
            return event
        if fault and fault.kind == "held":
            self.timer.after(LOOK_AGAIN, lambda: self._soon(event_id))
            return event
        if fault and fault.kind == "reordered" and self._waits_to_be_passed(event):
            return self._pass_over(event, fault)
        return self._record(event_id, self._try(event, fault))

    def every(self) -> list[FeedEvent]:
        """Every event, oldest first."""
        return [FeedEvent.model_validate(document) for document in self.shelf.every(KIND)]

    def _try(self, event: FeedEvent, fault: FeedFault | None) -> list[Try]:
        match fault.kind if fault else None:
            case "dropped":
                return [Try(at=self.clock.now(), outcome="dropped")]
            case "doubled":
                with ThreadPoolExecutor(2) as pool:
                    return list(pool.map(lambda _: self._send(event), range(2)))
            case _:
                return [self._send(event)]

    def _send(self, event: FeedEvent) -> Try:
        """Send it, signed anew, under the key that it always has."""
        at, url = self.clock.now(), f"{self.origin}{CALLBACK_PATH}"
        body = json.dumps(event.body()).encode()
        headers = self.register.signed(bureau(), ("POST", url, body), event.event_id)
        try:
            reply = call("POST", url, headers, body)
        except Unreachable:
            return Try(at=at, outcome="unreachable")
        outcome: Outcome = "acknowledged" if reply.status in SUCCESS else "refused"
        return Try(at=at, outcome=outcome, status=reply.status)

    def _record(self, event_id: str, tries: list[Try]) -> FeedEvent:
        with self.shelf.change():
            after = self._get(event_id).after(tries)
            self._keep(after)
        for each in tries:
            facts = {"id": event_id, "version": after.version, "cardStatus": after.status}
            self.events.tell("physical-card", **facts, outcome=each.outcome, status=each.status)
        if after.state == "waiting":
            self.timer.after(after.pause, lambda: self._soon(event_id))
        else:
            self._release(event_id)
        return after

    def _waits_to_be_passed(self, event: FeedEvent) -> bool:
        """Whether this is the first of two that change places: no other waits to be passed."""
        return not event.passed_over and not any(
            other.passed_over and other.state == "waiting" for other in self.every()
        )

    def _pass_over(self, event: FeedEvent, fault: FeedFault) -> FeedEvent:
        held = event.model_copy(update={"passed_over": True})
        self._keep(held)
        self.timer.after(timedelta(seconds=fault.seconds), lambda: self._soon(event.event_id))
        return held

    def _release(self, done_id: str) -> None:
        """What was held back to be passed goes out as soon as it has been."""
        for event in self.every():
            if event.passed_over and event.state == "waiting" and event.event_id != done_id:
                self._soon(event.event_id)

    def _soon(self, event_id: str) -> None:
        self.workers.run(lambda: self.deliver(event_id))

    def _get(self, event_id: str) -> FeedEvent:
        return FeedEvent.model_validate(self.shelf.get(KIND, event_id))

    def _keep(self, event: FeedEvent) -> None:
        self.shelf.put(KIND, event.event_id, event.model_dump(mode="json"))
