"""The calls of the hospitals' appointment desks: who comes, what became of them, sessions stopped and resumed.

It must not know what the service makes of them: its answers are passed on as they came.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.calls import Reply, Unreachable
from sandbox.events import Events
from sandbox.institutions.desk import Announced, Desk, Visited
from sandbox.institutions.directory import Institution
from sandbox.institutions.hospital import Hospital
from sandbox.institutions.register import BASE, Register
from sandbox.origin.routing import Refused, Request, Response, Route


@dataclass(frozen=True, slots=True)
class Desks:
    """Every desk, as its calls need it."""

    register: Register
    desk: Desk
    events: Events
    hospital: Hospital

    def routes(self) -> list[Route]:
        """Every call of a desk."""
        one = f"{BASE}/{{institution_id}}"
        return [
            Route("GET", f"{one}/appointments", self.roster),
            Route("GET", f"{one}/appointments/{{appointment_id}}", self.appointment),
            Route("POST", f"{one}/appointments/{{appointment_id}}", self.visit),
            Route("POST", f"{one}/clinics", self.announce),
            Route("GET", f"{one}/shares", self.shares),
            Route("GET", f"{one}/shares/{{share_id}}", self.share),
            Route("GET", f"{one}/shares/{{share_id}}/document", self.shared_document),
            Route("PUT", f"{one}/schedules/{{schedule_id}}", self.plan),
        ]

    def roster(self, request: Request) -> Response:
        """Who has an appointment in a session, as the service says."""
        institution = self.register.of(request)
        return _passed_on(lambda: self.desk.read(institution, query=request.query))

    def appointment(self, request: Request) -> Response:
        """One appointment, as the service says."""
        institution = self.register.of(request)
        return _passed_on(lambda: self.desk.read(institution, f"/{request.params['appointment_id']}"))

    def shares(self, request: Request) -> Response:
        """Which certificates citizens have shared with this institution."""
        institution = self.register.of(request)
        return _passed_on(lambda: self.desk.read_shares(institution, query=request.query))

    def share(self, request: Request) -> Response:
        """One of them; the certificate itself is not read by it."""
        institution = self.register.of(request)
        return _passed_on(lambda: self.desk.read_shares(institution, f"/{request.params['share_id']}"))

    def shared_document(self, request: Request) -> Response:
        """Where the institution may fetch the shared certificate now: one read of it."""
        institution, below = self.register.of(request), f"/{request.params['share_id']}/document"
        answer = _passed_on(
            lambda: self.desk.read_shares(institution, below, f"redirect=false&{request.query}")
        )
        self._tell("share", institution, "read", answer.status)
        return answer

    def visit(self, request: Request) -> Response:
        """The hospital says what became of an appointment."""
        institution, visited = self.register.of(request), request.read(Visited)
        about = request.params["appointment_id"]
        answer = _passed_on(lambda: self.desk.tell_visit(institution, about, visited))
        self._tell("visit", institution, visited.outcome, answer.status)
        return answer

    def announce(self, request: Request) -> Response:
        """The hospital stops a session, or resumes it."""
        institution, announced = self.register.of(request), request.read(Announced)
        answer = _passed_on(lambda: self.desk.tell_clinic(institution, announced))
        self._tell("clinic", institution, announced.action, answer.status)
        if announced.action == "stopped" and answer.status == 202:  # noqa: PLR2004 - the service takes it
            self.hospital.stopped(institution, announced.practitioner_id, announced.starts_at)
        return answer

    def plan(self, request: Request) -> Response:
        """The hospital proposes a schedule, or applies it."""
        institution, schedule_id = self.register.of(request), request.params["schedule_id"]
        answer = _passed_on(lambda: self.desk.plan(institution, schedule_id, request.body))
        self._tell("schedule", institution, "planned", answer.status)
        return answer

    def _tell(self, kind: str, institution: Institution, what: str, status: int) -> None:
        self.events.tell(kind, institutionId=institution.institution_id, outcome=what, status=status)


def _passed_on(ask: Callable[[], Reply]) -> Response:
    """The service's answer as it came; raises Refused 503 where there is none."""
    try:
        reply = ask()
    except Unreachable:
        raise Refused(503, "api-unreachable", "the API does not answer") from None
    return Response(reply.status, reply.body, (("Content-Type", reply.content_type or "application/json"),))
