"""The calls of the institutions' terminals: scan, hand in, judge without a network, show a code of their own.

It must not know what the service makes of them: its answers are passed on as they came.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pydantic import Field

from sandbox.calls import Reply, Unreachable
from sandbox.events import Events
from sandbox.institutions.directory import Institution
from sandbox.institutions.offline import OfflineCheck
from sandbox.institutions.register import BASE, Register
from sandbox.institutions.terminal import PRESENCES_PATH, CounterCode, Redeemed, Scanned, Terminal
from sandbox.origin.routing import Refused, Request, Response, Route, Wire, json_response
from sandbox.shelf import Shelf

COUNTER_CODE = "counter-code"


class Shown(Wire):
    """A code held before a terminal that has no network."""

    code: str = Field(min_length=1, max_length=4096)


@dataclass(frozen=True, slots=True)
class Terminals:
    """Every terminal, as its calls need it."""

    register: Register
    terminal: Terminal
    offline: OfflineCheck
    shelf: Shelf
    events: Events

    def routes(self) -> list[Route]:
        """Every call of a terminal."""
        one = f"{BASE}/{{institution_id}}"
        return [
            Route("POST", f"{one}/decode", self.decode),
            Route("POST", f"{one}/redeem", self.redeem),
            Route("POST", f"{one}/offline-check", self.offline_check),
            Route("POST", f"{one}/counter-codes", self.open_counter_code),
            Route("GET", f"{one}/counter-codes", self.list_counter_codes),
            Route("GET", f"{one}/presences", self.presences),
            Route("GET", f"{one}/presences/{{presence_id}}", self.presence),
        ]

    def decode(self, request: Request) -> Response:
        """A terminal of the institution scans a code."""
        institution, scanned = self.register.of(request), request.read(Scanned)
        replies = _answered(lambda: self.terminal.decode(institution, scanned))
        self._tell("decode", institution, scanned.business_type, replies[-1].status)
        return _passed_on(replies)

    def redeem(self, request: Request) -> Response:
        """The institution hands in a code that it took without a network."""
        institution, redeemed = self.register.of(request), request.read(Redeemed)
        replies = _answered(lambda: self.terminal.redeem(institution, redeemed))
        self._tell("redeem", institution, redeemed.business_type, replies[-1].status)
        return _passed_on(replies)

    def offline_check(self, request: Request) -> Response:
        """A terminal without a network judges a code."""
        self.register.of(request)
        return json_response(self.offline.judge(request.read(Shown).code))

    def open_counter_code(self, request: Request) -> Response:
        """A counter shows a code of its own, which the institution remembers."""
        institution, wanted = self.register.of(request), request.read(CounterCode)
        replies = _answered(lambda: self.terminal.counter_code(institution, wanted))
        self._tell("counter-code", institution, wanted.business_type, replies[-1].status)
        if replies[0].status == HTTPStatus.CREATED:
            shown = json.loads(replies[0].body)
            kept = {**shown, "officeId": wanted.office_id, "businessType": wanted.business_type}
            self.shelf.put(COUNTER_CODE, f"{institution.institution_id}|{shown['id']}", kept)
        return _passed_on(replies)

    def list_counter_codes(self, request: Request) -> Response:
        """The codes that the institution's counters show, oldest first."""
        institution = self.register.of(request)
        return json_response({"items": self.shelf.every(COUNTER_CODE, f"{institution.institution_id}|")})

    def presences(self, request: Request) -> Response:
        """Who waits at the institution's counters, as the service says."""
        query = f"?{request.query}" if request.query else ""
        return self._read(request, f"{PRESENCES_PATH}{query}")

    def presence(self, request: Request) -> Response:
        """One who waits, as the service says."""
        return self._read(request, f"{PRESENCES_PATH}/{request.params['presence_id']}")

    def _read(self, request: Request, path: str) -> Response:
        institution = self.register.of(request)
        return _passed_on(_answered(lambda: [self.terminal.read(institution, path)]))

    def _tell(self, kind: str, institution: Institution, business_type: str, status: int) -> None:
        facts = {"institutionId": institution.institution_id, "businessType": business_type}
        self.events.tell(kind, **facts, status=status)


def _answered(ask: Callable[[], list[Reply]]) -> list[Reply]:
    try:
        return ask()
    except Unreachable:
        raise Refused(503, "api-unreachable", "the API does not answer") from None


def _passed_on(replies: list[Reply]) -> Response:
    """The one answer as it came, or what came of a request sent twice."""
    if len(replies) > 1:
        return json_response({"answers": [{"status": each.status, "body": _json(each)} for each in replies]})
    [reply] = replies
    return Response(reply.status, reply.body, (("Content-Type", reply.content_type or "application/json"),))


def _json(reply: Reply) -> Any:  # noqa: ANN401 - anything JSON can say
    try:
        return json.loads(reply.body)
    except ValueError:
        return None
