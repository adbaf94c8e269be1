"""Cards that are being shown to be looked at, as items of the core table: each under a keyed hash of its nonce."""

from dataclasses import dataclass
from datetime import UTC, datetime

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
        item = {
            "card_id": showing.card_id,
            "shown_at": rfc3339(showing.shown_at),
            "valid_until": rfc3339(showing.valid_until),
            "expires_at": int(showing.valid_until.timestamp()),
        }
        commit(self.table.put(_key(hidden) | item, Unavailable()))

    def find(self, hidden: str) -> Showing | None:
        """A showing, perhaps one that has just ended."""
        item = self.table.get(_key(hidden), consistent=True)
        if not item:
            return None
        shown_at, until = (
            datetime.fromisoformat(item[name]).astimezone(UTC) for name in ("shown_at", "valid_until")
        )
        return Showing(card_id=item["card_id"], shown_at=shown_at, valid_until=until)
