"""An institution's inbox: checks the signature, keeps the event once, acknowledges, and leaves the rest for later.

It must not know what the institution then does.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sandbox.clock import Clock
from sandbox.events import Events
from sandbox.http_signatures import ServiceSignatures
from sandbox.institutions.directory import Institution
from sandbox.institutions.inbox_model import CloudEvent, ReceivedEvent
from sandbox.origin.routing import Refused, Request
from sandbox.shelf import Shelf

TAG = "sc-event"
KIND = "received-event"

Kept = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Inbox:
    """Every institution's received events; `kept` is told the key of each new one."""

    shelf: Shelf
    clock: Clock
    signatures: ServiceSignatures
    events: Events
    kept: Kept

    def receive(self, institution: Institution, request: Request) -> ReceivedEvent:
        """Keep one event. Raises Refused 400 or 401, having kept what could be read as not verified."""
        body = _json_object(request.body)
        try:
            parameters = self.signatures.check(request, TAG)
            event = _cloud_event(body)
        except Refused as refused:
            self._keep_refused(institution, body, refused)
            raise
        received = self._received(institution, body, verified=True)
        return self._keep_once(event.id, received.model_copy(update={"key_id": parameters["keyid"]}))

    def of(self, institution: Institution) -> list[ReceivedEvent]:
        """What the institution received, oldest first."""
        kept = self.shelf.every(KIND, f"{institution.institution_id}|")
        return [ReceivedEvent.model_validate(document) for document in kept]

    def _keep_once(self, event_id: str, received: ReceivedEvent) -> ReceivedEvent:
        key = f"{received.institution_id}|{event_id}"
        with self.shelf.change():
            known = self.shelf.get(KIND, key)
            if known is not None:
                before = ReceivedEvent.model_validate(known)
                received = before.model_copy(update={"deliveries": before.deliveries + 1})
            self.shelf.put(KIND, key, received.model_dump(mode="json"))
        self._tell(received)
        if known is None:
            self.kept(key)
        return received

    def _keep_refused(self, institution: Institution, body: dict[str, Any], refused: Refused) -> None:
        received = self._received(institution, body, verified=False)
        received = received.model_copy(update={"refusal": f"{refused.code}: {refused.detail}"})
        self.shelf.put(
            KIND, f"{institution.institution_id}|refused|{uuid.uuid4()}", received.model_dump(mode="json")
        )
        self._tell(received)

    def _received(self, institution: Institution, body: dict[str, Any], *, verified: bool) -> ReceivedEvent:
        return ReceivedEvent(
            institution_id=institution.institution_id,
            received_at=self.clock.now(),
            event=body,
            verified=verified,
        )

    def _tell(self, received: ReceivedEvent) -> None:
        self.events.tell(
            "institution-event",
            institutionId=received.institution_id,
            eventId=received.event.get("id"),
            eventType=received.event.get("type"),
            verified=received.verified,
            deliveries=received.deliveries,
        )


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        raise Refused(400, "malformed-json", "the body is not JSON") from None
    if not isinstance(parsed, dict):
        raise Refused(400, "malformed-json", "the body is not a JSON object")
    return parsed


def _cloud_event(body: dict[str, Any]) -> CloudEvent:
    try:
        return CloudEvent.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = "".join(f"/{part}" for part in first["loc"])
        raise Refused(400, "event-invalid", f"{where}: {first['msg']}") from None
