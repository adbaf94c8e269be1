"""Routes with typed bodies and answers, and every error as problem+json (RFC 9457). Knows no capability.

A view is a plain function: `caller` (when the route is protected), `body`, `query` and path parameters are passed by
name, validated by the models in its annotations; it returns a model or a `Reply`.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol, cast

from aws_lambda_powertools.metrics import MetricUnit
from chalice.app import Blueprint, Request, Response
from pydantic import BaseModel, ValidationError

from chalicelib.errors import AppError, Invalid, Malformed, TooMany, Unauthenticated, Unavailable
from chalicelib.platform import log
from chalicelib.platform.clock import system_clock
from chalicelib.platform.tokens import TokenInvalid, compact_json

if TYPE_CHECKING:
    from chalicelib.platform.idempotency import Idempotency, Kept

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_IDEMPOTENCY_KEY = re.compile(r"^[\x21-\x7e]{8,128}$")
_BEARER = re.compile(r"^Bearer ([A-Za-z0-9._-]{1,4096})$")
_LARGEST_BODY = 256 * 1024


class BodyTooLarge(Invalid):
    """More bytes than any request of ours needs."""

    code = "payload-too-large"
    title = "The request body is larger than 256 kB"
    title_zh = "请求内容过大"


class Principal(Protocol):
    """Somebody who was recognised; the id goes to the log."""

    @property
    def id(self) -> str:
        """Our own id of the caller."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """A request as authenticators see it. Header names are lower case; `query` is the raw string's mapping."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def bearer(self) -> str:
        """The bearer token. Raises TokenInvalid where there is none."""
        found = _BEARER.match(self.headers.get("authorization", ""))
        if not found:
            raise TokenInvalid
        return found[1]


@dataclass(frozen=True, slots=True)
class Auth:
    """A way to recognise the caller, and its name in the OpenAPI document."""

    name: str
    recognise: Callable[[Call], Principal]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is not plain JSON of a model: a redirect, a file, a word. Bytes arrive as they are."""

    status: int
    body: str | bytes = ""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as data: what the server runs and what the OpenAPI document tells."""

    method: str
    path: str
    view: Callable[..., object]
    status: int
    auth: Auth | None
    errors: tuple[type[AppError], ...]
    content_type: str
    repeatable: bool
    invalid: type[Invalid]

    @property
    def body(self) -> type[BaseModel] | None:
        """The model of the request body."""
        return self.view.__annotations__.get("body")

    @property
    def query(self) -> type[BaseModel] | None:
        """The model of the query parameters."""
        return self.view.__annotations__.get("query")

    @property
    def returns(self) -> type[BaseModel] | None:
        """The model of the answer; None for a `Reply`."""
        answer = self.view.__annotations__.get("return")
        return answer if isinstance(answer, type) and issubclass(answer, BaseModel) else None

    @property
    def summary(self) -> str:
        """The first line of the view's docstring."""
        return (self.view.__doc__ or "").strip().partition("\n")[0]


