"""Requests, answers and the table between them. It must not know sockets, nor any call of the sandbox."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    """A body on the wire: camelCase there, snake_case here, nothing unknown."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)


Body = TypeVar("Body", bound=BaseModel)


class Refused(Exception):
    """The call is refused; the caller reads why as problem+json (RFC 9457)."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in: the path still encoded, the body raw."""

    method: str
    path: str
    query: str
    headers: Message
    body: bytes
    params: dict[str, str] = field(default_factory=dict)

    def read(self, model: type[Body]) -> Body:
        """The JSON body as that model; raises Refused 400 or 422."""
        try:
            return model.model_validate_json(self.body or b"{}")
        except ValidationError as error:
            raise _unreadable(error) from None

    def query_params(self) -> dict[str, str]:
        """The query's parameters, the last of each name."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from the query, between 0 and `most`; raises Refused 422."""
        text = self.query_params().get(name, str(default))
        if not re.fullmatch(r"\d{1,9}", text) or int(text) > most:
            raise Refused(422, "payload-invalid", f"{name} is a whole number up to {most}")
        return int(text)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer: a body, or a stream that goes on until the reader leaves."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    stream: Iterator[bytes] | None = None


Answer = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """A method, a path with {names} in it, and who answers."""

    method: str
    template: str
    answer: Answer


class RouteTable:
    """Finds who answers a request."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = [(_pattern(route.template), route) for route in routes]

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route and its path parameters; raises Refused 404 or 405."""
        allowed = []
        for pattern, route in self._routes:
            if found := pattern.fullmatch(path):
                if route.method == method:
                    return route, {name: unquote(value) for name, value in found.groupdict().items()}
                allowed.append(route.method)
        if allowed:
            raise Refused(405, "method-not-allowed", f"this path takes {', '.join(sorted(allowed))}")
        raise Refused(404, "not-found", "the sandbox has no such call")


def json_response(body: object, status: int = 200) -> Response:
    """An answer in JSON."""
    data = json.dumps(body, ensure_ascii=False).encode()
    return Response(status, data, (("Content-Type", "application/json; charset=utf-8"),))


def problem(status: int, code: str, detail: str) -> Response:
    """An answer that says what is wrong."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "status": status,
        "title": code,
        "code": code,
        "detail": detail,
    }
    return Response(status, json.dumps(body).encode(), (("Content-Type", "application/problem+json"),))


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile(
        "".join(f"(?P<{part}>[^/]+)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
    )


def _unreadable(error: ValidationError) -> Refused:
    first = error.errors(include_input=False, include_url=False)[0]
    if first["type"] == "json_invalid":
        return Refused(400, "malformed-json", "the body is not JSON")
    pointer = "".join(f"/{part}" for part in first["loc"])
    return Refused(422, "payload-invalid", f"{pointer or '/'}: {first['msg']}")
