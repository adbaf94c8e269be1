"""Certificates as items of the core table.

A certificate lies with its citizen, so that one query lists them and nobody can reach another's; its item carries
the message that asks for the next step, and stays due until nothing is left to do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.certificates.model.certificates import (
    OPEN,
    TRANSITIONS,
    Certificate,
    CertificateStatus,
    Grounds,
)
from chalicelib.certificates.model.types import Reason
from chalicelib.platform.dynamo import Item, Table, Write, commit
from chalicelib.platform.outbox import Message, message
from chalicelib.types import rfc3339

_PREFIX = "CERTIFICATE#"
_DUE = "certificate"
_MOST_MINUTES = 60


def _key(citizen_id: str, certificate_id: str) -> dict[str, str]:
    return {"pk": f"CITIZEN#{citizen_id}", "sk": f"{_PREFIX}{certificate_id}"}


@dataclass(frozen=True, slots=True)
class CertificateStore:
    """Reads and conditional writes."""

    table: Table

    def submit(self, certificate: Certificate) -> Write:
        """A fresh request, and the message that starts its work. A repeated request meets its own."""
        item: Item = _key(certificate.citizen_id, certificate.id) | _plain(certificate)
        item |= _due(certificate.requested_at, certificate.version)
        item |= {"outbox": [_issue(certificate, certificate.version)]}
        return self.table.put(item, _stands)

    def find(self, citizen_id: str, certificate_id: str) -> Certificate | None:
        """A citizen's certificate as it stands this moment."""
        item = self.table.get(_key(citizen_id, certificate_id), consistent=True)
        return _certificate(item) if item else None

    def of(self, citizen_id: str, limit: int, after: Item | None) -> tuple[list[Certificate], Item | None]:
        """A citizen's certificates, newest first, and the key to go on after."""
        items, last = self.table.query(
            f"CITIZEN#{citizen_id}", prefix=_PREFIX, limit=limit, after=after, newest_first=True
        )
        return [_certificate(item) for item in items], last

    def move(self, certificate: Certificate, event: str) -> Certificate | None:
        """Let `event` happen, with everything that `certificate` now says; None if another worker was first."""
        sources, target = TRANSITIONS[event]
        final = target not in OPEN
        changes = {name: value for name, value in _plain(certificate).items() if name not in _FIXED}
        item = commit(
            self.table.update(
                _key(certificate.citizen_id, certificate.id),
                _stands,
                expect={"status": sources},
                assign=changes
                | {"status": target}
                | ({"outbox": [_notice(certificate, target)]} if final else {}),
                remove=("sealed", "due_kind", "due_at") if final else (),
                add={"version": 1},
            )
        )
        return _certificate(item) if item else None

    def overdue(self, now: datetime) -> Iterator[Certificate]:
        """Certificates whose next step did not come about in time."""
        keys = self.table.due(_DUE, int(now.timestamp()))
        found = (self.table.get({"pk": key["pk"], "sk": key["sk"]}, consistent=True) for key in keys)
        return (_certificate(item) for item in found if item and item["status"] in OPEN)

    def remind(self, certificate: Certificate, now: datetime) -> None:
        """Ask for the next step again, each time more patiently."""
        version = certificate.version + 1
        commit(
            self.table.update(
                _key(certificate.citizen_id, certificate.id),
                _stands,
                expect={"version": certificate.version, "status": OPEN},
                assign={"version": version, "outbox": [_issue(certificate, version)], **_due(now, version)},
            )
        )


_FIXED = {
    "id",
    "citizen_id",
    "person_id",
    "type_id",
    "purpose",
    "mandate_id",
    "holder",
    "requested_at",
    "sealed",
    "version",
    "status",
}
"""What no transition changes by itself."""


def _due(now: datetime, version: int) -> dict[str, object]:
    """When the next step is asked for again: after 1, 2, 4, ... minutes, at last every hour.

    Each reminder makes a new version of the item, so its version counts them, and the one step between open states.
    """
    patience = timedelta(minutes=min(2 ** (version - 1), _MOST_MINUTES))
    return {"due_kind": _DUE, "due_at": int((now + patience).timestamp())}


def _issue(certificate: Certificate, version: int) -> Message:
    return message(
        "certificates", "certificate.issue", certificate.id, version, citizen=certificate.citizen_id
    )


def _notice(certificate: Certificate, target: CertificateStatus) -> Message:
    kind = f"certificate-{target}"
    return message("notices", "notice.send", certificate.id, citizen=certificate.citizen_id, kind=kind)


def _stands(_: Item) -> None:
    """The same step was taken before, or another worker took it first: what stands is right."""


def _plain(certificate: Certificate) -> Item:
    return {name: _stored(value) for name, value in certificate.model_dump(exclude_none=True).items()}


def _stored(value: object) -> object:
    if isinstance(value, datetime):
        return rfc3339(value)
    return {name: _stored(each) for name, each in value.items()} if isinstance(value, Mapping) else value


def _certificate(item: Item) -> Certificate:
    fields = {name: item[name] for name in Certificate.model_fields if name in item}
    fields |= {
        name: _moment(item[name]) for name in ("requested_at", "issued_at", "valid_until") if name in item
    }
    fields["status"] = CertificateStatus(item["status"])
    if grounds := item.get("grounds"):
        fields["grounds"] = Grounds(**grounds | {"answered_at": _moment(grounds["answered_at"])})
    if reason := item.get("reason"):
        fields["reason"] = Reason(**reason)
    return Certificate(**fields)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