class Routes(Blueprint):
    """A capability's blueprint: declares typed routes and serves them."""

    def __init__(self, import_name: str, idempotency: Callable[[], Idempotency]) -> None:
        """`idempotency` is called on the first request that carries a key, not before."""
        super().__init__(import_name)
        self.operations: list[Operation] = []
        self._idempotency = idempotency

    def on(
        self,
        method: str,
        path: str,
        *,
        status: int = 200,
        auth: Auth | None = None,
        errors: tuple[type[AppError], ...] = (),
        content_type: str = JSON,
        repeatable: bool = False,
        invalid: type[Invalid] = Invalid,
    ) -> Callable[[Callable[..., object]], Callable[..., object]]:
        """Declare a route. `repeatable`: doing it twice is harmless, so an idempotency key needs no record.

        `invalid` is what a body or query that breaks its model is answered with; a contract of others may want 400.
        """

        def declare(view: Callable[..., object]) -> Callable[..., object]:
            operation = Operation(method, path, view, status, auth, errors, content_type, repeatable, invalid)
            self.operations.append(operation)

            def serve(**parameters: str) -> Response:
                return self._serve(operation, parameters)

            serve.__name__ = view.__name__
            self.route(path, methods=[method], name=view.__name__, content_types=[content_type])(serve)
            return view

        return declare

    def _serve(self, operation: Operation, parameters: Mapping[str, str]) -> Response:
        started = perf_counter()
        call = _call(self.current_request)
        caller: Principal | None = None
        try:
            caller = operation.auth.recognise(call) if operation.auth else None
            reply = self._reply(operation, call, caller, parameters)
        except AppError as error:
            reply = problem(error, call.path)
        except Exception as error:  # noqa: BLE001  (the last line of defence: a plain 500, the cause in the log)
            log.fault("request.failed", error, route=f"{operation.method} {operation.path}")
            reply = problem(AppError(), call.path)
        _account(operation, reply.status, caller, (perf_counter() - started) * 1000)
        return _response(reply)

    def _reply(
        self, operation: Operation, call: Call, caller: Principal | None, parameters: Mapping[str, str]
    ) -> Reply:
        key = call.headers.get("idempotency-key")
        if key is None or caller is None or operation.method != "POST" or operation.repeatable:
            return _run(operation, call, caller, parameters)
        if not _IDEMPOTENCY_KEY.match(key):
            raise Invalid(("/Idempotency-Key", "must be 8 to 128 printable characters"))
        return self._once(caller, key, call, lambda: _run(operation, call, caller, parameters))

    def _once(self, caller: Principal, key: str, call: Call, run: Callable[[], Reply]) -> Reply:
        # Only a request with a key needs it, and every cold start would pay for it.
        from chalicelib.platform.idempotency import Kept  # noqa: PLC0415

        ledger = self._idempotency()
        claim = ledger.claim(caller.id, key, call.path.encode() + b"\0" + call.body, system_clock())
        if isinstance(claim, Kept):
            return _kept_reply(claim)
        try:
            reply = run()
        except (Unavailable, TooMany):  # not yet: the same request may be right later
            ledger.release(claim)
            raise
        except AppError as error:
            reply = problem(error, call.path)
        ledger.keep(claim, Kept(reply.status, reply.body))
        return reply


def _call(request: Request) -> Call:
    headers = {name.lower(): value for name, value in request.headers.items()}
    query = cast("Mapping[str, str]", request.query_params or {})
    return Call(
        request.method,
        _public_path(request),
        query,
        headers,
        cast("bytes", request.raw_body),
    )


def _public_path(request: Request) -> str:
    """The path that the caller wrote: under a gateway's own address, the stage stands before it."""
    path: str = request.context.get("path") or request.path
    return path.removeprefix(f"/{request.context['stage']}") if "stage" in request.context else path


def _run(operation: Operation, call: Call, caller: Principal | None, parameters: Mapping[str, str]) -> Reply:
    arguments: dict[str, object] = dict(parameters)
    if caller is not None:
        arguments["caller"] = caller
    if operation.body is not None:
        arguments["body"] = _body(operation.body, call.body, operation.invalid)
    if operation.query is not None:
        arguments["query"] = _query(operation.query, call.query, operation.invalid)
    if "call" in operation.view.__annotations__:
        arguments["call"] = call
    answer = operation.view(**arguments)
    if isinstance(answer, Reply):
        return answer
    if answer is None:
        return Reply(operation.status)
    return Reply(operation.status, cast("BaseModel", answer).model_dump_json(by_alias=True), JSON)


def _body(model: type[BaseModel], raw: bytes, invalid: type[Invalid]) -> BaseModel:
    if len(raw) > _LARGEST_BODY:
        raise BodyTooLarge
    try:
        return model.model_validate_json(raw or _nothing(model), by_alias=True, by_name=False)
    except ValidationError as error:
        raise _refused(error, invalid) from None


