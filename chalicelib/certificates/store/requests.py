"""Requests and their batches as items of the core table.

Both lie with their citizen, so that one query lists the requests and nobody can reach another's; a batch's requests lie
together. The batch carries the message that asks for the next step, and stays due until nothing is left to do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.certificates.model.labels import Reason
from chalicelib.certificates.model.requests import (
    OPEN,
    TRANSITIONS,
    Batch,
    Grounds,
    Opinion,
    Request,
    RequestStatus,
    request_prefix,
)
from chalicelib.certificates.store.plain import moment, plain
from chalicelib.errors import Unavailable
from chalicelib.platform.dynamo import Item, Table, Write, commit
from chalicelib.platform.outbox import Message, message
from chalicelib.types import rfc3339

_REQUEST = "REQUEST#"
_DUE, _REVIEW = "certificate", "certificate-review"
_MOST_MINUTES = 60
_MOMENTS = ("requested_at", "due_by", "escalated_at", "issued_at", "valid_until")
_TOLD = {
    RequestStatus.DEFERRED: "certificate-deferred",
    RequestStatus.REVIEW: "certificate-review",
    RequestStatus.ISSUED: "certificate-issued",
    RequestStatus.REJECTED: "certificate-rejected",
    RequestStatus.ABANDONED: "certificate-abandoned",
}
"""Where a citizen gets a notice."""
_CHANGING = (
    "certificate_id",
    "serial",
    "issued_at",
    "valid_until",
    "formats",
    "reason",
    "doubt",
    "opinions",
    "escalated_at",
)
"""What a transition may change besides the status."""


class Asked(Unavailable):
    """These certificates were asked for before, by the same face verification."""


class Moved(Unavailable):
    """Somebody else changed the batch since it was read: look again."""


def _batch_key(citizen_id: str, batch_id: str) -> dict[str, str]:
    return {"pk": f"CITIZEN#{citizen_id}", "sk": f"BATCH#{batch_id}"}


def _key(citizen_id: str, request_id: str) -> dict[str, str]:
    return {"pk": f"CITIZEN#{citizen_id}", "sk": f"{_REQUEST}{request_id}"}


@dataclass(frozen=True, slots=True)
class RequestStore:
    """Reads and conditional writes."""

    table: Table

    def submit(self, batch: Batch, requests: Sequence[Request]) -> list[Write]:
        """Fresh requests, and the message that starts their work. Refused with Asked where they stand already."""
        item: Item = _batch_key(batch.citizen_id, batch.id) | plain(batch)
        item |= _due(batch.requested_at, 1) | {"outbox": [_issue(batch, batch.version)]}
        own = (_key(each.citizen_id, each.id) | plain(each) for each in requests)
        return [self.table.put(item, Asked()), *(self.table.put(each, Asked()) for each in own)]

    def batch(self, citizen_id: str, batch_id: str) -> Batch | None:
        """A batch as it stands this moment."""
        item = self.table.get(_batch_key(citizen_id, batch_id), consistent=True)
        return _batch(item) if item else None

    def requests_of(self, batch: Batch) -> list[Request]:
        """A batch's requests as they stand this moment, in the order of its types."""
        prefix = f"{_REQUEST}{request_prefix(batch.id)}"
        items, _ = self.table.query(f"CITIZEN#{batch.citizen_id}", prefix=prefix, consistent=True)
        found = {item["type_id"]: _request(item) for item in items if item["batch_id"] == batch.id}
        return [found[type_id] for type_id in batch.type_ids]

    def find(self, citizen_id: str, request_id: str) -> Request | None:
        """A citizen's request as it stands this moment."""
        item = self.table.get(_key(citizen_id, request_id), consistent=True)
        return _request(item) if item else None

    def of(self, citizen_id: str, limit: int, after: Item | None) -> tuple[list[Request], Item | None]:
        """A citizen's requests, newest first, and the key to go on after."""
        items, last = self.table.query(
            f"CITIZEN#{citizen_id}", prefix=_REQUEST, limit=limit, after=after, newest_first=True
        )
        return [_request(item) for item in items], last

    # -- the batch
    def keep(self, batch: Batch, facts: Mapping[str, Grounds], again: datetime) -> Batch:
        """Keep what the departments answered before it is used, and when they are asked again if that is not all.

        What was kept before stays. Raises Moved where another worker kept something meanwhile.
        """
        fresh = {name: plain(each) for name, each in facts.items() if name not in batch.facts}
        item = commit(
            self.table.update(
                _batch_key(batch.citizen_id, batch.id),
                Moved(),
                expect={"version": batch.version, "due_kind": _DUE},
                assign={f"facts.{name}": each for name, each in fresh.items()}
                | {"due_at": int(again.timestamp())},
                add={"version": 1, "asked": 1},
            )
        )
        return _batch(item)

    def close(self, batch: Batch) -> None:
        """Nothing is left to do: name, number and what the departments told are dropped."""
        commit(
            self.table.update(
                _batch_key(batch.citizen_id, batch.id),
                _stands,
                expect={"due_kind": _DUE},
                assign={"facts": {}},
                remove=("sealed", "due_kind", "due_at", "outbox"),
                add={"version": 1},
            )
        )

    def overdue(self, now: datetime) -> Iterator[Batch]:
        """Batches whose next step did not come about in time."""
        keys = self.table.due(_DUE, int(now.timestamp()))
        found = (self.table.get({"pk": key["pk"], "sk": key["sk"]}, consistent=True) for key in keys)
        return (_batch(item) for item in found if item and item.get("due_kind") == _DUE)

    def remind(self, batch: Batch, now: datetime) -> None:
        """Ask for the next step again, each time more patiently."""
        version = batch.version + 1
        commit(
            self.table.update(
                _batch_key(batch.citizen_id, batch.id),
                _stands,
                expect={"version": batch.version, "due_kind": _DUE},
                assign={"version": version, "outbox": [_issue(batch, version)], **_due(now, version)},
            )
        )

    # -- one request
    def move(self, request: Request, event: str) -> Request | None:
        """Let `event` happen, with everything that `request` now says; None if somebody else was first."""
        sources, target = TRANSITIONS[event]
        told = plain(request)
        changes = {name: told[name] for name in _CHANGING if name in told}
        messages = _messages(request, event, target)
        item = commit(
            self.table.update(
                _key(request.citizen_id, request.id),
                _stands,
                expect={"status": sources, "version": request.version},
                assign=changes
                | {"status": target}
                | ({"outbox": messages} if messages else {})
                | (_waiting(request) if target is RequestStatus.REVIEW else {}),
                remove=() if target is RequestStatus.REVIEW else ("due_kind", "due_at"),
                add={"version": 1},
            )
        )
        return _request(item) if item else None

    def escalate(self, request: Request, now: datetime) -> None:
        """Write down once that the law's time is over, and tell whoever asked."""
        commit(
            self.table.update(
                _key(request.citizen_id, request.id),
                _stands,
                expect={"status": request.status, "version": request.version},
                assign={"escalated_at": rfc3339(now), "outbox": [_notice(request, "certificate-overdue")]},
                add={"version": 1},
            )
        )

    def waiting(self, limit: int, after: Mapping[str, Any] | None) -> tuple[list[Request], Item | None]:
        """Requests that wait for a person, the oldest first, and the key to go on after; a moment behind at most."""
        keys, last = self.table.standing(_REVIEW, limit=limit, after=after)
        items = (self.table.get({"pk": key["pk"], "sk": key["sk"]}, consistent=True) for key in keys)
        return [_request(item) for item in items if item and item["status"] == RequestStatus.REVIEW], last


