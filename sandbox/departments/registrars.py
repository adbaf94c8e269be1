"""A department's registrar: withdraws the certificates that the department issued, signed as an institution.

It must not know what the service makes of it: every answer is the service's own, as it came.
"""

import json
import uuid
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from sandbox.calls import Unreachable, call
from sandbox.departments.catalogue import DEPARTMENTS
from sandbox.events import Events
from sandbox.institutions.directory import Institution
from sandbox.institutions.register import Register
from sandbox.origin.routing import Refused, Request, Response, Route, Wire, json_response

BASE = "/sandbox/registrars"
CERTIFICATES = "/v1/institutions/me/certificates"


class Withdrawn(Wire):
    """What becomes of a certificate, and why."""

    act: Literal["revoke", "suspend", "resume"]
    reason: str = Field(min_length=1, max_length=64)
    note: str | None = Field(default=None, max_length=200)


@dataclass(frozen=True, slots=True)
class Registrars:
    """Every department's registrar, as its calls need them."""

    register: Register
    events: Events
    origin: str

    def routes(self) -> list[Route]:
        """Every call of a registrar."""
        return [
            Route("GET", BASE, self.list_registrars),
            Route("POST", f"{BASE}/{{department_id}}/certificates/{{certificate_id}}", self.withdraw),
        ]

    def list_registrars(self, _: Request) -> Response:
        """Every department as an institution, with the public key of its registrar."""
        every = [self.register.view(each) for each in registrars().values()]
        return json_response({"items": every})

    def withdraw(self, request: Request) -> Response:
        """The department withdraws a certificate, or gives it back; the service's answer as it came."""
        registrar = registrars().get(request.params["department_id"])
        if registrar is None:
            raise Refused(404, "department-unknown", "there is no such department")
        asked = request.read(Withdrawn)
        body = json.dumps(asked.model_dump(exclude={"act"}, exclude_none=True)).encode()
        url = f"{self.origin}{CERTIFICATES}/{request.params['certificate_id']}/{asked.act}"
        headers = self.register.signed(registrar, ("POST", url, body), str(uuid.uuid4()))
        try:
            reply = call("POST", url, headers, body)
        except Unreachable:
            raise Refused(503, "api-unreachable", "the API does not answer") from None
        told = {"departmentId": registrar.institution_id, "outcome": asked.act, "status": reply.status}
        self.events.tell("registrar", **told)
        return Response(reply.status, reply.body, (("Content-Type", reply.content_type),))


def registrars() -> dict[str, Institution]:
    """The departments as institutions: the same ids, keys of their own."""
    return {
        each.department_id: Institution(
            each.department_id, "department", each.name_zh, "上城区", "浙江省杭州市", None
        )
        for each in DEPARTMENTS.values()
    }
