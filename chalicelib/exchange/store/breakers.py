"""Open breakers as items of the core table: a closed one has none, so that in good times nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.errors import Unavailable
from chalicelib.exchange.model.breaker import LONGEST_REST, Opening
from chalicelib.platform.dynamo import ABSENT, Item, Table, Write
from chalicelib.types import rfc3339

_FORGOTTEN = timedelta(hours=1) + LONGEST_REST
"""If nobody asks for so long, the next one asks as if nothing had been."""


class Changed(Unavailable):
    """Another process saw to it."""


def _key(department_id: str) -> dict[str, str]:
    return {"pk": f"DEPARTMENT#{department_id}", "sk": "BREAKER"}


@dataclass(frozen=True, slots=True)
class BreakerStore:
    """Reads and write intents."""

    table: Table

    def find(self, department_id: str) -> Opening | None:
        """The opening of a department's breaker; None where it is closed."""
        item = self.table.get(_key(department_id))
        return _opening(item) if item else None

    def keep(self, department_id: str, before: Opening | None, after: Opening) -> Write:
        """Change it, if it is as it was seen. Raises Changed otherwise."""
        item = _key(department_id) | _plain(after)
        expect = {"version": before.version} if before else {"pk": ABSENT}
        return self.table.put(item, Changed(), expect=expect)

    def close(self, department_id: str, before: Opening) -> Write:
        """Close it, if it is as it was seen. Raises Changed otherwise."""
        return self.table.delete(_key(department_id), Changed(), expect={"version": before.version})


def _plain(opening: Opening) -> Item:
    fields = opening.model_dump(exclude_none=True)
    plain = {name: rfc3339(each) if isinstance(each, datetime) else each for name, each in fields.items()}
    return plain | {"expires_at": int((opening.until + _FORGOTTEN).timestamp())}


def _opening(item: Mapping[str, Any]) -> Opening:
    moments = {
        name: datetime.fromisoformat(item[name]).astimezone(UTC)
        for name in ("until", "tried_until")
        if name in item
    }
    return Opening(trips=item["trips"], version=item["version"], **moments)
