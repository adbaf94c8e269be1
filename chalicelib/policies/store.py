"""Policies as items of the core table: every version ever drafted, and which one stands.

A rule that a version of then did not know has its default now; a rule that is no more is passed over.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from chalicelib.errors import AppError, Conflict
from chalicelib.platform.dynamo import ABSENT, Item, Table, Write, commit, transact
from chalicelib.policies.errors import PolicyNotOpen, PolicyNotTried, PolicyReplaced
from chalicelib.policies.model import TRANSITIONS, Policy, Standing, Trial, Version

_VERSION = "VERSION#"
_PAGE = 25
_M = TypeVar("_M", Standing, Version)


class NumberTaken(Conflict):
    """Somebody else drafted a version of this number."""


def _partition(hospital_id: str) -> str:
    return f"POLICY#{hospital_id}"


def _active(hospital_id: str) -> dict[str, str]:
    return {"pk": _partition(hospital_id), "sk": "ACTIVE"}


def _key(hospital_id: str, number: int) -> dict[str, str]:
    return {"pk": _partition(hospital_id), "sk": f"{_VERSION}{number:06d}"}


@dataclass(frozen=True, slots=True)
class PolicyStore:
    """Reads and writes."""

    table: Table

    def standing(self, hospital_id: str, *, consistent: bool = False) -> Standing:
        """What stands; the defaults since ever for a hospital that has no rules of its own."""
        item = self.table.get(_active(hospital_id), consistent=consistent)
        if item is None:
            return Standing()
        told = {name: item[name] for name in Standing.model_fields if name in item}
        before = item.get("before")
        return _read(Standing, told | {"policy": _rules(item), "before": before and _rules(before)})

    def find(self, hospital_id: str, number: int) -> Version | None:
        """One version as it stands this moment."""
        item = self.table.get(_key(hospital_id, number), consistent=True)
        return _version(item) if item else None

    def list_versions(self, hospital_id: str) -> Iterator[Version]:
        """All versions, the newest first; read page by page as far as they are wanted."""
        after: Mapping[str, Any] | None = None
        while True:
            items, after = self.table.query(
                _partition(hospital_id),
                prefix=_VERSION,
                limit=_PAGE,
                after=after,
                newest_first=True,
                consistent=True,
            )
            yield from map(_version, items)
            if after is None:
                return

    def draft(self, version: Version) -> None:
        """Keep a new version. Raises NumberTaken."""
        dump = version.model_dump(mode="json")
        commit(self.table.put({**_key(version.hospital_id, version.number), **dump}, NumberTaken()))

    def keep_trial(self, version: Version, trial: Trial) -> None:
        """Keep what a dry run found; a later one takes its place. Raises PolicyNotOpen."""
        before, after = TRANSITIONS["try"]
        commit(
            self.table.update(
                _key(version.hospital_id, version.number),
                PolicyNotOpen(),
                expect={"status": (*before, after)},
                assign={"status": after, "trial": trial.model_dump(mode="json")},
            )
        )

    def activate(self, version: Version, before: Standing, after: Standing) -> None:
        """Let an activated version take the place of the one that stands: everything or nothing.

        Raises PolicyReplaced, PolicyNotTried; done before already, it is done.
        """
        writes = [self._put_active(version, before, after), self._mark_active(version, before)]
        if before.policy.version:
            writes.append(self._retire(version, before))
        transact(writes)

    def _put_active(self, version: Version, before: Standing, after: Standing) -> Write:
        def refused(standing: Item) -> AppError | None:
            return None if standing.get("version") == version.number else PolicyReplaced()

        replaced = before.policy.version
        dump = after.model_dump(mode="json", exclude={"policy"})
        return self.table.put(
            {**_active(version.hospital_id), **after.policy.model_dump(), **dump},
            refused,
            expect={"version": replaced} if replaced else {"pk": ABSENT},
        )

    def _mark_active(self, version: Version, before: Standing) -> Write:
        allowed, status = TRANSITIONS["activate"]

        def refused(standing: Item) -> AppError | None:
            return None if standing.get("status") == status else PolicyNotTried()

        activation = version.activation and version.activation.model_dump(mode="json")
        return self.table.update(
            _key(version.hospital_id, version.number),
            refused,
            expect={"status": allowed, "trial.against": before.policy.version},
            assign={"status": status, "activation": activation},
        )

    def _retire(self, version: Version, before: Standing) -> Write:
        allowed, status = TRANSITIONS["retire"]

        def refused(standing: Item) -> AppError | None:
            return None if standing.get("status") == status else PolicyReplaced()

        return self.table.update(
            _key(version.hospital_id, before.policy.version),
            refused,
            expect={"status": allowed},
            assign={"status": status, "until": _until(version, before)},
        )


def _until(version: Version, before: Standing) -> str:
    """When the version before ends: as its successor begins, or with its own beginning where that never comes."""
    if version.activation is None:
        raise ValueError("only an activated version can replace another")
    begun = before.from_at <= version.activation.act.at
    activation = version.activation.model_dump(mode="json")
    return str(activation["from_at"] if begun else before.model_dump(mode="json")["from_at"])


def _rules(item: Mapping[str, Any]) -> Item:
    return {name: item[name] for name in Policy.model_fields if name in item}


def _version(item: Item) -> Version:
    told = {name: item[name] for name in Version.model_fields if name in item}
    return _read(Version, told | {"policy": _rules(item["policy"])})


def _read(kind: type[_M], told: Item) -> _M:
    return kind.model_validate_json(json.dumps(told))
