"""The institutions' calls: who they are, their inboxes, their terminals. It must not know the payment app."""

from dataclasses import dataclass

from sandbox.calls import Unreachable
from sandbox.events import Events
from sandbox.faults import Faults
from sandbox.institutions.directory import institutions
from sandbox.institutions.inbox import Inbox
from sandbox.institutions.register import BASE, Register
from sandbox.institutions.terminal import Scanned, Terminal
from sandbox.origin.routing import Refused, Request, Response, Route, json_response


@dataclass(frozen=True, slots=True)
class Institutions:
    """The institutions' parts, as their calls need them."""

    register: Register
    inbox: Inbox
    terminal: Terminal
    faults: Faults
    events: Events

    def routes(self) -> list[Route]:
        """Every call of the institutions."""
        one = f"{BASE}/{{institution_id}}"
        return [
            Route("GET", BASE, self.list_institutions),
            Route("GET", one, self.institution),
            Route("POST", f"{one}/decode", self.decode),
            Route("POST", f"{one}/inbox", self.receive),
            Route("GET", f"{one}/events", self.list_events),
        ]

    def list_institutions(self, request: Request) -> Response:
        """Every institution, or those of `kind=hospital` or `kind=pharmacy`."""
        kind = request.query_params().get("kind")
        chosen = [each for each in institutions().values() if kind in {None, each.kind}]
        return json_response({"items": [self.register.view(each) for each in chosen]})

    def institution(self, request: Request) -> Response:
        """One institution."""
        return json_response(self.register.view(self.register.of(request)))

    def decode(self, request: Request) -> Response:
        """A terminal of the institution scans a code; the service's status and answer as they came."""
        institution = self.register.of(request)
        scanned = request.read(Scanned)
        try:
            reply = self.terminal.decode(institution, scanned)
        except Unreachable:
            raise Refused(503, "api-unreachable", "the API does not answer") from None
        self.events.tell(
            "decode",
            institutionId=institution.institution_id,
            businessType=scanned.business_type,
            status=reply.status,
        )
        return Response(
            reply.status, reply.body, (("Content-Type", reply.content_type or "application/json"),)
        )

    def receive(self, request: Request) -> Response:
        """The institution's endpoint for events."""
        institution = self.register.of(request)
        fault = self.faults.now().hospital.get(institution.institution_id)
        if fault is not None:
            raise Refused(
                fault.status, "hospital-failing", "the institution's endpoint fails, as a fault says"
            )
        received = self.inbox.receive(institution, request)
        return json_response({"id": received.event["id"], "received": True})

    def list_events(self, request: Request) -> Response:
        """What the institution received, oldest first."""
        events = self.inbox.of(self.register.of(request))
        return json_response({"items": [event.view() for event in events]})
