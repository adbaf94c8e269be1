"""Consents as items of the core table.

A consent lies with the person whose data it opens, where a reading finds it; who gave it has an entry that leads there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.errors import Unavailable
from chalicelib.exchange.model.consents import TRANSITIONS, Consent, ConsentStatus, ConsentUse, Shown
from chalicelib.platform.dynamo import Item, Table, Write
from chalicelib.platform.outbox import Message, message
from chalicelib.types import rfc3339

_CONSENT = "CONSENT#"
_MOMENTS = ("granted_at", "expires_at", "revoked_at")


class Changed(Unavailable):
    """Another request used or withdrew the consent since it was read: look again."""


def _key(person_id: str, consent_id: str) -> dict[str, str]:
    return {"pk": f"PERSON#{person_id}", "sk": f"CONSENT#{consent_id}"}


def _given_key(citizen_id: str, consent_id: str) -> dict[str, str]:
    return {"pk": f"CITIZEN#{citizen_id}", "sk": f"CONSENT#{consent_id}"}


@dataclass(frozen=True, slots=True)
class ConsentStore:
    """Reads and write intents."""

    table: Table

    def find(self, person_id: str, consent_id: str) -> Consent | None:
        """A consent about this person, as it stands this moment."""
        item = self.table.get(_key(person_id, consent_id), consistent=True)
        return _consent(item) if item else None

    def given(self, citizen_id: str, consent_id: str) -> Consent | None:
        """A consent that this citizen gave, as it stands this moment."""
        entry = self.table.get(_given_key(citizen_id, consent_id), consistent=True)
        return self.find(entry["person_id"], consent_id) if entry else None

    def given_by(
        self, citizen_id: str, limit: int, after: Mapping[str, Any] | None
    ) -> tuple[list[Consent], Item | None]:
        """What a citizen consented to, newest first, and the key to go on after."""
        partition = f"CITIZEN#{citizen_id}"
        entries, last = self._page(partition, limit, after)
        found = (self.find(entry["person_id"], entry["id"]) for entry in entries)
        return [each for each in found if each], last

    def about(
        self, person_id: str, limit: int, after: Mapping[str, Any] | None
    ) -> tuple[list[Consent], Item | None]:
        """The consents about a person, whoever gave them, newest first, and the key to go on after."""
        items, last = self._page(f"PERSON#{person_id}", limit, after)
        return [_consent(item) for item in items], last

    def grant(self, consent: Consent) -> list[Write]:
        """The consent, and the entry of who gave it. Granted again it is the one that stands."""
        entry = {
            **_given_key(consent.citizen_id, consent.id),
            "id": consent.id,
            "person_id": consent.person_id,
        }
        return [
            self.table.put(_key(consent.person_id, consent.id) | _plain(consent), _granted_before),
            self.table.put(entry, _granted_before),
        ]

    def use(self, before: Consent, after: Consent) -> Write:
        """Append uses, if the consent is still as it was seen. Raises Changed otherwise."""
        sources, _ = TRANSITIONS["use" if after.status is ConsentStatus.GRANTED else "use-last"]
        plain = _plain(after)
        return self.table.update(
            _key(before.person_id, before.id),
            Changed(),
            expect={"version": before.version, "status": sources},
            assign={name: plain[name] for name in ("status", "uses", "uses_left", "version")},
        )

    def revoke(self, consent: Consent, now: datetime) -> Write:
        """Withdraw it, if it is still as it was seen. Raises Changed otherwise."""
        sources, target = TRANSITIONS["revoke"]
        return self.table.update(
            _key(consent.person_id, consent.id),
            Changed(),
            expect={"version": consent.version, "status": sources},
            assign={
                "status": target,
                "revoked_at": rfc3339(now),
                "version": consent.version + 1,
                "outbox": [_ended(consent)],
            },
        )

    def _page(
        self, partition: str, limit: int, after: Mapping[str, Any] | None
    ) -> tuple[list[Item], Item | None]:
        return self.table.query(
            partition, prefix=_CONSENT, limit=limit, after=after, newest_first=True, consistent=True
        )


def _ended(consent: Consent) -> Message:
    """Whoever works on the case hears of it at once, and not when it asks the next time."""
    told = {"citizen": consent.citizen_id, "case": consent.case_id}
    return message("certificates", "consent.ended", consent.id, consent.version + 1, **told)


def _granted_before(_: Item) -> None:
    """The same request once more: the consent stands, or fell, as it did."""


def _plain(consent: Consent) -> Item:
    fields = consent.model_dump(exclude_none=True)
    fields |= {name: rfc3339(fields[name]) for name in _MOMENTS if name in fields}
    # The table's own `expires_at` is when an item goes: a consent stays on record after its end.
    fields["ends_at"] = fields.pop("expires_at")
    return fields | {"uses": [use | {"at": rfc3339(use["at"])} for use in fields["uses"]]}


def _consent(item: Mapping[str, Any]) -> Consent:
    fields = {name: item.get(name) for name in Consent.model_fields if name in item}
    fields |= {
        "facts": tuple(item["facts"]),
        "status": ConsentStatus(item["status"]),
        "shown": Shown(**item["shown"]) if "shown" in item else None,
        "uses": tuple(ConsentUse(**use | {"at": _moment(use["at"])}) for use in item["uses"]),
        "granted_at": _moment(item["granted_at"]),
        "expires_at": _moment(item["ends_at"]),
        "revoked_at": _moment(item["revoked_at"]) if "revoked_at" in item else None,
    }
    return Consent.model_validate(fields)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
