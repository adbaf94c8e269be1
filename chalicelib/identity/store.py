"""Accounts and face verifications as items of the core table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.errors import AppError
from chalicelib.identity.errors import VerificationNotFound
from chalicelib.identity.model import TRANSITIONS, Account, Purpose, Verification, VerificationStatus
from chalicelib.platform.dynamo import PRESENT, Item, Table, Write, commit
from chalicelib.types import rfc3339

_KEEP_VERIFICATION_SECONDS = 90 * 24 * 3600


def account_key(citizen_id: str) -> dict[str, str]:
    """Where an account's profile lies; its cards lie beside it."""
    return {"pk": f"CITIZEN#{citizen_id}", "sk": "PROFILE"}


def _verification_key(verification_id: str) -> dict[str, str]:
    return {"pk": f"VERIFICATION#{verification_id}", "sk": "VERIFICATION"}


@dataclass(frozen=True, slots=True)
class IdentityStore:
    """Reads and write intents."""

    table: Table

    def keep_account(self, fresh: Account, now: datetime) -> Account:
        """The account as it stands, stored if it is new: one call either way."""
        standing: list[Item] = []

        def known(item: Item) -> AppError | None:
            standing.append(item)
            return None

        item = account_key(fresh.id) | fresh.model_dump(exclude_none=True) | {"created_at": rfc3339(now)}
        commit(self.table.put(item, known))
        return _account(standing[0]) if standing else fresh

    def find_account(self, citizen_id: str) -> Account | None:
        """A citizen's profile."""
        item = self.table.get(account_key(citizen_id))
        return _account(item) if item else None

    def recognise(self, citizen_id: str, person_id: str, holder: str, number_masked: str) -> Write:
        """Note on the account whose it is, once a card was bound with a verified face."""
        return self.table.update(
            account_key(citizen_id),
            VerificationNotFound(),
            expect={"pk": PRESENT},
            assign={"person_id": person_id, "holder": holder, "number_masked": number_masked},
        )

    def open_verification(self, verification: Verification, now: datetime) -> None:
        """Store a fresh verification."""
        kept = verification.model_dump(exclude={"expires_at", "valid_until", "reason"})
        item = _verification_key(verification.id) | kept
        item |= {
            "scan_until": rfc3339(verification.expires_at),
            "expires_at": int(now.timestamp()) + _KEEP_VERIFICATION_SECONDS,
        }
        commit(self.table.put(item, _already_open))

    def find_verification(self, verification_id: str) -> Verification | None:
        """A verification by id."""
        item = self.table.get(_verification_key(verification_id), consistent=True)
        return _verification(item) if item else None

    def close_verification(
        self, verification_id: str, event: str, outcome: Mapping[str, str]
    ) -> Verification | None:
        """Pass or fail a pending verification and return it; a second answer changes nothing (None)."""
        sources, target = TRANSITIONS[event]
        item = commit(
            self.table.update(
                _verification_key(verification_id),
                _already_closed,
                expect={"status": tuple(sources)},
                assign={"status": target, **outcome},
            )
        )
        return _verification(item) if item else None


def _already_open(_: Item) -> None:
    """A repeated step: the verification stands as it is."""


def _already_closed(_: Item) -> None:
    """Another request closed it first; both asked the same server."""


def _account(item: Item) -> Account:
    return Account.model_validate({name: item.get(name) for name in Account.model_fields})


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
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
