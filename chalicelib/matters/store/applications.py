"""Applications as items of the core table.

An application lies with its citizen, so that one query lists them and nobody can reach another's. Two more items keep
a person's applications apart, through whichever accounts: one while an application for the item is open, one for each
period in which money was approved. They come and go in the transaction that moves the application.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.cases.model import case_item
from chalicelib.errors import AppError, Unavailable
from chalicelib.matters.errors import ApplicationUnderWay
from chalicelib.matters.model.applications import (
    OPEN,
    OURS,
    TRANSITIONS,
    Application,
    Status,
)
from chalicelib.matters.store import usage
from chalicelib.matters.store.plain import application_of, plain
from chalicelib.platform.dynamo import Item, Table, Write, commit, transact
from chalicelib.platform.outbox import Message, message

REVIEW, LATE = "matter-review", "matter-late"
"""Kinds of cases: one waits for a person's decision, of one the law's time is over."""
_SCOPE = "MATTER"
_DUE = "matter"
_PREFIX = "MATTER#"
_MOST_MINUTES = 60
_COUNTED = {"approve", "reject"}
"""Events that decide: from then on it is known what a case was spared."""
_TOLD = {
    "wait": "matter-deferred",
    "look": "matter-review",
    "approve": "matter-approved",
    "reject": "matter-rejected",
    "abandon": "matter-abandoned",
    "pay": "matter-paid",
    "refuse": "matter-refused",
}


class Overtaken(Unavailable):
    """Somebody else has moved the application since it was read."""


class PeriodTaken(Unavailable):
    """Another application was approved for this period since it was looked at."""


def _key(citizen_id: str, application_id: str) -> dict[str, str]:
    return {"pk": f"CITIZEN#{citizen_id}", "sk": f"{_PREFIX}{application_id}"}


def _open_key(application: Application) -> dict[str, str]:
    return {"pk": f"PERSON#{application.person_id}", "sk": f"MATTER-OPEN#{application.item_id}"}


def _period_key(application: Application, period: str) -> dict[str, str]:
    return {"pk": f"PERSON#{application.person_id}", "sk": f"MATTER-PERIOD#{application.item_id}#{period}"}


@dataclass(frozen=True, slots=True)
class ApplicationStore:
    """Reads and conditional writes."""

    table: Table

    def submit(self, application: Application, consent: Sequence[Write]) -> None:
        """Keep a fresh application, its consent, and that it is the person's only one for the item.

        The same one again changes nothing. Raises ApplicationUnderWay.
        """
        item = _key(application.citizen_id, application.id) | plain(application)
        item |= _due(application.submitted_at, application.version) | {"outbox": [_proceed(application)]}
        own = {"application_id": application.id}

        def under_way(standing: Item) -> AppError | None:
            return None if standing.get("application_id") == application.id else ApplicationUnderWay()

        claim = self.table.put(_open_key(application) | own, under_way)
        transact([self.table.put(item, _stands), claim, *consent])

    def find(self, citizen_id: str, application_id: str) -> Application | None:
        """A citizen's application as it stands this moment."""
        item = self.table.get(_key(citizen_id, application_id), consistent=True)
        return application_of(item) if item else None

    def of(self, citizen_id: str, limit: int, after: Item | None) -> tuple[list[Application], Item | None]:
        """A citizen's applications, newest first, and the key to go on after."""
        items, last = self.table.query(
            f"CITIZEN#{citizen_id}", prefix=_PREFIX, limit=limit, after=after, newest_first=True
        )
        return [application_of(item) for item in items], last

    def taken(self, application: Application, period: str) -> bool:
        """Whether another application of this person was approved for the period."""
        item = self.table.get(_period_key(application, period), consistent=True)
        return item is not None and item["application_id"] != application.id

    def move(self, application: Application, event: str, now: datetime) -> Application:
        """Let `event` happen, with everything that `application` now says. Raises Overtaken, PeriodTaken."""
        sources, target = TRANSITIONS[event]
        moved = application.model_copy(update={"status": target, "version": application.version + 1})
        ours = target in OURS
        waiting = _due(now, moved.version) if ours else _clock(moved) if target in OPEN else {}
        gone = (*(() if target in OPEN else ("sealed",)), *(() if moved.reason else ("reason",)))
        write = self.table.update(
            _key(application.citizen_id, application.id),
            _overtaken,
            expect={"status": sources, "version": application.version},
            assign=_changing(moved) | waiting | {"outbox": _messages(application, moved, event, now)},
            remove=(*gone, *(() if waiting else ("due_kind", "due_at"))),
        )
        transact([write, *self._beside(moved, event, now)])
        return moved

    def _beside(self, moved: Application, event: str, now: datetime) -> list[Write]:
        """What changes together with the application."""
        writes = []
        own = {"application_id": moved.id}
        if event == "approve" and moved.period:
            writes.append(self.table.put(_period_key(moved, moved.period) | own, PeriodTaken()))
        if event == "refuse" and moved.period:
            writes.append(self.table.delete(_period_key(moved, moved.period), _overtaken, expect=own))
        if moved.status not in OPEN:
            writes.append(self.table.delete(_open_key(moved), _overtaken, expect=own))
        if event in _COUNTED:
            writes.append(usage.counting(self.table, moved))
        if event == "look":
            case = case_item(
                moved.id, _SCOPE, REVIEW, now, citizen_id=moved.citizen_id, item_id=moved.item_id
            )
            writes.append(self.table.put(case, _stands))
        return writes

    def overdue(self, now: datetime) -> Iterator[Application]:
        """Applications whose next step did not come about in time."""
        keys = self.table.due(_DUE, int(now.timestamp()))
        found = (self.table.get({"pk": key["pk"], "sk": key["sk"]}, consistent=True) for key in keys)
        return (application_of(item) for item in found if item and item["status"] in OPEN)

    def remind(self, application: Application, now: datetime) -> None:
        """Ask for the next step again, each time more patiently; of one in review only the law's clock is kept."""
        moved = application.model_copy(update={"version": application.version + 1})
        ours = application.status in OURS
        assign: Item = {"version": moved.version, **_due(now, moved.version)}
        commit(
            self.table.update(
                _key(application.citizen_id, application.id),
                _stands,
                expect={"version": application.version, "status": application.status},
                assign=assign | ({"outbox": [_proceed(moved)]} if ours else {}),
            )
        )


