"""Events as an institution received them, as data. It must not know who sent them."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from sandbox.clock import rfc3339

CallbackState = Literal["none", "waiting", "done", "failed"]


class AppointmentData(BaseModel):
    """What a thin event says: which appointment, and where its detail is."""

    appointment: str
    version: int
    href: str


class CloudEvent(BaseModel):
    """The envelope (CloudEvents 1.0). Unknown attributes are allowed, as its specification asks."""

    model_config = ConfigDict(extra="allow")

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    data: AppointmentData


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
        }

    def _answer(self) -> dict[str, Any] | None:
        """What the institution told the service, once the service took it."""
        if self.callback_state != "done":
            return None
        return {"outcome": "accepted", "queueNumber": self.queue_number}
