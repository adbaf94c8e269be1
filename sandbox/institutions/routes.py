"""The institutions' calls: who they are, their inboxes. It must not know the payment app."""

from dataclasses import dataclass

from sandbox.faults import Faults
from sandbox.institutions.directory import institutions
from sandbox.institutions.inbox import Inbox
from sandbox.institutions.register import BASE, KEY_NAME, Register
from sandbox.origin.routing import Refused, Request, Response, Route, json_response


@dataclass(frozen=True, slots=True)
class Institutions:
    """The institutions' parts, as their calls need them."""

    register: Register
    inbox: Inbox
    faults: Faults

    def routes(self) -> list[Route]:
        """Every call of the institutions."""
        one = f"{BASE}/{{institution_id}}"
        return [
            Route("GET", BASE, self.list_institutions),
            Route("GET", one, self.institution),
            Route("POST", f"{one}/inbox", self.receive),
            Route("GET", f"{one}/events", self.list_events),
        ]

    def list_institutions(self, request: Request) -> Response:
        """Every institution, or those of `kind=hospital`, `kind=pharmacy` or `kind=bureau`."""
        kind = request.query_params().get("kind")
        chosen = [each for each in institutions().values() if kind in {None, each.kind}]
        return json_response({"items": [self.register.view(each) for each in chosen]})

    def institution(self, request: Request) -> Response:
        """One institution, with its key of the name in `keyName`."""
        key_name = request.query_params().get("keyName", KEY_NAME)
        return json_response(self.register.view(self.register.of(request), key_name))

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
