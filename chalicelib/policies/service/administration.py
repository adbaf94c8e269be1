"""The administrator's requests as JSON, and their answers: a version, or a problem. Knows no storage and no history.

What is wrong with a request is an answer, not an exception: an exception means that the function itself is broken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, TypeAdapter
from pydantic.alias_generators import to_camel

from chalicelib.errors import Invalid
from chalicelib.platform import administration
from chalicelib.policies.model import Operator, Policy, Standing, Version, Why
from chalicelib.policies.service.versions import Versions
from chalicelib.types import Wire

_PLACE = "/admin/policies"
_NAMES = {to_camel(name): name for name in Policy.model_fields}
_Number = Annotated[int, Field(ge=1, le=999_999)]


class _About(Wire):
    hospital_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class _Act(_About):
    by: Operator
    reason: Why


class Show(_About):
    """What stands, and the versions."""

    action: Literal["show"]


class Propose(_Act):
    """Draft a version: the rules that stand, with these changed."""

    action: Literal["propose"]
    rules: Annotated[dict[str, int], Field(min_length=1)]


class DryRun(_Act):
    """Try a version on the last days."""

    action: Literal["dry-run"]
    version: _Number
    days: Annotated[int, Field(ge=1, le=90)] = 28


class Activate(_Act):
    """Put a version in the place of another, from a moment on."""

    action: Literal["activate"]
    version: _Number
    replaces: Annotated[int, Field(ge=0, le=999_999)]
    from_at: AwareDatetime | None = None


Request = Annotated[Show | Propose | DryRun | Activate, Field(discriminator="action")]


@cache
def _requests() -> TypeAdapter[Request]:
    return TypeAdapter(Request)


@dataclass(frozen=True, slots=True)
class Administration:
    """Serves one request at a time."""

    versions: Versions

    def serve(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request, or the problem with it (RFC 9457) under the same names as the API's."""
        return administration.serve(event, _requests(), self._answer, _PLACE)

    def _answer(self, asked: Request) -> dict[str, Any]:
        hospital = asked.hospital_id
        match asked:
            case Show():
                return _overview(*self.versions.show(hospital))
            case Propose():
                return _told(self.versions.propose(hospital, _named(asked.rules), asked.by, asked.reason))
            case DryRun():
                tried = self.versions.dry_run(hospital, asked.version, asked.days, asked.by, asked.reason)
                return _told(tried)
            case Activate():
                activated = self.versions.activate(
                    hospital, asked.version, asked.replaces, asked.from_at, asked.by, asked.reason
                )
                return _told(activated)


def _named(rules: Mapping[str, int]) -> dict[str, int]:
    """Rules by the names they have within. Raises Invalid for one that does not exist."""
    unknown = [name for name in rules if name not in _NAMES]
    if unknown:
        raise Invalid(*((f"/rules/{name}", "There is no such rule.") for name in unknown))
    return {_NAMES[name]: value for name, value in rules.items()}


def _overview(standing: Standing, versions: list[Version]) -> dict[str, Any]:
    return {
        "standing": _camel(standing.model_dump(mode="json")),
        "versions": [_told(each) for each in versions],
    }


def _told(version: Version) -> dict[str, Any]:
    told: dict[str, Any] = _camel(version.model_dump(mode="json"))
    return {"version": version.number, **told}


def _camel(value: Any) -> Any:  # noqa: ANN401  (any JSON)
    if isinstance(value, dict):
        return {to_camel(name): _camel(each) for name, each in value.items()}
    return value
