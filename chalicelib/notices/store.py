"""Notices as items of the core table, beside the account they are for, in the order of their making."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.notices.model import Notice
from chalicelib.platform.dynamo import Item, Table, commit
from chalicelib.types import rfc3339

_PREFIX = "NOTICE#"
_KEEP = timedelta(days=365)


def _partition(citizen_id: str) -> str:
    return f"CITIZEN#{citizen_id}"


@dataclass(frozen=True, slots=True)
class NoticeStore:
    """Reads and writes."""

    table: Table

    def keep(self, notice: Notice) -> None:
        """Store a notice; the same one again changes nothing."""
        item = {
            "pk": _partition(notice.citizen_id),
            "sk": f"{_PREFIX}{notice.id}",
            **notice.model_dump(),
            "created_at": rfc3339(notice.created_at),
            "expires_at": int((notice.created_at + _KEEP).timestamp()),
        }
        commit(self.table.put(item, _kept_before))

    def list_of(
        self, citizen_id: str, limit: int, after: Mapping[str, Any] | None
    ) -> tuple[list[Notice], Item | None]:
        """A citizen's notices, newest first, and the key to go on after."""
        items, last = self.table.query(
            _partition(citizen_id), prefix=_PREFIX, limit=limit, after=after, newest_first=True
        )
        return [_notice(item) for item in items], last


def _kept_before(_: Item) -> None:
    """The queue brought the message twice."""


def _notice(item: Item) -> Notice:
    fields = {name: item[name] for name in Notice.model_fields if name in item}
    return Notice.model_validate(
        fields | {"created_at": datetime.fromisoformat(item["created_at"]).astimezone(UTC)}
    )
