"""Telling institutions that something happened: one signed POST each, recorded, repeatable."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from chalicelib.errors import Unavailable
from chalicelib.institutions.endpoint import Endpoints
from chalicelib.institutions.errors import EndpointDisabled
from chalicelib.institutions.model import Event, event_data
from chalicelib.institutions.service.institutions import Institutions
from chalicelib.institutions.store import InstitutionStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.types import follow_id


@dataclass(frozen=True, slots=True)
class Events:
    """Events to institutions."""

    store: InstitutionStore
    institutions: Institutions
    endpoints: Endpoints
    clock: Clock

    def deliver(self, message: Mapping[str, Any]) -> None:
        """Tell an institution that something happened: one signed POST (wire format 2.3).

        `message`: an outbox message with `institution` and `event` (`appointment.booked`: the first word is what
        `about` is). The event's id follows from the message's, so a redelivery carries the same webhook-id. Any
        answer but 2xx and 410 raises Unavailable: the queue brings the message again. Raises InstitutionUnknown,
        EndpointDisabled.
        """
        registration = self.institutions.registered(message["institution"])
        if registration.endpoint is None or registration.endpoint_gone:
            raise EndpointDisabled
        now = self.clock()
        event = _event(message)
        body = event.model_dump_json(by_alias=True, exclude_none=True).encode()
        status = self.endpoints.post(registration.endpoint, event.id, body, now.timestamp())
        log.event("event.answered", institution=registration.id, event=event.id, status=status)
        if status == HTTPStatus.GONE:
            self.store.endpoint_gone(registration.id)
            raise EndpointDisabled
        if status // 100 != 2:  # noqa: PLR2004  (any 2xx: taken)
            raise Unavailable
        ids = {name: message[name] for name in ("institution", "about", "event")}
        self.store.delivered(event.id, ids, now)


def _event(message: Mapping[str, Any]) -> Event:
    about, happened_at = message["about"], datetime.fromisoformat(message["at"])
    subject = message["event"].partition(".")[0]
    return Event(
        id=follow_id("evt", happened_at, message["id"]),
        source=f"/zerotrip/{subject}s",
        type=f"cn.zerotrip.{message['event']}.v1",
        time=happened_at,
        timestamp=happened_at,
        subject=about,
        data=event_data(subject, about, message["version"]),
    )
