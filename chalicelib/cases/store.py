"""Cases as items of the core table: one each; the open ones stand in the index of open intents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.cases.errors import CaseMoved, CaseUnknown
from chalicelib.cases.model import DUE, TRANSITIONS, Act, Case, case_item, case_of, standing_open
from chalicelib.platform.dynamo import Item, Table, commit


class Standing(Exception):
    """There is a case under this id."""

    def __init__(self, case: Case) -> None:
        """`case` is how it stands."""
        super().__init__(case.id)
        self.case = case


@dataclass(frozen=True, slots=True)
class CaseStore:
    """Reads and writes, each of one item."""

    table: Table

    def open(self, case_id: str, scope: str, kind: str, now: datetime, **facts: object) -> None:
        """Keep a fresh case. Raises Standing where there is one under its id."""

        def refused(item: Item) -> None:
            raise Standing(case_of(item))

        commit(self.table.put(case_item(case_id, scope, kind, now, **facts), refused))

    def find(self, case_id: str) -> Case | None:
        """A case as it stands this moment."""
        items, _ = self.table.query(f"CASE#{case_id}", limit=1, consistent=True)
        return case_of(items[0]) if items else None

    def act(self, case: Case, act: Act, event: str | None, now: datetime, **changes: object) -> Case:
        """Write down what was done about this very version of a case; `event` changes its status.

        Raises CaseMoved, CaseUnknown.
        """
        acts = [each.model_dump() for each in (*case.acts, act)]
        assign: dict[str, Any] = {"acts": acts, "version": case.version + 1, **changes}
        remove: tuple[str, ...] = ()
        if event:
            status = assign["status"] = TRANSITIONS[event][1]
            assign |= standing_open(now) if status == "open" else {}
            remove = () if status == "open" else ("due_kind", "due_at")

        def refused(item: Mapping[str, Any]) -> CaseMoved | CaseUnknown:
            return CaseMoved() if item else CaseUnknown()

        key = {"pk": f"CASE#{case.id}", "sk": case.scope}
        expect = {"version": case.version, "status": case.status}
        return case_of(commit(self.table.update(key, refused, expect=expect, assign=assign, remove=remove)))

    def count(self, most: int) -> int:
        """How many cases are open, as far as `most`; the index may be a moment behind."""
        found, after = 0, None
        while found < most:
            keys, after = self.table.standing(DUE, limit=most - found, after=after)
            found += len(keys)
            if after is None:
                break
        return found

    def page(self, limit: int, after: Mapping[str, Any] | None) -> tuple[list[Case], Item | None]:
        """Open cases, the oldest first, and the key to go on after; the index may be a moment behind."""
        keys, last = self.table.standing(DUE, limit=limit, after=after)
        items = (self.table.get({"pk": key["pk"], "sk": key["sk"]}) for key in keys)
        return [case for item in items if item and (case := case_of(item)).status == "open"], last
