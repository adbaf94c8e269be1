"""What a hospital's till tells the service: charged for a booked appointment, reversed for a cancelled one.

Both events of one appointment may come in any order and more than once: whoever comes second sees the first's mark,
and each word is told under a number and a time that stay. It must not know how events arrive or who signs.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.faults import Faults
from sandbox.institutions.inbox_model import BOOKED, ReceivedEvent
from sandbox.shelf import Shelf

PATH = "/v1/callbacks/settlements"
KIND = "till"


@dataclass(frozen=True, slots=True)
class Till:
    """The till of every hospital."""

    shelf: Shelf
    faults: Faults

    def settlements(self, received: ReceivedEvent, detail: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
        """Idempotency key and body of each word that follows from an event, what was said before again."""
        event = received.event
        appointment = event["data"]["appointment"]
        known = self._marked(appointment, event, gone=detail["status"] == "cancelled")
        fault = self.faults.now().settlement
        for kind in ("charge", "reverse") if "charge" in known else ():
            if kind in known and (fault is None or fault.kind != "untold"):
                amount = detail["feeFen"] + (1 if fault and fault.kind == "altered" else 0)
                told = {
                    "orderId": detail["orderId"],
                    "kind": kind,
                    "number": appointment,
                    "amountFen": amount,
                    "occurredAt": known[kind],
                }
                yield f"{appointment}-{kind}", json.dumps(told).encode()

    def _marked(self, appointment: str, event: dict[str, Any], *, gone: bool) -> dict[str, str]:
        """When the appointment was charged and reversed; one that is gone already is never charged."""
        kind = "charge" if event["type"] == BOOKED else "reverse"
        with self.shelf.change():
            known: dict[str, str] = self.shelf.get(KIND, appointment) or {}
            if kind == "reverse" or not gone:
                known.setdefault(kind, event["time"])
            self.shelf.put(KIND, appointment, known)
        return known
