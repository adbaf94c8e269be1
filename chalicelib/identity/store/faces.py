"""Face verifications as items of the core table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.identity.model.faces import TRANSITIONS, Purpose, Verification, VerificationStatus
from chalicelib.platform.dynamo import Item, Table, Write, commit
from chalicelib.types import rfc3339

_KEEP_VERIFICATION_SECONDS = 90 * 24 * 3600


def _verification_key(verification_id: str) -> dict[str, str]:
    return {"pk": f"VERIFICATION#{verification_id}", "sk": "VERIFICATION"}


@dataclass(frozen=True, slots=True)
class FaceStore:
    """Reads and write intents."""

    table: Table

    def open(self, verification: Verification, now: datetime) -> None:
        """Store a fresh verification."""
        kept = verification.model_dump(exclude={"expires_at", "valid_until", "reason", "receipt"})
        item = _verification_key(verification.id) | kept
        item |= {
            "scan_until": rfc3339(verification.expires_at),
            "expires_at": int(now.timestamp()) + _KEEP_VERIFICATION_SECONDS,
        }
        commit(self.table.put(item, _already_open))

    def find(self, verification_id: str) -> Verification | None:
        """A verification by id."""
        item = self.table.get(_verification_key(verification_id), consistent=True)
        return _verification(item) if item else None

    def close(self, verification_id: str, event: str, outcome: Mapping[str, str]) -> Write:
        """Pass or fail a pending verification; a second answer changes nothing."""
        sources, target = TRANSITIONS[event]
        return self.table.update(
            _verification_key(verification_id),
            _already_closed,
            expect={"status": tuple(sources)},
            assign={"status": target, **outcome},
        )


def _already_open(_: Item) -> None:
    """A repeated step: the verification stands as it is."""


def _already_closed(_: Item) -> None:
    """Another request closed it first; both asked the same server."""


def _verification(item: Item) -> Verification:
    valid_until = item.get("valid_until")
    return Verification(
        id=item["id"],
        citizen_id=item["citizen_id"],
        person_id=item["person_id"],
        certify_id=item["certify_id"],
        purpose=Purpose(item["purpose"]),
        status=VerificationStatus(item["status"]),
        holder=item["holder"],
        number_masked=item["number_masked"],
        sealed=item["sealed"],
        expires_at=_moment(item["scan_until"]),
        valid_until=_moment(valid_until) if valid_until else None,
        reason=item.get("reason"),
        receipt=item.get("receipt"),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
