"""The API as a test calls it: the real app behind Chalice's own local gateway. Knows HTTP, no capability."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import Chalice
from chalice.test import Client


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """One answer; `json` is its parsed body ({} where there is none)."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The parsed body."""
        return json.loads(self.body) if self.body else {}

    @property
    def code(self) -> str | None:
        """A problem's code."""
        return self.json.get("code") if self.status >= 400 else None


def _real_app() -> Chalice:
    import app  # noqa: PLC0415  (after the environment is set, as a cold start does)

    return app.app


class Api:
    """Calls routes by method and path."""

    def __init__(self, served: Chalice | None = None) -> None:
        """`served` is the real app unless told otherwise."""
        self._http = Client(served or _real_app()).http

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> ApiAnswer:
        """One call. `body` is sent as JSON, unless it is bytes already."""
        sent = {"accept": "application/json", **{k.lower(): v for k, v in (headers or {}).items()}}
        if token:
            sent["authorization"] = f"Bearer {token}"
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        if raw:
            sent.setdefault("content-type", "application/json")
        answer = self._http.request(method, path, headers=sent, body=raw)
        return ApiAnswer(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.body)

    def get(self, path: str, *, token: str = "", headers: Mapping[str, str] | None = None) -> ApiAnswer:
        """GET."""
        return self.call("GET", path, token=token, headers=headers)

    def post(
        self, path: str, body: object = None, *, token: str = "", headers: Mapping[str, str] | None = None
    ) -> ApiAnswer:
        """POST; without a body an empty JSON object is NOT invented."""
        return self.call("POST", path, body, token=token, headers=headers)
