"""Cards that are being shown to be looked at, as items of the core table: each under a keyed hash of its nonce."""

from dataclasses import dataclass

from chalicelib.cards.model.licence import Showing
from chalicelib.errors import Unavailable
from chalicelib.platform.dynamo import Table, commit
from chalicelib.types import rfc3339


def _key(hidden: str) -> dict[str, str]:
    return {"pk": f"LICENCE#{hidden}", "sk": "LICENCE"}


@dataclass(frozen=True, slots=True)
class LicenceStore:
    """Reads and writes."""

    table: Table

    def keep(self, hidden: str, showing: Showing) -> None:
        """Remember a showing until it ends. A nonce that stands already (one of 2^50): Unavailable, try another."""
        item = showing.model_dump() | {
            "shown_at": rfc3339(showing.shown_at),
            "valid_until": rfc3339(showing.valid_until),
            "expires_at": int(showing.valid_until.timestamp()),
        }
        commit(self.table.put(_key(hidden) | item, Unavailable()))

    def find(self, hidden: str) -> Showing | None:
        """A showing, perhaps one that has just ended."""
        item = self.table.get(_key(hidden), consistent=True)
        fields = {name: item[name] for name in Showing.model_fields} if item else None
        return Showing.model_validate(fields, strict=False) if fields else None
