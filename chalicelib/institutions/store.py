"""Institutions, used nonces, the inbox of callbacks and the record of deliveries as items of the core table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.errors import AppError
from chalicelib.institutions.errors import InstitutionUnknown, SignatureReplayed
from chalicelib.institutions.model import (
    KEEP_CALLBACK,
    KEEP_DELIVERY,
    NONCE_SECONDS,
    Callback,
    Kind,
    Outcome,
    Registration,
    Status,
)
from chalicelib.platform.dynamo import PRESENT, Item, Table, Write, commit
from chalicelib.platform.idempotency import KeyReused
from chalicelib.platform.outbox import message
from chalicelib.types import rfc3339


def _institution_key(institution_id: str) -> dict[str, str]:
    return {"pk": f"INSTITUTION#{institution_id}", "sk": "INSTITUTION"}


def _callback_key(callback_id: str) -> dict[str, str]:
    return {"pk": f"CALLBACK#{callback_id}", "sk": "CALLBACK"}


def _delivery_key(event_id: str) -> dict[str, str]:
    return {"pk": f"EVENT#{event_id}", "sk": "DELIVERY"}


@dataclass(frozen=True, slots=True)
class InstitutionStore:
    """Reads and write intents."""

    table: Table

    def register(self, registration: Registration) -> Write:
        """The institution as it shall stand from now on."""
        item = _institution_key(registration.id) | registration.model_dump()
        return self.table.put(item, InstitutionUnknown(), expect={})

    def find(self, institution_id: str) -> Registration | None:
        """An institution as it stands this moment."""
        item = self.table.get(_institution_key(institution_id), consistent=True)
        return _registration(item) if item else None

    def endpoint_gone(self, institution_id: str) -> None:
        """Send nothing there until it is registered again."""
        key = _institution_key(institution_id)
        expect = {"pk": PRESENT}
        commit(self.table.update(key, InstitutionUnknown(), expect=expect, assign={"endpoint_gone": True}))

    def use_nonce(self, institution_id: str, nonce: str, now: datetime) -> Write:
        """Use a signature up."""
        item = {
            "pk": f"NONCE#{institution_id}#{nonce}",
            "sk": "NONCE",
            "expires_at": int(now.timestamp()) + NONCE_SECONDS,
        }
        return self.table.put(item, SignatureReplayed())

    def keep(self, callback: Callback, fingerprint: str, job: str, now: datetime) -> Write:
        """Put a callback into the inbox and ask for its job; the same callback again changes nothing.

        Refused with KeyReused where the key came with another payload before.
        """

        def refused(standing: Item) -> AppError | None:
            return None if standing.get("fingerprint") == fingerprint else KeyReused()

        item = _callback_key(callback.id) | callback.model_dump()
        item |= {
            "fingerprint": fingerprint,
            "received_at": rfc3339(now),
            "expires_at": int((now + KEEP_CALLBACK).timestamp()),
            "outbox": [message("events", job, callback.id)],
        }
        return self.table.put(item, refused)

    def find_callback(self, callback_id: str) -> Callback | None:
        """A callback in the inbox."""
        item = self.table.get(_callback_key(callback_id), consistent=True)
        if not item:
            return None
        fields = {name: item[name] for name in Callback.model_fields}
        return Callback.model_validate(fields | {"outcome": Outcome(item["outcome"])})

    def delivered(self, event_id: str, ids: Mapping[str, str], now: datetime) -> None:
        """Record that the institution took an event; the first record stands."""
        item = _delivery_key(event_id) | {
            **ids,
            "status": "delivered",
            "delivered_at": rfc3339(now),
            "expires_at": int((now + KEEP_DELIVERY).timestamp()),
        }
        commit(self.table.put(item, _taken_before))


def _taken_before(_: Item) -> None:
    """The queue brought the event twice, and the institution took it twice under one webhook-id."""


def _registration(item: Item) -> Registration:
    fields = {name: item[name] for name in Registration.model_fields}
    return Registration.model_validate(
        fields | {"kind": Kind(item["kind"]), "status": Status(item["status"])}
    )
