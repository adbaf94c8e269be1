"""Decoded codes as items of the core table: one conditional put makes a code single-use and is the usage entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.cards.codes import Code
from chalicelib.cards.errors import CodeUsed
from chalicelib.cards.model.decoding import BusinessType, Terminal
from chalicelib.errors import AppError
from chalicelib.institutions.errors import SignatureReplayed
from chalicelib.institutions.model import Institution
from chalicelib.platform.dynamo import Item, Table, commit
from chalicelib.types import rfc3339

_SAME_REQUEST = ("institution_id", "business_type", *Terminal.model_fields)


@dataclass(frozen=True, slots=True)
class UsageStore:
    """Reads and write intents."""

    table: Table

    def use(
        self,
        code: Code,
        by: Institution,
        purpose: BusinessType,
        terminal: Terminal,
        seen: Sequence[str],
        presence_id: str,
        now: datetime,
    ) -> None:
        """Use a code up: one conditional put, which is the citizen's usage entry too.

        A repetition of the request that used it, signed anew, meets its own entry. Raises CodeUsed, and
        SignatureReplayed for that very request once more.
        """
        entry = {
            "pk": f"CARD#{code.reference}",
            "sk": f"CODE#{code.minted_at:010d}#{code.nonce:05d}",
            "institution_id": by.id,
            "business_type": purpose,
            "attributes": list(seen),
            "decoded_at": rfc3339(now),
            "presence_id": presence_id,
            "signature": by.nonce,
            **terminal.model_dump(),
        }

        def refused(standing: Item) -> AppError | None:
            if standing.get("presence_id") == presence_id:
                return None
            if any(standing.get(name) != entry[name] for name in _SAME_REQUEST):
                return CodeUsed()
            return SignatureReplayed() if standing.get("signature") == by.nonce else None

        commit(self.table.put(entry, refused))
