"""Face verifications as items of the core table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from chalicelib.errors import AppError
from chalicelib.identity.model.faces import (
    MOST_FAILED,
    MOST_OPENED,
    TRANSITIONS,
    Attempts,
    Purpose,
    Verification,
    VerificationStatus,
    day_end,
)
from chalicelib.identity.model.reasons import Reason
from chalicelib.platform.dynamo import PRESENT, Below, Item, Table, Write, transact
from chalicelib.types import rfc3339

_KEEP_VERIFICATION_SECONDS = 90 * 24 * 3600


def _verification_key(verification_id: str) -> dict[str, str]:
    return {"pk": f"VERIFICATION#{verification_id}", "sk": "VERIFICATION"}


def _day_key(person_id: str, day: date) -> dict[str, str]:
    return {"pk": f"PERSON#{person_id}", "sk": f"FACE#{day.isoformat()}"}


class _DayBegun(Exception):
    """Another scan of this person was opened a moment before: it is not the first of the day."""


@dataclass(frozen=True, slots=True)
class FaceStore:
    """Reads and write intents."""

    table: Table

    def attempts(self, person_id: str, day: date) -> Attempts:
        """How often this person's face was scanned on this day."""
        item = self.table.get(_day_key(person_id, day), consistent=True) or {}
        return Attempts(opened=item.get("opened", 0), failed=item.get("failed", 0))

    def open(self, verification: Verification, exhausted: AppError, *, first: bool) -> None:
        """Store a fresh verification, and count it. `first`: of the day, as far as the caller knows.

        Raises `exhausted` where the day allows no more.
        """
        counted = self._begin_day(verification) if first else self._count_opened(verification, exhausted)
        try:
            transact([self._put(verification), counted])
        except _DayBegun:
            transact([self._put(verification), self._count_opened(verification, exhausted)])

    def _put(self, verification: Verification) -> Write:
        kept = verification.model_dump(exclude={"expires_at", "valid_until", "reason", "receipt"})
        item = _verification_key(verification.id) | kept
        item |= {
            "scan_until": rfc3339(verification.expires_at),
            "expires_at": int(verification.expires_at.timestamp()) + _KEEP_VERIFICATION_SECONDS,
        }
        return self.table.put(item, _already_open)

    def _begin_day(self, verification: Verification) -> Write:
        counts = {"opened": 1, "failed": 0, "passed": 0}
        until = day_end(verification.day) + timedelta(days=1)
        item = _day_key(verification.person_id, verification.day) | counts
        return self.table.put(item | {"expires_at": int(until.timestamp())}, _begun)

    def _count_opened(self, verification: Verification, exhausted: AppError) -> Write:
        return self.table.update(
            _day_key(verification.person_id, verification.day),
            exhausted,
            expect={"opened": Below(MOST_OPENED), "failed": Below(MOST_FAILED)},
            add={"opened": 1},
        )

    def count_passed(self, verification: Verification, exhausted: AppError) -> Write:
        """Count a passed scan; after too many failed ones it passes no more, whenever it was opened."""
        key = _day_key(verification.person_id, verification.day)
        return self.table.update(key, exhausted, expect={"failed": Below(MOST_FAILED)}, add={"passed": 1})

    def count_failed(self, verification: Verification) -> Write:
        """Count a failed scan."""
        key = _day_key(verification.person_id, verification.day)
        return self.table.update(key, _no_day, expect={"pk": PRESENT}, add={"failed": 1})

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


def _begun(_: Item) -> None:
    raise _DayBegun


def _no_day(_: Item) -> None:
    """Opened by a release that did not count: the scan stays as it is until it expires."""


def _already_closed(_: Item) -> None:
    """Another request closed it first; both asked the same server."""


def _verification(item: Item) -> Verification:
    valid_until, reason = item.get("valid_until"), item.get("reason")
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
        reason=Reason(reason) if reason else None,
        receipt=item.get("receipt"),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