def _due(now: datetime, version: int) -> dict[str, object]:
    """When the next step is asked for again: after 1, 2, 4, ... minutes, at last every hour.

    Each reminder makes a new version of the item, so its version counts them, and the steps between.
    """
    return {"due_kind": _DUE, "due_at": int((now + patience(version)).timestamp())}


def patience(times: int) -> timedelta:
    """How long to wait after so many times: 1, 2, 4, ... minutes, at last an hour."""
    return timedelta(minutes=min(2 ** min(max(0, times - 1), _MOST_MINUTES), _MOST_MINUTES))


def _waiting(request: Request) -> dict[str, object]:
    """What puts a request among those that wait for a person, in the order in which the law wants them decided."""
    return {"due_kind": _REVIEW, "due_at": int(request.due_by.timestamp())}


def _issue(batch: Batch, version: int) -> Message:
    return message("certificates", "certificate.issue", batch.id, version, citizen=batch.citizen_id)


def _messages(request: Request, event: str, target: RequestStatus) -> list[Message]:
    """Who hears of it: whoever asked, the worker where people decided, the case where it was late."""
    if event == "doubt-refusal":
        return []
    told = []
    if target in _TOLD:
        told.append(_notice(request, _TOLD[target]))
    if event in {"approve", "refuse"}:
        citizen = request.citizen_id
        told.append(
            message("certificates", "certificate.issue", request.batch_id, request.version, citizen=citizen)
        )
    if request.escalated_at and target not in OPEN:
        why = "the request is decided"
        told.append(message("payments", "case.settle", request.id, request.version, reason=why))
    return told


def _notice(request: Request, kind: str) -> Message:
    return message(
        "notices", "notice.send", request.id, request.version, citizen=request.citizen_id, kind=kind
    )


def _stands(_: Item) -> None:
    """The same step was taken before, or somebody else took it first: what stands is right."""


def _batch(item: Item) -> Batch:
    fields = {name: item[name] for name in Batch.model_fields if name in item}
    fields |= {
        "type_ids": tuple(item["type_ids"]),
        "requested_at": moment(item["requested_at"]),
        "due_by": moment(item["due_by"]),
        "facts": {name: grounds_of(each) for name, each in item["facts"].items()},
    }
    return Batch(**fields)


def grounds_of(item: Mapping[str, Any]) -> Grounds:
    """A kept answer behind its item."""
    return Grounds(**{**item, "value": item.get("value"), "answered_at": moment(item["answered_at"])})


def _request(item: Item) -> Request:
    fields = {name: item[name] for name in Request.model_fields if name in item}
    fields |= {name: moment(item[name]) for name in _MOMENTS if name in item}
    fields |= {name: Reason(**item[name]) for name in ("reason", "doubt") if name in item}
    fields |= {
        "status": RequestStatus(item["status"]),
        "formats": tuple(item.get("formats", ())),
        "opinions": tuple(Opinion(**each) for each in item.get("opinions", ())),
    }
    return Request(**fields)
