"""Events as an institution received them, as data. It must not know who sent them."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from sandbox.clock import rfc3339

CallbackState = Literal["none", "waiting", "done", "failed"]


APPOINTMENT = "cn.zerotrip.appointment."
BOOKED = f"{APPOINTMENT}booked.v1"
CANCELLED = f"{APPOINTMENT}cancelled.v1"
PRESENCE_CREATED = "cn.zerotrip.presence.created.v1"


class EventData(BaseModel):
    """What a thin event says: where its detail is; besides, of which thing, and in which version."""

    model_config = ConfigDict(extra="allow")

    href: str
    appointment: str | None = None
    version: int | None = None


class CloudEvent(BaseModel):
    """The envelope (CloudEvents 1.0). Unknown attributes are allowed, as its specification asks."""

    model_config = ConfigDict(extra="allow")

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    data: EventData

    @model_validator(mode="after")
    def _names_its_appointment(self) -> Self:
        if self.type.startswith(APPOINTMENT) and (self.data.appointment is None or self.data.version is None):
            raise ValueError("an event about an appointment says which, in which version")
        return self


class ReceivedEvent(BaseModel):
    """One event, whether its signature held, and what became of the answer to it."""

    institution_id: str
    received_at: datetime
    event: dict[str, Any]
    verified: bool
    key_id: str | None = None
    refusal: str | None = None
    deliveries: int = 1
    callback_state: CallbackState = "none"
    callback_status: int | None = None
    queue_number: int | None = None
    detail: dict[str, Any] | None = None
    """What the event's address answered, where the institution keeps it: who was at its counter."""

    def view(self) -> dict[str, Any]:
        """The event as `GET /sandbox/institutions/{id}/events` lists it."""
        return {
            "receivedAt": rfc3339(self.received_at),
            "event": self.event,
            "verified": self.verified,
            "keyId": self.key_id,
            "refusal": self.refusal,
            "deliveries": self.deliveries,
            "callback": {"state": self.callback_state, "status": self.callback_status},
            "answer": self._answer(),
            "detail": self.detail,
        }

    def _answer(self) -> dict[str, Any] | None:
        """What the institution told the service, once the service took it."""
        if self.callback_state != "done" or self.event.get("type") != BOOKED:
            return None
        return {"outcome": "accepted", "queueNumber": self.queue_number}
