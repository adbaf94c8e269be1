"""A hospital's desk: reads its appointments and what is shared with it, tells what becomes of visits, all signed.

It must not know what the service makes of it: every answer is the service's own, as it came.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode

from pydantic import Field

from sandbox.calls import Reply, call
from sandbox.institutions.directory import Institution
from sandbox.institutions.register import Register
from sandbox.origin.routing import Wire

APPOINTMENTS_PATH = "/v1/institutions/me/appointments"
SHARES_PATH = "/v1/institutions/me/shares"
SCHEDULES_PATH = "/v1/institutions/me/schedules"
CALLBACKS_PATH = "/v1/callbacks"


class Visited(Wire):
    """What became of one who was to come."""

    outcome: Literal["accepted", "rejected", "called", "fulfilled", "no-show"]
    queue_number: int | None = None


class Announced(Wire):
    """A session that does not take place, or does after all; named as the hospital published it."""

    practitioner_id: str = Field(min_length=1, max_length=64)
    starts_at: datetime
    action: Literal["stopped", "resumed"]


@dataclass(frozen=True, slots=True)
class Desk:
    """Any hospital's desk. Each call raises Unreachable."""

    register: Register
    origin: str

    def read(self, institution: Institution, below: str = "", query: str = "") -> Reply:
        """Read the hospital's appointments: one of them, or those that the query names."""
        return self._read(institution, f"{APPOINTMENTS_PATH}{below}", query)

    def read_shares(self, institution: Institution, below: str = "", query: str = "") -> Reply:
        """Read what citizens shared: the list, one of them, or (`/{id}/document`) where the certificate is."""
        return self._read(institution, f"{SHARES_PATH}{below}", query)

    def _read(self, institution: Institution, path: str, query: str) -> Reply:
        url = f"{self.origin}{path}{_canonical(query)}"
        headers = self.register.signed(institution, ("GET", url, b""), str(uuid.uuid4()))
        return call("GET", url, headers, b"")

    def tell_visit(self, institution: Institution, appointment_id: str, visited: Visited) -> Reply:
        """Tell what became of an appointment."""
        told = visited.model_dump(mode="json", by_alias=True, exclude_none=True)
        return self._tell(institution, "appointments", {"appointmentId": appointment_id, **told})

    def tell_clinic(self, institution: Institution, announced: Announced) -> Reply:
        """Tell what becomes of a session."""
        return self._tell(institution, "clinics", announced.model_dump(mode="json", by_alias=True))

    def plan(self, institution: Institution, schedule_id: str, planned: bytes) -> Reply:
        """Propose or apply a schedule, as it was written."""
        return self._send(institution, "PUT", f"{SCHEDULES_PATH}/{schedule_id}", planned)

    def _tell(self, institution: Institution, topic: str, told: dict[str, object]) -> Reply:
        return self._send(institution, "POST", f"{CALLBACKS_PATH}/{topic}", json.dumps(told).encode())

    def _send(self, institution: Institution, method: str, path: str, body: bytes) -> Reply:
        url = f"{self.origin}{path}"
        headers = self.register.signed(institution, (method, url, body), str(uuid.uuid4()))
        return call(method, url, headers, body)


def _canonical(query: str) -> str:
    """The query in the one form that a signature may cover: names in order, percent-encoded (RFC 3986)."""
    pairs = sorted(parse_qsl(query))
    return f"?{urlencode(pairs, quote_via=quote, safe='')}" if pairs else ""
