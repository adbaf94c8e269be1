"""The administrator's requests about cases as JSON, and their answers: cases, or a problem. Knows no storage.

What is wrong with a request is an answer, not an exception: an exception means that the function itself is broken.
What can be done about a case besides closing it is given from outside, by the case's kind: this room does not know
what cases are about.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter
from pydantic.alias_generators import to_camel

from chalicelib.cases.errors import DeedImpossible
from chalicelib.cases.model import Case, Operator, Why
from chalicelib.cases.service.cases import Cases
from chalicelib.platform import administration
from chalicelib.platform.cursor import Cursors
from chalicelib.types import Wire

_PLACE = "/admin/cases"
_SCOPE = "cases"

Deed = Callable[[Case], str]
"""Does something about a case, and says how what it is about stands then. Raises DeedImpossible, Unavailable."""
Decision = Callable[[Case, Literal["approve", "refuse"]], str]
"""Decides what a case waits with, and says how it stands then; decided before, it stays so. Raises Unavailable."""


class List(Wire):
    """Open cases, the oldest first."""

    action: Literal["list"]
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,63}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, Field(max_length=2048)] | None = None


class _About(Wire):
    case_id: Annotated[str, Field(min_length=1, max_length=512)]


class Show(_About):
    """One case, with everything that was done about it."""

    action: Literal["show"]


class _Act(_About):
    by: Operator
    reason: Why


class Close(_Act):
    """A human has dealt with it."""

    action: Literal["close"]


class Retry(_Act):
    """Try again what was given up."""

    action: Literal["retry"]


class Decide(_Act):
    """Decide what waits for a person. To refuse takes two: the first one's word is kept, the second's counts."""

    action: Literal["approve", "refuse"]


Request = Annotated[List | Show | Close | Retry | Decide, Field(discriminator="action")]


@cache
def _requests() -> TypeAdapter[Request]:
    return TypeAdapter(Request)


@dataclass(frozen=True, slots=True)
class Administration:
    """Serves one request at a time. `retries` and `decisions` name, by kind, what trying again and deciding mean."""

    cases: Cases
    cursors: Cursors
    retries: Mapping[str, Deed]
    decisions: Mapping[str, Decision]

    def serve(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request, or the problem with it (RFC 9457) under the same names as the API's."""
        return administration.serve(event, _requests(), self._answer, _PLACE)

    def _answer(self, asked: Request) -> dict[str, Any]:
        match asked:
            case List():
                after = self.cursors.open(_SCOPE, asked.cursor)
                found, last = self.cases.listed(asked.limit, asked.kind, after)
                return {"items": [_told(each) for each in found], "cursor": self.cursors.seal(_SCOPE, last)}
            case Show():
                return _told(self.cases.find(asked.case_id))
            case Close():
                return _told(self.cases.close(asked.case_id, asked.by, asked.reason))
            case Retry():
                return self._retry(asked)
            case Decide():
                return self._decide(asked)

    def _retry(self, asked: Retry) -> dict[str, Any]:
        """Written down first: whoever looks later sees that it was tried, even if the process ends here."""
        retry = self.retries.get(self.cases.find(asked.case_id).kind)
        if retry is None:
            raise DeedImpossible
        outcome = retry(self.cases.note(asked.case_id, "retry", asked.by, asked.reason))
        return _told(self.cases.find(asked.case_id)) | {"outcome": outcome}

    def _decide(self, asked: Decide) -> dict[str, Any]:
        """Written down first, then decided, then closed; whoever repeats it meets what was decided."""
        case = self.cases.find(asked.case_id)
        decide = self.decisions.get(case.kind)
        if decide is None:
            raise DeedImpossible
        seconded = any(each.deed == "refuse" and each.by != asked.by for each in case.acts)
        noted = self.cases.note(case.id, asked.action, asked.by, asked.reason)
        if asked.action == "refuse" and not seconded:
            return _told(noted) | {"outcome": "waits-for-another"}
        outcome = decide(noted, asked.action)
        return _told(self.cases.close(case.id, asked.by, asked.reason)) | {"outcome": outcome}


def _told(case: Case) -> dict[str, Any]:
    told: dict[str, Any] = _camel(case.model_dump(mode="json"))
    return told


def _camel(value: Any) -> Any:  # noqa: ANN401  (any JSON)
    match value:
        case dict():
            return {to_camel(name): _camel(each) for name, each in value.items()}
        case list():
            return [_camel(each) for each in value]
    return value
