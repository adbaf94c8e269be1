"""Cases, as other rooms see them: opened once, closed by themselves when what was wrong is gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.cases.errors import CaseMoved, CaseNotOpen, CaseUnknown
from chalicelib.cases.model import BY_ITSELF, Act, Case
from chalicelib.cases.store import CaseStore, Standing
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Item
from chalicelib.types import rfc3339

_PAGE = 50
_MOST_READ = 500
_MOST_COUNTED = 1_000
"""Beyond that it makes no difference to whoever is woken."""


@dataclass(frozen=True, slots=True)
class Cases:
    """What a human must look at."""

    store: CaseStore
    clock: Clock

    def open(self, case_id: str, scope: str, kind: str, **facts: object) -> bool:
        """Open a case, once; whether it is open now. What a human closed stays closed, what settled opens again."""
        try:
            self.store.open(case_id, scope, kind, self.clock(), **facts)
        except Standing as before:
            return self._again(before.case, facts)
        log.event("case.opened", case=case_id, kind=kind)
        return True

    def _again(self, case: Case, facts: Mapping[str, Any]) -> bool:
        if not case.settled:
            return case.status == "open"
        act = Act(deed="reopen", by=BY_ITSELF, at=rfc3339(self.clock()), reason="it is wrong again")
        self.store.act(case, act, "reopen", self.clock(), **facts)
        log.event("case.opened", case=case.id, kind=case.kind)
        return True

    def settle(self, case_id: str, reason: str) -> None:
        """Close a case by itself: what was wrong is gone. One that is not there or closed stays so."""
        case = self.store.find(case_id)
        if case is None or case.status != "open":
            return
        act = Act(deed="settle", by=BY_ITSELF, at=rfc3339(self.clock()), reason=reason)
        try:
            self.store.act(case, act, "settle", self.clock())
        except CaseMoved:
            self.settle(case_id, reason)
        log.event("case.settled", case=case_id, kind=case.kind)

    def settle_told(self, told: Mapping[str, Any]) -> None:
        """Work off a message `case.settle`. Raises Unavailable."""
        self.settle(told["about"], told["reason"])

    def find(self, case_id: str) -> Case:
        """A case. Raises CaseUnknown."""
        found = self.store.find(case_id)
        if found is None:
            raise CaseUnknown
        return found

    def close(self, case_id: str, by: str, reason: str) -> Case:
        """A human has dealt with it. Raises CaseUnknown, CaseNotOpen, CaseMoved."""
        return self._act(self._open_one(case_id), "close", by, reason, "close")

    def note(self, case_id: str, deed: str, by: str, reason: str) -> Case:
        """Write down what a human is about to do, before it is done. Raises CaseUnknown, CaseNotOpen, CaseMoved."""
        return self._act(self._open_one(case_id), deed, by, reason, None)

    def listed(self, limit: int, kind: str | None, after: Item | None) -> tuple[list[Case], Item | None]:
        """Open cases, the oldest first, of one kind or of all; the key to go on after, or None at the end.

        A page may hold fewer than `limit` where many of another kind stand in between.
        """
        found: list[Case] = []
        for _ in range(_MOST_READ // _PAGE):
            cases, after = self.store.page(min(_PAGE, limit - len(found)), after)
            found += [each for each in cases if kind in {None, each.kind}]
            if after is None or len(found) >= limit:
                break
        return found, after

    def measure(self) -> None:
        """Tell how many cases of all kinds stand open, as a metric that an alarm watches."""
        log.measure("OpenCases", self.store.count(_MOST_COUNTED))

    def _open_one(self, case_id: str) -> Case:
        case = self.find(case_id)
        if case.status != "open":
            raise CaseNotOpen
        return case

    def _act(self, case: Case, deed: str, by: str, reason: str, event: str | None) -> Case:
        act = Act(deed=deed, by=by, at=rfc3339(self.clock()), reason=reason)
        done = self.store.act(case, act, event, self.clock())
        log.event("case.acted", case=case.id, kind=case.kind, deed=deed, by=by)
        return done
