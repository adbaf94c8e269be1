"""Shares as items of the core table.

A share lies with its citizen, so that one query lists them and nobody can reach another's. Whoever may read it finds it
by a pointer: under the hash of a link's secret, or beside the institution.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.certificates.model.labels import Label
from chalicelib.certificates.model.shares import (
    KEEP_SHARE,
    MOST_A_DAY,
    TRANSITIONS,
    Share,
    ShareKind,
    ShareStatus,
)
from chalicelib.certificates.share_errors import TooManyShares
from chalicelib.certificates.store.plain import moment, plain
from chalicelib.errors import AppError, Unavailable
from chalicelib.platform.dynamo import Below, Item, Table, Write
from chalicelib.platform.outbox import Message
from chalicelib.types import CHINA

_SHARE = "SHARE#"
_DAY = timedelta(days=1)


class ShareMoved(Unavailable):
    """The share is not as it was seen: look again."""


class DayNotBegun(Unavailable):
    """The first share of the day: begin its count."""


class Claimed(Unavailable):
    """The same wish was granted before, or is being granted: look again."""


def _key(citizen_id: str, share_id: str) -> dict[str, str]:
    return {"pk": f"CITIZEN#{citizen_id}", "sk": f"{_SHARE}{share_id}"}


def _link_key(hidden: str) -> dict[str, str]:
    return {"pk": f"SHARELINK#{hidden}", "sk": "SHARELINK"}


def _inbox_key(institution_id: str, share_id: str) -> dict[str, str]:
    return {"pk": f"INSTITUTION#{institution_id}", "sk": f"{_SHARE}{share_id}"}


def _wish_key(citizen_id: str, wish: str) -> dict[str, str]:
    return {"pk": f"CITIZEN#{citizen_id}", "sk": f"SHAREWISH#{wish}"}


def _day_key(citizen_id: str, now: datetime) -> dict[str, str]:
    return {"pk": f"CITIZEN#{citizen_id}", "sk": f"SHARES#{now.astimezone(CHINA).date()}"}


@dataclass(frozen=True, slots=True)
class ShareStore:
    """Reads and write intents."""

    table: Table

    def find(self, citizen_id: str, share_id: str) -> Share | None:
        """A citizen's share as it stands this moment."""
        item = self.table.get(_key(citizen_id, share_id), consistent=True)
        return _share(item) if item else None

    def of(self, citizen_id: str, limit: int, after: Item | None) -> tuple[list[Share], Item | None]:
        """A citizen's shares, newest first, and the key to go on after."""
        items, last = self.table.query(
            f"CITIZEN#{citizen_id}", prefix=_SHARE, limit=limit, after=after, newest_first=True
        )
        return [_share(item) for item in items], last

    def behind_link(self, hidden: str) -> Share | None:
        """The share of a link, by the hash of its secret."""
        return self._behind(_link_key(hidden))

    def behind(self, institution_id: str, share_id: str) -> Share | None:
        """A share with this institution."""
        return self._behind(_inbox_key(institution_id, share_id))

    def with_institution(
        self, institution_id: str, limit: int, after: Item | None
    ) -> tuple[list[Share], Item | None]:
        """The shares with an institution, newest first, and the key to go on after."""
        pointers, last = self.table.query(
            f"INSTITUTION#{institution_id}", prefix=_SHARE, limit=limit, after=after, newest_first=True
        )
        found = (self.find(each["citizen_id"], each["share_id"]) for each in pointers)
        return [each for each in found if each], last

    def wished(self, citizen_id: str, wish: str) -> tuple[str, str] | None:
        """What the same wish led to: the share's id, and what was wished, as a hash."""
        item = self.table.get(_wish_key(citizen_id, wish), consistent=True)
        return (item["share_id"], item["wished"]) if item else None

    # -- writes
    def granting(self, share: Share, hidden: str | None, told: Collection[Message]) -> list[Write]:
        """A fresh share, and the pointer for whoever may read it; the institution is told."""
        ends = {"expires_at": int((share.ends_at + KEEP_SHARE).timestamp())}
        own: Item = {**_key(share.citizen_id, share.id), **plain(share), **ends, **_outbox(told)}
        key = _link_key(hidden) if hidden else _inbox_key(share.institution_id or "", share.id)
        pointer: Item = {**key, "citizen_id": share.citizen_id, "share_id": share.id, **ends}
        return [self.table.put(own, _stands), self.table.put(pointer, _stands)]

    def wish(self, share: Share, wish: str, wished: str) -> Write:
        """That this wish led to this share, for a day. Refused with Claimed."""
        ends = {"expires_at": int((share.created_at + _DAY).timestamp())}
        item: Item = _wish_key(share.citizen_id, wish) | {"share_id": share.id, "wished": wished}
        return self.table.put(item | ends, Claimed())

    def count(self, share: Share, *, first: bool) -> Write:
        """One more share of the day. Refused with DayNotBegun, Claimed, TooManyShares."""
        key = _day_key(share.citizen_id, share.created_at)
        if first:
            ends = {"expires_at": int((share.created_at + 2 * _DAY).timestamp())}
            return self.table.put({**key, "shares": 1, **ends}, Claimed())

        def refused(standing: Item) -> AppError:
            return TooManyShares(_until_midnight(share.created_at)) if standing else DayNotBegun()

        return self.table.update(key, refused, expect={"shares": Below(MOST_A_DAY)}, add={"shares": 1})

    def reading(self, before: Share, after: Share, told: Collection[Message]) -> Write:
        """One read of exactly this version of a share. Refused with ShareMoved."""
        changes = {name: plain(after)[name] for name in ("status", "uses_left", "used_at")}
        opener = {"opener": after.opener} if after.opener else {}
        return self._moving(before, "read", changes | opener, told)

    def revoking(self, share: Share, told: Collection[Message]) -> Write:
        """Take exactly this version of a share back. Refused with ShareMoved."""
        return self._moving(share, "revoke", {"status": ShareStatus.REVOKED}, told)

    def _moving(
        self, share: Share, event: str, changes: Mapping[str, object], told: Collection[Message]
    ) -> Write:
        return self.table.update(
            _key(share.citizen_id, share.id),
            ShareMoved(),
            expect={"status": TRANSITIONS[event][0], "version": share.version},
            assign={**changes, **_outbox(told)},
            add={"version": 1},
        )

    def _behind(self, key: dict[str, str]) -> Share | None:
        pointer = self.table.get(key, consistent=True)
        return self.find(pointer["citizen_id"], pointer["share_id"]) if pointer else None


def _outbox(told: Collection[Message]) -> Item:
    return {"outbox": list(told)} if told else {}


def _until_midnight(now: datetime) -> int:
    day = now.astimezone(CHINA)
    begun = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return int((begun + _DAY - day).total_seconds()) + 1


def _stands(_: Item) -> None:
    """An earlier try of the same transaction took effect."""


def _share(item: Mapping[str, Any]) -> Share:
    fields = {name: item[name] for name in Share.model_fields if name in item}
    fields |= {name: moment(item[name]) for name in ("created_at", "ends_at")}
    fields |= {
        "kind": ShareKind(item["kind"]),
        "status": ShareStatus(item["status"]),
        "type_name": Label(**item["type_name"]),
        "used_at": tuple(moment(each) for each in item.get("used_at", ())),
    }
    return Share(**fields)
