"""An institution's own system: reads what an event is about; a hospital gives a queue number and answers the service.

Everything is done again until it succeeds, and doing it again changes nothing: an appointment keeps its
number, a repeated answer its idempotency key. It must not know how events arrive.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urljoin

from sandbox.background import Timer, Workers
from sandbox.calls import Reply, Unreachable, call
from sandbox.clock import Clock, rfc3339
from sandbox.events import Events
from sandbox.institutions import settling
from sandbox.institutions.directory import Institution
from sandbox.institutions.inbox import KIND
from sandbox.institutions.inbox_model import BOOKED, CANCELLED, PRESENCE_CREATED, ReceivedEvent
from sandbox.institutions.register import Register
from sandbox.institutions.settling import Till, Word
from sandbox.shelf import Shelf

CALLBACK_PATH = "/v1/callbacks/appointments"
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (0.2, 1, 3, 10, 30, 120))
WORKED_ON = {BOOKED, CANCELLED, PRESENCE_CREATED}
WORTH_REPEATING = {409, 425, 429}
"""Besides every 5xx: the same call is still in flight, or comes too early or too often."""


class Again(Exception):
    """The service could not take it now."""


@dataclass(frozen=True, slots=True)
class Hospital:
    """Any institution's system: its appointment desk, and its counters."""

    shelf: Shelf
    clock: Clock
    register: Register
    till: Till
    events: Events
    workers: Workers
    timer: Timer
    origin: str

    def resume(self) -> None:
        """Take up, after a restart, what was not answered before it."""
        for document in self.shelf.every(KIND):
            event = ReceivedEvent.model_validate(document)
            if event.callback_state == "waiting" or (event.verified and _untouched(event)):
                self.notice(f"{event.institution_id}|{event.event['id']}")

    def notice(self, key: str) -> None:
        """An event came in: work on it, if its kind wants that, without anybody waiting."""
        received = self._received(key)
        if received.event["type"] in WORKED_ON:
            self._keep(key, received.model_copy(update={"callback_state": "waiting"}))
            self.workers.run(lambda: self.answer(key, 0))

    def answer(self, key: str, tries: int) -> None:
        """Read what the event is about, and answer it; later once more if the service cannot take it now."""
        received = self._received(key)
        institution = self.register.get(received.institution_id)
        try:
            reply = self._answer_once(institution, received)
        except (Again, Unreachable):
            self._again(key, tries)
            return
        state = "done" if reply.status < 300 else "failed"  # noqa: PLR2004 - success ends at 299
        if state == "done" and received.event["type"] == PRESENCE_CREATED:
            self._keep(key, received.model_copy(update={"detail": json.loads(reply.body)}))
        self._finish(key, state, reply.status)

    def _known_number(self, received: ReceivedEvent) -> int | None:
        known = self.shelf.get("queue-number", received.event["data"].get("appointment", ""))
        return known["number"] if known else None

    def _answer_once(self, institution: Institution, received: ReceivedEvent) -> Reply:
        data = received.event["data"]
        detail = self._send(institution, "GET", urljoin(self.origin, data["href"]), b"", str(uuid.uuid4()))
        if detail.status != 200 or received.event["type"] == PRESENCE_CREATED:  # noqa: PLR2004 - OK
            return detail
        seen = json.loads(detail.body)
        answer = self._accept(institution, received, seen) if received.event["type"] == BOOKED else detail
        if answer.status < 300:  # noqa: PLR2004 - a booking that does not stand is not charged for
            self._settle(institution, received, seen)
        return answer

    def _accept(self, institution: Institution, received: ReceivedEvent, seen: dict[str, Any]) -> Reply:
        appointment = received.event["data"]["appointment"]
        number = self._queue_number(institution, appointment, seen)
        body = {"appointmentId": appointment, "outcome": "accepted", "queueNumber": number}
        key = f"{received.event['id']}-accepted"
        url = f"{self.origin}{CALLBACK_PATH}"
        return self._send(institution, "POST", url, json.dumps(body).encode(), key)

    def stopped(self, institution: Institution, practitioner_id: str, starts_at: datetime) -> None:
        """The hospital stopped a session: its till gives back, without anybody waiting."""
        at = rfc3339(self.clock.now())
        about = (institution.institution_id, practitioner_id, starts_at, at)
        words = list(self.till.stopped(*about))
        self.workers.run(lambda: self._reverse(institution, words, 0))

    def _reverse(self, institution: Institution, words: list[Word], tries: int) -> None:
        try:
            self._say(institution, words)
        except (Again, Unreachable):
            if tries < len(PAUSES):
                later = partial(self._reverse, institution, words, tries + 1)
                self.timer.after(PAUSES[tries], lambda: self.workers.run(later))

    def _settle(self, institution: Institution, received: ReceivedEvent, seen: dict[str, Any]) -> None:
        """Tell what the till did; a word that the service refuses for good is not told again."""
        self._say(institution, self.till.settlements(received, seen))

    def _say(self, institution: Institution, words: Iterable[Word]) -> None:
        for key, body in words:
            self._send(institution, "POST", f"{self.origin}{settling.PATH}", body, key)

    def _send(
        self, institution: Institution, method: str, url: str, body: bytes, idempotency_key: str
    ) -> Reply:
        headers = self.register.signed(institution, (method, url, body), idempotency_key)
        reply = call(method, url, headers, body)
        if reply.status >= 500 or reply.status in WORTH_REPEATING:  # noqa: PLR2004 - the service's own failures
            raise Again
        return reply

    def _queue_number(self, institution: Institution, appointment_id: str, detail: dict[str, Any]) -> int:
        """The next number of that practitioner's day; the same appointment always has the same."""
        with self.shelf.change():
            known = self.shelf.get("queue-number", appointment_id)
            if known is None:
                session = (detail.get("practitionerName"), str(detail.get("startsAt"))[:10])
                known = {"number": self.shelf.next_number(f"queue|{institution.institution_id}|{session}")}
                self.shelf.put("queue-number", appointment_id, known)
        return int(known["number"])

    def _again(self, key: str, tries: int) -> None:
        if tries < len(PAUSES):
            self.timer.after(PAUSES[tries], lambda: self.workers.run(lambda: self.answer(key, tries + 1)))
        else:
            self._finish(key, "failed", None)

    def _finish(self, key: str, state: str, status: int | None) -> None:
        received = self._received(key)
        number = self._known_number(received)
        outcome = {"callback_state": state, "callback_status": status, "queue_number": number}
        self._keep(key, received.model_copy(update=outcome))
        facts = {"institutionId": received.institution_id, "eventId": received.event["id"]}
        kind = "institution-callback" if received.event["type"] == BOOKED else "presence"
        self.events.tell(kind, **facts, state=state, status=status, queueNumber=number)

    def _received(self, key: str) -> ReceivedEvent:
        return ReceivedEvent.model_validate(self.shelf.get(KIND, key))

    def _keep(self, key: str, received: ReceivedEvent) -> None:
        self.shelf.put(KIND, key, received.model_dump(mode="json"))


def _untouched(event: ReceivedEvent) -> bool:
    """Kept, and then the sandbox stopped before the hospital noticed."""
    return event.callback_state == "none" and event.event.get("type") in WORKED_ON
