"""What a hospital's till tells the service: charged for a booked appointment, reversed for a cancelled one.

Both events of one appointment may come in any order and more than once: whoever comes second sees the first's mark,
and each word is told under a number and a time that stay. It must not know how events arrive or who signs.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.clock import rfc3339
from sandbox.faults import Faults
from sandbox.institutions.inbox_model import BOOKED, ReceivedEvent
from sandbox.shelf import Shelf

PATH = "/v1/callbacks/settlements"
KIND, SESSION, STOPPED = "till", "till-session", "till-stopped"

Word = tuple[str, bytes]
"""What is told, under which idempotency key."""


@dataclass(frozen=True, slots=True)
class Till:
    """The till of every hospital."""

    shelf: Shelf
    faults: Faults

    def settlements(self, received: ReceivedEvent, detail: dict[str, Any]) -> Iterator[Word]:
        """Each word that follows from an event, what was said before again."""
        event = received.event
        appointment, kind = event["data"]["appointment"], "charge" if event["type"] == BOOKED else "reverse"
        if kind == "charge" and detail["status"] == "cancelled":
            return
        known = self._marked(appointment, kind, event["time"])
        if session := detail.get("clinic"):
            place = (session["practitionerId"], datetime.fromisoformat(session["startsAt"]))
            known = self._in_session(_session(received.institution_id, *place), appointment, detail, known)
        yield from self._words(appointment, detail, known)

    def _in_session(
        self, session: str, appointment: str, detail: dict[str, Any], known: dict[str, str]
    ) -> dict[str, str]:
        """Note whose session it is; who was booked before it was stopped is heard of after, now and then."""
        sold = {name: detail[name] for name in ("orderId", "feeFen")}
        self.shelf.put(SESSION, f"{session}|{appointment}", sold | {"appointment": appointment})
        stop = self.shelf.get(STOPPED, session)
        return (
            self._marked(appointment, "reverse", stop["at"]) if stop and _before(known, stop["at"]) else known
        )

    def stopped(
        self, institution_id: str, practitioner_id: str, starts_at: datetime, at: str
    ) -> Iterator[Word]:
        """The words about a session that its hospital stopped: everybody who was charged before has it reversed."""
        session = _session(institution_id, practitioner_id, starts_at)
        self.shelf.put(STOPPED, session, {"at": at})
        for sold in self.shelf.every(SESSION, f"{session}|"):
            known: dict[str, str] = self.shelf.get(KIND, sold["appointment"]) or {}
            if _before(known, at):
                known = self._marked(sold["appointment"], "reverse", at)
                yield from self._words(sold["appointment"], sold, known)

    def _words(self, appointment: str, sold: dict[str, Any], known: dict[str, str]) -> Iterator[Word]:
        fault = self.faults.now().settlement
        for kind in ("charge", "reverse") if "charge" in known else ():
            if kind in known and (fault is None or fault.kind != "untold"):
                amount = sold["feeFen"] + (1 if fault and fault.kind == "altered" else 0)
                told = {
                    "orderId": sold["orderId"],
                    "kind": kind,
                    "number": appointment,
                    "amountFen": amount,
                    "occurredAt": known[kind],
                }
                yield f"{appointment}-{kind}", json.dumps(told).encode()

    def _marked(self, appointment: str, kind: str, at: str) -> dict[str, str]:
        """When the appointment was charged and reversed; what was marked first stays."""
        with self.shelf.change():
            known: dict[str, str] = self.shelf.get(KIND, appointment) or {}
            known.setdefault(kind, at)
            self.shelf.put(KIND, appointment, known)
        return known


def _session(institution_id: str, practitioner_id: str, starts_at: datetime) -> str:
    return f"{institution_id}|{practitioner_id}|{rfc3339(starts_at)}"


def _before(known: dict[str, str], stop: str) -> bool:
    """Whether somebody was charged before a session was stopped: after that it may be sold anew."""
    return "charge" in known and datetime.fromisoformat(known["charge"]) < datetime.fromisoformat(stop)
