"""Institutions, used nonces, the inbox, deliveries and what citizens disowned, as items of the core table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.errors import AppError
from chalicelib.institutions.errors import InstitutionUnknown, SignatureReplayed
from chalicelib.institutions.model import (
    KEEP_CALLBACK,
    KEEP_DELIVERY,
    KEEP_FLAG,
    NONCE_SECONDS,
    Callback,
    Flag,
    Kind,
    Registration,
    Status,
)
from chalicelib.platform.dynamo import PRESENT, Item, Table, Write, commit
from chalicelib.platform.idempotency import KeyReused
from chalicelib.platform.outbox import message
from chalicelib.types import rfc3339

_FLAG = "FLAG#"
_MOST_FLAGS = 100


def _institution(institution_id: str) -> str:
    return f"INSTITUTION#{institution_id}"


def _institution_key(institution_id: str) -> dict[str, str]:
    return {"pk": _institution(institution_id), "sk": "INSTITUTION"}


def _flag_key(institution_id: str, use_id: str) -> dict[str, str]:
    return {"pk": _institution(institution_id), "sk": f"{_FLAG}{use_id}"}


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

    def withdraw_key(self, institution_id: str, name: str) -> Write:
        """The institution without that key; without it already, nothing changes."""
        path = f"keys.{name}"

        def refused(standing: Item) -> AppError | None:
            return None if standing else InstitutionUnknown()

        return self.table.update(
            _institution_key(institution_id), refused, expect={path: PRESENT}, remove=(path,)
        )

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
        return Callback.model_validate({name: item[name] for name in Callback.model_fields}) if item else None

    def flag(self, institution_id: str, flag: Flag) -> Write:
        """Keep a flag; the first of a use stands."""
        item = _flag_key(institution_id, flag.use_id) | flag.model_dump()
        item |= {
            "flagged_at": rfc3339(flag.flagged_at),
            "expires_at": int((flag.flagged_at + KEEP_FLAG).timestamp()),
        }
        return self.table.put(item, _kept_before)

    def flags(self, institution_id: str) -> list[Flag]:
        """An institution's flags, by use, the newest first."""
        items, _ = self.table.query(
            _institution(institution_id), prefix=_FLAG, limit=_MOST_FLAGS, newest_first=True
        )
        return [_flag(item) for item in items]

    def delivered(self, event_id: str, ids: Mapping[str, str], now: datetime) -> None:
        """Record that the institution took an event; the first record stands."""
        item = _delivery_key(event_id) | {
            **ids,
            "status": "delivered",
            "delivered_at": rfc3339(now),
            "expires_at": int((now + KEEP_DELIVERY).timestamp()),
        }
        commit(self.table.put(item, _kept_before))


def _kept_before(_: Item) -> None:
    """The queue brought an event twice and the institution took it twice, or a use was flagged before."""


def _flag(item: Item) -> Flag:
    flagged_at = datetime.fromisoformat(item["flagged_at"]).astimezone(UTC)
    return Flag(use_id=item["use_id"], key_id=item["key_id"], flagged_at=flagged_at)


def _registration(item: Item) -> Registration:
    fields = {name: item[name] for name in Registration.model_fields}
    return Registration.model_validate(
        fields | {"kind": Kind(item["kind"]), "status": Status(item["status"])}
    )