def _nothing(model: type[BaseModel]) -> bytes:
    """What an empty body says: nothing, where nothing need be said; else it is no JSON."""
    return b"" if any(field.is_required() for field in model.model_fields.values()) else b"{}"


def _query(model: type[BaseModel], raw: Mapping[str, str], invalid: type[Invalid]) -> BaseModel:
    try:
        return model.model_validate_strings({key: raw[key] for key in raw}, by_alias=True, by_name=False)
    except ValidationError as error:
        raise _refused(error, invalid) from None


def _refused(error: ValidationError, invalid: type[Invalid]) -> AppError:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    if any(each["type"] == "json_invalid" for each in found):
        return Malformed()
    return invalid(*(("/" + "/".join(map(str, each["loc"])), each["msg"]) for each in found))


def problem(error: AppError, path: str) -> Reply:
    """An error as application/problem+json, in English and Chinese."""
    content: dict[str, Any] = {
        "type": f"/docs/problems#{error.code}",
        "title": error.title,
        "titleZh": error.title_zh,
        "status": error.status,
        "code": error.code,
        "instance": path,
    }
    if error.detail:
        content |= {"detail": error.detail, "detailZh": error.detail_zh or error.title_zh}
    if isinstance(error, Invalid):
        content["errors"] = [{"pointer": pointer, "detail": detail} for pointer, detail in error.errors]
    headers: dict[str, str] = {}
    if isinstance(error, Unavailable | TooMany):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return Reply(error.status, compact_json(content).decode(), "application/problem+json", headers)


def _kept_reply(kept: Kept) -> Reply:
    content_type = JSON if kept.status < 400 else "application/problem+json"  # noqa: PLR2004
    return Reply(kept.status, kept.body, content_type, {"Idempotency-Replayed": "true"})


def _response(reply: Reply) -> Response:
    headers: dict[str, str | list[str]] = {
        "Content-Type": reply.content_type,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        **(reply.headers or {}),
    }
    return (_Binary if isinstance(reply.body, bytes) else Response)(reply.body, headers, reply.status)


class _Binary(Response):
    """Bytes to whoever asks. Chalice alone would refuse those who do not name the very type in `Accept`."""

    def to_dict(self, binary_types: list[str] | None = None) -> dict[str, Any]:  # noqa: ARG002
        answer = super().to_dict()
        return answer | {"body": b64encode(cast("bytes", self.body)).decode(), "isBase64Encoded": True}


def _account(operation: Operation, status: int, caller: Principal | None, milliseconds: float) -> None:
    route = f"{operation.method} {operation.path}"
    who = caller.id if caller else None
    log.event("request", route=route, status=status, ms=round(milliseconds, 1), caller=who)
    log.measure("Latency", milliseconds, MetricUnit.Milliseconds, route=route, status=f"{status // 100}xx")


class _Framework(AppError):
    """An answer that the framework gave before any view of ours ran."""


_FRAMEWORK: dict[int, tuple[str, str, str]] = {
    400: ("malformed-request", "The request is not well-formed", "请求格式不正确"),
    403: ("forbidden", "You may not do this", "您没有权限执行此操作"),
    404: ("not-found", "There is no such address", "地址不存在"),
    405: ("method-not-allowed", "This address does not know the method", "不支持该请求方法"),
    415: ("media-type-unsupported", "Send application/json", "请使用 application/json"),
    500: ("internal", "Something went wrong on our side", "系统出错，请稍后再试"),
}


def normalise(event: Request, get_response: Callable[[Request], Response]) -> Response:
    """Middleware: the framework's own errors become problem+json like ours."""
    response = get_response(event)
    content_type = str(response.headers.get("Content-Type", ""))
    if response.status_code < 400 or content_type.startswith("application/problem+json"):  # noqa: PLR2004
        return response
    code, title, title_zh = _FRAMEWORK.get(response.status_code, _FRAMEWORK[500])
    error = type("Refused", (_Framework,), {"code": code, "title": title, "title_zh": title_zh})()
    type(error).status = response.status_code
    return _response(problem(error, event.path))
