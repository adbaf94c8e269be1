"""Accounts as items of the core table: who, the open sessions, and the wallet, all in one item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.errors import AppError, Unavailable
from chalicelib.identity.errors import SessionEnded
from chalicelib.identity.model.accounts import Account, Refresh, SessionRecord, WalletEntry
from chalicelib.platform.dynamo import ABSENT, PRESENT, Above, Contended, Item, Table, Write, commit
from chalicelib.types import rfc3339


def account_key(citizen_id: str) -> dict[str, str]:
    """Where an account lies; its cards' and appointments' lists lie beside it."""
    return {"pk": f"CITIZEN#{citizen_id}", "sk": "PROFILE"}


@dataclass(frozen=True, slots=True)
class AccountStore:
    """Reads and write intents."""

    table: Table

    def find(self, citizen_id: str) -> Account | None:
        """An account as it stands this moment."""
        item = self.table.get(account_key(citizen_id), consistent=True)
        return _account(item) if item else None

    def open_session(self, fresh: Account, session_id: str, record: SessionRecord, now: datetime) -> Account:
        """The account with one more session: one call for whoever was here before, two for a newcomer."""
        standing = self._add_session(fresh, session_id, record)
        if standing:
            return standing
        known = fresh.model_copy(update={"sessions": {session_id: record}})
        item = account_key(fresh.id) | known.model_dump(exclude_none=True) | {"created_at": rfc3339(now)}
        came_first: list[Item] = []

        def twice(other: Item) -> AppError | None:
            came_first.append(other)
            return None

        commit(self.table.put(item, twice))
        if came_first:  # a second login of a newcomer, at the very same moment
            return self._add_session(fresh, session_id, record) or known
        return known

    def _add_session(self, fresh: Account, session_id: str, record: SessionRecord) -> Account | None:
        told = {"user_id": fresh.user_id} if fresh.user_id else {}
        item = commit(
            self.table.update(
                account_key(fresh.id),
                _nobody,
                expect={"pk": PRESENT},
                assign={f"sessions.{session_id}": record.model_dump(), **told},
            )
        )
        return _account(item) if item else None

    def advance(self, refresh: Refresh, now: int) -> Account | None:
        """Count one refresh of a session that stands at this generation; the account as it is then.

        A session that is elsewhere, or over, stays as it is: the account shows it. None where there is no account.
        """
        session = f"sessions.{refresh.session_id}"
        standing: list[Item] = []
        item = (
            commit(
                self.table.update(
                    account_key(refresh.citizen_id),
                    standing.append,
                    expect={f"{session}.generation": refresh.generation, f"{session}.ends_at": Above(now)},
                    assign={f"{session}.generation": refresh.generation + 1, f"{session}.refreshed_at": now},
                )
            )
            or standing[0]
        )
        return _account(item) if item else None

    def end_sessions(self, citizen_id: str, session_ids: Sequence[str]) -> None:
        """End these sessions; one that is over already changes nothing."""
        paths = [f"sessions.{each}" for each in session_ids]
        commit(self.table.update(account_key(citizen_id), _nobody, expect={"pk": PRESENT}, remove=paths))

    def end_stolen(self, citizen_id: str, session_id: str, notice: Mapping[str, object]) -> None:
        """End a session that two devices share, and let the citizen know by `notice`."""
        commit(
            self.table.update(
                account_key(citizen_id),
                _nobody,
                expect={f"sessions.{session_id}": PRESENT},
                assign={"outbox": [notice]},
                remove=[f"sessions.{session_id}"],
            )
        )

    def end_all_sessions(self, citizen_id: str) -> None:
        """End every session of the account."""
        commit(
            self.table.update(
                account_key(citizen_id), _nobody, expect={"pk": PRESENT}, assign={"sessions": {}}
            )
        )

    def keep_receipt(self, citizen_id: str, session_id: str, purpose: str, receipt: str) -> Write:
        """Keep what a face scan proved with the session in which it passed; refused once that is over."""
        return self.table.update(
            account_key(citizen_id),
            SessionEnded(),
            expect={f"sessions.{session_id}": PRESENT},
            assign={f"sessions.{session_id}.receipts.{purpose}": receipt},
        )

    def carry(
        self,
        citizen_id: str,
        card_id: str,
        entry: WalletEntry,
        instead_of: str | None = None,
    ) -> Write:
        """Put a card into the wallet, in place of another, or bring its entry up to date."""
        return self.table.update(
            account_key(citizen_id),
            SessionEnded(),
            expect={"pk": PRESENT},
            assign={f"wallet.{card_id}": entry.model_dump(exclude_none=True)},
            remove=[f"wallet.{instead_of}"] if instead_of else (),
        )

    def own(self, account: Account, card_id: str, entry: WalletEntry, whose: Mapping[str, str]) -> Write:
        """Put a person's own card into the wallet; the account becomes theirs (`whose`), if it was nobody's.

        Refused with Contended where the account has become somebody's since it was read.
        """
        return self.table.update(
            account_key(account.id),
            Contended(),
            expect={"pk": PRESENT, "person_id": account.person_id or ABSENT},
            assign={f"wallet.{card_id}": entry.model_dump(exclude_none=True), **whose},
        )

    def drop(self, citizen_id: str, card_id: str, mandate_id: str | None = None) -> Write:
        """Take a card out of the wallet; one that is not there changes nothing.

        With `mandate_id` it must lie there by that mandate, else Unavailable: it changed since it was looked at.
        """
        entry = f"wallet.{card_id}"
        return self.table.update(
            account_key(citizen_id),
            Unavailable() if mandate_id else SessionEnded(),
            expect={f"{entry}.mandate_id": mandate_id} if mandate_id else {"pk": PRESENT},
            remove=[entry],
        )


def _nobody(_: Item) -> None:
    """No such account yet."""


def _account(item: Item) -> Account:
    fields = {name: item.get(name) for name in Account.model_fields}
    fields["sessions"] = {sid: SessionRecord(**each) for sid, each in item.get("sessions", {}).items()}
    fields["wallet"] = {
        card_id: WalletEntry.model_validate(each, strict=False)
        for card_id, each in item.get("wallet", {}).items()
    }
    return Account.model_validate(fields)
