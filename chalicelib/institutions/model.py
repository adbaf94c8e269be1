"""Institutions as registered and as callers, what they call back, and the events we tell them. Pure data and rules."""

from base64 import b64decode
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from pydantic import Field

from chalicelib.types import ULID_LENGTH, Model, Moment, Wire, encode_base32, id_pattern

NONCE_SECONDS = 600
"""How long a nonce is remembered: twice the longest life of a signature."""
KEY_MEMORY = timedelta(seconds=60)
"""How long a process trusts what it read of an institution; a withdrawal acts within this time."""
KEEP_CALLBACK = timedelta(days=90)
KEEP_DELIVERY = timedelta(days=90)

Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class Kind(StrEnum):
    """What an institution is."""

    HOSPITAL = "hospital"
    PHARMACY = "pharmacy"
    BUREAU = "bureau"


class Status(StrEnum):
    """Whether an institution takes part."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Institution(Model):
    """The caller of an institution's route, recognised by its signature; nonce and end are the signature's own."""

    id: str
    kind: Kind
    name: str
    nonce: str
    expires: int


class Registration(Model):
    """An institution as an administrator registered it."""

    id: Id
    kind: Kind
    name: str
    endpoint: str | None
    """Where signed events are sent; None for one that wants none."""
    keys: dict[str, str]
    """Key name -> base64 of the raw Ed25519 public key (32 bytes)."""
    status: Status = Status.ACTIVE
    endpoint_gone: bool = False

    def key(self, name: str) -> bytes | None:
        """The raw public key of that name, while the institution takes part."""
        found = self.keys.get(name) if self.status is Status.ACTIVE else None
        return b64decode(found) if found else None

    def caller(self, nonce: str, expires: int) -> Institution:
        """The institution as a route sees it, with what makes its request unique."""
        return Institution(id=self.id, kind=self.kind, name=self.name, nonce=nonce, expires=expires)


class Outcome(StrEnum):
    """A hospital's answer to a booking."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class AppointmentCallback(Wire):
    """What a hospital says about an appointment (topic `appointments`)."""

    appointment_id: Annotated[str, Field(pattern=id_pattern("apt"))]
    outcome: Annotated[Outcome, Field(strict=False)]
    queue_number: Annotated[int, Field(ge=1, le=9999)] | None = None


class Callback(Model):
    """A callback as the inbox keeps it."""

    id: str
    institution_id: str
    appointment_id: str
    outcome: Outcome
    queue_number: int | None


class EventData(Wire):
    """A thin event's content: what changed, and where to read it."""

    appointment: str
    version: int
    href: str


class Event(Wire):
    """An event's body, valid as CloudEvents 1.0 and as Standard Webhooks (wire format 2.3)."""

    specversion: str = "1.0"
    id: str
    source: str = "/zerotrip/appointments"
    type: str
    time: Moment
    timestamp: Moment
    subject: str
    datacontenttype: str = "application/json"
    data: EventData


TRANSITIONS: dict[str, tuple[tuple[Status, ...], Status]] = {
    "register": ((), Status.ACTIVE),
    "withdraw": ((Status.ACTIVE,), Status.WITHDRAWN),
}


def callback_id(institution_id: str, key: str) -> str:
    """The inbox id of what came under an institution's idempotency key: a repetition meets its own record."""
    digest = sha256(f"{institution_id}\0{key}".encode()).digest()
    return f"cbk_{encode_base32(int.from_bytes(digest[:16], 'big'), ULID_LENGTH)}"
