"""Institutions as registered and as callers, what they call back, and the events we tell them. Pure data and rules."""

from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, Literal, NamedTuple, Protocol

from pydantic import AwareDatetime, Field

from chalicelib.types import ULID_LENGTH, Fen, Model, Moment, Wire, encode_base32, id_pattern

NONCE_SECONDS = 600
"""How long a nonce is remembered: twice the longest life of a signature."""
KEY_MEMORY = timedelta(seconds=60)
"""How long a process trusts what it read of an institution; a withdrawal acts within this time."""
KEEP_CALLBACK = timedelta(days=90)
KEEP_DELIVERY = timedelta(days=90)
KEEP_FLAG = timedelta(days=365)

_CENTURY = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""No till of ours was ever open before, and moments far beyond have no day in every time zone."""

Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class Kind(StrEnum):
    """What an institution is."""

    HOSPITAL = "hospital"
    PHARMACY = "pharmacy"
    BUREAU = "bureau"
    DEPARTMENT = "department"
    """One that issues certificates; its id is the department's own, by which we ask it for facts."""


class Status(StrEnum):
    """Whether an institution takes part."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Institution(Model):
    """The caller of an institution's route, recognised by its signature; key id, nonce and end are the signature's own.

    `key_id` is `<institution id>#<key name>`: of many terminals, whose key it was.
    """

    id: str
    kind: Kind
    name: str
    key_id: str
    nonce: str
    expires: int


class Signed(Protocol):
    """What a signature that held tells of itself."""

    @property
    def key_id(self) -> str:
        """Whose key."""
        ...

    @property
    def nonce(self) -> str:
        """What makes the request unique."""
        ...

    @property
    def expires(self) -> int:
        """Unix seconds."""
        ...


class Registration(Model):
    """An institution as an administrator registered it."""

    id: Id
    kind: Kind
    name: str
    endpoint: str | None
    """Where signed events are sent; None for one that wants none."""
    keys: dict[Id, str]
    """Key name -> base64 of the raw Ed25519 public key (32 bytes)."""
    status: Status = Status.ACTIVE
    endpoint_gone: bool = False

    def key(self, name: str) -> bytes | None:
        """The raw public key of that name, while the institution takes part."""
        found = self.keys.get(name) if self.status is Status.ACTIVE else None
        return b64decode(found) if found else None

    def caller(self, signed: Signed) -> Institution:
        """The institution as a route sees it, with whose key signed its request and what makes it unique."""
        return Institution(
            id=self.id,
            kind=self.kind,
            name=self.name,
            key_id=signed.key_id,
            nonce=signed.nonce,
            expires=signed.expires,
        )


class Flag(Model):
    """A citizen said "not me" of a use that this key asked for."""

    use_id: str
    key_id: str
    flagged_at: AwareDatetime


Hide = Callable[[str, str], str]
"""Gives a keyed hash of a text; the label says what kind of text it is."""


class Told(Wire):
    """What an institution tells under a topic."""

    def kept(self, hide: Hide) -> dict[str, Any]:  # noqa: ARG002  (whoever tells more than we may keep needs it)
        """What of it is kept, as plain data."""
        return self.model_dump(mode="json")


class Outcome(StrEnum):
    """A hospital's answer to a booking, and how the visit went; in any order, repeated or late."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CALLED = "called"
    FULFILLED = "fulfilled"
    NO_SHOW = "no-show"


class AppointmentCallback(Told):
    """What a hospital says about an appointment (topic `appointments`)."""

    appointment_id: Annotated[str, Field(pattern=id_pattern("apt"))]
    outcome: Annotated[Outcome, Field(strict=False)]
    queue_number: Annotated[int, Field(ge=1, le=9999)] | None = None


class Announcement(StrEnum):
    """What becomes of a clinic session."""

    STOPPED = "stopped"
    RESUMED = "resumed"


class ClinicCallback(Told):
    """What a hospital says about a session (topic `clinics`), named as it was published; the latest word counts."""

    practitioner_id: Annotated[str, Field(min_length=1, max_length=64)]
    starts_at: Annotated[AwareDatetime, Field(strict=False)]
    action: Annotated[Announcement, Field(strict=False)]


class SettlementCallback(Told):
    """What a hospital charged or reversed of an order (topic `settlements`), under a number of its own, once."""

    order_id: Annotated[str, Field(pattern=id_pattern("ord"))]
    kind: Literal["charge", "reverse"]
    number: Id
    amount_fen: Annotated[Fen, Field(ge=1)]
    occurred_at: Annotated[AwareDatetime, Field(strict=False, ge=_CENTURY[0], lt=_CENTURY[1])]


class PhysicalCardCallback(Told):
    """How it stands with a physical card now, as its bureau says (topic `physical-cards`); the version decides."""

    card_number: Annotated[str, Field(repr=False, pattern=r"^[0-9A-Z]{9,20}$")]
    version: Annotated[int, Field(ge=1, le=2**53)]
    status: Literal["active", "lost", "locked", "cancelled"]
    reason: Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,31}$")] | None = None

    def kept(self, hide: Hide) -> dict[str, Any]:
        """All but the card's number: a keyed hash of it, `physical_ref`, stands for it."""
        told = self.model_dump(mode="json", exclude={"card_number"})
        return {"physical_ref": hide("physical-card", self.card_number), **told}


class Topic(NamedTuple):
    """A kind of callback: who may send it, and which job works on it."""

    name: str
    kinds: tuple[Kind, ...]
    job: str


APPOINTMENTS = Topic("appointments", (Kind.HOSPITAL,), "appointment.acknowledge")
CLINICS = Topic("clinics", (Kind.HOSPITAL,), "clinic.announce")
SETTLEMENTS = Topic("settlements", (Kind.HOSPITAL,), "settlement.record")
PHYSICAL_CARDS = Topic("physical-cards", (Kind.BUREAU,), "card.mirror")


class Callback(Model):
    """A callback as the inbox keeps it; `body` is what the topic's body keeps."""

    id: str
    institution_id: str
    topic: str
    body: dict[str, Any]


class EventData(Wire):
    """A thin event's content: what changed, and where to read it. Exactly one of the first is there."""

    appointment: str | None = None
    presence: str | None = None
    share: str | None = None
    version: int
    href: str


class Event(Wire):
    """An event's body, valid as CloudEvents 1.0 and as Standard Webhooks (wire format 2.3)."""

    specversion: str = "1.0"
    id: str
    source: str
    type: str
    time: Moment
    timestamp: Moment
    subject: str
    datacontenttype: str = "application/json"
    data: EventData


def event_data(subject: str, about: str, version: int) -> EventData:
    """What an event tells of an `appointment`, a `presence` or a `share`."""
    href = f"/v1/institutions/me/{subject}s/{about}"
    return EventData.model_validate({subject: about, "version": version, "href": href})


TRANSITIONS: dict[str, tuple[tuple[Status, ...], Status]] = {
    "register": ((), Status.ACTIVE),
    "withdraw": ((Status.ACTIVE,), Status.WITHDRAWN),
}


def callback_id(institution_id: str, key: str) -> str:
    """The inbox id of what came under an institution's idempotency key: a repetition meets its own record."""
    digest = sha256(f"{institution_id}\0{key}".encode()).digest()
    return f"cbk_{encode_base32(int.from_bytes(digest[:16], 'big'), ULID_LENGTH)}"
