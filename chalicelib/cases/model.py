"""Cases: opened once, closed by a human with a reason or by what made them, with everything that was done. Pure data.

Rooms that open a case within a write of their own make its item with `case_item`; everything else is the room's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.types import Model, rfc3339

Status = Literal["open", "closed"]

TRANSITIONS: dict[str, tuple[tuple[Status, ...], Status]] = {
    "close": (("open",), "closed"),
    "settle": (("open",), "closed"),
    "reopen": (("closed",), "open"),
}
"""`close` is a human's, `settle` happens by itself; only what settled by itself is ever reopened."""

DUE = "case"
"""An open case stands in the index of open intents under this kind, the oldest first."""
BY_ITSELF = "zerotrip"
"""Who did what no human did."""

Operator = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""An administrator's id in the operators' own register; never a name."""
Why = Annotated[str, Field(min_length=4, max_length=500, pattern=r"^\D*(\d{1,8}(\D+|$))*$")]
"""Why something was done. Longer numbers are refused: they are how a telephone or a person is written down."""


class Act(Model):
    """Who did what about a case, when and why; `at` is RFC 3339."""

    deed: str
    by: str
    at: str
    reason: str


class Case(Model):
    """One case. `id` is what it is about: an order, a refund, a notification, a difference."""

    id: str
    scope: str
    kind: str
    status: Status = "open"
    opened_at: str
    acts: tuple[Act, ...] = ()
    version: int = 1
    facts: dict[str, Any] = Field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """It closed by itself."""
        return self.status == "closed" and bool(self.acts) and self.acts[-1].by == BY_ITSELF


_OWN = {"pk", "sk", "kind", "status", "opened_at", "acts", "version", "due_kind", "due_at", "outbox"}


def case_item(case_id: str, scope: str, kind: str, now: datetime, **facts: object) -> dict[str, Any]:
    """The item of a fresh case, open and in the index. `facts` are ids, sums and kinds of ours."""
    key = {"pk": f"CASE#{case_id}", "sk": scope}
    state = {"kind": kind, "status": "open", "opened_at": rfc3339(now), "acts": [], "version": 1}
    return key | state | standing_open(now) | facts


def standing_open(now: datetime) -> dict[str, Any]:
    """What puts a case among the open ones."""
    return {"due_kind": DUE, "due_at": int(now.timestamp())}


def case_of(item: Mapping[str, Any]) -> Case:
    """The case behind its item."""
    return Case(
        id=item["pk"].removeprefix("CASE#"),
        scope=item["sk"],
        kind=item["kind"],
        status=item.get("status", "open"),
        opened_at=item["opened_at"],
        acts=tuple(Act.model_validate(each) for each in item.get("acts", [])),
        version=item.get("version", 1),
        facts={name: value for name, value in item.items() if name not in _OWN},
    )