def _changing(application: Application) -> Item:
    return {name: value for name, value in plain(application).items() if name not in _FIXED}


_FIXED = {
    "id",
    "citizen_id",
    "person_id",
    "item_id",
    "submitted_at",
    "due_by",
    "asked_fen",
    "consent_id",
    "sealed",
}
"""What no transition changes by itself."""


def _due(now: datetime, version: int) -> Item:
    """When the next step is asked for again: after 1, 2, 4, ... minutes, at last every hour; versions count them."""
    patience = timedelta(minutes=min(2 ** (version - 1), _MOST_MINUTES))
    return {"due_kind": _DUE, "due_at": int((now + patience).timestamp())}


def _clock(application: Application) -> Item:
    """Where a person decides, the sweep looks when the law's time is over."""
    return {"due_kind": _DUE, "due_at": int(application.due_by.timestamp())} if application.due_by else {}


def _proceed(application: Application) -> Message:
    return message(
        "events", "matter.proceed", application.id, application.version, citizen=application.citizen_id
    )


def _messages(before: Application, moved: Application, event: str, now: datetime) -> list[Message]:
    """What the citizen is told; that a case about the law's time is settled; what a person approved goes on."""
    whose = {"citizen": moved.citizen_id}
    kinds = [_TOLD[event]] if event in _TOLD else []
    sent = [message("notices", "notice.send", moved.id, moved.version, **whose, kind=kind) for kind in kinds]
    if moved.late(now) and event in _COUNTED:
        sent.append(message("payments", "case.settle", late_case(moved), reason="it is decided"))
    if before.status is Status.REVIEW and moved.status in OURS:
        sent.append(_proceed(moved))
    return sent


def late_case(application: Application) -> str:
    """The case that says that the law's time is over."""
    return f"{application.id}-late"


def _overtaken(_: Item) -> AppError:
    return Overtaken()


def _stands(_: Item) -> None:
    """The same was done before: what stands is right."""
