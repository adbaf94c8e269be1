"""The administrator's requests about reviews as JSON: which wait, what one rests on, how it ends. Knows no storage.

Whoever looks at what departments told reads somebody's data: that is put on record for the person, like any reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter
from pydantic.alias_generators import to_camel

from chalicelib.cases.model import Operator, Why
from chalicelib.certificates.model.requests import Request
from chalicelib.certificates.service.reviewing import Reviewing
from chalicelib.platform import administration
from chalicelib.platform.cursor import Cursors
from chalicelib.types import Wire, rfc3339

_PLACE = "/admin/certificates"
_SCOPE = "certificate-reviews"


class List(Wire):
    """The requests that wait, the first due first."""

    action: Literal["list"]
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, Field(max_length=2048)] | None = None


class _About(Wire):
    citizen_id: Annotated[str, Field(pattern=r"^ctz_[0-9A-Za-z]{1,64}$")]
    request_id: Annotated[str, Field(pattern=r"^crq_[0-9A-HJKMNP-TV-Z]{26}$")]


class Show(_About):
    """One request, and what the departments told."""

    action: Literal["show"]
    by: Operator


class _Act(_About):
    by: Operator
    reason: Why


class Approve(_Act):
    """The certificate is issued."""

    action: Literal["approve"]


class Refuse(_Act):
    """It is not: said by one, decided by the next."""

    action: Literal["refuse"]


Asked = Annotated[List | Show | Approve | Refuse, Field(discriminator="action")]


@cache
def _requests() -> TypeAdapter[Asked]:
    return TypeAdapter(Asked)


@dataclass(frozen=True, slots=True)
class Administration:
    """Serves one request at a time."""

    reviewing: Reviewing
    cursors: Cursors

    def serve(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request, or the problem with it (RFC 9457) under the same names as the API's."""
        return administration.serve(event, _requests(), self._answer, _PLACE)

    def _answer(self, asked: Asked) -> dict[str, Any]:
        match asked:
            case List():
                after = self.cursors.open(_SCOPE, asked.cursor)
                found, last = self.reviewing.waiting(asked.limit, after)
                return {"items": [_told(each) for each in found], "cursor": self.cursors.seal(_SCOPE, last)}
            case Show():
                request, facts = self.reviewing.look(asked.citizen_id, asked.request_id, asked.by)
                return _told(request) | {"facts": facts}
            case Approve():
                return _told(
                    self.reviewing.approve(asked.citizen_id, asked.request_id, asked.by, asked.reason)
                )
            case Refuse():
                return _told(
                    self.reviewing.refuse(asked.citizen_id, asked.request_id, asked.by, asked.reason)
                )


def _told(request: Request) -> dict[str, Any]:
    return {
        "citizenId": request.citizen_id,
        "requestId": request.id,
        "type": request.type_id,
        "status": request.status.value,
        "requestedAt": rfc3339(request.requested_at),
        "dueBy": rfc3339(request.due_by),
        "doubt": request.doubt.model_dump() if request.doubt else None,
        "opinions": [_camel(each.model_dump()) for each in request.opinions],
        "certificateId": request.certificate_id,
    }


def _camel(told: Mapping[str, Any]) -> dict[str, Any]:
    return {to_camel(name): value for name, value in told.items()}
