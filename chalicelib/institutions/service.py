"""Recognising institutions by their signatures, taking in what they call back, delivering events to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.errors import Unavailable
from chalicelib.institutions.endpoint import Endpoints
from chalicelib.institutions.errors import EndpointDisabled, InstitutionUnknown, KeyUnknown, TopicUnknown
from chalicelib.institutions.model import (
    KEY_MEMORY,
    AppointmentCallback,
    Callback,
    Event,
    EventData,
    Institution,
    Registration,
    Status,
    callback_id,
)
from chalicelib.institutions.store import InstitutionStore
from chalicelib.platform import log, signatures
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import commit, transact
from chalicelib.platform.memory import Memory
from chalicelib.types import follow_id

JOBS = {"appointments": "appointment.acknowledge"}
"""Callback topic -> the job that works on it."""


@dataclass(frozen=True, slots=True)
class Institutions:
    """Hospitals and pharmacies as parties."""

    store: InstitutionStore
    endpoints: Endpoints
    clock: Clock
    _known: Memory[Registration] = field(
        default_factory=lambda: Memory(KEY_MEMORY), repr=False, compare=False
    )

    def register(self, registration: Registration) -> None:
        """Register an institution, or replace what was registered: repeating it changes nothing.

        A key that is left out, or `Status.WITHDRAWN`, is refused by every process within `KEY_MEMORY`.
        """
        commit(self.store.register(registration))
        log.event("institution.registered", institution=registration.id, status=registration.status)

    def recognise(self, request: signatures.Message) -> Institution:
        """Who signed this request (RFC 9421, profile `sc-callback`, wire format 2.2).

        The keyid is `<institution id>#<key name>`. Raises SignatureMissing, SignatureStale, SignatureInvalid,
        KeyUnknown. It does not use the nonce up: see `once`.
        """
        signed = signatures.verify(request, self._key, self.clock().timestamp())
        registration = self._registration(signed.key_id.partition("#")[0])
        return registration.caller(signed.nonce, signed.expires)

    def once(self, caller: Institution) -> None:
        """Use the request's nonce up, for a route whose effect is not single-use by itself.

        Raises SignatureReplayed.
        """
        commit(self.store.use_nonce(caller.id, caller.nonce, self.clock()))

    def receive(self, caller: Institution, topic: str, key: str, body: AppointmentCallback) -> Callback:
        """Put a callback into the inbox, once: one transaction that also uses the nonce up.

        A repetition under the same idempotency key, signed anew, meets the same callback. What it asks for happens
        after, in the job of `JOBS`. Raises TopicUnknown, SignatureReplayed, KeyReused.
        """
        if topic not in JOBS:
            raise TopicUnknown
        now = self.clock()
        callback = Callback(
            id=callback_id(caller.id, key),
            institution_id=caller.id,
            appointment_id=body.appointment_id,
            outcome=body.outcome,
            queue_number=body.queue_number,
        )
        fingerprint = sha256(f"{topic}\0{body.model_dump_json()}".encode()).hexdigest()
        transact(
            [
                self.store.use_nonce(caller.id, caller.nonce, now),
                self.store.keep(callback, fingerprint, JOBS[topic], now),
            ]
        )
        log.event("callback.received", institution=caller.id, callback=callback.id, topic=topic)
        return callback

    def callback(self, callback_id: str) -> Callback:
        """A callback of the inbox, for its job. Raises InstitutionUnknown where there is none."""
        found = self.store.find_callback(callback_id)
        if found is None:
            raise InstitutionUnknown
        return found

    def deliver(self, message: Mapping[str, Any]) -> None:
        """Tell an institution that something happened: one signed POST (wire format 2.3).

        `message`: an outbox message with `institution` and `event` (`appointment.booked`), `about` an appointment. The
        event's id follows from the message's, so a redelivery carries the same webhook-id. Any answer but 2xx and
        410 raises Unavailable: the queue brings the message again. Raises InstitutionUnknown, EndpointDisabled.
        """
        registration = self._registered(message["institution"])
        if registration.endpoint is None or registration.endpoint_gone:
            raise EndpointDisabled
        now = self.clock()
        event = _event(message)
        body = event.model_dump_json(by_alias=True).encode()
        status = self.endpoints.post(registration.endpoint, event.id, body, now.timestamp())
        log.event("event.answered", institution=registration.id, event=event.id, status=status)
        if status == HTTPStatus.GONE:
            self.store.endpoint_gone(registration.id)
            raise EndpointDisabled
        if status // 100 != 2:  # noqa: PLR2004  (any 2xx: taken)
            raise Unavailable
        ids = {name: message[name] for name in ("institution", "about", "event")}
        self.store.delivered(event.id, ids, now)

    def _key(self, key_id: str) -> Ed25519PublicKey:
        institution_id, _, name = key_id.partition("#")
        raw = self._registration(institution_id).key(name)
        if raw is None:
            raise KeyUnknown
        return Ed25519PublicKey.from_public_bytes(raw)

    def _registration(self, institution_id: str) -> Registration:
        # Only what was found is remembered: a fresh registration works at once, made-up ids fill no memory.
        found = self._known.recall(institution_id, self._active, self.clock())
        if found is None:
            raise KeyUnknown
        return found

    def _active(self, institution_id: str) -> Registration | None:
        found = self.store.find(institution_id)
        return found if found and found.status is Status.ACTIVE else None

    def _registered(self, institution_id: str) -> Registration:
        found = self._active(institution_id)
        if found is None:
            raise InstitutionUnknown
        return found


def _event(message: Mapping[str, Any]) -> Event:
    about, happened_at = message["about"], datetime.fromisoformat(message["at"])
    return Event(
        id=follow_id("evt", happened_at, message["id"]),
        type=f"cn.zerotrip.{message['event']}.v1",
        time=happened_at,
        timestamp=happened_at,
        subject=about,
        data=EventData(
            appointment=about,
            version=message["version"],
            href=f"/v1/institutions/me/appointments/{about}",
        ),
    )
